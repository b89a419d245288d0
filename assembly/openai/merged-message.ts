// Messages of one speaker in a row as one message:
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** What stands between two texts that become one, as it is written in JSON. */
const SEPARATOR = "\\n\\n";

/**
 * Writes the messages from `first` up to `end`, which is not among them, as one: texts are joined by an empty line, or
 * stand side by side as parts where one of them has parts; tool calls follow each other. Of other members the first
 * message's counts.
 */
export function writeMerged(doc: Document, first: i32, end: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyValue("role", doc, doc.get(first, "role"));
  json.key("content");
  if (hasParts(doc, first, end)) writeParts(doc, first, end, json);
  else writeText(doc, first, end, "content", json);
  if (hasText(doc, first, end, "reasoning_content")) {
    json.key("reasoning_content");
    writeText(doc, first, end, "reasoning_content", json);
  }
  writeToolCalls(doc, first, end, json);
  for (let message = first; message != end; message = doc.next(message)) {
    for (let member = doc.first(message); member >= 0; member = doc.next(member)) {
      const name = doc.key(member);
      if (isMerged(name) || isEarlier(doc, first, message, name)) continue;
      json.keyRaw(doc, member);
      json.value(doc, member);
    }
  }
  json.endObject();
}

function isMerged(name: string): bool {
  return name == "role" || name == "content" || name == "reasoning_content" || name == "tool_calls";
}

function isEarlier(doc: Document, first: i32, message: i32, name: string): bool {
  for (let own = first; own != message; own = doc.next(own)) {
    if (doc.get(own, name) >= 0) return true;
  }
  return false;
}

function hasParts(doc: Document, first: i32, end: i32): bool {
  for (let message = first; message != end; message = doc.next(message)) {
    if (doc.first(doc.get(message, "content")) >= 0) return true;
  }
  return false;
}

function hasText(doc: Document, first: i32, end: i32, name: string): bool {
  for (let message = first; message != end; message = doc.next(message)) {
    if (doc.isString(doc.get(message, name))) return true;
  }
  return false;
}

function writeText(doc: Document, first: i32, end: i32, name: string, json: JsonWriter): void {
  if (!hasText(doc, first, end, name)) {
    json.null();
    return;
  }
  let isJoined: bool = false;
  json.beginString();
  for (let message = first; message != end; message = doc.next(message)) {
    const text = doc.get(message, name);
    if (doc.stringLength(text) == 0) continue;
    if (isJoined) json.out.ascii(SEPARATOR);
    isJoined = true;
    json.stringPart(doc, text);
  }
  json.endString();
}

function writeParts(doc: Document, first: i32, end: i32, json: JsonWriter): void {
  json.beginArray();
  for (let message = first; message != end; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (doc.stringLength(content) > 0) {
      json.beginObject();
      json.keyString("type", "text");
      json.keyValue("text", doc, content);
      json.endObject();
    }
    writeElements(doc, content, json);
  }
  json.endArray();
}

function writeToolCalls(doc: Document, first: i32, end: i32, json: JsonWriter): void {
  let isOpen: bool = false;
  for (let message = first; message != end; message = doc.next(message)) {
    const calls = doc.get(message, "tool_calls");
    if (!doc.isArray(calls) || doc.first(calls) < 0) continue;
    if (!isOpen) {
      json.key("tool_calls");
      json.beginArray();
      isOpen = true;
    }
    writeElements(doc, calls, json);
  }
  if (isOpen) json.endArray();
}

function writeElements(doc: Document, array: i32, json: JsonWriter): void {
  if (!doc.isArray(array)) return;
  for (let item = doc.first(array); item >= 0; item = doc.next(item)) json.value(doc, item);
}
