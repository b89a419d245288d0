// A whole chat completion told as a stream: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { beginEvent, endEvent, joinLines, writeDone } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";

/** Writes an OpenAI completion as events: each choice's message as one delta, its end, usage where asked for, [DONE]. */
export function writeCompletionAsStream(doc: Document, wantsUsage: bool, out: ByteWriter): void {
  const choices = doc.get(doc.root(), "choices");
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice)) {
    writeChoice(doc, choice, wantsUsage, true, out);
    writeChoice(doc, choice, wantsUsage, false, out);
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

/** Ends the chunk that began at `start`, whatever lines its values came in. */
function endChunk(json: JsonWriter, out: ByteWriter, start: i32): void {
  json.endObject();
  joinLines(out, start);
  endEvent(out);
}

function writeChoice(
  doc: Document,
  choice: i32,
  wantsUsage: bool,
  isMessage: bool,
  out: ByteWriter,
): void {
  const start = out.length;
  const json = beginChunk(doc, out);
  json.beginObject();
  json.keyValue("index", doc, doc.get(choice, "index"));
  json.key("delta");
  json.beginObject();
  if (isMessage) writeMessage(doc, doc.get(choice, "message"), json);
  json.endObject();
  if (isMessage) json.keyNull("finish_reason");
  else json.keyValue("finish_reason", doc, doc.get(choice, "finish_reason"));
  json.endObject();
  json.endArray();
  if (wantsUsage) json.keyNull("usage");
  endChunk(json, out, start);
}

/** The message's members; tool calls get the index that a stream needs. */
function writeMessage(doc: Document, message: i32, json: JsonWriter): void {
  for (let member = doc.first(message); member >= 0; member = doc.next(member)) {
    if (!doc.keyIs(member, "tool_calls")) {
      json.keyRaw(doc, member);
      json.value(doc, member);
      continue;
    }
    json.key("tool_calls");
    json.beginArray();
    let index = 0;
    for (let call = doc.first(member); call >= 0; call = doc.next(call)) {
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
}
