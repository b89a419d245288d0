// Well-formed UTF-8: https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506
// Sixteen bytes at a time after Keiser and Lemire: https://arxiv.org/abs/2010.03090

/**
 * Judges the UTF-8 sequence that begins at `at`, which must be before `end`.
 * More than 0: the length of a well-formed sequence. 0: `end` cuts off one that is right so far.
 * Less than 0: ill-formed, and that many bytes are to be replaced by one U+FFFD.
 */
export function utf8SequenceLength(at: usize, end: usize): i32 {
  const lead: u32 = load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length: i32 = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // Overlong forms, surrogates and what is above U+10FFFF show in the second byte.
  let low: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  let high: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (let i = 1; i < length; ++i) {
    if (at + i >= end) return 0;
    const next: u32 = load<u8>(at + i);
    if (next < low || next > high) return -i;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}

// What two bytes in a row can be wrong about; two errors share a bit where they cannot meet.
// @ts-ignore: decorator
@inline const TOO_SHORT: u8 = 1;
// @ts-ignore: decorator
@inline const TOO_LONG: u8 = 2;
// @ts-ignore: decorator
@inline const OVERLONG_3: u8 = 4;
// @ts-ignore: decorator
@inline const TOO_LARGE: u8 = 8;
// @ts-ignore: decorator
@inline const SURROGATE: u8 = 16;
// @ts-ignore: decorator
@inline const OVERLONG_2: u8 = 32;
// @ts-ignore: decorator
@inline const OVERLONG_4: u8 = 64;
// @ts-ignore: decorator
@inline const TOO_LARGE_1000: u8 = 64;
// @ts-ignore: decorator
@inline const TWO_CONTINUATIONS: u8 = 128;
// @ts-ignore: decorator
@inline const CARRY: u8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;
// @ts-ignore: decorator
@inline const LARGE: u8 = CARRY | TOO_LARGE | TOO_LARGE_1000;
// @ts-ignore: decorator
@inline const AFTER_8: u8 = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS;

/** By the high half of the first byte. */
// prettier-ignore
const FIRST_HIGH = memory.data<u8>([
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
  TOO_SHORT | OVERLONG_2,
  TOO_SHORT,
  TOO_SHORT | OVERLONG_3 | SURROGATE,
  TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
], 16);

/** By the low half of the first byte. */
// prettier-ignore
const FIRST_LOW = memory.data<u8>([
  CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
  CARRY | TOO_LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE,
  LARGE | SURROGATE, LARGE, LARGE,
], 16);

/** By the high half of the second byte. */
// prettier-ignore
const SECOND_HIGH = memory.data<u8>([
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  AFTER_8 | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  AFTER_8 | OVERLONG_3 | TOO_LARGE,
  AFTER_8 | SURROGATE | TOO_LARGE, AFTER_8 | SURROGATE | TOO_LARGE,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
], 16);

/**
 * Marks with a non-zero byte each place of `block` where the text, which goes on from the sixteen
 * bytes of `previous`, is seen to be ill-formed. A sequence cut off at the end is not marked yet.
 */
// @ts-ignore: decorator
@inline
export function utf8Errors(block: v128, previous: v128): v128 {
  // prettier-ignore
  const before1 = i8x16.shuffle(previous, block,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  // prettier-ignore
  const before2 = i8x16.shuffle(previous, block,
    14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  // prettier-ignore
  const before3 = i8x16.shuffle(previous, block,
    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  const firstHigh = i8x16.swizzle(v128.load(FIRST_HIGH), i8x16.shr_u(before1, 4));
  const firstLow = i8x16.swizzle(v128.load(FIRST_LOW), v128.and(before1, i8x16.splat(0x0f)));
  const secondHigh = i8x16.swizzle(v128.load(SECOND_HIGH), i8x16.shr_u(block, 4));
  const wrongPairs = v128.and(v128.and(firstHigh, firstLow), secondHigh);
  // The third and fourth byte of a sequence must be the second of two continuation bytes.
  const thirds = i8x16.sub_sat_u(before2, i8x16.splat(0x60));
  const fourths = i8x16.sub_sat_u(before3, i8x16.splat(0x70));
  const due = v128.and(v128.or(thirds, fourths), i8x16.splat(<i8>0x80));
  return v128.xor(due, wrongPairs);
}

/** Whether `length` bytes are well-formed UTF-8. */
export function isUtf8(ptr: usize, length: i32): bool {
  const end = ptr + length;
  while (ptr < end) {
    if (ptr + 8 <= end && (load<u64>(ptr) & 0x8080808080808080) == 0) {
      ptr += 8;
      continue;
    }
    const size = utf8SequenceLength(ptr, end);
    if (size <= 0) return false;
    ptr += size;
  }
  return true;
}
