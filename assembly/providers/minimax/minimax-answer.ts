// Answers of MiniMax's ChatCompletion Pro, and embeddings:
// https://platform.minimaxi.com/document/ChatCompletion%20Pro
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { EmbeddingsWriter } from "../../openai/embeddings";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";

/** Times of later centuries are times in smaller units. */
const LATEST_SECOND: i64 = 100_000_000_000;

/** Takes the counts of a usage object, which mostly tells the total only. */
export function readUsage(doc: Document, usage: i32, counts: Usage): void {
  if (!doc.isObject(usage)) return;
  counts.read(doc, usage);
  counts.stated = doc.integer(doc.get(usage, "total_tokens"), 0);
}

/** The time of an answer in seconds, whatever its unit is. */
export function createdOf(doc: Document, fallback: i64): i64 {
  let created = doc.integer(doc.get(doc.root(), "created"), 0);
  while (created > LATEST_SECOND) created /= 1000;
  return created > 0 ? created : fallback;
}

/** OpenAI's word for a finish reason. One that is not known, or none, is `Stop`. */
export function mapFinishReason(doc: Document, reason: i32): FinishReason {
  if (doc.stringIs(reason, "length") || doc.stringIs(reason, "max_output")) {
    return FinishReason.Length;
  }
  if (doc.stringIs(reason, "tool_calls")) return FinishReason.ToolCalls;
  if (doc.stringIs(reason, "content_filter")) return FinishReason.ContentFilter;
  return FinishReason.Stop;
}

/** The first choice's next message of the bot behind `message`; 0 begins, -1 ends. */
export function nextSpeech(doc: Document, message: i32): i32 {
  let at =
    message > 0
      ? doc.next(message)
      : doc.first(doc.get(doc.first(doc.get(doc.root(), "choices")), "messages"));
  while (at >= 0) {
    const type = doc.get(at, "sender_type");
    if (doc.absent(type) || doc.stringIs(type, "BOT")) return at;
    at = doc.next(at);
  }
  return -1;
}

/** The call in a message of the bot, or -1. */
export function callOf(doc: Document, message: i32): i32 {
  const call = doc.get(message, "function_call");
  return doc.isObject(call) ? call : -1;
}

/** The call that stands outside of all messages, where none stands inside, or -1. */
export function looseCall(doc: Document): i32 {
  for (let at = nextSpeech(doc, 0); at >= 0; at = nextSpeech(doc, at)) {
    if (callOf(doc, at) >= 0) return -1;
  }
  return callOf(doc, doc.root());
}

/** Why the answer ended: a call is told in other ways, and so is moderation. */
export function endOf(doc: Document, hasCalls: bool, hasText: bool): FinishReason {
  const choice = doc.first(doc.get(doc.root(), "choices"));
  const reason = mapFinishReason(doc, doc.get(choice, "finish_reason"));
  if (reason != FinishReason.Stop) return reason;
  if (hasCalls) return FinishReason.ToolCalls;
  const isRefused = !hasText && doc.isTrue(doc.get(doc.root(), "output_sensitive"));
  return isRefused ? FinishReason.ContentFilter : FinishReason.Stop;
}

/** Writes a completion. An error: it is none. */
export function writeProCompletion(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const first = nextSpeech(doc, 0);
  if (first < 0 && !doc.isString(doc.get(root, "reply"))) {
    return invalidUpstreamResponse(provider, "it has no message");
  }
  const completion = new CompletionWriter(new JsonWriter(out));
  const id = doc.string(doc.get(root, "id"));
  const created = createdOf(doc, call.created);
  completion.begin(id.length > 0 ? id : call.newId("chatcmpl-"), created, call.model);
  const loose = looseCall(doc);
  let hasCalls = loose >= 0;
  for (let at = first; at >= 0; at = nextSpeech(doc, at)) {
    if (callOf(doc, at) >= 0) hasCalls = true;
  }
  const hasText = writeContent(doc, first, hasCalls, completion);
  let index = 0;
  for (let at = first; at >= 0; at = nextSpeech(doc, at)) {
    const inner = callOf(doc, at);
    if (inner >= 0) writeCall(call, doc, inner, index++, completion);
  }
  if (loose >= 0) writeCall(call, doc, loose, index, completion);
  readUsage(doc, doc.get(root, "usage"), call.usage);
  completion.end(endOf(doc, hasCalls, hasText), call.usage);
  return null;
}

/** Writes the text, which `reply` repeats where there is no message. False: there is none. */
function writeContent(doc: Document, first: i32, hasCalls: bool, to: CompletionWriter): bool {
  const reply = first < 0 ? doc.get(doc.root(), "reply") : -1;
  let hasText: bool = doc.stringLength(reply) > 0;
  for (let at = first; at >= 0; at = nextSpeech(doc, at)) {
    if (doc.stringLength(doc.get(at, "text")) > 0) hasText = true;
  }
  if (hasCalls && !hasText) {
    to.noContent();
    return false;
  }
  to.beginContent();
  to.json.stringPart(doc, reply);
  for (let at = first; at >= 0; at = nextSpeech(doc, at)) {
    to.json.stringPart(doc, doc.get(at, "text"));
  }
  to.endContent();
  return hasText;
}

function writeCall(
  call: Call,
  doc: Document,
  inner: i32,
  index: i32,
  completion: CompletionWriter,
): void {
  const id = call.newId("call_") + index.toString();
  completion.toolCall(doc, -1, doc.get(inner, "name"), doc.get(inner, "arguments"), id);
}

/** Writes embeddings. */
export function writeEmbeddings(
  call: Call,
  doc: Document,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const vectors = doc.get(root, "vectors");
  if (!doc.isArray(vectors)) return invalidUpstreamResponse(provider, "it has no 'vectors'");
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  for (let vector = doc.first(vectors); vector >= 0; vector = doc.next(vector)) {
    writer.vector(doc, vector);
  }
  const tokens = doc.integer(doc.get(root, "total_tokens"), 0);
  call.usage.isKnown = true;
  call.usage.prompt = tokens;
  writer.end(call.model, tokens);
  return null;
}
