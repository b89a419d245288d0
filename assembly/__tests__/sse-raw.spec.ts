// Bytes of events that are sent on as they came, and the bound on what is kept.
import { SseDecoder } from "../stream/sse-decoder";
import { ByteWriter } from "../text/byte-writer";
import { bytesOf, eventsOf, rawOf, SseTrace } from "./sse-trace";

const CHUNKS =
  'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n' +
  'event: ping\ndata: {"a":1}\ndata: {"b":2}\n\n' +
  ": keep-alive\n\n" +
  'data: {"choices":[{"delta":{"content":"é€😀"}}]}\n\n' +
  "data: [DONE]\n\n";

describe("SSE raw bytes", () => {
  it("are the stream, where it ends its lines with LF", () => {
    expect(rawOf(CHUNKS)).toBe(CHUNKS);
    expect(rawOf("data: a\n\ndata: b")).toBe("data: a\n\ndata: b");
  });
  it("leave out the byte order mark, blank lines and what is no event", () => {
    expect(rawOf("\uFEFFdata: a\n\n\nid: 1\n\ndata: b\n\n")).toBe("data: a\n\ndata: b\n\n");
  });
  it("leave out the LF of the last CR LF alone", () => {
    expect(rawOf("data: a\r\n\r\ndata: b\r\n\r\n")).toBe("data: a\r\n\rdata: b\r\n\r");
  });
  it("stay until the next push, in three pieces cut anywhere", () => {
    const text = bytesOf(CHUNKS);
    const whole = eventsOf(CHUNKS);
    for (let first = 1; first < text.length; first += 3) {
      for (let second = first + 1; second < text.length; second += 5) {
        const trace = new SseTrace();
        trace.push(text, 0, first);
        trace.push(text, first, second);
        trace.push(text, second, text.length);
        trace.finish();
        const isSame = trace.raw.toString() == CHUNKS && trace.events.join(" | ") == whole;
        trace.release();
        expect(isSame).toBe(true, `cut at ${first} and ${second}`);
        if (!isSame) return;
      }
    }
  });
});

describe("SSE plain events", () => {
  it("are exactly `data: …` and two LF", () => {
    expect(isPlain("data: x\n\n")).toBe(true);
    expect(isPlain("data:  x: y \n\n")).toBe(true);
    expect(isPlain("data: \n\n")).toBe(true);
    expect(isPlain("\n\ndata: x\n\n")).toBe(true);
  });
  it("are nothing else", () => {
    expect(isPlain("data:x\n\n")).toBe(false);
    expect(isPlain("data: x\r\r")).toBe(false);
    expect(isPlain("data: x\r\n\r\n")).toBe(false);
    expect(isPlain("data: x\n\r\n")).toBe(false);
    expect(isPlain("data: x\r\n\n")).toBe(false);
    expect(isPlain("data: x\nid: 1\n\n")).toBe(false);
    expect(isPlain("id: 1\ndata: x\n\n")).toBe(false);
    expect(isPlain("event: e\ndata: x\n\n")).toBe(false);
    expect(isPlain(": c\ndata: x\n\n")).toBe(false);
    expect(isPlain("data: x\n: c\n\n")).toBe(false);
    expect(isPlain("data: x\ndata: y\n\n")).toBe(false);
    expect(isPlain("data: x\n")).toBe(false);
    expect(isPlain("data: x")).toBe(false);
  });
});

/** Whether the one event of a text is plain, in whatever pieces it comes. */
function isPlain(text: string): bool {
  return eventsOf(text).endsWith(" plain");
}

describe("SSE limit", () => {
  it("refuses an event that goes on for more than 32 MiB", () => {
    const trace = new SseTrace();
    const chunk = filled(1 << 20);
    for (let i = 0; i < 32; ++i) trace.push(chunk, 0, chunk.length);
    expect(trace.decoder.failed).toBe(false);
    expect(trace.decoder.pending()).toBe(32 << 20);
    trace.push(chunk, 0, 1);
    expect(trace.decoder.failed).toBe(true);
    expect(trace.events.length).toBe(0);
    trace.release();
    chunk.release();
  });
  it("scans an event once, however many pieces it comes in", () => {
    // From its beginning with each piece: hundreds of gigabytes.
    const decoder = new SseDecoder();
    const chunk = filled(8 << 20);
    let events = 0;
    for (let at = 0; at < chunk.length; at += 64) {
      decoder.push(chunk.ptr + at, 64);
      while (decoder.next()) ++events;
    }
    expect(events).toBe(0);
    expect(decoder.pending()).toBe(8 << 20);
    decoder.release();
    chunk.release();
  });
  it("counts one event, not the stream", () => {
    const decoder = new SseDecoder();
    const chunk = filled(1 << 20);
    store<u16>(chunk.ptr + chunk.length - 2, 0x0a0a);
    let events = 0;
    for (let i = 0; i < 40; ++i) {
      decoder.push(chunk.ptr, chunk.length - 1);
      while (decoder.next()) ++events;
      decoder.push(chunk.ptr + chunk.length - 1, 1);
      while (decoder.next()) ++events;
    }
    expect(decoder.failed).toBe(false);
    expect(events).toBe(40);
    expect(decoder.pending()).toBe(0);
    decoder.release();
    chunk.release();
  });
});

/** `data: ` and letters. */
function filled(length: i32): ByteWriter {
  const bytes = new ByteWriter();
  bytes.ascii("data: ");
  bytes.reserve(length);
  memory.fill(bytes.ptr + 6, 0x61, length - 6);
  bytes.length = length;
  return bytes;
}
