// Small pieces of Anthropic's messages that several parts of a request share:
// https://docs.claude.com/en/api/messages
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";

export { isBlank } from "../../openai/content-text";

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

/** A text at whose end Claude would go on writing must not end in white space. */
export function writeTrimmedBlock(doc: Document, text: i32, cache: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", "text");
  json.keyString("text", doc.string(text).trimEnd());
  writeCacheControl(doc, cache, json);
  json.endObject();
}
