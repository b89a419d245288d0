// Finds the objects under one key in JSON or events of any split, and keeps nothing else.
import { ByteWriter } from "../text/byte-writer";

/** Longer objects are not the ones that are looked for. */
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

/** Looks for `"key": {…}`. In texts quotes are escaped, so that a key is never found there. */
export class ObjectScanner {
  /** The object that was found last. */
  readonly found: ByteWriter = new ByteWriter();
  private place: Place = Place.Searching;
  private matched: i32 = 0;
  private depth: i32 = 0;
  private at: usize = 0;
  private end: usize = 0;

  constructor(
    /** The key with its quotes, in ASCII. */
    private readonly key: string,
  ) {}

  /** Takes the next bytes; `next` then says what is in them. */
  push(ptr: usize, length: i32): void {
    this.at = ptr;
    this.end = ptr + length;
  }

  /** Goes on to the end of the next object. False: there is none in what has come. */
  next(): bool {
    while (this.at < this.end) {
      const byte = load<u8>(this.at++);
      if (this.place == Place.Searching) this.search(byte);
      else if (this.place == Place.AtValue) this.enter(byte);
      else if (this.take(byte)) return true;
    }
    return false;
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
    if (byte != 0x7b) {
      this.search(byte);
      return;
    }
    this.place = Place.InObject;
    this.depth = 1;
    this.found.clear();
    this.found.byte(byte);
  }

  /** True: the object is complete. */
  private take(byte: u8): bool {
    this.found.byte(byte);
    if (this.place == Place.InEscape) this.place = Place.InString;
    else if (this.place == Place.InString) {
      if (byte == 0x22) this.place = Place.InObject;
      else if (byte == 0x5c) this.place = Place.InEscape;
    } else if (byte == 0x22) this.place = Place.InString;
    else if (byte == 0x7b) this.depth += 1;
    else if (byte == 0x7d) this.depth -= 1;
    const isWhole = this.depth == 0;
    if (isWhole || this.found.length > LONGEST) this.place = Place.Searching;
    return isWhole;
  }

  /** Gives memory back. */
  release(): void {
    this.found.release();
  }
}
