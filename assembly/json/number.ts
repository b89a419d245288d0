// JSON numbers: https://www.rfc-editor.org/rfc/rfc8259#section-6

import { JsonError } from "./kind";
import { scanFailureOrEnd } from "./scan";

// @ts-ignore: decorator
@inline
function isDigit(at: usize, end: usize): bool {
  return at < end && <u32>load<u8>(at) - 0x30 < 10;
}

/** Goes from `at`, a minus or a digit, to the end of the number; 0 where it is not valid. */
export function scanNumber(at: usize, end: usize, limit: usize): usize {
  at += load<u8>(at) == 0x2d ? 1 : 0;
  if (!isDigit(at, end)) return scanFailureOrEnd(JsonError.InvalidNumber, at, end);
  if (load<u8>(at) == 0x30) {
    ++at;
    if (isDigit(at, end)) return scanFailureOrEnd(JsonError.InvalidNumber, at, end);
  } else {
    at = skipDigits(at + 1, end, limit);
  }
  if (at >= end) return at;
  let byte: u32 = load<u8>(at);
  if (byte == 0x2e) {
    ++at;
    if (!isDigit(at, end)) return scanFailureOrEnd(JsonError.InvalidNumber, at, end);
    at = skipDigits(at + 1, end, limit);
    if (at >= end) return at;
    byte = load<u8>(at);
  }
  return (byte | 0x20) == 0x65 ? scanExponent(at + 1, end, limit) : at;
}

function scanExponent(at: usize, end: usize, limit: usize): usize {
  if (at < end && (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d)) ++at;
  if (!isDigit(at, end)) return scanFailureOrEnd(JsonError.InvalidNumber, at, end);
  return skipDigits(at + 1, end, limit);
}

/** Goes over digits, two blocks in one step: lengths that vary then cost no wrong guess. */
// @ts-ignore: decorator
@inline
function skipDigits(at: usize, end: usize, limit: usize): usize {
  while (at + 16 < limit) {
    const others = notDigits(v128.load(at)) | (notDigits(v128.load(at, 16)) << 16);
    if (others != 0) return min(at + ctz(others), end);
    at += 32;
  }
  while (isDigit(at, end)) ++at;
  return min(at, end);
}

// @ts-ignore: decorator
@inline
function notDigits(block: v128): i32 {
  return i8x16.bitmask(i8x16.gt_u(i8x16.sub(block, i8x16.splat(0x30)), i8x16.splat(9)));
}

/** A number read as an integer times a power of ten. */
class Decimal {
  negative: bool = false;
  /** Without trailing zeros; the first 18 or 19 of them where more do not fit. */
  digits: u64 = 0;
  exponent: i64 = 0;
  /** Whether no digit was left out. */
  exact: bool = true;

  /** Reads a valid JSON number. */
  read(at: usize, end: usize): void {
    this.negative = load<u8>(at) == 0x2d;
    this.digits = 0;
    this.exponent = 0;
    this.exact = true;
    if (this.negative) ++at;
    let zeros: i64 = 0;
    let fraction: i64 = 0;
    let dot: i64 = 0;
    for (; at < end; ++at) {
      const byte: u32 = load<u8>(at);
      if (byte == 0x2e) {
        dot = 1;
        continue;
      }
      if (byte > 0x39) break;
      fraction += dot;
      ++zeros;
      if (byte == 0x30) continue;
      this.shift(zeros);
      if (this.exact) this.digits += byte - 0x30;
      zeros = 0;
    }
    this.exponent += zeros - fraction + (at < end ? readExponent(at + 1, end) : 0);
  }

  /** Makes room for more digits; the exponent takes what does not fit. */
  shift(places: i64): void {
    if (this.digits == 0) return;
    // Below the largest tenth any digit can be added.
    while (places > 0 && this.exact && this.digits < u64.MAX_VALUE / 10) {
      this.digits *= 10;
      --places;
    }
    if (places == 0) return;
    this.exact = false;
    this.exponent += places;
  }
}

function readExponent(at: usize, end: usize): i64 {
  const sign: u32 = load<u8>(at);
  if (sign == 0x2b || sign == 0x2d) ++at;
  let value: i64 = 0;
  // Far beyond any number of digits that a text can have; more would overflow.
  for (; at < end && value < 1_000_000_000_000; ++at) value = value * 10 + (load<u8>(at) - 0x30);
  return sign == 0x2d ? -value : value;
}

const decimal: Decimal = new Decimal();

/** The valid JSON number in [at, end) where it is an integer of 64 bits, else `fallback`. */
export function integerOf(at: usize, end: usize, fallback: i64): i64 {
  decimal.read(at, end);
  if (decimal.exact && decimal.digits == 0) return 0;
  if (!decimal.exact || decimal.exponent < 0) return fallback;
  decimal.shift(decimal.exponent);
  const largest = <u64>i64.MAX_VALUE + (decimal.negative ? 1 : 0);
  if (!decimal.exact || decimal.digits > largest) return fallback;
  return decimal.negative ? -(<i64>decimal.digits) : <i64>decimal.digits;
}

// prettier-ignore
const POWERS_OF_TEN: StaticArray<f64> = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/**
 * The valid JSON number in [at, end) as a double: the nearest for up to 15 digits and 22 powers of
 * ten, else within some units of the last place; infinite beyond the range.
 */
export function doubleOf(at: usize, end: usize): f64 {
  decimal.read(at, end);
  const shrinks = decimal.exponent < 0;
  let power = shrinks ? -decimal.exponent : decimal.exponent;
  let value = <f64>decimal.digits;
  // Each power is a double without rounding, so a single step rounds once.
  while (power > 0 && value != 0 && isFinite(value)) {
    const scale = unchecked(POWERS_OF_TEN[<i32>min(power, 22)]);
    value = shrinks ? value / scale : value * scale;
    power -= 22;
  }
  return decimal.negative ? -value : value;
}
