// A whole chat completion told as a stream: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { beginEvent, endEvent, joinLines, writeDone } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";

/** Which part of a message one chunk carries. */
const enum Part {
  Role,
  Reasoning,
  Content,
  ToolCalls,
  Finish,
}

/** Writes an OpenAI completion as events: each message in the order of a stream, usage where asked for, [DONE]. */
export function writeCompletionAsStream(doc: Document, wantsUsage: bool, out: ByteWriter): void {
  const choices = doc.get(doc.root(), "choices");
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice)) {
    const message = doc.get(choice, "message");
    for (let part = Part.Role; part <= Part.Finish; ++part) {
      if (hasPart(doc, message, part)) writePart(doc, choice, part, wantsUsage, out);
    }
  }
  const usage = doc.get(doc.root(), "usage");
  if (wantsUsage && doc.isObject(usage)) {
    const start = out.length;
    const json = beginChunk(doc, out);
    json.endArray();
    json.keyValue("usage", doc, usage);
    endChunk(json, out, start);
  }
  writeDone(out);
}

function hasPart(doc: Document, message: i32, part: Part): bool {
  switch (part) {
    case Part.Reasoning:
      return reasoningOf(doc, message) >= 0;
    case Part.Content:
      return doc.stringLength(doc.get(message, "content")) > 0 || refusalOf(doc, message) >= 0;
    case Part.ToolCalls:
      return doc.first(doc.get(message, "tool_calls")) >= 0;
    default:
      return true;
  }
}

function reasoningOf(doc: Document, message: i32): i32 {
  const content = doc.get(message, "reasoning_content");
  return doc.isString(content) ? content : doc.get(message, "reasoning");
}

function refusalOf(doc: Document, message: i32): i32 {
  const refusal = doc.get(message, "refusal");
  return doc.isString(refusal) ? refusal : -1;
}

function beginChunk(doc: Document, out: ByteWriter): JsonWriter {
  const root = doc.root();
  beginEvent(out);
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyValue("id", doc, doc.get(root, "id"));
  json.keyString("object", "chat.completion.chunk");
  json.keyValue("created", doc, doc.get(root, "created"));
  json.keyValue("model", doc, doc.get(root, "model"));
  json.key("choices");
  json.beginArray();
  return json;
}

/** Ends the chunk that began at `start`: values that came in several lines must stand in one. */
function endChunk(json: JsonWriter, out: ByteWriter, start: i32): void {
  json.endObject();
  joinLines(out, start);
  endEvent(out);
}

function writePart(
  doc: Document,
  choice: i32,
  part: Part,
  wantsUsage: bool,
  out: ByteWriter,
): void {
  const start = out.length;
  const json = beginChunk(doc, out);
  json.beginObject();
  json.keyValue("index", doc, doc.get(choice, "index"));
  json.key("delta");
  json.beginObject();
  writeDelta(doc, doc.get(choice, "message"), part, json);
  json.endObject();
  json.keyNull("logprobs");
  if (part == Part.Finish) json.keyValue("finish_reason", doc, doc.get(choice, "finish_reason"));
  else json.keyNull("finish_reason");
  json.endObject();
  json.endArray();
  if (wantsUsage) json.keyNull("usage");
  endChunk(json, out, start);
}

function writeDelta(doc: Document, message: i32, part: Part, json: JsonWriter): void {
  switch (part) {
    case Part.Role:
      json.keyString("role", "assistant");
      json.keyString("content", "");
      break;
    case Part.Reasoning: {
      const reasoning = reasoningOf(doc, message);
      json.keyRaw(doc, reasoning);
      json.value(doc, reasoning);
      break;
    }
    case Part.Content: {
      const content = doc.get(message, "content");
      const refusal = refusalOf(doc, message);
      if (doc.isString(content)) json.keyValue("content", doc, content);
      if (refusal >= 0) json.keyValue("refusal", doc, refusal);
      break;
    }
    case Part.ToolCalls:
      writeToolCalls(doc, doc.get(message, "tool_calls"), json);
      break;
    default:
  }
}

/** Tool calls whole, each with the index that a stream needs. */
function writeToolCalls(doc: Document, calls: i32, json: JsonWriter): void {
  json.key("tool_calls");
  json.beginArray();
  let index = 0;
  for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
    json.beginObject();
    json.keyInteger("index", index++);
    for (let part = doc.first(call); part >= 0; part = doc.next(part)) {
      if (doc.keyIs(part, "index")) continue;
      json.keyRaw(doc, part);
      json.value(doc, part);
    }
    json.endObject();
  }
  json.endArray();
}
