// Lines of JSON in any split: https://github.com/ndjson/ndjson-spec
import { JsonLinesDecoder } from "../stream/json-lines-decoder";
import { ByteWriter } from "../text/byte-writer";

/** Memory that has gone is overwritten with this, so that a reference into it shows. */
const GONE: u8 = 0x21;

const TEXT = '{"a":1}\n\n{"b":"é\\n"}\r\n{"c":[]}\r{"d":4}\n   \n{"last":true}';
const LINES = '{"a":1}|{"b":"é\\n"}|{"c":[]}|{"d":4}|   |{"last":true}';

function bytesOf(text: string): ByteWriter {
  const bytes = new ByteWriter();
  bytes.text(text);
  return bytes;
}

function take(decoder: JsonLinesDecoder, lines: string[]): void {
  while (decoder.next()) {
    lines.push(String.UTF8.decodeUnsafe(decoder.payload, decoder.payloadLength));
  }
}

/** Pushes pieces of `size` bytes, each in memory of its own; the first one has `first`. */
function linesOf(text: string, first: i32, size: i32): string {
  const bytes = bytesOf(text);
  const decoder = new JsonLinesDecoder();
  const lines: string[] = [];
  let end = min(first, bytes.length);
  for (let start = 0; start < bytes.length; start = end, end = min(end + size, bytes.length)) {
    const length = end - start;
    const piece = heap.alloc(length + 1);
    memory.copy(piece, bytes.ptr + start, length);
    decoder.push(piece, length);
    take(decoder, lines);
    memory.fill(piece, GONE, length);
    heap.free(piece);
  }
  decoder.push(0, 0);
  decoder.finish();
  take(decoder, lines);
  decoder.release();
  bytes.release();
  return lines.join("|");
}

describe("lines of JSON", () => {
  it("are found in one piece", () => {
    expect(linesOf(TEXT, 1000, 1000)).toBe(LINES);
  });

  it("are found at every cut", () => {
    for (let cut = 1; cut < 64; ++cut) expect(linesOf(TEXT, cut, 1000)).toBe(LINES);
  });

  it("are found in pieces of every size", () => {
    for (let size = 1; size < 64; ++size) expect(linesOf(TEXT, size, size)).toBe(LINES);
  });

  it("are none in an empty stream", () => {
    expect(linesOf("", 1, 1)).toBe("");
    expect(linesOf("\n\r\n\n", 1, 1)).toBe("");
  });

  it("wait for their end", () => {
    const bytes = bytesOf('{"a":1}\n{"b"');
    const decoder = new JsonLinesDecoder();
    decoder.push(bytes.ptr, bytes.length);
    expect(decoder.next()).toBe(true);
    expect(decoder.rawLength).toBe(8);
    expect(decoder.next()).toBe(false);
    expect(decoder.pending()).toBe(4);
    decoder.release();
    bytes.release();
  });

  it("are not endless", () => {
    const decoder = new JsonLinesDecoder();
    const bytes = new ByteWriter();
    for (let i = 0; i < 1 << 20; ++i) bytes.byte(0x20);
    for (let i = 0; i <= 32; ++i) {
      decoder.push(bytes.ptr, bytes.length);
      expect(decoder.next()).toBe(false);
    }
    expect(decoder.failed).toBe(true);
    decoder.release();
    bytes.release();
  });
});

describe("lines that nobody asked for", () => {
  it("are dropped with the bytes that they lay in", () => {
    const decoder = new JsonLinesDecoder();
    const bytes = bytesOf('{"a":1}\n{"b":2}\n{"c":3}\n');
    decoder.push(bytes.ptr, bytes.length);
    expect(decoder.next()).toBe(true);
    const more = bytesOf('{"d":4}\n');
    decoder.push(more.ptr, more.length);
    const lines: string[] = [];
    take(decoder, lines);
    expect(lines.join("|")).toBe('{"d":4}');
  });
});
