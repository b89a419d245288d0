// Content of items as content parts of messages: https://platform.openai.com/docs/api-reference/responses/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType, missingParameter, unsupportedValue } from "../openai/api-error";

/** The text of a part that is nothing else; -1: it is none. */
export function textOf(doc: Document, part: i32): i32 {
  const type = doc.get(part, "type");
  if (doc.stringIs(type, "refusal")) return doc.get(part, "refusal");
  const isText =
    doc.stringIs(type, "input_text") ||
    doc.stringIs(type, "output_text") ||
    doc.stringIs(type, "text");
  return isText ? doc.get(part, "text") : -1;
}

/** Whether a part is a picture or a file. */
export function isMedia(doc: Document, part: i32): bool {
  const type = doc.get(part, "type");
  return doc.stringIs(type, "input_image") || doc.stringIs(type, "input_file");
}

/** Checks that a content is a string or parts, which begin with `path`. */
export function checkContent(doc: Document, content: i32, path: string): ApiError | null {
  if (doc.isString(content) || doc.isArray(content)) return null;
  if (doc.absent(content)) return missingParameter(path);
  return invalidType(path, "a string or an array of content parts");
}

/** Writes the part that a picture, a file, a sound or a text is. */
export function writePart(
  doc: Document,
  part: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const type = doc.get(part, "type");
  if (doc.stringIs(type, "input_image")) return writeImage(doc, part, path, json);
  if (doc.stringIs(type, "input_file")) return writeFile(doc, part, path, json);
  if (doc.stringIs(type, "input_audio")) {
    json.beginObject();
    json.keyString("type", "input_audio");
    json.keyValue("input_audio", doc, doc.get(part, "input_audio"));
    json.endObject();
    return null;
  }
  const text = textOf(doc, part);
  if (!doc.isString(text)) return badPart(doc, part, path);
  json.beginObject();
  json.keyString("type", "text");
  json.keyValue("text", doc, text);
  json.endObject();
  return null;
}

/** The error for a part that is none, or that nobody else knows. */
export function badPart(doc: Document, part: i32, path: string): ApiError {
  if (!doc.isObject(part)) return invalidType(path, "an object");
  const type = doc.get(part, "type");
  if (!doc.isString(type)) return missingParameter(path + ".type");
  if (doc.stringIs(type, "refusal")) return missingParameter(path + ".refusal");
  if (doc.stringIs(type, "input_text") || doc.stringIs(type, "output_text")) {
    return missingParameter(path + ".text");
  }
  const message = `A content part of the type '${doc.string(type)}' cannot be passed on.`;
  return unsupportedValue(path + ".type", message);
}

function writeImage(doc: Document, part: i32, path: string, json: JsonWriter): ApiError | null {
  const url = doc.get(part, "image_url");
  if (!doc.isString(url)) {
    if (!doc.isString(doc.get(part, "file_id"))) return missingParameter(path + ".image_url");
    return writeFile(doc, part, path, json);
  }
  json.beginObject();
  json.keyString("type", "image_url");
  json.key("image_url");
  json.beginObject();
  json.keyValue("url", doc, url);
  const detail = doc.get(part, "detail");
  if (doc.isString(detail)) json.keyValue("detail", doc, detail);
  json.endObject();
  json.endObject();
  return null;
}

/** A file by its id, its content or its URL; a picture has only the first. */
function writeFile(doc: Document, part: i32, path: string, json: JsonWriter): ApiError | null {
  const id = doc.get(part, "file_id");
  let content = doc.get(part, "file_data");
  if (!doc.isString(content)) content = doc.get(part, "file_url");
  if (!doc.isString(id) && !doc.isString(content)) return missingParameter(path + ".file_data");
  json.beginObject();
  json.keyString("type", "file");
  json.key("file");
  json.beginObject();
  const name = doc.get(part, "filename");
  if (doc.isString(name)) json.keyValue("filename", doc, name);
  if (doc.isString(id)) json.keyValue("file_id", doc, id);
  else json.keyValue("file_data", doc, content);
  json.endObject();
  json.endObject();
  return null;
}
