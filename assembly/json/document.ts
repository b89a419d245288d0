// Typed view of parsed JSON text: https://www.rfc-editor.org/rfc/rfc8259

import { ByteWriter } from "../text/byte-writer";
import { asciiEquals } from "../text/ascii-equals";
import { decodeEscapes } from "./escape";
import { JsonKind } from "./kind";
import { doubleOf, integerOf } from "./number";
import { JsonTape } from "./tape";

export { JsonError, JsonKind, jsonErrorText } from "./kind";

/** For strings with escapes while they are compared or become a String. */
const scratch: ByteWriter = new ByteWriter();

/**
 * A JSON text whose values are slices of it. A value is an id, -1 where it is missing, and every
 * method takes -1 and answers that it is missing. At most 128 levels, 4,194,304 values and keys.
 */
export class Document extends JsonTape {
  /** Whether the value is a string. */
  isString(value: i32): bool {
    return this.kind(value) == JsonKind.String;
  }

  /** Whether the value is an object. */
  isObject(value: i32): bool {
    return this.kind(value) == JsonKind.Object;
  }

  /** Whether the value is an array. */
  isArray(value: i32): bool {
    return this.kind(value) == JsonKind.Array;
  }

  /** Whether the value is a number. */
  isNumber(value: i32): bool {
    return this.kind(value) == JsonKind.Number;
  }

  /** Whether the value is `true`. */
  isTrue(value: i32): bool {
    return this.kind(value) == JsonKind.True;
  }

  /** Whether the value is `false`. */
  isFalse(value: i32): bool {
    return this.kind(value) == JsonKind.False;
  }

  /** Whether the value is there and is `null`. */
  isNull(value: i32): bool {
    return this.kind(value) == JsonKind.Null;
  }

  /** Whether the value is missing or `null`. */
  absent(value: i32): bool {
    return this.kind(value) <= JsonKind.Null;
  }

  /** Number of elements or members; counts them. */
  size(value: i32): i32 {
    let count = 0;
    for (let child = this.first(value); child >= 0; child = this.next(child)) ++count;
    return count;
  }

  /** The value of the member `name`, ASCII; the last one of several, -1 where there is none. */
  get(object: i32, name: string): i32 {
    if (this.kind(object) != JsonKind.Object) return -1;
    const quoted = name.length + 2;
    let found = -1;
    for (let child = this.first(object); child >= 0; child = this.nextOf(child)) {
      const key = child - 1;
      const length = this.lengthOf(key);
      if (length < quoted) continue;
      const mayBe = length == quoted || this.hasEscapes(key);
      if (mayBe && this.textIs(key, name)) found = child;
    }
    return found;
  }

  /** The element of an array at `index`, -1 where there is none. */
  at(array: i32, index: i32): i32 {
    if (index < 0 || this.kind(array) != JsonKind.Array) return -1;
    let child = this.first(array);
    for (; index > 0 && child >= 0; --index) child = this.next(child);
    return child;
  }

  /** The decoded key of the member with this value; "" where it is no member. */
  key(value: i32): string {
    return this.isMember(value) ? this.text16(value - 1) : "";
  }

  /** Whether the value is that of a member `name`, ASCII. */
  keyIs(value: i32, name: string): bool {
    return this.isMember(value) && this.textIs(value - 1, name);
  }

  /** Offset of the opening quote of the member's key; 0 where it is no member. */
  keyStart(value: i32): i32 {
    return this.isMember(value) ? this.start(value - 1) : 0;
  }

  /** Offset behind the closing quote of the member's key; 0 where it is no member. */
  keyEnd(value: i32): i32 {
    return this.isMember(value) ? this.end(value - 1) : 0;
  }

  /** Whether the value is the value of an object's member. */
  isMember(value: i32): bool {
    // A key is always followed by its own value.
    return this.kind(value) != JsonKind.Missing && this.kind(value - 1) == JsonKind.Key;
  }

  /** Whether the value is a string of exactly this ASCII text. */
  stringIs(value: i32, text: string): bool {
    return this.isString(value) && this.textIs(value, text);
  }

  /** Whether the value is a string that begins with this ASCII text. */
  stringStartsWith(value: i32, text: string): bool {
    if (!this.isString(value)) return false;
    if (!this.hasEscapes(value)) {
      const length = this.stringLength(value);
      return length >= text.length && asciiEquals(this.inner(value), text);
    }
    this.decodeToScratch(value);
    return scratch.length >= text.length && asciiEquals(scratch.ptr, text);
  }

  /** Whether both values are strings of the same text. */
  sameString(a: i32, b: i32): bool {
    if (!this.isString(a) || !this.isString(b)) return false;
    if (this.hasEscapes(a) || this.hasEscapes(b)) return this.text16(a) == this.text16(b);
    const length = this.stringLength(a);
    if (length != this.stringLength(b)) return false;
    return memory.compare(this.inner(a), this.inner(b), length) == 0;
  }

  /** The decoded text; "" unless it is a string. For small things: ids, names. */
  string(value: i32): string {
    return this.isString(value) ? this.text16(value) : "";
  }

  /** Whether the value is the string "". */
  isEmptyString(value: i32): bool {
    return this.isString(value) && this.stringLength(value) == 0;
  }

  /** Raw bytes between the quotes; 0 unless it is a string. */
  stringLength(value: i32): i32 {
    return this.isString(value) ? this.end(value) - this.start(value) - 2 : 0;
  }

  /** Appends the decoded UTF-8 of a string; the escape of a lone surrogate becomes U+FFFD. */
  decodeString(value: i32, out: ByteWriter): void {
    if (!this.isString(value)) return;
    const start = this.inner(value);
    const length = this.stringLength(value);
    if (this.hasEscapes(value)) decodeEscapes(start, start + length, out);
    else out.bytes(start, length);
  }

  /** A number with an integral value ("3", "3.0", "1e2") of 64 bits; else `fallback`. */
  integer(value: i32, fallback: i64): i64 {
    if (!this.isNumber(value)) return fallback;
    return integerOf(this.ptr + this.start(value), this.ptr + this.end(value), fallback);
  }

  /** The number as a double; NaN unless it is a number. */
  number(value: i32): f64 {
    if (!this.isNumber(value)) return NaN;
    return doubleOf(this.ptr + this.start(value), this.ptr + this.end(value));
  }

  /** Address behind the opening quote of a string or key. */
  private inner(id: i32): usize {
    return this.ptr + this.start(id) + 1;
  }

  /** Compares the decoded string or key with an ASCII text. */
  private textIs(id: i32, text: string): bool {
    const length = this.end(id) - this.start(id) - 2;
    if (this.hasEscapes(id)) {
      if (length < text.length) return false;
      this.decodeToScratch(id);
      return scratch.length == text.length && asciiEquals(scratch.ptr, text);
    }
    return length == text.length && asciiEquals(this.inner(id), text);
  }

  private text16(id: i32): string {
    if (this.hasEscapes(id)) {
      this.decodeToScratch(id);
      return scratch.toString();
    }
    const length = this.end(id) - this.start(id) - 2;
    return length == 0 ? "" : String.UTF8.decodeUnsafe(this.inner(id), length);
  }

  private decodeToScratch(id: i32): void {
    scratch.clear();
    const start = this.inner(id);
    decodeEscapes(start, this.ptr + this.end(id) - 1, scratch);
  }
}
