// JSON strings in UTF-8, sixteen bytes at a time: https://www.rfc-editor.org/rfc/rfc8259#section-7

import { utf8Errors, utf8SequenceLength } from "../text/utf8";
import { JsonError } from "./kind";

/** Why the last scan of a string or a number ended with 0. */
export let scanError: JsonError = JsonError.None;
/** Address of the byte at which it went wrong. */
export let scanErrorAt: usize = 0;
/** Whether the last string that was scanned has a backslash. */
export let scanEscaped: bool = false;

/** Notes an error for the caller and answers 0, the mark of failure. */
export function scanFailure(error: JsonError, at: usize): usize {
  scanError = error;
  scanErrorAt = at;
  return 0;
}

/** Notes that the byte at `at` is wrong or, at `end`, that one is missing. */
export function scanFailureOrEnd(error: JsonError, at: usize, end: usize): usize {
  return at < end ? scanFailure(error, at) : scanFailure(JsonError.UnexpectedEnd, end);
}

/**
 * Limit below which sixteen bytes may be loaded although the text ends at `end`: what is read
 * behind the text is never used, but must lie in the memory.
 */
export function blockLimit(end: usize): usize {
  const last = ((<usize>memory.size()) << 16) - 15;
  return min(end, last);
}

/** Goes to the first byte from `at` that is no white space. */
export function skipSpace(at: usize, end: usize, limit: usize): usize {
  if (at >= end || load<u8>(at) > 0x20) return at;
  if (load<u8>(at) == 0x20 && at + 1 < end && load<u8>(at, 1) > 0x20) return at + 1;
  // Each kind of white space stands where its low four bits say.
  const kinds = i8x16(0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x0a, 0, 0, 0x0d, 0, 0);
  while (at < limit) {
    const block = v128.load(at);
    const spaces = i8x16.eq(i8x16.swizzle(kinds, v128.and(block, i8x16.splat(0x0f))), block);
    const others = i8x16.bitmask(spaces) ^ 0xffff;
    if (others != 0) return min(at + ctz(others), end);
    at += 16;
  }
  for (; at < end; ++at) {
    const byte: u32 = load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return at;
  }
  return end;
}

/** One bit for each byte that is a quote, a backslash, a control character or beyond ASCII. */
// @ts-ignore: decorator
@inline
function oddBytes(block: v128): i32 {
  const quotes = i8x16.eq(block, i8x16.splat(0x22));
  const backslashes = i8x16.eq(block, i8x16.splat(0x5c));
  // As a signed byte everything beyond ASCII is less than a space, too.
  const others = i8x16.lt_s(block, i8x16.splat(0x20));
  return i8x16.bitmask(v128.or(others, v128.or(quotes, backslashes)));
}

/** Goes to the first quote, backslash, control character or ill-formed UTF-8, or to `end`. */
export function skipPlain(at: usize, end: usize, limit: usize): usize {
  while (at < limit) {
    const odd = oddBytes(v128.load(at));
    if (odd == 0) {
      at += 16;
      continue;
    }
    at += ctz(odd);
    if (at >= end) return end;
    if (load<u8>(at) < 0x80) return at;
    const next = skipUnicode(at, end, limit);
    if (next == 0) break;
    at = next;
    if (at < end && isSpecial(load<u8>(at))) return at;
  }
  return skipPlainSlowly(at, end);
}

/** The same, byte for byte. */
function skipPlainSlowly(at: usize, end: usize): usize {
  while (at < end) {
    const byte: u32 = load<u8>(at);
    if (byte < 0x80) {
      if (isSpecial(byte)) return at;
      ++at;
      continue;
    }
    const length = utf8SequenceLength(at, end);
    if (length <= 0) return at;
    at += length;
  }
  return end;
}

// @ts-ignore: decorator
@inline
function isSpecial(byte: u32): bool {
  return byte < 0x20 || byte == 0x22 || byte == 0x5c;
}

/**
 * Steps over text beyond ASCII from `at`, the first byte of a sequence, to a place where no
 * sequence is open. 0 where only a look at each byte can tell.
 */
function skipUnicode(at: usize, end: usize, limit: usize): usize {
  let previous = i8x16.splat(0);
  while (at < limit) {
    const block = v128.load(at);
    const special = v128.or(
      i8x16.lt_u(block, i8x16.splat(0x20)),
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
    );
    const stops = i8x16.bitmask(special);
    const errors = i8x16.bitmask(i8x16.ne(utf8Errors(block, previous), i8x16.splat(0)));
    if (stops != 0) {
      const stop = ctz(stops);
      // The stop is ASCII: a sequence that it cuts off is marked at the stop itself.
      if (at + stop >= end || (errors & ((2 << stop) - 1)) != 0) return 0;
      return at + stop;
    }
    if (errors != 0 || at + 16 > end) return 0;
    at += 16;
    // Behind an ASCII byte no sequence is open.
    if (i8x16.bitmask(block) >> 15 == 0) return at;
    previous = block;
  }
  return 0;
}

/** The closing quote of a plain string in its first block, where most keys end; else 0. */
// @ts-ignore: decorator
@inline
export function scanShortString(at: usize, end: usize, limit: usize): usize {
  if (at >= limit) return 0;
  // Bit 16 stands for the byte behind the block.
  const stop = at + ctz(oddBytes(v128.load(at)) | 0x10000);
  return stop < end && load<u8>(stop) == 0x22 ? stop : 0;
}

/** Goes from `at`, behind an opening quote, to the closing one; 0 where the string is not valid. */
export function scanString(at: usize, end: usize, limit: usize): usize {
  scanEscaped = false;
  for (;;) {
    at = skipPlain(at, end, limit);
    if (at >= end) return scanFailure(JsonError.UnexpectedEnd, end);
    const byte: u32 = load<u8>(at);
    if (byte == 0x22) return at;
    if (byte == 0x5c) {
      scanEscaped = true;
      at = scanEscape(at + 1, end);
      if (at == 0) return 0;
      continue;
    }
    if (byte < 0x20) return scanFailure(JsonError.ControlCharacter, at);
    const cutOff = utf8SequenceLength(at, end) == 0;
    return scanFailureOrEnd(JsonError.InvalidUtf8, cutOff ? end : at, end);
  }
}

/** Goes from `at`, behind a backslash, to the end of the escape; 0 where it is not valid. */
function scanEscape(at: usize, end: usize): usize {
  if (at >= end) return scanFailure(JsonError.UnexpectedEnd, end);
  const byte: u32 = load<u8>(at);
  if (byte == 0x75) {
    for (let i = 1; i <= 4; ++i) {
      const hex = at + i;
      if (hex >= end || hexDigit(load<u8>(hex)) < 0) {
        return scanFailureOrEnd(JsonError.InvalidEscape, hex, end);
      }
    }
    return at + 5;
  }
  return isShortEscape(byte) ? at + 1 : scanFailure(JsonError.InvalidEscape, at);
}

// @ts-ignore: decorator
@inline
function isShortEscape(byte: u32): bool {
  // prettier-ignore
  return byte == 0x6e || byte == 0x22 || byte == 0x5c || byte == 0x2f || byte == 0x74 ||
    byte == 0x72 || byte == 0x62 || byte == 0x66;
}

/** The value of a hexadecimal digit; -1 for any other byte. */
export function hexDigit(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : -1;
}
