// What whole answers and streams of Tencent's have in common, and whole answers:
// https://cloud.tencent.com/document/api/1729/105701
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { EmbeddingsWriter } from "../../openai/embeddings";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";
import { StopTail } from "../../stream/stop-tail";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { HunyuanNames } from "./hunyuan-names";

/** Takes the counts of a usage object. */
export function readUsage(doc: Document, usage: i32, names: HunyuanNames, counts: Usage): void {
  if (!doc.isObject(usage)) return;
  counts.isKnown = true;
  counts.prompt = doc.integer(doc.get(usage, names.promptTokens), 0);
  counts.completion = doc.integer(doc.get(usage, names.completionTokens), 0);
  counts.cached = countOf(doc, doc.get(doc.get(usage, names.promptDetails), names.cachedTokens));
  const details = doc.get(usage, names.completionDetails);
  counts.reasoning = countOf(doc, doc.get(details, names.reasoningTokens));
}

/** A count that may come in quotes. */
function countOf(doc: Document, value: i32): i64 {
  if (!doc.isString(value)) return doc.integer(value, 0);
  const count = I64.parseInt(doc.string(value), 10);
  return max<i64>(count, 0);
}

/** OpenAI's word for a finish reason. One that is not known, or none, is `Stop`. */
export function mapFinishReason(doc: Document, reason: i32, hasCalls: bool): FinishReason {
  if (doc.stringIs(reason, "sensitive") || doc.stringIs(reason, "content_filter")) {
    return FinishReason.ContentFilter;
  }
  if (doc.stringIs(reason, "length")) return FinishReason.Length;
  return hasCalls || doc.stringIs(reason, "tool_calls")
    ? FinishReason.ToolCalls
    : FinishReason.Stop;
}

/** Writes a completion from the object inside `Response`. */
export function writeCompletion(
  call: Call,
  doc: Document,
  inner: i32,
  names: HunyuanNames,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const choice = doc.first(doc.get(inner, names.choices));
  const message = doc.get(choice, "Message");
  if (!doc.isObject(message)) return invalidUpstreamResponse(provider, "it has no message");
  const completion = new CompletionWriter(new JsonWriter(out));
  let id = doc.string(doc.get(inner, names.id));
  if (id.length == 0) id = doc.string(doc.get(inner, "RequestId"));
  if (id.length == 0) id = call.newId("chatcmpl-");
  completion.begin(id, doc.integer(doc.get(inner, names.created), call.created), call.model);
  const calls = doc.get(message, names.toolCalls);
  const hasCalls = doc.first(calls) >= 0;
  const reason = mapFinishReason(doc, doc.get(choice, names.finishReason), hasCalls);
  const content = doc.get(message, names.content);
  if (hasCalls && doc.stringLength(content) == 0) {
    completion.noContent();
  } else {
    completion.beginContent();
    addContent(call, doc, content, reason == FinishReason.Stop, completion.json);
    completion.endContent();
  }
  const reasoning = doc.get(message, names.reasoning);
  if (doc.stringLength(reasoning) > 0) {
    completion.beginReasoning();
    completion.json.stringPart(doc, reasoning);
    completion.endReasoning();
  }
  writeCalls(call, doc, calls, names, completion);
  readUsage(doc, doc.get(inner, names.usage), names, call.usage);
  completion.end(reason, call.usage);
  return null;
}

function writeCalls(
  call: Call,
  doc: Document,
  calls: i32,
  names: HunyuanNames,
  completion: CompletionWriter,
): void {
  let index = 0;
  for (let item = doc.first(calls); item >= 0; item = doc.next(item), ++index) {
    const target = doc.get(item, names.function);
    const name = doc.get(target, names.name);
    const ownId = call.newId("call_") + index.toString();
    completion.toolCall(
      doc,
      doc.get(item, names.id),
      name,
      doc.get(target, names.arguments),
      ownId,
    );
  }
}

/** Adds the text, without the stop sequence that Tencent leaves at its end. */
function addContent(call: Call, doc: Document, text: i32, isStop: bool, json: JsonWriter): void {
  if (!isStop || call.stops.length == 0) {
    json.stringPart(doc, text);
    return;
  }
  const trimmed = trimStop(call, doc, text);
  // Its quotes stand already.
  if (trimmed.length > 2) json.out.bytes(trimmed.ptr + 1, trimmed.length - 2);
}

/** A text without the stop sequence at its end, as a JSON string; empty where nothing is left. */
export function trimStop(call: Call, doc: Document, text: i32): ByteWriter {
  const tail = new StopTail(call.stops);
  tail.add(doc, text);
  const trimmed = tail.finish(true);
  tail.release();
  return trimmed;
}

/** Writes embeddings from the object inside `Response`. Their own positions are not reliable. */
export function writeEmbeddings(
  call: Call,
  doc: Document,
  inner: i32,
  names: HunyuanNames,
  provider: string,
  out: ByteWriter,
): ApiError | null {
  const list = doc.get(inner, "Data");
  if (!doc.isArray(list)) return invalidUpstreamResponse(provider, "it has no 'Data'");
  const writer = new EmbeddingsWriter(new JsonWriter(out), call.wantsBase64);
  writer.begin();
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    writer.vector(doc, doc.get(item, "Embedding"));
  }
  readUsage(doc, doc.get(inner, names.usage), names, call.usage);
  writer.end(call.model, call.usage.prompt);
  return null;
}
