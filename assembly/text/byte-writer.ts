// A growing buffer of bytes that is kept and written again and again: https://encoding.spec.whatwg.org/#utf-8

/** Capacity that a cleared writer may keep; what is larger goes back to the allocator. */
const KEPT_CAPACITY: i32 = 4 << 20;

/**
 * Bytes in one piece of raw memory, written at the end.
 * The memory is not collected: a writer lives as long as the module or is given back with `release`.
 */
export class ByteWriter {
  /** Address of the first byte; moves when the writer grows. */
  ptr: usize = 0;
  /** Bytes written. */
  length: i32 = 0;
  private capacity: i32 = 0;

  /** Overwrites a secret that was written, and forgets it. */
  wipe(): void {
    memory.fill(this.ptr, 0, this.length);
    this.length = 0;
  }

  /** Forgets what was written and keeps the memory, unless it had become very large. */
  clear(): void {
    this.length = 0;
    if (this.capacity > KEPT_CAPACITY) this.release();
  }

  /** Gives the memory back. The writer can be used again. */
  release(): void {
    if (this.ptr != 0) heap.free(this.ptr);
    this.ptr = 0;
    this.length = 0;
    this.capacity = 0;
  }

  /** Makes room for `extra` more bytes. */
  reserve(extra: i32): void {
    const needed = this.length + extra;
    if (needed > this.capacity) this.grow(needed);
  }

  private grow(needed: i32): void {
    let capacity = max(this.capacity, 256);
    while (capacity < needed) capacity = capacity < 1 << 29 ? capacity << 1 : needed;
    const ptr = heap.alloc(capacity);
    if (this.ptr != 0) {
      memory.copy(ptr, this.ptr, this.length);
      heap.free(this.ptr);
    }
    this.ptr = ptr;
    this.capacity = capacity;
  }

  /** Appends one byte. */
  byte(value: u8): void {
    this.reserve(1);
    store<u8>(this.ptr + this.length, value);
    this.length += 1;
  }

  /** Appends the four bytes of a number, the lowest first. */
  float32(value: f32): void {
    this.reserve(4);
    store<f32>(this.ptr + this.length, value);
    this.length += 4;
  }

  /** Appends `length` bytes from `ptr`, which must not lie in this writer. */
  bytes(ptr: usize, length: i32): void {
    this.reserve(length);
    memory.copy(this.ptr + this.length, ptr, length);
    this.length += length;
  }

  /** Appends all that `other` holds. */
  writer(other: ByteWriter): void {
    this.bytes(other.ptr, other.length);
  }

  /** Appends a text of ASCII characters only, one byte each. */
  ascii(text: string): void {
    const count = text.length;
    this.reserve(count + 8);
    const source = changetype<usize>(text);
    const target = this.ptr + this.length;
    let i = 0;
    for (; i + 8 <= count; i += 8) {
      const wide = v128.load(source + ((<usize>i) << 1));
      v128.store64_lane(target + i, i8x16.narrow_i16x8_u(wide, wide), 0);
    }
    for (; i < count; ++i) store<u8>(target + i, <u8>load<u16>(source + ((<usize>i) << 1)));
    this.length += count;
  }

  /** Appends any text as UTF-8; a lone surrogate becomes U+FFFD. */
  text(text: string): void {
    const count = text.length;
    this.reserve(count * 3);
    let at = this.ptr + this.length;
    for (let i = 0; i < count; ++i) {
      let code: u32 = text.charCodeAt(i);
      if (code < 0x80) {
        store<u8>(at++, <u8>code);
        continue;
      }
      if ((code & 0xf800) == 0xd800) {
        const low: u32 = i + 1 < count ? text.charCodeAt(i + 1) : 0;
        if (code < 0xdc00 && (low & 0xfc00) == 0xdc00) {
          code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
          ++i;
        } else {
          code = 0xfffd;
        }
      }
      at = storeCodePoint(at, code);
    }
    this.length = <i32>(at - this.ptr);
  }

  /** Appends one Unicode scalar value as UTF-8. */
  codePoint(code: u32): void {
    this.reserve(4);
    this.length = <i32>(storeCodePoint(this.ptr + this.length, code) - this.ptr);
  }

  /** Appends a decimal integer. */
  integer(value: i64): void {
    this.reserve(20);
    let rest: u64 = value < 0 ? <u64>-value : <u64>value;
    if (value < 0) this.byte(0x2d);
    let digits = 1;
    for (let n = rest; n >= 10; n /= 10) ++digits;
    for (let at = this.ptr + this.length + digits; digits > 0; --digits) {
      store<u8>(--at, <u8>(0x30 + (rest % 10)));
      rest /= 10;
      this.length += 1;
    }
  }

  /** How many characters the first `length` bytes of UTF-8 are. */
  characters(length: i32): i32 {
    let count = 0;
    for (let i = 0, end = min(length, this.length); i < end; ++i) {
      if ((load<u8>(this.ptr + i) & 0xc0) != 0x80) ++count;
    }
    return count;
  }

  /** What was written, decoded from UTF-8. For small things: a body never becomes a String. */
  toString(): string {
    return this.length == 0 ? "" : String.UTF8.decodeUnsafe(this.ptr, this.length);
  }
}

function storeCodePoint(at: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(at, <u8>code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >> 6)));
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 1);
    return at + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >> 12)));
    store<u8>(at, <u8>(0x80 | ((code >> 6) & 0x3f)), 1);
    store<u8>(at, <u8>(0x80 | (code & 0x3f)), 2);
    return at + 3;
  }
  store<u8>(at, <u8>(0xf0 | (code >> 18)));
  store<u8>(at, <u8>(0x80 | ((code >> 12) & 0x3f)), 1);
  store<u8>(at, <u8>(0x80 | ((code >> 6) & 0x3f)), 2);
  store<u8>(at, <u8>(0x80 | (code & 0x3f)), 3);
  return at + 4;
}
