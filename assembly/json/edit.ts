// Changes members in the raw text of a parsed document and leaves all other bytes as they are.

import { ByteWriter } from "../text/byte-writer";
import { asciiEquals } from "../text/ascii-equals";
import { Document } from "./document";
import { EditField, EditFlag, EditList } from "./edit-list";
import { EditOutput } from "./edit-output";
import { JsonWriter } from "./json-writer";

/**
 * Collects changes to a document and writes the changed text. Names are ASCII texts that need no
 * escape, and mean the members as they are after the changes before. Objects in objects can be
 * changed too; a change in a value that is replaced or removed is dropped.
 */
export class JsonEdit {
  private doc: Document | null = null;
  private list: EditList = new EditList();
  /** New keys and values. */
  private text: ByteWriter = new ByteWriter();
  private writer: JsonWriter = new JsonWriter(this.text);
  private output: EditOutput = new EditOutput(this.list, this.text);

  /** Begins changes of a document, which must stay parsed until they are applied. */
  begin(doc: Document): void {
    this.doc = doc;
    this.list.count = 0;
    this.text.clear();
  }

  /** Gives the memory back. The edit can begin again. */
  release(): void {
    this.doc = null;
    this.list.release();
    this.text.release();
  }

  /** Removes every member of this name. */
  remove(object: i32, name: string): void {
    const doc = this.doc;
    if (!doc || !doc.isObject(object)) return;
    let previous = -1;
    for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
      if (this.isNamed(doc, value, name)) this.drop(value, previous);
      previous = value;
    }
    const index = this.insertedIndex(object, name);
    if (index >= 0) this.list.remove(index);
  }

  /** Replaces a value by raw JSON text, which is copied. */
  replace(value: i32, ptr: usize, length: i32): void {
    const doc = this.doc;
    if (!doc || doc.end(value) == 0) return;
    const offset = this.text.length;
    this.text.bytes(ptr, length);
    this.replaceBy(value, offset);
  }

  /**
   * Inserts an element before another one of an array. It is raw JSON text, which is copied; of
   * several before the same element the last one counts.
   */
  insertBefore(element: i32, ptr: usize, length: i32): void {
    const doc = this.doc;
    if (!doc || doc.end(element) == 0 || doc.isMember(element)) return;
    const offset = this.text.length;
    this.text.bytes(ptr, length);
    this.text.byte(0x2c);
    const entry = this.change(element);
    store<i32>(entry, load<i32>(entry, EditField.Flags) | EditFlag.Preceded, EditField.Flags);
    store<i32>(entry, offset, EditField.Key);
    store<i32>(entry, length + 1, EditField.KeyLength);
  }

  /**
   * Gives the member the value of this raw JSON text, which is copied: the last of its duplicates
   * stays; where there is none it comes before the members of the document, behind other new ones.
   */
  set(object: i32, name: string, ptr: usize, length: i32): void {
    const offset = this.text.length;
    this.text.bytes(ptr, length);
    this.put(object, name, offset);
  }

  /** Sets a member to any text. */
  setString(object: i32, name: string, text: string): void {
    const offset = this.text.length;
    this.writer.reset();
    this.writer.string(text);
    this.put(object, name, offset);
  }

  /** Sets a member to `true` or `false`. */
  setBool(object: i32, name: string, value: bool): void {
    this.setRaw(object, name, value ? "true" : "false");
  }

  /** Sets a member to an integer. */
  setInteger(object: i32, name: string, value: i64): void {
    const offset = this.text.length;
    this.text.integer(value);
    this.put(object, name, offset);
  }

  /** Sets a member to a value given as JSON text. */
  setRaw(object: i32, name: string, json: string): void {
    const offset = this.text.length;
    this.text.text(json);
    this.put(object, name, offset);
  }

  /** Renames a member and removes those that have the new name; nothing without a `from`. */
  rename(object: i32, from: string, to: string): void {
    const doc = this.doc;
    if (!doc || !doc.isObject(object) || from == to) return;
    const member = this.keepLast(doc, object, from);
    if (member < 0 && this.insertedIndex(object, from) < 0) return;
    this.remove(object, to);
    const index = this.insertedIndex(object, from);
    const entry = member >= 0 ? this.change(member) : this.list.entry(index);
    this.writeKey(entry, to);
    store<i32>(entry, load<i32>(entry, EditField.Flags) | EditFlag.Renamed, EditField.Flags);
  }

  /** Whether nothing changes. */
  isEmpty(): bool {
    for (let i = 0; i < this.list.count; ++i) {
      const entry = this.list.entry(i);
      if ((load<i32>(entry) & 1) != 0 || load<i32>(entry, EditField.Flags) != 0) return false;
    }
    return true;
  }

  /** Writes the whole changed text. */
  apply(out: ByteWriter): void {
    const doc = this.doc;
    if (!doc) return;
    const end = this.output.write(doc, out);
    out.bytes(doc.ptr + end, doc.length - end);
  }

  /** Offset in the document behind the last change: what follows stays as it is. */
  prefixEnd(): i32 {
    const doc = this.doc;
    return doc ? this.output.write(doc, null) : 0;
  }

  /** Writes what stands instead of the document up to `prefixEnd`. */
  applyPrefix(out: ByteWriter): void {
    const doc = this.doc;
    if (doc) this.output.write(doc, out);
  }

  /** Whether a member of the document is still there and has this name now. */
  private isNamed(doc: Document, value: i32, name: string): bool {
    const entry = this.list.find(value << 1);
    if (entry == 0) return doc.keyIs(value, name);
    const flags = load<i32>(entry, EditField.Flags);
    if ((flags & EditFlag.Removed) != 0) return false;
    return (flags & EditFlag.Renamed) != 0 ? this.hasKey(entry, name) : doc.keyIs(value, name);
  }

  private hasKey(entry: usize, name: string): bool {
    if (load<i32>(entry, EditField.KeyLength) != name.length + 2) return false;
    return asciiEquals(this.text.ptr + load<i32>(entry, EditField.Key) + 1, name);
  }

  /** Index of the member of this name that is inserted into the object, -1 where there is none. */
  private insertedIndex(object: i32, name: string): i32 {
    const place = (object << 1) + 1;
    for (let i = this.list.search(place); i < this.list.count; ++i) {
      const entry = this.list.entry(i);
      if (load<i32>(entry) != place) return -1;
      if (this.hasKey(entry, name)) return i;
    }
    return -1;
  }

  /** Removes all members of this name but the last, and answers its value; -1 without any. */
  private keepLast(doc: Document, object: i32, name: string): i32 {
    let last = -1;
    let beforeLast = -1;
    let previous = -1;
    for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
      if (this.isNamed(doc, value, name)) {
        if (last >= 0) this.drop(last, beforeLast);
        last = value;
        beforeLast = previous;
      }
      previous = value;
    }
    return last;
  }

  /** The entry of a value, made where there is none. */
  private change(value: i32): usize {
    const entry = this.list.find(value << 1);
    return entry != 0 ? entry : this.list.insert(this.list.search(value << 1), value << 1);
  }

  private drop(value: i32, previous: i32): void {
    const entry = this.change(value);
    store<i32>(entry, EditFlag.Removed, EditField.Flags);
    store<i32>(entry, previous, EditField.Previous);
  }

  /** Replaces a value by the collected text from `offset` on. */
  private replaceBy(value: i32, offset: i32): void {
    const entry = this.change(value);
    const flags = load<i32>(entry, EditField.Flags);
    store<i32>(entry, flags | EditFlag.Replaced, EditField.Flags);
    store<i32>(entry, offset, EditField.Value);
    store<i32>(entry, this.text.length - offset, EditField.ValueLength);
  }

  /** Sets a member to the collected text from `offset` on. */
  private put(object: i32, name: string, offset: i32): void {
    const doc = this.doc;
    if (!doc || !doc.isObject(object)) return;
    const member = this.keepLast(doc, object, name);
    if (member >= 0) {
      this.replaceBy(member, offset);
      return;
    }
    const length = this.text.length - offset;
    const index = this.insertedIndex(object, name);
    const place = (object << 1) + 1;
    let entry: usize;
    if (index >= 0) {
      entry = this.list.entry(index);
    } else {
      entry = this.list.insert(this.list.search(place + 1), place);
      this.writeKey(entry, name);
    }
    store<i32>(entry, offset, EditField.Value);
    store<i32>(entry, length, EditField.ValueLength);
  }

  private writeKey(entry: usize, name: string): void {
    store<i32>(entry, this.text.length, EditField.Key);
    store<i32>(entry, name.length + 2, EditField.KeyLength);
    this.writer.reset();
    this.writer.ascii(name);
  }
}
