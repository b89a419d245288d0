// Finds one text field in a form: https://www.rfc-editor.org/rfc/rfc7578#section-4
import { asciiEquals } from "../text/ascii-equals";

const CR: u8 = 0x0d;
const LF: u8 = 0x0a;
const DASH: u8 = 0x2d;

/** Bytes that the headers of one part may have. */
const LONGEST_HEADERS: i32 = 8192;

/** The boundary that a content type of `multipart/…` names, or "". */
export function boundaryOf(contentType: string): string {
  const parts = contentType.split(";");
  for (let i = 1; i < parts.length; ++i) {
    const part = parts[i].trim();
    if (part.length > 9 && part.substring(0, 9).toLowerCase() == "boundary=") {
      return unquote(part.substring(9));
    }
  }
  return "";
}

function unquote(text: string): string {
  const isQuoted = text.length > 1 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? text.substring(1, text.length - 1) : text;
}

/** One form in memory that it does not own. All positions are byte offsets. */
export class MultipartForm {
  /** Where the first delimiter begins, and where it ends before its line's end. */
  firstStart: i32 = 0;
  firstEnd: i32 = 0;
  /** Where the value of the field begins, -1 where there is no such field, and ends. */
  valueStart: i32 = -1;
  valueEnd: i32 = -1;
  private readonly delimiter: string;
  private ptr: usize = 0;
  private length: i32 = 0;

  /** A boundary of "" belongs to no form. */
  constructor(private readonly boundary: string) {
    this.delimiter = "--" + boundary;
  }

  /** Looks for a field that is no file. False: this is no whole form. */
  find(ptr: usize, length: i32, name: string): bool {
    this.ptr = ptr;
    this.length = length;
    if (this.boundary.length == 0) return false;
    let at = this.nextDelimiter(0);
    this.firstStart = at;
    this.firstEnd = at + this.delimiter.length;
    while (at >= 0) {
      const headers = at + this.delimiter.length;
      if (headers + 1 < length && this.byte(headers) == DASH && this.byte(headers + 1) == DASH) {
        return true;
      }
      const value = this.skipHeaders(headers);
      if (value < 0) return false;
      at = this.nextDelimiter(value);
      if (at < 0 || !this.isNamed(headers, value, name)) continue;
      this.valueStart = value;
      this.valueEnd = max(value, at - (at > 1 && this.byte(at - 2) == CR ? 2 : 1));
      return true;
    }
    return false;
  }

  /** The value of the field that was found. */
  value(): string {
    if (this.valueStart < 0) return "";
    return this.text(this.valueStart, this.valueEnd).trim();
  }

  private byte(at: i32): u8 {
    return load<u8>(this.ptr + at);
  }

  private text(start: i32, end: i32): string {
    return String.UTF8.decodeUnsafe(this.ptr + start, end - start);
  }

  /** The next delimiter at the beginning of a line; -1: none. */
  private nextDelimiter(from: i32): i32 {
    for (let at = from; at >= 0; at = this.nextLine(at)) {
      const end = at + this.delimiter.length;
      if (end > this.length) return -1;
      if (!asciiEquals(this.ptr + at, this.delimiter)) continue;
      // Another boundary may begin like this one.
      if (end == this.length || this.byte(end) <= DASH) return at;
    }
    return -1;
  }

  /** The beginning of the line after the one at `at`; -1: there is none. */
  private nextLine(at: i32): i32 {
    const ends = i8x16.splat(LF);
    for (; at + 16 <= this.length; at += 16) {
      const found = i8x16.bitmask(i8x16.eq(v128.load(this.ptr + at), ends));
      if (found != 0) return at + ctz(found) + 1;
    }
    for (; at < this.length; ++at) if (this.byte(at) == LF) return at + 1;
    return -1;
  }

  /** Where a part's value begins after the empty line; -1: there is no such line. */
  private skipHeaders(from: i32): i32 {
    for (let at = this.nextLine(from); at >= 0; at = this.nextLine(at)) {
      if (at - from > LONGEST_HEADERS || at >= this.length) return -1;
      if (this.byte(at) == LF) return at + 1;
      if (this.byte(at) == CR && at + 1 < this.length && this.byte(at + 1) == LF) return at + 2;
    }
    return -1;
  }

  private isNamed(start: i32, end: i32, name: string): bool {
    const lines = this.text(start, end).split("\n");
    for (let i = 0; i < lines.length; ++i) {
      const words = lines[i].split(";");
      if (!words[0].trim().toLowerCase().startsWith("content-disposition:")) continue;
      let fits: bool = false;
      for (let k = 1; k < words.length; ++k) {
        const word = words[k].trim();
        if (word.startsWith("filename")) return false;
        if (word.startsWith("name=")) fits = unquote(word.substring(5)) == name;
      }
      return fits;
    }
    return false;
  }
}
