// Sets of code points in regular expressions: https://github.com/google/re2/wiki/Syntax

const LAST_CODE_POINT: i32 = 0x10ffff;

/**
 * A set of code points, kept as ranges that are sorted and do not touch once `close` was called.
 */
export class CharClass {
  /** First and last code point of each range. */
  private ranges: i32[] = [];

  /** Adds the code points from `first` to `last`. */
  add(first: i32, last: i32): void {
    this.ranges.push(first);
    this.ranges.push(last);
  }

  /** Adds all that a closed class holds. */
  addClass(other: CharClass): void {
    for (let i = 0; i < other.ranges.length; ++i) this.ranges.push(other.ranges[i]);
  }

  /** Adds the other case of each ASCII letter that is there. */
  addOtherCase(): void {
    const count = this.ranges.length;
    for (let i = 0; i < count; i += 2) {
      this.addShifted(this.ranges[i], this.ranges[i + 1], 0x41, 0x5a, 0x20);
      this.addShifted(this.ranges[i], this.ranges[i + 1], 0x61, 0x7a, -0x20);
    }
  }

  private addShifted(first: i32, last: i32, from: i32, to: i32, shift: i32): void {
    const low = max(first, from);
    const high = min(last, to);
    if (low <= high) this.add(low + shift, high + shift);
  }

  /** Sorts and joins the ranges, and turns the set into its opposite where `negated`. */
  close(negated: bool): void {
    const joined = joinRanges(this.ranges);
    this.ranges = negated ? invertRanges(joined) : joined;
  }

  /** Whether a closed class holds the code point. */
  has(code: i32): bool {
    const ranges = this.ranges;
    for (let i = 0; i < ranges.length; i += 2) {
      if (code < ranges[i]) return false;
      if (code <= ranges[i + 1]) return true;
    }
    return false;
  }
}

/** Insertion sort by the first code point, then one pass that joins what overlaps or touches. */
function joinRanges(ranges: i32[]): i32[] {
  const sorted: i32[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    let at = sorted.length;
    sorted.push(0);
    sorted.push(0);
    for (; at > 0 && sorted[at - 2] > ranges[i]; at -= 2) {
      sorted[at] = sorted[at - 2];
      sorted[at + 1] = sorted[at - 1];
    }
    sorted[at] = ranges[i];
    sorted[at + 1] = ranges[i + 1];
  }
  const joined: i32[] = [];
  for (let i = 0; i < sorted.length; i += 2) {
    const end = joined.length - 1;
    if (end > 0 && sorted[i] <= joined[end] + 1) {
      joined[end] = max(joined[end], sorted[i + 1]);
    } else {
      joined.push(sorted[i]);
      joined.push(sorted[i + 1]);
    }
  }
  return joined;
}

function invertRanges(ranges: i32[]): i32[] {
  const inverted: i32[] = [];
  let next = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (next < ranges[i]) {
      inverted.push(next);
      inverted.push(ranges[i] - 1);
    }
    next = ranges[i + 1] + 1;
  }
  if (next <= LAST_CODE_POINT) {
    inverted.push(next);
    inverted.push(LAST_CODE_POINT);
  }
  return inverted;
}

/** Whether a code point is an ASCII letter, digit or underscore. */
export function isWordCode(code: i32): bool {
  if (code >= 0x61 && code <= 0x7a) return true;
  if (code >= 0x41 && code <= 0x5a) return true;
  return (code >= 0x30 && code <= 0x39) || code == 0x5f;
}

/** The closed class of `\d`, `\s` or `\w`, in capitals its opposite; null for other letters. */
export function perlClass(letter: i32): CharClass | null {
  switch (letter | 0x20) {
    case 0x64:
      return classOf("09", letter == 0x44);
    case 0x73:
      return classOf("\t\n\f\r  ", letter == 0x53);
    case 0x77:
      return classOf("09AZ__az", letter == 0x57);
    default:
      return null;
  }
}

/** The closed class of a POSIX name such as `alpha` in `[[:alpha:]]`; null for an unknown name. */
export function posixClass(name: string, negated: bool): CharClass | null {
  const ranges = posixRanges(name);
  return ranges.length == 0 ? null : classOf(ranges, negated);
}

function posixRanges(name: string): string {
  if (name == "alnum") return "09AZaz";
  if (name == "alpha") return "AZaz";
  if (name == "ascii") return "\0\x7f";
  if (name == "blank") return "\t\t  ";
  if (name == "cntrl") return "\0\x1f\x7f\x7f";
  if (name == "digit") return "09";
  if (name == "graph") return "!~";
  if (name == "lower") return "az";
  if (name == "print") return " ~";
  if (name == "punct") return "!/:@[`{~";
  if (name == "space") return "\t\r  ";
  if (name == "upper") return "AZ";
  if (name == "word") return "09AZ__az";
  return name == "xdigit" ? "09AFaf" : "";
}

/** Reads pairs of first and last characters. */
function classOf(ranges: string, negated: bool): CharClass {
  const set = new CharClass();
  for (let i = 0; i < ranges.length; i += 2)
    set.add(ranges.charCodeAt(i), ranges.charCodeAt(i + 1));
  set.close(negated);
  return set;
}
