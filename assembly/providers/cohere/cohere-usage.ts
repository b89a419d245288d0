// Token counts, the reason of the end and log probabilities: https://docs.cohere.com/reference/chat
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError } from "../../openai/api-error";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";
import { Call } from "../call";
import { NativeError } from "../native-error";

/** Above it a double is no exact integer. */
const LARGEST_COUNT: f64 = 9007199254740991;

/** Takes a usage object: what the model has read and written, or else what is charged. */
export function readUsage(doc: Document, usage: i32, counts: Usage): void {
  let tokens = doc.get(usage, "tokens");
  if (!doc.isObject(tokens)) tokens = doc.get(usage, "billed_units");
  if (!doc.isObject(tokens)) return;
  counts.isKnown = true;
  counts.prompt = roundCount(doc, doc.get(tokens, "input_tokens"));
  counts.completion = roundCount(doc, doc.get(tokens, "output_tokens"));
  counts.cached = roundCount(doc, doc.get(usage, "cached_tokens"));
}

/** A count, which may come with a fraction. */
export function roundCount(doc: Document, value: i32): i64 {
  const count = doc.number(value);
  return count > 0 && count < LARGEST_COUNT ? <i64>nearest(count) : 0;
}

/** OpenAI's word for a `finish_reason`. One that is not known, or none, is `Stop`. */
export function mapFinishReason(doc: Document, reason: i32): FinishReason {
  if (doc.stringIs(reason, "TOOL_CALL")) return FinishReason.ToolCalls;
  if (doc.stringIs(reason, "MAX_TOKENS")) return FinishReason.Length;
  if (doc.stringIs(reason, "ERROR_TOXIC")) return FinishReason.ContentFilter;
  if (doc.stringIs(reason, "ERROR") || doc.stringIs(reason, "TIMEOUT")) return FinishReason.Failure;
  return FinishReason.Stop;
}

/** The error that a `finish_reason` of the kind `Failure` is. `text`: what Cohere says, or "". */
export function failureOf(doc: Document, reason: i32, text: string, call: Call): ApiError {
  const error = new NativeError("cohere", 0);
  error.message = text;
  error.complete(call.token);
  const isTimeout = doc.stringIs(reason, "TIMEOUT");
  const code = isTimeout ? "timeout" : "";
  return new ApiError(isTimeout ? 504 : 502, "server_error", code, error.message);
}

/** Writes OpenAI's `logprobs` from Cohere's list of them; anything else gives `null`. */
export function writeLogprobs(doc: Document, value: i32, json: JsonWriter): void {
  if (!doc.isArray(value)) {
    json.null();
    return;
  }
  json.beginObject();
  json.key("content");
  json.beginArray();
  for (let item = doc.first(value); item >= 0; item = doc.next(item)) writeToken(doc, item, json);
  json.endArray();
  json.keyNull("refusal");
  json.endObject();
}

/** A text of one or more tokens: its probability is the product of theirs. */
export function writeToken(doc: Document, item: i32, json: JsonWriter): void {
  let sum: f64 = 0;
  const numbers = doc.get(item, "logprobs");
  for (let one = doc.first(numbers); one >= 0; one = doc.next(one)) {
    if (doc.isNumber(one)) sum += doc.number(one);
  }
  const text = doc.get(item, "text");
  json.beginObject();
  json.key("token");
  if (doc.isString(text)) json.value(doc, text);
  else json.ascii("");
  json.key("logprob");
  const only = doc.first(numbers);
  if (doc.isNumber(only) && doc.next(only) < 0) json.value(doc, only);
  else json.number(sum);
  json.keyNull("bytes");
  json.key("top_logprobs");
  json.beginArray();
  json.endArray();
  json.endObject();
}
