// Small pieces of Converse that several parts of a request share:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ByteWriter } from "../../text/byte-writer";

/** An object that is written only where it has members. Members go to `json`. */
export class OptionalObject {
  readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  begin(): void {
    this.json.out.clear();
    this.json.reset();
  }

  /** Writes the member with this object, where it has members of its own. */
  write(name: string, json: JsonWriter): void {
    const members = this.json.out;
    if (members.length == 0) return;
    json.key(name);
    json.beginObject();
    json.raw(members.ptr, members.length);
    json.endObject();
  }
}

/** Writes the block for a text of the client's. */
export function writeTextBlock(doc: Document, text: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyValue("text", doc, text);
  json.endObject();
}

/** Writes the block for a text of the gateway's own. */
export function writeOwnText(text: string, json: JsonWriter): void {
  json.beginObject();
  json.keyString("text", text);
  json.endObject();
}

/** Writes a cache point; `lifetime` "" leaves it to the model. */
export function writeCachePoint(lifetime: string, json: JsonWriter): void {
  json.beginObject();
  json.key("cachePoint");
  json.beginObject();
  json.keyString("type", "default");
  if (lifetime.length > 0) json.keyString("ttl", lifetime);
  json.endObject();
  json.endObject();
}

/** Writes the cache point that a client's `cache_control` asks for. False: it asks for none. */
export function writeCacheControl(doc: Document, value: i32, json: JsonWriter): bool {
  if (!doc.isObject(value)) return false;
  writeCachePoint(doc.string(doc.get(value, "ttl")), json);
  return true;
}
