// One configured member of the requests to a provider, and how it is read.
import { JsonKind } from "../json/document";
import { FieldReader } from "./field-reader";
import { elementPath, memberPath, quoted } from "./json-path";
import { settingNameIn, settingParentIn } from "./setting-names";

/** Names in a dotted name. */
const SEGMENT_LIMIT: i32 = 16;

/** A JSON value of the configuration; that of an object can be looked into. */
export class SettingValue {
  isObject: bool = false;
  readonly names: string[] = [];
  readonly values: SettingValue[] = [];

  constructor(
    /** The JSON text as it was written. */
    readonly json: string,
  ) {}
}

/** A value that requests get at a path. */
export class CustomSetting {
  constructor(
    /** Names of members from the root of the request on; never empty. */
    readonly path: string[],
    readonly value: SettingValue,
    /** The value also replaces one that is there. */
    readonly overwrite: bool,
  ) {}
}

/**
 * Reads `customSettings` for a protocol: `openai`, or the type of a provider that hears its own.
 */
export function readCustomSettings(reader: FieldReader, protocol: string): CustomSetting[] {
  const settings: CustomSetting[] = [];
  const doc = reader.doc;
  const list = reader.valueOf("customSettings", JsonKind.Array);
  let index = 0;
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const path = elementPath(reader.pathOf("customSettings"), index++);
    if (!reader.check(item, JsonKind.Object, path)) break;
    const setting = readSetting(reader.inner(item, path), protocol);
    if (setting) settings.push(setting);
  }
  return settings;
}

/** Null where the setting is wrong, or dropped with a warning. */
function readSetting(reader: FieldReader, protocol: string): CustomSetting | null {
  const name = reader.string("name");
  const mode = reader.choice("mode", ["auto", "raw"], "auto");
  const overwrite = reader.bool("overwrite", true);
  reader.value("value");
  reader.warnOfUnknown();
  // Null is a value here, and not an absent one.
  const value = reader.doc.get(reader.object, "value");
  if (value < 0) reader.report.fail(reader.pathOf("value"), "expected a value, found nothing");
  const wrong = nameError(name);
  if (wrong.length > 0) reader.report.fail(reader.pathOf("name"), wrong);
  if (reader.report.failed) return null;
  const renamed = mode == "raw" ? name : settingNameIn(protocol, name);
  if (renamed.length == 0) {
    const reason = " is no common setting of the protocol " + protocol;
    reader.report.warn(
      reader.pathOf("name"),
      quoted(name) + reason + " and is dropped; see mode raw",
    );
    return null;
  }
  const path = renamed.split(".");
  const parent = settingParentIn(protocol);
  if (parent.length > 0) path.unshift(parent);
  return new CustomSetting(path, readValue(reader, value), overwrite);
}

/** Reads an object whose keys are dotted names of members and whose values are theirs. */
export function readMembers(reader: FieldReader, name: string, overwrite: bool): CustomSetting[] {
  const settings: CustomSetting[] = [];
  const doc = reader.doc;
  const object = reader.valueOf(name, JsonKind.Object);
  for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
    const key = doc.key(value);
    const wrong = nameError(key);
    if (wrong.length > 0) reader.report.fail(memberPath(reader.pathOf(name), key), wrong);
    settings.push(new CustomSetting(key.split("."), readValue(reader, value), overwrite));
  }
  return settings;
}

/** "" or what is wrong with a dotted name. */
function nameError(name: string): string {
  const segments = name.split(".");
  if (segments.length > SEGMENT_LIMIT) return "expected at most 16 names with dots between them";
  for (let i = 0; i < segments.length; ++i) {
    if (segments[i].length == 0) return "expected a name, or several with dots between them";
  }
  for (let i = 0; i < name.length; ++i) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code == 0x22 || code == 0x5c) {
      return 'expected printable ASCII characters without " and \\';
    }
  }
  return "";
}

/** Recursion as deep as the configuration, which the JSON reader bounds. */
function readValue(reader: FieldReader, value: i32): SettingValue {
  const doc = reader.doc;
  const read = new SettingValue(reader.raw(value));
  read.isObject = doc.isObject(value);
  if (!read.isObject) return read;
  for (let member = doc.first(value); member >= 0; member = doc.next(member)) {
    const name = doc.key(member);
    const earlier = read.names.indexOf(name);
    if (earlier >= 0) {
      read.values[earlier] = readValue(reader, member);
    } else {
      read.names.push(name);
      read.values.push(readValue(reader, member));
    }
  }
  return read;
}
