// Reads the characters and escapes of a regular expression:
// https://github.com/google/re2/wiki/Syntax
import { isWordCode } from "./char-class";
import { startsAt } from "../starts-at";

/** A position in a pattern. The first error stays and ends the reading. */
export class RegexReader {
  at: i32 = 0;
  /** "" or what is wrong, with its place. */
  error: string = "";

  constructor(readonly pattern: string) {}

  /** Keeps an error, unless there is one already. */
  fail(reason: string): void {
    if (this.error.length == 0) this.error = reason + " at character " + this.at.toString();
  }

  /** Whether nothing is left. */
  atEnd(): bool {
    return this.at >= this.pattern.length;
  }

  /** The code point at the position, -1 at the end. */
  peek(): i32 {
    return this.atEnd() ? -1 : this.pattern.codePointAt(this.at);
  }

  /** Takes the next code point; at the end that is an error, and -1. */
  next(): i32 {
    const code = this.peek();
    if (code < 0) this.fail("unexpected end");
    else this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  /** Takes this code point if it comes next. */
  take(code: i32): bool {
    if (this.peek() != code) return false;
    this.next();
    return true;
  }

  /** Whether this text comes next. */
  startsWith(text: string): bool {
    return startsAt(this.pattern, text, this.at);
  }

  /** Takes this text if it comes next. */
  takeText(text: string): bool {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  /** A decimal number; -1 where there is none, more than `limit` where it is larger. */
  digits(limit: i32): i32 {
    let value = -1;
    for (let code = this.peek(); code >= 0x30 && code <= 0x39; code = this.peek()) {
      value = min(max(value, 0) * 10 + code - 0x30, limit + 1);
      this.next();
    }
    return value;
  }

  /**
   * The code point that stands behind a backslash as an escape: `\.`, `\n`, `\x41`, `\x{1f600}`.
   */
  escapedCode(): i32 {
    const code = this.next();
    switch (code) {
      case 0x61:
        return 0x07;
      case 0x66:
        return 0x0c;
      case 0x6e:
        return 0x0a;
      case 0x72:
        return 0x0d;
      case 0x74:
        return 0x09;
      case 0x76:
        return 0x0b;
      case 0x78:
        return this.hexCode();
      default:
        // Letters and digits are kept for escapes with a meaning; any other character stands for
        // itself.
        if (code < 0x80 && isWordCode(code) && code != 0x5f) this.fail("unknown escape");
        return code;
    }
  }

  private hexCode(): i32 {
    if (!this.take(0x7b)) return (this.hexDigit() << 4) | this.hexDigit();
    let value = this.hexDigit();
    while (this.error.length == 0 && !this.take(0x7d)) {
      value = (value << 4) | this.hexDigit();
      if (value > 0x10ffff) this.fail("no such character");
    }
    return value;
  }

  private hexDigit(): i32 {
    const code = this.next();
    if (code >= 0x30 && code <= 0x39) return code - 0x30;
    const letter = (code | 0x20) - 0x61;
    if (letter >= 0 && letter < 6) return letter + 10;
    this.fail("expected a hexadecimal digit");
    return 0;
  }
}
