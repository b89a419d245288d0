// Events that are known without being parsed: the same bytes around other texts.
import { EventTemplate } from "../stream/event-template";
import { bytesOf } from "./sse-trace";

const FRONT = '{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":';
const BACK = '},"finish_reason":null}]}';

/** A template of an event with the text "Hello". */
function template(): EventTemplate {
  const made = new EventTemplate();
  const chunk = bytesOf(FRONT + '"Hello"' + BACK);
  made.remember(chunk.ptr, chunk.length, FRONT.length, FRONT.length + 7);
  memory.fill(chunk.ptr, 0, chunk.length);
  chunk.release();
  return made;
}

/** What a template matches at the beginning of a stream, in bytes. */
function matched(made: EventTemplate, stream: string): i32 {
  const bytes = bytesOf(stream);
  const length = made.match(bytes.ptr, bytes.length);
  bytes.release();
  return length;
}

function fits(text: string): bool {
  const event = "data: " + text + "\n\n";
  const made = template();
  const isFit = matched(made, event + "data: more\n\n") == String.UTF8.byteLength(event);
  made.release();
  return isFit;
}

/** Whether a chunk with this raw JSON text between the quotes fits. */
function fitsText(inner: string): bool {
  return fits(FRONT + '"' + inner + '"' + BACK);
}

describe("EventTemplate", () => {
  it("fits chunks with any other text", () => {
    expect(fitsText("Hello")).toBe(true);
    expect(fitsText("")).toBe(true);
    expect(fitsText(" world, and é€😀 too")).toBe(true);
    expect(fitsText('a \\"quoted\\" word')).toBe(true);
    expect(fitsText("line\\nbreak \\u00e9 \\\\")).toBe(true);
    expect(fitsText("\\\\\\\\")).toBe(true);
    expect(fitsText("x".repeat(1000))).toBe(true);
    expect(fitsText("\x7f")).toBe(true);
  });
  it("does not fit where the text ends early", () => {
    expect(fitsText('a"b')).toBe(false);
    expect(fitsText('"')).toBe(false);
    expect(fitsText('a","role":"b')).toBe(false);
    expect(fitsText('\\\\"')).toBe(false);
    expect(fitsText('","tool_calls":[],"content":"')).toBe(false);
  });
  it("does not fit where the text does not end", () => {
    expect(fitsText("\\")).toBe(false);
    expect(fitsText("a\\\\\\")).toBe(false);
  });
  it("does not fit with a control character", () => {
    for (let code = 0; code < 0x20; ++code) {
      const control = String.fromCharCode(code);
      expect(fitsText(control)).toBe(false, `control character ${code}`);
      expect(fitsText("ab" + control)).toBe(false, `control character ${code} behind a text`);
      expect(fitsText("\\" + control)).toBe(false, `escaped control character ${code}`);
    }
  });
  it("does not fit with another front or back", () => {
    const chunk = FRONT + '"Hello"' + BACK;
    for (let at = 0; at < chunk.length; ++at) {
      if (at > FRONT.length && at < FRONT.length + 6) continue;
      const other = chunk.substring(0, at) + "~" + chunk.substring(at + 1);
      expect(fits(other)).toBe(false, `another character at ${at}`);
    }
  });
  it("does not fit what is shorter or longer", () => {
    expect(fits("")).toBe(false);
    expect(fits(FRONT + '"Hello"' + BACK + " ")).toBe(false);
    expect(fits(" " + FRONT + '"Hello"' + BACK)).toBe(false);
    expect(fits(FRONT + '"' + BACK)).toBe(false);
    expect(fits(FRONT + '"Hello"' + BACK.substring(1))).toBe(false);
    expect(fits(FRONT + "null" + BACK)).toBe(false);
  });
  it("fits nothing before it remembers, and the last one after", () => {
    const made = new EventTemplate();
    const first = bytesOf('{"a":"x"}');
    const second = bytesOf('{"b":"x"}');
    expect(matched(made, 'data: {"a":"x"}\n\n')).toBe(0);
    made.remember(first.ptr, first.length, 5, 8);
    expect(matched(made, 'data: {"a":"long"}\n\n')).toBe(20);
    made.remember(second.ptr, second.length, 5, 8);
    expect(matched(made, 'data: {"a":"x"}\n\n')).toBe(0);
    expect(matched(made, 'data: {"b":""}\n\n')).toBe(16);
    made.release();
    expect(matched(made, 'data: {"b":"x"}\n\n')).toBe(0);
  });
  it("fits nothing that is cut off, wherever", () => {
    const made = template();
    const event = "data: " + FRONT + '"Hi"' + BACK + "\n\n";
    for (let length = 0; length < event.length; ++length) {
      expect(matched(made, event.substring(0, length))).toBe(0, `cut at ${length}`);
    }
    expect(matched(made, event)).toBe(event.length);
  });
  it("fits only events that end with LF LF", () => {
    const made = template();
    const event = "data: " + FRONT + '"Hi"' + BACK;
    expect(matched(made, event + "\r\n\r\n")).toBe(0);
    expect(matched(made, event + "\ndata: x\n\n")).toBe(0);
    expect(matched(made, event + " \n\n")).toBe(0);
  });
  it("knows a second text", () => {
    const made = new EventTemplate();
    const chunk = bytesOf('{"t":"x","u":null,"pad":"abc"}');
    made.rememberTwo(chunk.ptr, chunk.length, 5, 8, 24, 29);
    expect(matched(made, 'data: {"t":"long \\" text","u":null,"pad":""}\n\n')).toBe(46);
    expect(matched(made, 'data: {"t":"","u":null,"pad":"abcdefghijklmnopqrstuvwxyz"}\n\n')).toBe(
      60,
    );
    expect(matched(made, 'data: {"t":"x","u":1,"pad":"abc"}\n\n')).toBe(0);
    expect(matched(made, 'data: {"t":"x","u":null,"pad":"a"b"}\n\n')).toBe(0);
    expect(matched(made, 'data: {"t":"x","u":null,"pad":"abc"\n\n')).toBe(0);
    expect(matched(made, 'data: {"t":"x","u":null}\n\n')).toBe(0);
  });
});
