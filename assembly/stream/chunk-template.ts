// The quick way for events of a stream that differ in one text only.
import { ByteWriter } from "../text/byte-writer";

/**
 * Remembers a chunk that needed no repair as what stands before its text and what stands behind it. A later chunk with
 * the same front and back needs none either, and is known as such without being parsed: a model's stream has thousands.
 */
export class ChunkTemplate {
  private readonly front: ByteWriter = new ByteWriter();
  private readonly back: ByteWriter = new ByteWriter();

  /** Remembers `[ptr, ptr + length)`, whose text with its quotes is `[start, end)`. */
  remember(ptr: usize, length: i32, start: i32, end: i32): void {
    this.front.clear();
    this.front.bytes(ptr, start + 1);
    this.back.clear();
    this.back.bytes(ptr + end - 1, length - end + 1);
  }

  /** Whether a chunk is the remembered one with another text. */
  fits(ptr: usize, length: i32): bool {
    const front = this.front.length;
    const back = this.back.length;
    if (front == 0 || length < front + back) return false;
    const end = ptr + length - back;
    return (
      isEqual(ptr, this.front.ptr, front) &&
      isEqual(end, this.back.ptr, back) &&
      isStringInterior(ptr + front, end)
    );
  }

  release(): void {
    this.front.release();
    this.back.release();
  }
}

function isEqual(a: usize, b: usize, length: i32): bool {
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    const difference = v128.xor(v128.load(a + i), v128.load(b + i));
    if (v128.any_true(difference)) return false;
  }
  for (; i < length; ++i) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Whether the bytes can stand between two quotes: no bare quote, no control character, no open escape. */
function isStringInterior(ptr: usize, end: usize): bool {
  while (ptr < end) {
    const byte = load<u8>(ptr);
    if (byte == 0x22 || byte < 0x20) return false;
    ptr += byte == 0x5c ? 2 : 1;
  }
  return ptr == end;
}
