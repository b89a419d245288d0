// Answers of Workers AI's own API: https://developers.cloudflare.com/workers-ai/models/
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { EmbeddingsWriter } from "../../openai/embeddings";
import { Usage } from "../../openai/usage";
import { climbs, encodePathSegment } from "../../text/url";
import { Call } from "../call";
import { EncodedBody } from "../encoded-body";
import { beginRewriting, writeText, writeToolCalls } from "../rewritten-answer";

/** A model's name as a path: its slashes and its `@` stay. "": it climbs. */
export function modelPath(model: string): string {
  const segments = model.split("/");
  for (let i = 0; i < segments.length; ++i) {
    const segment = segments[i];
    if (segment.length == 0 || climbs(segment)) return "";
    segments[i] = encodePathSegment(segment);
  }
  return segments.join("/");
}

/** Whether an object is a text or calls as the models themselves give them. */
export function isNativeAnswer(doc: Document, answer: i32): bool {
  if (!doc.isObject(answer) || doc.get(answer, "choices") >= 0) return false;
  return doc.get(answer, "response") >= 0 || doc.get(answer, "tool_calls") >= 0;
}

/** Writes an answer, or a chunk of one, nearly as OpenAI's. What it lacks is mended later. */
export function rewriteAnswer(call: Call, doc: Document, answer: i32, isChunk: bool): JsonWriter {
  const json = beginRewriting();
  const response = doc.get(answer, "response");
  const calls = doc.get(answer, "tool_calls");
  const hasCalls = doc.first(calls) >= 0;
  json.beginObject();
  json.key("choices");
  json.beginArray();
  json.beginObject();
  json.keyInteger("index", 0);
  json.key(isChunk ? "delta" : "message");
  json.beginObject();
  if (!isChunk) json.keyString("role", "assistant");
  const isBlank = doc.absent(response) || doc.isEmptyString(response);
  if (!isBlank || !(isChunk || hasCalls)) {
    json.key("content");
    // In JSON mode it is an object, and a text of digits may be a number.
    writeText(doc, response, "", json);
  } else if (!isChunk) {
    json.keyNull("content");
  }
  if (!isChunk) json.keyNull("refusal");
  if (hasCalls) writeToolCalls(doc, calls, isChunk, json);
  json.endObject();
  json.keyNull("logprobs");
  const finish = doc.get(answer, "finish_reason");
  if (doc.stringLength(finish) > 0) json.keyValue("finish_reason", doc, finish);
  else if (isChunk) json.keyNull("finish_reason");
  json.endObject();
  json.endArray();
  const usage = doc.get(answer, "usage");
  if (doc.isObject(usage)) json.keyValue("usage", doc, usage);
  else if (!isChunk) writeNoUsage(json);
  else if (call.wantsUsage) json.keyNull("usage");
  json.endObject();
  return json;
}

/** Old models do not count. */
function writeNoUsage(json: JsonWriter): void {
  json.key("usage");
  new Usage().write(json);
}

/** Writes vectors that come as bare lists. */
export function writeVectors(call: Call, doc: Document, result: i32, body: EncodedBody): void {
  const embeddings = new EmbeddingsWriter(new JsonWriter(body.rewrite()), call.wantsBase64);
  const vectors = doc.get(result, "data");
  embeddings.begin();
  for (let item = doc.first(vectors); item >= 0; item = doc.next(item)) {
    embeddings.vector(doc, item);
  }
  call.usage.read(doc, doc.get(result, "usage"));
  embeddings.end(call.model, call.usage.prompt);
}
