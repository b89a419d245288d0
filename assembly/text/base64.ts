// Base64: https://www.rfc-editor.org/rfc/rfc4648#section-4
import { ByteWriter } from "./byte-writer";

const ALPHABET: string = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_ALPHABET: string = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PAD: u8 = 0x3d;

/** Appends the base64 of `length` bytes, padded. */
export function writeBase64(ptr: usize, length: i32, out: ByteWriter): void {
  write(ptr, length, ALPHABET, true, out);
}

/** Appends the base64 of `length` bytes in the alphabet for URLs, without padding. */
export function writeBase64Url(ptr: usize, length: i32, out: ByteWriter): void {
  write(ptr, length, URL_ALPHABET, false, out);
}

function write(ptr: usize, length: i32, alphabet: string, padded: bool, out: ByteWriter): void {
  out.reserve(((length + 2) / 3) * 4);
  const letters = changetype<usize>(alphabet);
  const end = ptr + length;
  for (; ptr + 3 <= end; ptr += 3) {
    const bits = ((<u32>load<u8>(ptr)) << 16) | ((<u32>load<u8>(ptr, 1)) << 8) | load<u8>(ptr, 2);
    out.byte(letterAt(letters, bits >> 18));
    out.byte(letterAt(letters, bits >> 12));
    out.byte(letterAt(letters, bits >> 6));
    out.byte(letterAt(letters, bits));
  }
  if (ptr == end) return;
  const isOne = ptr + 1 == end;
  const bits = ((<u32>load<u8>(ptr)) << 16) | (isOne ? 0 : (<u32>load<u8>(ptr, 1)) << 8);
  out.byte(letterAt(letters, bits >> 18));
  out.byte(letterAt(letters, bits >> 12));
  if (!isOne) out.byte(letterAt(letters, bits >> 6));
  if (!padded) return;
  out.byte(PAD);
  if (isOne) out.byte(PAD);
}

function letterAt(letters: usize, bits: u32): u8 {
  return load<u8>(letters + ((<usize>(bits & 63)) << 1));
}

/** Decodes base64 of either alphabet, with or without padding. False: it is none. */
export function decodeBase64(text: string, out: ByteWriter): bool {
  return decode(changetype<usize>(text), text.length, 1, out);
}

/** The same for base64 that is there as bytes. */
export function decodeBase64Bytes(ptr: usize, length: i32, out: ByteWriter): bool {
  return decode(ptr, length, 0, out);
}

/** Decodes letters that are `1 << shift` bytes wide. */
function decode(ptr: usize, length: i32, shift: i32, out: ByteWriter): bool {
  let bits: u32 = 0;
  let count = 0;
  for (let i = 0; i < length; ++i) {
    const value = base64Value(letter(ptr, i, shift));
    if (value < 0) return i > 0 && isPadding(ptr, i, length, shift);
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.byte(<u8>(bits >> count));
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function letter(ptr: usize, at: i32, shift: i32): i32 {
  return shift == 0 ? <i32>load<u8>(ptr + at) : <i32>load<u16>(ptr + ((<usize>at) << 1));
}

function isPadding(ptr: usize, at: i32, length: i32, shift: i32): bool {
  for (; at < length; ++at) if (letter(ptr, at, shift) != 0x3d) return false;
  return true;
}

function base64Value(char: i32): i32 {
  if (char >= 0x41 && char <= 0x5a) return char - 0x41;
  if (char >= 0x61 && char <= 0x7a) return char - 0x47;
  if (char >= 0x30 && char <= 0x39) return char + 4;
  if (char == 0x2b || char == 0x2d) return 62;
  return char == 0x2f || char == 0x5f ? 63 : -1;
}
