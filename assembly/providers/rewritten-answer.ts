// Answers of foreign shape that are written nearly as OpenAI's and then mended like any other:
// https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { Provider } from "./provider";

const REWRITTEN: Document = new Document();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Where to write an answer or a chunk anew. Shared by all. */
export function beginRewriting(): JsonWriter {
  JSON_TEXT.out.clear();
  JSON_TEXT.reset();
  return JSON_TEXT;
}

/** Decodes what was written since `beginRewriting` in place of the provider's answer. */
export function decodeRewritten(
  provider: Provider,
  call: Call,
  body: EncodedBody,
): ApiError | null {
  const text = JSON_TEXT.out;
  if (!REWRITTEN.parse(text.ptr, text.length)) return null;
  const error = provider.decodeResponse(call, REWRITTEN, body);
  if (error !== null || body.replaces < 0) return error;
  // What was edited at the front is the front of the whole body.
  body.out.bytes(text.ptr + body.replaces, text.length - body.replaces);
  body.replaces = -1;
  return null;
}

/**
 * Writes `tool_calls` from calls that come as `{name, arguments}` or with these in `function`. What
 * may be a fragment is copied where it has a `function`.
 */
export function writeToolCalls(
  doc: Document,
  calls: i32,
  isFragment: bool,
  json: JsonWriter,
): void {
  json.key("tool_calls");
  json.beginArray();
  for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
    let inner = doc.get(call, "function");
    if (isFragment && doc.isObject(inner)) {
      json.value(doc, call);
      continue;
    }
    if (!doc.isObject(inner)) inner = call;
    const id = doc.get(call, "id");
    json.beginObject();
    if (doc.isString(id)) json.keyValue("id", doc, id);
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, doc.get(inner, "name"));
    json.key("arguments");
    writeText(doc, doc.get(inner, "arguments"), "{}", json);
    json.endObject();
    json.endObject();
  }
  json.endArray();
}

/** Writes a string as it is, other values as the text of their JSON, and `fallback` for none. */
export function writeText(doc: Document, value: i32, fallback: string, json: JsonWriter): void {
  if (doc.stringLength(value) > 0) json.value(doc, value);
  else if (doc.absent(value) || doc.isString(value)) json.ascii(fallback);
  else json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
}
