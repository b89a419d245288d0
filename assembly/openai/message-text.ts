// Texts and tool calls of a request's messages, for providers that want them in another shape:
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const ARGUMENTS_TEXT: ByteWriter = new ByteWriter();
const ARGUMENTS: Document = new Document();

/** Adds the text of a message's content, parts in a row, to the string that `json` has open. */
export function writeContentText(doc: Document, content: i32, json: JsonWriter): void {
  json.stringPart(doc, content);
  if (!doc.isArray(content)) return;
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    json.stringPart(doc, doc.get(part, "text"));
    json.stringPart(doc, doc.get(part, "refusal"));
  }
}

/** Whether a message's content has any text. */
export function hasText(doc: Document, content: i32): bool {
  if (!doc.isArray(content)) return doc.stringLength(content) > 0;
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    if (doc.stringLength(doc.get(part, "text")) > 0) return true;
  }
  return false;
}

/** The name of the function that a tool's message answers: a JSON string, or -1. */
export function calledName(doc: Document, messages: i32, message: i32): i32 {
  const id = doc.get(message, "tool_call_id");
  if (!doc.isString(id)) return doc.get(message, "name");
  const wanted = doc.string(id);
  let name = doc.get(message, "name");
  // An id may come again in a later turn.
  for (let item = doc.first(messages); item >= 0 && item != message; item = doc.next(item)) {
    const calls = doc.get(item, "tool_calls");
    if (!doc.isArray(calls)) continue;
    for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
      if (doc.string(doc.get(call, "id")) == wanted) {
        name = doc.get(doc.get(call, "function"), "name");
      }
    }
  }
  return name;
}

/**
 * Writes arguments, which are JSON in a string, as the object that they say; none are `{}`. False:
 * they say no object.
 */
export function writeArguments(doc: Document, value: i32, json: JsonWriter): bool {
  if (doc.isObject(value)) {
    json.value(doc, value);
    return true;
  }
  if (doc.absent(value) || doc.isEmptyString(value)) {
    json.beginObject();
    json.endObject();
    return true;
  }
  ARGUMENTS_TEXT.clear();
  doc.decodeString(value, ARGUMENTS_TEXT);
  const isRead = ARGUMENTS.parse(ARGUMENTS_TEXT.ptr, ARGUMENTS_TEXT.length);
  if (!isRead || !ARGUMENTS.isObject(ARGUMENTS.root())) return false;
  json.value(ARGUMENTS, ARGUMENTS.root());
  return true;
}
