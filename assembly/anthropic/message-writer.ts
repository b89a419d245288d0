// A whole completion as a message: https://docs.claude.com/en/api/messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { FinishReason, readFinishReason } from "../openai/finish-reason";
import { reasoningOf } from "../openai/reasoning";
import { Usage } from "../openai/usage";
import { ByteWriter } from "../text/byte-writer";
import { stopReason, writeHead, writeStop, writeUsage } from "./message-ending";

const INPUT_TEXT: ByteWriter = new ByteWriter();
const INPUT: Document = new Document();

/** Writes the first choice of an OpenAI completion. */
export function writeMessage(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const choice = doc.first(doc.get(root, "choices"));
  const message = doc.get(choice, "message");
  const calls = doc.get(message, "tool_calls");
  const refusal = doc.get(message, "refusal");
  json.beginObject();
  writeHead(doc.string(doc.get(root, "id")), doc.string(doc.get(root, "model")), json);
  json.key("content");
  json.beginArray();
  writeThinking(doc, reasoningOf(doc, message), json);
  writeText(doc, doc.get(message, "content"), json);
  writeText(doc, refusal, json);
  for (let call = doc.first(calls); call >= 0; call = doc.next(call)) writeCall(doc, call, json);
  json.endArray();
  const finish = readFinishReason(doc, doc.get(choice, "finish_reason"));
  const reason = doc.stringLength(refusal) > 0 ? FinishReason.ContentFilter : finish;
  writeStop(stopReason(reason, doc.first(calls) >= 0), json);
  const usage = new Usage();
  usage.read(doc, doc.get(root, "usage"));
  writeUsage(usage, json);
  json.endObject();
}

/** A block of thinking, which nobody has signed. */
function writeThinking(doc: Document, text: i32, json: JsonWriter): void {
  if (text < 0) return;
  json.beginObject();
  json.keyString("type", "thinking");
  json.keyValue("thinking", doc, text);
  json.keyString("signature", "");
  json.endObject();
}

function writeText(doc: Document, text: i32, json: JsonWriter): void {
  if (doc.stringLength(text) == 0) return;
  json.beginObject();
  json.keyString("type", "text");
  json.keyValue("text", doc, text);
  json.endObject();
}

function writeCall(doc: Document, call: i32, json: JsonWriter): void {
  const target = doc.get(call, "function");
  json.beginObject();
  json.keyString("type", "tool_use");
  json.keyValue("id", doc, doc.get(call, "id"));
  json.keyValue("name", doc, doc.get(target, "name"));
  json.key("input");
  writeInput(doc, doc.get(target, "arguments"), json);
  json.endObject();
}

/** The arguments as an object. What is none is kept under the name that Anthropic has for that. */
function writeInput(doc: Document, text: i32, json: JsonWriter): void {
  const input = INPUT_TEXT;
  input.clear();
  doc.decodeString(text, input);
  const isJson = INPUT.parse(input.ptr, input.length);
  if (isJson && INPUT.isObject(INPUT.root())) {
    json.value(INPUT, INPUT.root());
  } else {
    json.beginObject();
    const isEmpty = input.length == 0 || (isJson && INPUT.isNull(INPUT.root()));
    if (!isEmpty) {
      json.key("INVALID_JSON");
      json.stringBytes(input.ptr, input.length);
    }
    json.endObject();
  }
  INPUT.release();
}
