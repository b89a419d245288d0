// Stop sequences at the end of a text, for providers that leave them there.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const STOP: ByteWriter = new ByteWriter();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Holds so much of a text's end back as may be a stop sequence. */
export class StopTail {
  /** Decoded text that has not gone out. */
  private readonly held: ByteWriter = new ByteWriter();
  /** Characters of the longest sequence. */
  private longest: i32 = 0;

  constructor(private readonly stops: string[]) {
    for (let i = 0; i < stops.length; ++i) this.longest = max(this.longest, stops[i].length);
  }

  /** Adds a piece of the text, a JSON string. */
  add(doc: Document, text: i32): void {
    doc.decodeString(text, this.held);
  }

  /** What can go out, as a JSON string that stays until the next one; empty for nothing. */
  take(): ByteWriter {
    const held = this.held;
    let end = held.length;
    for (let count = this.longest; count > 0 && end > 0; --count) {
      --end;
      while (end > 0 && (load<u8>(held.ptr + end) & 0xc0) == 0x80) --end;
    }
    return this.takeTo(end, end);
  }

  /** The rest at the end of the text, with `isStop` without a stop sequence at its end. */
  finish(isStop: bool): ByteWriter {
    const length = this.held.length;
    return this.takeTo(isStop ? length - this.stopLength() : length, length);
  }

  release(): void {
    this.held.release();
  }

  /** Bytes of the longest sequence that the text ends in. */
  private stopLength(): i32 {
    const held = this.held;
    let longest = 0;
    for (let i = 0; i < this.stops.length; ++i) {
      STOP.clear();
      STOP.text(this.stops[i]);
      const length = STOP.length;
      if (length <= longest || length > held.length) continue;
      const end = held.ptr + held.length;
      if (memory.compare(end - length, STOP.ptr, length) == 0) longest = length;
    }
    return longest;
  }

  /** Gives out what stands before `end` and drops what stands before `dropped`. */
  private takeTo(end: i32, dropped: i32): ByteWriter {
    const held = this.held;
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    if (end > 0) json.stringBytes(held.ptr, end);
    if (dropped > 0) {
      memory.copy(held.ptr, held.ptr + dropped, held.length - dropped);
      held.length -= dropped;
    }
    return json.out;
  }
}
