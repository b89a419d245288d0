// Small pieces of Anthropic's messages that several parts of a request share:
// https://docs.claude.com/en/api/messages
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";

/** Longest raw string that can be blank in practice. */
const LONGEST_BLANK: i32 = 64;

/** Writes the member `cache_control` where the client gave one. */
export function writeCacheControl(doc: Document, value: i32, json: JsonWriter): void {
  if (!doc.isObject(value)) return;
  json.key("cache_control");
  json.beginObject();
  json.key("type");
  json.ascii("ephemeral");
  const lifetime = doc.get(value, "ttl");
  if (doc.isString(lifetime)) json.keyValue("ttl", doc, lifetime);
  json.endObject();
}

/** Writes the member `cache_control` as the gateway itself sets it. */
export function writeEphemeral(json: JsonWriter): void {
  json.key("cache_control");
  json.beginObject();
  json.key("type");
  json.ascii("ephemeral");
  json.endObject();
}

/** Writes a text block. `cache` is the value of its `cache_control`, or -1. */
export function writeTextBlock(doc: Document, text: i32, cache: i32, json: JsonWriter): void {
  json.beginObject();
  json.out.ascii('"type":"text","text":');
  json.value(doc, text);
  writeCacheControl(doc, cache, json);
  json.endObject();
}

/**
 * Whether a value is no string with something to read in it; Claude refuses blocks of such texts.
 */
export function isBlank(doc: Document, text: i32): bool {
  const length = doc.stringLength(text);
  if (length == 0) return true;
  if (length > LONGEST_BLANK) return false;
  if (!doc.hasEscapes(text) && !doc.stringStartsWith(text, " ")) return false;
  return doc.string(text).trim().length == 0;
}
