// The quick way for events of a stream that differ in a text or two only.
import { blockLimit, scanShortString, scanString } from "../json/scan";
import { ByteWriter } from "../text/byte-writer";

/** What stands before the payload of an event, and behind it. */
const HEAD: string = "data: ";
const TAIL: string = "\n\n";

/**
 * Remembers an event that needed no repair by what stands around its text: a later event with the same bytes there
 * needs none either, and is known as such without being parsed. A model's stream has thousands of them. A second text
 * may follow the first one, as OpenAI's padding does.
 */
export class EventTemplate {
  private readonly front: ByteWriter = new ByteWriter();
  private readonly middle: ByteWriter = new ByteWriter();
  private readonly back: ByteWriter = new ByteWriter();

  /** Remembers the event with the payload `[ptr, ptr + length)`, whose text with its quotes is `[start, end)`. */
  remember(ptr: usize, length: i32, start: i32, end: i32): void {
    this.begin(ptr, start);
    this.middle.clear();
    this.finish(ptr, length, end);
  }

  /** The same with a second text `[secondStart, secondEnd)` behind the first one. */
  rememberTwo(
    ptr: usize,
    length: i32,
    start: i32,
    end: i32,
    secondStart: i32,
    secondEnd: i32,
  ): void {
    this.begin(ptr, start);
    this.middle.clear();
    this.middle.bytes(ptr + end - 1, secondStart + 2 - end);
    this.finish(ptr, length, secondEnd);
  }

  private begin(ptr: usize, start: i32): void {
    this.front.clear();
    this.front.ascii(HEAD);
    this.front.bytes(ptr, start + 1);
  }

  private finish(ptr: usize, length: i32, end: i32): void {
    this.back.clear();
    this.back.bytes(ptr + end - 1, length - end + 1);
    this.back.ascii(TAIL);
  }

  /** Length of the remembered event with other texts that stands at `ptr`; 0 where there is none in `length` bytes. */
  match(ptr: usize, length: i32): i32 {
    const end = ptr + length;
    if (this.front.length == 0) return 0;
    let at = skipSame(ptr, end, this.front);
    if (at == 0) return 0;
    const limit = blockLimit(end);
    at = closingQuote(at, end, limit);
    if (at != 0 && this.middle.length > 0) {
      at = skipSame(at, end, this.middle);
      if (at != 0) at = closingQuote(at, end, limit);
    }
    if (at != 0) at = skipSame(at, end, this.back);
    return at == 0 ? 0 : <i32>(at - ptr);
  }

  release(): void {
    this.front.release();
    this.middle.release();
    this.back.release();
  }
}

// @ts-ignore: decorator
@inline
function closingQuote(at: usize, end: usize, limit: usize): usize {
  const close = at < limit ? scanShortString(at, end, limit) : 0;
  return close != 0 ? close : scanString(at, end, limit);
}

/** Goes behind the bytes of `expected`; 0 where others stand there. */
function skipSame(at: usize, end: usize, expected: ByteWriter): usize {
  const length = expected.length;
  if (at + length > end) return 0;
  const own = expected.ptr;
  if (length < 16) {
    for (let i = 0; i < length; ++i) if (load<u8>(at + i) != load<u8>(own + i)) return 0;
    return at + length;
  }
  const last = length - 16;
  for (let i = 0; i < last; i += 16) if (!isSameBlock(at + i, own + i)) return 0;
  // The last step overlaps the one before, so that nothing is left over.
  return isSameBlock(at + last, own + last) ? at + length : 0;
}

// @ts-ignore: decorator
@inline
function isSameBlock(a: usize, b: usize): bool {
  return !v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}
