// Text that has gone out in pieces, for providers that repeat all of it at the end.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const WHOLE: ByteWriter = new ByteWriter();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Remembers the text of one stream. */
export class SentText {
  private readonly sent: ByteWriter = new ByteWriter();

  get isEmpty(): bool {
    return this.sent.length == 0;
  }

  /** Adds a piece, a JSON string. */
  add(doc: Document, text: i32): void {
    doc.decodeString(text, this.sent);
  }

  /** Begins the repetition, whose pieces `addWhole` adds. */
  beginWhole(): void {
    WHOLE.clear();
  }

  addWhole(doc: Document, text: i32): void {
    doc.decodeString(text, WHOLE);
  }

  /** What the repetition has behind what was sent, as a JSON string; empty for nothing. */
  missing(): ByteWriter {
    const length = this.sent.length;
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    if (WHOLE.length <= length) return json.out;
    if (length > 0 && memory.compare(WHOLE.ptr, this.sent.ptr, length) != 0) return json.out;
    json.stringBytes(WHOLE.ptr + length, WHOLE.length - length);
    return json.out;
  }

  release(): void {
    this.sent.release();
  }
}
