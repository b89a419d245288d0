// Chunks that are known without being parsed: the same JSON with another text in one place.
import { ChunkTemplate } from "../stream/chunk-template";
import { bytesOf } from "./sse-trace";

const FRONT = '{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":';
const BACK = '},"finish_reason":null}]}';

/** A template of a chunk with the text "Hello". */
function template(): ChunkTemplate {
  const made = new ChunkTemplate();
  const chunk = bytesOf(FRONT + '"Hello"' + BACK);
  made.remember(chunk.ptr, chunk.length, FRONT.length, FRONT.length + 7);
  memory.fill(chunk.ptr, 0, chunk.length);
  chunk.release();
  return made;
}

function fits(text: string): bool {
  const chunk = bytesOf(text);
  const made = template();
  const isFit = made.fits(chunk.ptr, chunk.length);
  made.release();
  chunk.release();
  return isFit;
}

/** Whether a chunk with this raw JSON text between the quotes fits. */
function fitsText(inner: string): bool {
  return fits(FRONT + '"' + inner + '"' + BACK);
}

describe("ChunkTemplate", () => {
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
    const made = new ChunkTemplate();
    const first = bytesOf('{"a":"x"}');
    const second = bytesOf('{"b":"x"}');
    expect(made.fits(first.ptr, first.length)).toBe(false);
    made.remember(first.ptr, first.length, 5, 8);
    expect(made.fits(first.ptr, first.length)).toBe(true);
    made.remember(second.ptr, second.length, 5, 8);
    expect(made.fits(first.ptr, first.length)).toBe(false);
    expect(made.fits(second.ptr, second.length)).toBe(true);
    made.release();
    expect(made.fits(second.ptr, second.length)).toBe(false);
  });
});

/** The text that `find` finds in a chunk, or "-". */
function found(text: string): string {
  const chunk = bytesOf(text);
  const made = template();
  const isFound = made.find(chunk.ptr, chunk.length);
  const inner = isFound ? String.UTF8.decodeUnsafe(made.text, made.textLength) : "-";
  made.release();
  chunk.release();
  return inner;
}

describe("ChunkTemplate find", () => {
  it("finds the text with its quotes", () => {
    expect(found(FRONT + '"Hello"' + BACK)).toBe('"Hello"');
    expect(found(FRONT + '""' + BACK)).toBe('""');
    expect(found(FRONT + '"a \\"b\\" é€😀\\n"' + BACK)).toBe('"a \\"b\\" é€😀\\n"');
  });
  it("takes padding behind the chunk only where nothing else could be meant", () => {
    expect(found(FRONT + '"Hello"' + BACK + "  ")).toBe("-");
    const made = new ChunkTemplate();
    const chunk = bytesOf('{"t":{"text":"x"}}');
    made.remember(chunk.ptr, chunk.length, 13, 16);
    const padded = bytesOf('{"t":{"text":"yz"} }   ');
    expect(made.find(padded.ptr, padded.length)).toBe(true);
    expect(String.UTF8.decodeUnsafe(made.text, made.textLength)).toBe('"yz"');
    const other = bytesOf('{"t":{"text":"yz"},"more":1}');
    expect(made.find(other.ptr, other.length)).toBe(false);
    made.forget();
    expect(made.find(chunk.ptr, chunk.length)).toBe(false);
  });
  it("finds nothing in what is no JSON string", () => {
    expect(found(FRONT + '"a"b"' + BACK)).toBe("-");
    expect(found(FRONT + '"a\\"' + BACK)).toBe("-");
    expect(found(FRONT + '"a\\x"' + BACK)).toBe("-");
    expect(found(FRONT + '"a\\u12"' + BACK)).toBe("-");
    expect(found(FRONT + '"a\n"' + BACK)).toBe("-");
    expect(found(FRONT + '"a' + BACK)).toBe("-");
    expect(found(FRONT + '"')).toBe("-");
    expect(found("")).toBe("-");
  });
  it("finds nothing behind another front or before another back", () => {
    expect(found("~" + FRONT.substring(1) + '"Hello"' + BACK)).toBe("-");
    expect(found(FRONT + '"Hello"' + BACK.substring(1))).toBe("-");
    expect(found(FRONT + '"Hello"' + BACK.replace("null", "nulL"))).toBe("-");
    expect(found(FRONT + '"Hello"' + BACK.replace("null", "null "))).toBe("-");
  });
});
