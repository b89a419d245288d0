// The quick way for events of a stream that differ in one text only.
import { blockLimit, scanString } from "../json/scan";
import { ByteWriter } from "../text/byte-writer";

const SPACE: u8 = 0x20;
const QUOTE: u8 = 0x22;

/**
 * Remembers a chunk that needed no repair as what stands before its text and what stands behind it. A later chunk with
 * the same front and back needs none either, and is known as such without being parsed: a model's stream has thousands.
 */
export class ChunkTemplate {
  private readonly front: ByteWriter = new ByteWriter();
  private readonly back: ByteWriter = new ByteWriter();
  /** Address and length of the text that `find` found, its quotes included. */
  text: usize = 0;
  textLength: i32 = 0;

  /** Remembers `[ptr, ptr + length)`, whose text with its quotes is `[start, end)`. */
  remember(ptr: usize, length: i32, start: i32, end: i32): void {
    this.front.clear();
    this.front.bytes(ptr, start + 1);
    this.back.clear();
    this.back.bytes(ptr + end - 1, length - end + 1);
  }

  /**
   * Finds the text of an event that is the remembered one with another text. White space behind the text does not
   * matter: some providers pad their events with it. The text is checked to be a JSON string.
   */
  find(ptr: usize, length: i32): bool {
    const front = this.front.length;
    if (front == 0 || length <= front || !isEqual(ptr, this.front.ptr, front)) return false;
    const end = ptr + length;
    const close = scanString(ptr + front, end, blockLimit(end));
    if (close == 0 || !this.isBack(close, end)) return false;
    this.text = ptr + front - 1;
    this.textLength = <i32>(close + 1 - this.text);
    return true;
  }

  /** Whether [at, end) is the remembered back, whatever spaces stand between its bytes. */
  private isBack(at: usize, end: usize): bool {
    const back = this.back.ptr;
    const count = this.back.length;
    if (<i32>(end - at) == count && isEqual(at, back, count)) return true;
    for (let i = 0; i < count; ++i) {
      const byte = load<u8>(back + i);
      if (byte == SPACE) continue;
      // Within a string of the back a space would matter.
      if (i > 0 && byte == QUOTE) return false;
      while (at < end && load<u8>(at) == SPACE) ++at;
      if (at >= end || load<u8>(at) != byte) return false;
      ++at;
    }
    while (at < end && load<u8>(at) == SPACE) ++at;
    return at == end;
  }

  /** Forgets what was remembered. */
  forget(): void {
    this.front.clear();
    this.back.clear();
  }

  release(): void {
    this.front.release();
    this.back.release();
  }
}

function isEqual(a: usize, b: usize, length: i32): bool {
  if (length < 16) {
    for (let i = 0; i < length; ++i) if (load<u8>(a + i) != load<u8>(b + i)) return false;
    return true;
  }
  const last = length - 16;
  for (let i = 0; i < last; i += 16) if (!isSameBlock(a + i, b + i)) return false;
  // The last step overlaps the one before, so that nothing is left over.
  return isSameBlock(a + last, b + last);
}

// @ts-ignore: decorator
@inline
function isSameBlock(a: usize, b: usize): bool {
  return !v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}
