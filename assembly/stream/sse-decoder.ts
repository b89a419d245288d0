// Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
import { ByteWriter } from "../text/byte-writer";
import { findLineBreak } from "./line-break";
import { SseEvent } from "./sse-event";

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const COLON: u8 = 0x3a;
const SPACE: u8 = 0x20;
/** `data`, `: ` and LF LF as they lie in memory. */
const DATA: u32 = 0x61746164;
const COLON_SPACE: u16 = 0x203a;
const LF_LF: u16 = 0x0a0a;
const CR_LF_CR_LF: u32 = 0x0a0d0a0d;

/** No event is larger: a stream that goes on without a blank line is broken. */
const LARGEST_EVENT: i32 = 32 << 20;

/**
 * Events of a stream in any split. Lines end with LF, CR or CR LF; several data lines are joined by LF; an event that
 * the stream's end cuts off before its blank line is still given out, since providers are known to leave that line out.
 * `payload` is the data. An event without data is given out only where it has a comment or a name.
 */
export class SseDecoder extends SseEvent {
  /**
   * Whether lines without a field, from one on that begins with `{` or `[`, are a payload too: some providers write an
   * error into a stream as it is.
   */
  takesBareText: bool = false;

  private carry: ByteWriter = new ByteWriter();
  private joined: ByteWriter = new ByteWriter();
  /** The bytes at hand; offsets below count from here. */
  private base: usize = 0;
  private limit: i32 = 0;
  private eventStart: i32 = 0;
  private lineStart: i32 = 0;
  private scanned: i32 = 0;
  private skipLineFeed: bool = false;
  private atStreamStart: bool = true;
  private finished: bool = false;
  private open: bool = false;

  push(ptr: usize, length: i32): void {
    this.dropTaken();
    if (this.carry.length == 0) {
      this.base = ptr;
      this.limit = length;
    } else {
      this.carry.bytes(ptr, length);
      this.base = this.carry.ptr;
      this.limit = this.carry.length;
    }
    this.open = true;
  }

  next(): bool {
    if (!this.open || this.failed) return false;
    if (this.atStreamStart && !this.skipByteOrderMark()) return this.keepRest();
    if (this.takePlainEvent()) return true;
    while (true) {
      const end = this.findLineEnd();
      if (end < 0) return this.finished ? this.lastEvent() : this.keepRest();
      const isEmpty = end == this.lineStart;
      if (!isEmpty) this.takeLine(this.lineStart, end);
      const last = load<u8>(this.base + end);
      if (last == CR) {
        this.skipLineFeed = true;
        this.plainSoFar = false;
      }
      this.lineStart = end + 1;
      this.scanned = end + 1;
      if (isEmpty && this.dispatch(end + 1)) return true;
    }
  }

  /** Address of the next event where nothing of it has been looked at yet; else 0. */
  unread(): usize {
    const isFresh = this.open && !this.failed && !this.atStreamStart && !this.skipLineFeed;
    return isFresh && this.lineStart == this.eventStart ? this.base + this.eventStart : 0;
  }

  /** Leaves out an event of `length` bytes at `unread`, its end included. */
  skip(length: i32): void {
    this.eventStart += length;
    this.lineStart = this.scanned = this.eventStart;
  }

  finish(): void {
    this.open = true;
    this.finished = true;
  }

  pending(): i32 {
    return this.limit - this.eventStart;
  }

  release(): void {
    this.carry.release();
    this.joined.release();
  }

  /** The quick way for what nearly every event is: one data line, LF, LF. False: the lines have to be looked at. */
  private takePlainEvent(): bool {
    const start = this.eventStart;
    // Once only: an event that comes in many pieces is not scanned from its beginning with each of them.
    if (this.scanned != start || this.skipLineFeed || this.limit - start < 8) return false;
    const ptr = this.base + start;
    if (load<u32>(ptr) != DATA || load<u16>(ptr, 4) != COLON_SPACE) return false;
    const end = findLineBreak(ptr + 6, this.base + this.limit);
    if (end == 0 || end + 1 >= this.base + this.limit) return false;
    const isPlain = load<u16>(end) == LF_LF;
    if (!isPlain) {
      const hasRoom = end + 4 <= this.base + this.limit;
      if (!hasRoom || load<u32>(end) != CR_LF_CR_LF) return false;
    }
    this.payloadStart = start + 6;
    this.payloadEnd = <i32>(end - this.base);
    this.payloadLines = 1;
    this.plainSoFar = isPlain;
    const rawEnd = this.payloadEnd + (isPlain ? 2 : 3);
    this.dispatch(rawEnd);
    // The last LF belongs to no event.
    this.lineStart = this.scanned = this.eventStart = isPlain ? rawEnd : rawEnd + 1;
    return true;
  }

  /** False while the first bytes could still become a byte order mark. */
  private skipByteOrderMark(): bool {
    if (this.limit == 0) return this.finished;
    if (load<u8>(this.base) == 0xef) {
      if (this.limit < 3 && !this.finished) return false;
      if (this.limit >= 3 && load<u8>(this.base, 1) == 0xbb && load<u8>(this.base, 2) == 0xbf) {
        this.eventStart = this.lineStart = this.scanned = 3;
      }
    }
    this.atStreamStart = false;
    return true;
  }

