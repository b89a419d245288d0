// Content blocks of a message request as OpenAI's content parts: https://docs.claude.com/en/api/messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, missingParameter, unsupportedValue } from "../openai/api-error";

/** A document without a name of its own needs one. */
const PDF_NAME: string = "document.pdf";

/** Whether a block is nothing but text, so that it can stand within one. */
export function isText(doc: Document, block: i32): bool {
  const type = doc.get(block, "type");
  if (doc.stringIs(type, "text") || doc.stringIs(type, "search_result")) return true;
  if (!doc.stringIs(type, "document")) return false;
  const source = doc.get(doc.get(block, "source"), "type");
  return doc.stringIs(source, "text") || doc.stringIs(source, "content");
}

/** Whether a block is a picture or a file. */
export function isMedia(doc: Document, block: i32): bool {
  const type = doc.get(block, "type");
  return doc.stringIs(type, "image") || (doc.stringIs(type, "document") && !isText(doc, block));
}

/** Whether a block says nothing: Anthropic's clients leave such texts behind. */
export function isEmpty(doc: Document, block: i32): bool {
  return doc.stringIs(doc.get(block, "type"), "text") && doc.isEmptyString(doc.get(block, "text"));
}

/** Adds the text of a block to the open string; lines part what it consists of. */
export function appendText(doc: Document, block: i32, json: JsonWriter): void {
  const text = doc.get(block, "text");
  if (doc.isString(text)) {
    json.stringPart(doc, text);
    return;
  }
  const start = json.out.length;
  appendLine(doc, doc.get(block, "title"), start, json);
  appendLine(doc, doc.get(block, "context"), start, json);
  const source = doc.get(block, "source");
  appendLine(doc, source, start, json);
  appendLine(doc, doc.get(source, "data"), start, json);
  let inner = doc.get(source, "content");
  if (inner < 0) inner = doc.get(block, "content");
  appendLine(doc, inner, start, json);
  for (let part = doc.first(inner); part >= 0; part = doc.next(part)) {
    appendLine(doc, doc.get(part, "text"), start, json);
  }
}

function appendLine(doc: Document, text: i32, start: i32, json: JsonWriter): void {
  if (doc.stringLength(text) == 0) return;
  if (json.out.length > start) json.out.ascii("\\n");
  json.stringPart(doc, text);
}

/** Writes the part that a picture or a file is. An error: its source is none that can be passed on. */
export function writeMedia(
  doc: Document,
  block: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const isImage = doc.stringIs(doc.get(block, "type"), "image");
  const source = doc.get(block, "source");
  const type = doc.get(source, "type");
  const isBase64 = doc.stringIs(type, "base64");
  const isFile = doc.stringIs(type, "file");
  if (!isBase64 && !isFile && !doc.stringIs(type, "url")) {
    const message = `A source of the type '${doc.string(type)}' cannot be passed on.`;
    return unsupportedValue(path + ".source.type", message);
  }
  const name = isBase64 ? "data" : isFile ? "file_id" : "url";
  const value = doc.get(source, name);
  if (!doc.isString(value)) return missingParameter(`${path}.source.${name}`);
  const isUrl = isImage && !isFile;
  const kind = isUrl ? "image_url" : "file";
  json.beginObject();
  json.keyString("type", kind);
  json.key(kind);
  json.beginObject();
  if (!isImage && !isFile) writeName(doc, doc.get(block, "title"), json);
  json.key(isUrl ? "url" : isFile ? name : "file_data");
  if (isBase64) writeDataUrl(doc, doc.get(source, "media_type"), value, json);
  else json.value(doc, value);
  json.endObject();
  json.endObject();
  return null;
}

function writeName(doc: Document, title: i32, json: JsonWriter): void {
  if (doc.stringLength(title) > 0) json.keyValue("filename", doc, title);
  else json.keyString("filename", PDF_NAME);
}

/** The bytes stay as they stand in the request: there may be megabytes of them. */
function writeDataUrl(doc: Document, type: i32, bytes: i32, json: JsonWriter): void {
  json.beginString();
  json.out.ascii("data:");
  json.stringPart(doc, type);
  json.out.ascii(";base64,");
  json.stringPart(doc, bytes);
  json.endString();
}
