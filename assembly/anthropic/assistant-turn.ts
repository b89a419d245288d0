// A turn of the model as OpenAI's message: https://docs.claude.com/en/api/messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { isEmpty } from "./request-blocks";

/**
 * Writes text, and calls of tools behind it. What Anthropic has run itself stays out, as does a turn of nothing else.
 * `withThinking`: what was thought before a call goes along.
 */
export function writeAssistant(
  doc: Document,
  content: i32,
  withThinking: bool,
  json: JsonWriter,
): void {
  const calls = countOf(doc, content, "tool_use");
  const texts = doc.isString(content) ? 1 : countOf(doc, content, "text");
  if (calls == 0 && texts == 0 && doc.first(content) >= 0) return;
  json.beginObject();
  json.keyString("role", "assistant");
  if (texts > 0 || calls == 0) writeJoined("content", doc, content, "text", json);
  else json.keyNull("content");
  if (calls > 0) {
    if (withThinking && countOf(doc, content, "thinking") > 0) {
      writeJoined("reasoning_content", doc, content, "thinking", json);
    }
    writeCalls(doc, content, json);
  }
  json.endObject();
}

/** A member with all that the blocks of a type say, or the string that the content is. */
function writeJoined(
  name: string,
  doc: Document,
  content: i32,
  type: string,
  json: JsonWriter,
): void {
  json.key(name);
  json.beginString();
  json.stringPart(doc, content);
  for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
    if (!doc.stringIs(doc.get(block, "type"), type)) continue;
    // The text of either has the name of its type.
    json.stringPart(doc, doc.get(block, type));
  }
  json.endString();
}

function writeCalls(doc: Document, content: i32, json: JsonWriter): void {
  json.key("tool_calls");
  json.beginArray();
  for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
    if (!doc.stringIs(doc.get(block, "type"), "tool_use")) continue;
    const input = doc.get(block, "input");
    json.beginObject();
    json.keyValue("id", doc, doc.get(block, "id"));
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, doc.get(block, "name"));
    json.key("arguments");
    if (doc.absent(input)) json.ascii("{}");
    else json.stringBytes(doc.ptr + doc.start(input), doc.end(input) - doc.start(input));
    json.endObject();
    json.endObject();
  }
  json.endArray();
}

/** Blocks of a type; texts that are empty do not count. */
function countOf(doc: Document, content: i32, type: string): i32 {
  let count = 0;
  for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
    if (doc.stringIs(doc.get(block, "type"), type) && !isEmpty(doc, block)) ++count;
  }
  return count;
}
