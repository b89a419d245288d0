// Puts the configured settings into a request's JSON.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";
import { CustomSetting, SettingValue } from "./custom-setting";

/** For objects that are not in the request yet. */
const JSON_TEXT: ByteWriter = new ByteWriter();

/** What settings make of one member: a value of the configuration, or an object of such members. */
class Overlay {
  /** Null for an object. */
  value: SettingValue | null = null;
  readonly members: Overlay[] = [];

  constructor(
    readonly name: string,
    /** The object of the request whose other members stay; -1: a new object. */
    public original: i32,
  ) {}

  /** Becomes a value, or with null an empty new object. */
  become(value: SettingValue | null): void {
    this.value = value;
    this.original = -1;
    this.members.length = 0;
  }

  /** The member of this name, or null. */
  member(name: string): Overlay | null {
    for (let i = 0; i < this.members.length; ++i) {
      if (this.members[i].name == name) return this.members[i];
    }
    return null;
  }

  /** Adds a member, an object until it becomes a value. */
  add(name: string, original: i32): Overlay {
    const member = new Overlay(name, original);
    this.members.push(member);
    return member;
  }
}

/**
 * Applies settings in their order to a request, as edits. A later setting sees what an earlier one
 * made. Dotted names make objects where there are none; with `overwrite` off a setting only comes
 * where nothing, not even null, stands. Nothing happens where the request is no object.
 */
export function applyCustomSettings(
  settings: CustomSetting[],
  doc: Document,
  edit: JsonEdit,
): void {
  if (settings.length == 0 || !doc.isObject(doc.root())) return;
  const root = new Overlay("", doc.root());
  for (let i = 0; i < settings.length; ++i) place(settings[i], root, doc);
  writeEdits(root, edit);
}

function place(setting: CustomSetting, root: Overlay, doc: Document): void {
  const path = setting.path;
  const last = path.length - 1;
  let parent = root;
  for (let i = 0; i < last; ++i) {
    const next = descend(
      parent,
      i == 0 ? spelledAs(path[0], doc) : path[i],
      setting.overwrite,
      doc,
    );
    if (!next) return;
    parent = next;
  }
  const name = path[last];
  let member = parent.member(name);
  const isThere = member !== null || doc.get(parent.original, name) >= 0;
  if (isThere && !setting.overwrite) return;
  if (!member) member = parent.add(name, -1);
  member.become(setting.value);
}

/** Gemini takes both spellings of this object but not both at once. */
function spelledAs(name: string, doc: Document): string {
  if (name != "generation_config") return name;
  return doc.get(doc.root(), "generationConfig") >= 0 ? "generationConfig" : name;
}

/**
 * The object of this name in a parent, made where there is none. Null: something else stands there
 * and stays.
 */
function descend(parent: Overlay, name: string, overwrite: bool, doc: Document): Overlay | null {
  const made = parent.member(name);
  if (made) {
    if (open(made)) return made;
    if (!overwrite) return null;
    made.become(null);
    return made;
  }
  const original = doc.get(parent.original, name);
  if (doc.isObject(original)) return parent.add(name, original);
  return original < 0 || overwrite ? parent.add(name, -1) : null;
}

/**
 * Turns the value of an earlier setting into an object of members, so that one of them can change.
 */
function open(member: Overlay): bool {
  const value = member.value;
  if (!value) return true;
  if (!value.isObject) return false;
  member.become(null);
  for (let i = 0; i < value.names.length; ++i) {
    member.add(value.names[i], -1).become(value.values[i]);
  }
  return true;
}

/** Recursion as deep as the longest dotted name. */
function writeEdits(object: Overlay, edit: JsonEdit): void {
  const members = object.members;
  for (let i = 0; i < members.length; ++i) {
    const member = members[i];
    const value = member.value;
    if (value) {
      edit.setRaw(object.original, member.name, value.json);
    } else if (member.original >= 0) {
      writeEdits(member, edit);
    } else {
      JSON_TEXT.clear();
      writeObject(member, JSON_TEXT);
      edit.set(object.original, member.name, JSON_TEXT.ptr, JSON_TEXT.length);
    }
  }
}

/** Recursion as deep as the longest dotted name. */
function writeObject(object: Overlay, out: ByteWriter): void {
  const writer = new JsonWriter(out);
  out.byte(0x7b);
  for (let i = 0; i < object.members.length; ++i) {
    if (i > 0) out.byte(0x2c);
    const member = object.members[i];
    const value = member.value;
    // The key comes from a value of the configuration, so it may need escapes.
    writer.reset();
    writer.string(member.name);
    out.byte(0x3a);
    if (value) out.text(value.json);
    else writeObject(member, out);
  }
  out.byte(0x7d);
}
