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
