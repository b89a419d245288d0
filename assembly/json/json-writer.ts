// Writes JSON straight to bytes and sets the commas: https://www.rfc-editor.org/rfc/rfc8259

import { ByteWriter } from "../text/byte-writer";
import { Document } from "./document";
import { encodeEscapes } from "./escape";

/** For texts while they are turned into UTF-8. */
const scratch: ByteWriter = new ByteWriter();

/** Writes what it is told, in order: brackets in pairs and keys before values are the caller's. */
export class JsonWriter {
  /** A value or key that comes now needs a comma before it. */
  private comma: bool = false;

  constructor(
    /** Where the bytes go. */
    public out: ByteWriter,
  ) {}

  /** Begins a new text; what `out` holds stays. */
  reset(): void {
    this.comma = false;
  }

  /** Writes `{`. */
  beginObject(): void {
    this.open(0x7b);
  }

  /** Writes `}`. */
  endObject(): void {
    this.close(0x7d);
  }

  /** Writes `[`. */
  beginArray(): void {
    this.open(0x5b);
  }

  /** Writes `]`. */
  endArray(): void {
    this.close(0x5d);
  }

  /** Writes the key of the next value: an ASCII text that needs no escape. */
  key(name: string): void {
    const out = this.out;
    this.separate();
    out.reserve(name.length + 3);
    out.byte(0x22);
    out.ascii(name);
    out.byte(0x22);
    out.byte(0x3a);
    this.comma = false;
  }

  /** Writes the key of the member with this value, byte for byte; nothing where it is no member. */
  keyRaw(doc: Document, value: i32): void {
    if (!doc.isMember(value)) return;
    const start = doc.keyStart(value);
    this.separate();
    this.out.bytes(doc.ptr + start, doc.keyEnd(value) - start);
    this.out.byte(0x3a);
    this.comma = false;
  }

  /** Writes any text as a string; a lone surrogate becomes U+FFFD. */
  string(text: string): void {
    this.beginString();
    this.stringText(text);
    this.endString();
  }

  /** Writes an ASCII text that needs no escape as a string. */
  ascii(text: string): void {
    const out = this.out;
    this.separate();
    out.reserve(text.length + 2);
    out.byte(0x22);
    out.ascii(text);
    out.byte(0x22);
    this.comma = true;
  }

  /** Writes UTF-8 bytes as a string; each ill-formed part becomes U+FFFD. */
  stringBytes(ptr: usize, length: i32): void {
    this.beginString();
    this.stringEscape(ptr, length);
    this.endString();
  }

  /** Writes an integer. */
  integer(value: i64): void {
    this.separate();
    this.out.integer(value);
    this.comma = true;
  }

  /** Writes a shortest number that reads as this double again; `null` where JSON has none. */
  number(value: f64): void {
    if (!isFinite(value)) {
      this.null();
      return;
    }
    this.separate();
    const out = this.out;
    out.ascii(value.toString());
    // The runtime writes integral values with ".0".
    if (load<u16>(out.ptr + out.length - 2) == 0x302e) out.length -= 2;
    this.comma = true;
  }

  /** Writes `true` or `false`. */
  bool(value: bool): void {
    this.word(value ? "true" : "false");
  }

  /** Writes `null`. */
  null(): void {
    this.word("null");
  }

  /** Writes the raw text of a parsed value, byte for byte; `null` where it is missing. */
  value(doc: Document, value: i32): void {
    const start = doc.start(value);
    const length = doc.end(value) - start;
    if (length > 0) this.raw(doc.ptr + start, length);
    else this.null();
  }

  /** Writes bytes that are one JSON value already. */
  raw(ptr: usize, length: i32): void {
    this.separate();
    this.out.bytes(ptr, length);
    this.comma = true;
  }

  /** Opens a string that is made of the pieces written until `endString`. */
  beginString(): void {
    this.separate();
    this.out.byte(0x22);
    this.comma = false;
  }

  /** Adds the raw inner bytes of a parsed string, still escaped; nothing unless it is a string. */
  stringPart(doc: Document, value: i32): void {
    const length = doc.stringLength(value);
    if (length > 0) this.out.bytes(doc.ptr + doc.start(value) + 1, length);
  }

  /** Adds any text, escaped; a lone surrogate becomes U+FFFD. */
  stringText(text: string): void {
    scratch.clear();
    scratch.text(text);
    this.stringEscape(scratch.ptr, scratch.length);
  }

  /** Adds UTF-8 bytes, escaped; each ill-formed part becomes U+FFFD. */
  stringEscape(ptr: usize, length: i32): void {
    encodeEscapes(ptr, ptr + length, this.out);
  }

  /** Closes the string that `beginString` opened. */
  endString(): void {
    this.out.byte(0x22);
    this.comma = true;
  }

  /** Writes a member with any text. */
  keyString(name: string, text: string): void {
    this.key(name);
    this.string(text);
  }

  /** Writes a member with an integer. */
  keyInteger(name: string, value: i64): void {
    this.key(name);
    this.integer(value);
  }

  /** Writes a member with `true` or `false`. */
  keyBool(name: string, value: bool): void {
    this.key(name);
    this.bool(value);
  }

  /** Writes a member with `null`. */
  keyNull(name: string): void {
    this.key(name);
    this.null();
  }

  /** Writes a member with the raw text of a parsed value; `null` where it is missing. */
  keyValue(name: string, doc: Document, value: i32): void {
    this.key(name);
    this.value(doc, value);
  }

  private open(bracket: u8): void {
    this.separate();
    this.out.byte(bracket);
    this.comma = false;
  }

  private close(bracket: u8): void {
    this.out.byte(bracket);
    this.comma = true;
  }

  private word(text: string): void {
    this.separate();
    this.out.ascii(text);
    this.comma = true;
  }

  // @ts-ignore: decorator
  @inline
  private separate(): void {
    if (this.comma) this.out.byte(0x2c);
  }
}
