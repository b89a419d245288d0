// Finds the objects, or the strings, under one key in JSON or events of any split, and keeps nothing else.
import { ByteWriter } from "../text/byte-writer";

/** Longer values are not the ones that are looked for. */
const LONGEST: i32 = 8 << 10;

const enum Place {
  /** Outside: `matched` bytes of the key with its quotes have come. */
  Searching,
  /** Behind the key: a colon and the object must follow. */
  AtValue,
  InObject,
  InString,
  /** Behind a backslash in a string. */
  InEscape,
}

/** Looks for `"key": {…}`, or `"key": "…"`. In texts quotes are escaped, so that a key is never found there. */
export class ObjectScanner {
  /** The value that was found last. */
  readonly found: ByteWriter = new ByteWriter();
  private place: Place = Place.Searching;
  private matched: i32 = 0;
  private depth: i32 = 0;
  private at: usize = 0;
  private end: usize = 0;

  constructor(
    /** The key with its quotes, in ASCII. */
    private readonly key: string,
    /** Strings are looked for in place of objects. */
    private readonly isString: bool = false,
  ) {}

  /** Takes the next bytes; `next` then says what is in them. */
  push(ptr: usize, length: i32): void {
    this.at = ptr;
    this.end = ptr + length;
  }

  /** Goes on to the end of the next value. False: there is none in what has come. */
  next(): bool {
    while (this.at < this.end) {
      if (this.place == Place.Searching && this.matched == 0) this.skip();
      if (this.at >= this.end) break;
      const byte = load<u8>(this.at++);
      if (this.place == Place.Searching) this.search(byte);
      else if (this.place == Place.AtValue) this.enter(byte);
      else if (this.take(byte)) return true;
    }
    return false;
  }

  /** Goes on to the next quote, or near the end: no key begins elsewhere. */
  private skip(): void {
    const quotes = i8x16.splat(0x22);
    while (this.at + 16 <= this.end) {
      const mask = i8x16.bitmask(i8x16.eq(v128.load(this.at), quotes));
      if (mask != 0) {
        this.at += ctz(mask);
        return;
      }
      this.at += 16;
    }
  }

  private search(byte: u8): void {
    if (byte == this.key.charCodeAt(this.matched)) this.matched += 1;
    else this.matched = byte == 0x22 ? 1 : 0;
    if (this.matched == this.key.length) this.place = Place.AtValue;
  }

  private enter(byte: u8): void {
    if (byte == 0x3a || byte <= 0x20) return;
    this.matched = 0;
    this.place = Place.Searching;
    if (byte != (this.isString ? 0x22 : 0x7b)) {
      this.search(byte);
      return;
    }
    this.place = this.isString ? Place.InString : Place.InObject;
    this.depth = this.isString ? 0 : 1;
    this.found.clear();
    this.found.byte(byte);
  }

  /** True: the value is complete. */
  private take(byte: u8): bool {
    this.found.byte(byte);
    if (this.place == Place.InEscape) this.place = Place.InString;
    else if (this.place == Place.InString) {
      if (byte == 0x22) this.place = Place.InObject;
      else if (byte == 0x5c) this.place = Place.InEscape;
    } else if (byte == 0x22) this.place = Place.InString;
    else if (byte == 0x7b) this.depth += 1;
    else if (byte == 0x7d) this.depth -= 1;
    const isWhole = this.depth == 0 && this.place == Place.InObject;
    if (isWhole || this.found.length > LONGEST) this.place = Place.Searching;
    return isWhole;
  }

  /** Gives memory back. */
  release(): void {
    this.found.release();
  }
}
