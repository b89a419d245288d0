// Writes a JSON text with its changes, all other bytes as they are.

import { ByteWriter } from "../text/byte-writer";
import { Document } from "./document";
import { EditField, EditFlag, EditList } from "./edit-list";

/** Goes through the sorted changes once, from the beginning of the text to the last of them. */
export class EditOutput {
  private doc: Document = new Document();
  private out: ByteWriter | null = null;
  /** Offset in the document up to which all is written. */
  private done: i32 = 0;

  constructor(
    private list: EditList,
    /** New keys and values. */
    private text: ByteWriter,
  ) {}

  /** Writes the changed text up to the last change, or nothing; answers its end in the document. */
  write(doc: Document, out: ByteWriter | null): i32 {
    this.doc = doc;
    this.out = out;
    this.done = 0;
    for (let i = 0; i < this.list.count; ++i) {
      const entry = this.list.entry(i);
      if ((load<i32>(entry) & 1) != 0) this.writeInsert(entry, i);
      else this.writeChange(entry);
    }
    return this.done;
  }

  private writeChange(entry: usize): void {
    const doc = this.doc;
    const value = load<i32>(entry) >> 1;
    const flags = load<i32>(entry, EditField.Flags);
    if ((flags & EditFlag.Removed) != 0) {
      this.writeRemoval(entry);
      return;
    }
    if ((flags & EditFlag.Preceded) != 0) {
      this.splice(doc.start(value), doc.start(value), entry + EditField.Key);
    }
    if ((flags & EditFlag.Renamed) != 0) {
      this.splice(doc.keyStart(value), doc.keyEnd(value), entry + EditField.Key);
    }
    if ((flags & EditFlag.Replaced) != 0) {
      this.splice(doc.start(value), doc.end(value), entry + EditField.Value);
    }
  }

  /**
   * Instead of [from, to) of the document writes the collected text that `piece` says, the address
   * of an offset and a length, 0 for nothing. False where it lies in what is gone already.
   */
  private splice(from: i32, to: i32, piece: usize): bool {
    if (from < this.done) return false;
    const out = this.out;
    if (out) out.bytes(this.doc.ptr + this.done, from - this.done);
    if (piece != 0) this.writePiece(piece);
    this.done = to;
    return true;
  }

  private writePiece(piece: usize): void {
    const out = this.out;
    if (out) out.bytes(this.text.ptr + load<i32>(piece), load<i32>(piece, 4));
  }

  private writeInsert(entry: usize, index: i32): void {
    const object = load<i32>(entry) >> 1;
    const place = this.doc.start(object) + 1;
    if (!this.splice(place, place, entry + EditField.Key)) return;
    const out = this.out;
    if (!out) return;
    out.byte(0x3a);
    this.writePiece(entry + EditField.Value);
    const last =
      index + 1 == this.list.count || load<i32>(this.list.entry(index + 1)) != load<i32>(entry);
    if (!last || this.keepsAny(object)) out.byte(0x2c);
  }

  /** Whether a member that the document has stays in the object. */
  private keepsAny(object: i32): bool {
    const doc = this.doc;
    for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
      const entry = this.list.find(value << 1);
      if (entry == 0 || (load<i32>(entry, EditField.Flags) & EditFlag.Removed) == 0) return true;
    }
    return false;
  }

  /** Takes a member out with the comma before it, or behind it where all members before go. */
  private writeRemoval(entry: usize): void {
    const doc = this.doc;
    const value = load<i32>(entry) >> 1;
    const previous = load<i32>(entry, EditField.Previous);
    const leads = previous < 0 || this.leads(previous);
    const flags = leads ? EditFlag.Removed | EditFlag.Leading : EditFlag.Removed;
    store<i32>(entry, flags, EditField.Flags);
    const next = doc.next(value);
    const from = leads ? doc.keyStart(value) : doc.end(previous);
    this.splice(from, leads && next >= 0 ? doc.keyStart(next) : doc.end(value), 0);
  }

  /** Whether a value is removed with all before it: it is asked only when those are written. */
  private leads(value: i32): bool {
    const entry = this.list.find(value << 1);
    return entry != 0 && (load<i32>(entry, EditField.Flags) & EditFlag.Leading) != 0;
  }
}