  /** Offset of the byte that ends the current line, or -1. */
  private findLineEnd(): i32 {
    let at = this.scanned;
    if (this.skipLineFeed && at < this.limit) {
      this.skipLineFeed = false;
      if (load<u8>(this.base + at) == LF) {
        if (this.eventStart == at) this.eventStart = at + 1;
        this.lineStart = ++at;
      }
    }
    const end = findLineBreak(this.base + at, this.base + this.limit);
    this.scanned = end == 0 ? this.limit : <i32>(end - this.base);
    return end == 0 ? -1 : this.scanned;
  }

  private takeLine(start: i32, end: i32): void {
    const base = this.base;
    const first = load<u8>(base + start);
    if (this.bareStart >= 0) {
      this.bareEnd = end;
      return;
    }
    if (first == COLON) {
      if (this.commentEnd < 0) {
        this.commentStart = start + 1;
        this.commentEnd = end;
      }
      this.plainSoFar = false;
      return;
    }
    let colon = start;
    while (colon < end && load<u8>(base + colon) != COLON) ++colon;
    let value = min(colon + 1, end);
    const hasSpace = value < end && load<u8>(base + value) == SPACE;
    if (hasSpace) ++value;
    const length = colon - start;
    if (length == 4 && load<u32>(base + start) == DATA) {
      this.takePayload(value, end);
      if (!hasSpace || start != this.eventStart) this.plainSoFar = false;
    } else {
      this.plainSoFar = false;
      if (
        length == 5 &&
        load<u32>(base + start) == 0x6e657665 /* even */ &&
        load<u8>(base + start, 4) == 0x74
      ) {
        this.nameStart = value;
        this.nameEnd = end;
      } else if (this.takesBareText && (first == 0x7b || first == 0x5b)) {
        this.bareStart = start;
        this.bareEnd = end;
      }
    }
  }

  private takePayload(start: i32, end: i32): void {
    if (++this.payloadLines == 1) {
      this.payloadStart = start;
      this.payloadEnd = end;
      return;
    }
    if (this.payloadLines == 2) {
      this.joined.clear();
      this.joined.bytes(this.base + this.payloadStart, this.payloadEnd - this.payloadStart);
    }
    this.joined.byte(LF);
    this.joined.bytes(this.base + start, end - start);
  }

  /** Gives out the event that ends before `end`, if there is anything in it. */
  private dispatch(end: i32): bool {
    const base = this.base;
    if (this.bareStart >= 0) {
      this.payloadStart = this.bareStart;
      this.payloadEnd = this.bareEnd;
      this.payloadLines = 1;
    }
    const lines = this.payloadLines;
    const isEvent = lines > 0 || this.nameEnd > this.nameStart || this.commentEnd >= 0;
    this.hasPayload = lines > 0;
    this.payload = lines > 1 ? this.joined.ptr : base + this.payloadStart;
    this.payloadLength = lines > 1 ? this.joined.length : this.payloadEnd - this.payloadStart;
    this.name = base + this.nameStart;
    this.nameLength = this.nameEnd - this.nameStart;
    this.comment = base + this.commentStart;
    this.commentLength = this.commentEnd < 0 ? -1 : this.commentEnd - this.commentStart;
    this.isPlain = this.plainSoFar && lines == 1;
    this.raw = base + this.eventStart;
    this.rawLength = end - this.eventStart;
    this.startEvent(end);
    return isEvent;
  }

  private startEvent(offset: i32): void {
    this.eventStart = offset;
    this.payloadStart = this.payloadEnd = this.payloadLines = 0;
    this.nameStart = this.nameEnd = 0;
    this.commentEnd = -1;
    this.plainSoFar = true;
    this.bareStart = -1;
  }

  /** The stream is over: its last line and last event need no end of their own. */
  private lastEvent(): bool {
    if (this.lineStart < this.limit) {
      this.takeLine(this.lineStart, this.limit);
      this.lineStart = this.scanned = this.limit;
    }
    this.plainSoFar = false;
    this.open = false;
    // Half a name or comment says nothing, and must not run into what is sent after it.
    if (this.payloadLines == 0 && this.bareStart < 0) this.startEvent(this.limit);
    return this.dispatch(this.limit);
  }

  /** Keeps the incomplete event and waits for more. Events that lie in the carry stay where they are. */
  private keepRest(): bool {
    this.open = false;
    const start = this.eventStart;
    const rest = this.limit - start;
    if (rest > LARGEST_EVENT) this.failed = true;
    if (this.carry.length == 0 && rest > 0) {
      this.carry.bytes(this.base + start, rest);
      this.base = this.carry.ptr;
      this.moveBack(start);
    }
    return false;
  }

  /** Moves the incomplete event to the front of the carry. */
  private dropTaken(): void {
    const start = this.eventStart;
    if (start == 0) return;
    if (this.carry.length > 0) {
      const rest = this.carry.length - start;
      memory.copy(this.carry.ptr, this.carry.ptr + start, rest);
      this.carry.length = rest;
    }
    this.moveBack(start);
  }

  private moveBack(distance: i32): void {
    this.limit -= distance;
    this.eventStart -= distance;
    this.lineStart -= distance;
    this.scanned -= distance;
    this.moveParts(distance);
  }
}
