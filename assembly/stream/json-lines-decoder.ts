// JSON texts that are separated by line ends: https://github.com/ndjson/ndjson-spec
import { ByteWriter } from "../text/byte-writer";
import { FrameDecoder } from "./frame-decoder";
import { findLineBreak } from "./line-break";

/** No line is longer: a stream that goes on without a line end is broken. */
const LONGEST_LINE: i32 = 32 << 20;

/**
 * Lines of a stream in any split, ended by LF, CR or CR LF. Empty ones are left out; the last one
 * needs no end.
 */
export class JsonLinesDecoder extends FrameDecoder {
  /** The incomplete line of earlier pieces, and what came behind it. */
  private readonly carry: ByteWriter = new ByteWriter();
  private base: usize = 0;
  private limit: i32 = 0;
  /** Where the line at hand begins, and how far it has been searched for its end. */
  private start: i32 = 0;
  private scanned: i32 = 0;
  private isFinished: bool = false;

  push(ptr: usize, length: i32): void {
    // Lines that nobody asked for, behind the end of a stream, lay in the bytes before these.
    const rest = this.carry.length == 0 ? 0 : this.limit - this.start;
    if (rest == 0) {
      this.carry.clear();
      this.base = ptr;
      this.limit = length;
      this.start = this.scanned = 0;
      return;
    }
    // An incomplete line always lies in the carry.
    const carry = this.carry;
    if (this.start > 0) {
      memory.copy(carry.ptr, carry.ptr + this.start, rest);
      carry.length = rest;
      this.scanned -= this.start;
      this.start = 0;
    }
    carry.bytes(ptr, length);
    this.base = carry.ptr;
    this.limit = carry.length;
  }

  next(): bool {
    while (!this.failed) {
      const found = findLineBreak(this.base + this.scanned, this.base + this.limit);
      if (found == 0) break;
      const start = this.start;
      const end = <i32>(found - this.base);
      this.start = this.scanned = end + 1;
      if (end > start) return this.give(start, end, 1);
    }
    this.scanned = this.limit;
    const rest = this.limit - this.start;
    if (rest == 0 || this.failed) return false;
    if (this.isFinished) {
      const start = this.start;
      this.start = this.limit;
      return this.give(start, this.limit, 0);
    }
    if (rest > LONGEST_LINE) this.failed = true;
    else if (this.carry.length == 0) this.keep(rest);
    return false;
  }

  private give(start: i32, end: i32, endLength: i32): bool {
    this.payload = this.raw = this.base + start;
    this.payloadLength = end - start;
    this.rawLength = end - start + endLength;
    return true;
  }

  private keep(rest: i32): void {
    this.carry.bytes(this.base + this.start, rest);
    this.base = this.carry.ptr;
    this.start = 0;
    this.limit = this.scanned = rest;
  }

  finish(): void {
    this.isFinished = true;
  }

  pending(): i32 {
    return this.limit - this.start;
  }

  release(): void {
    this.carry.release();
    this.limit = this.start = this.scanned = 0;
  }
}
