// Base 16: https://www.rfc-editor.org/rfc/rfc4648#section-8
import { ByteWriter } from "./byte-writer";

/** Appends two digits in lower case for each of `length` bytes. */
export function writeHex(ptr: usize, length: i32, out: ByteWriter): void {
  out.reserve(length << 1);
  let target = out.ptr + out.length;
  for (let end = ptr + length; ptr < end; ++ptr) {
    const value = load<u8>(ptr);
    store<u8>(target, digitOf(value >> 4));
    store<u8>(target, digitOf(value & 15), 1);
    target += 2;
  }
  out.length += length << 1;
}

function digitOf(value: u8): u8 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
