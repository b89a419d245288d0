// Whole answers of OpenAI-compatible providers: what is missing is filled in, what is foreign is mapped.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { failedFinish, isOpenAiFinish, mapFinishReason } from "./compatible-finish";
import { ProviderSpec } from "./provider-spec";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Collects the repairs of an answer. An error: it is none, or it says that the provider broke. */
export function repairCompletion(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  const root = doc.root();
  const choices = doc.get(root, "choices");
  if (!doc.isArray(choices)) return invalidUpstreamResponse(spec.id, "it has no 'choices'");
  const isChat = call.capability == Capability.Chat;
  repairEnvelope(call, doc, isChat ? "chat.completion" : "text_completion", edit);
  let index = 0;
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice), ++index) {
    if (!doc.isObject(choice)) return invalidUpstreamResponse(spec.id, "a choice is no object");
    const error = repairChoice(spec, doc, choice, index, edit);
    if (error !== null) return error;
    if (isChat) repairMessage(spec, call, doc, doc.get(choice, "message"), edit);
  }
  return null;
}

/** The members around the choices, of an answer or of a chunk. */
function repairEnvelope(call: Call, doc: Document, kind: string, edit: JsonEdit): void {
  const root = doc.root();
  const id = doc.get(root, "id");
  if (!doc.isString(id) || doc.isEmptyString(id)) edit.setString(root, "id", call.newId("chatcmpl-"));
  if (!doc.stringIs(doc.get(root, "object"), kind)) edit.setString(root, "object", kind);
  if (!doc.isNumber(doc.get(root, "created"))) edit.setInteger(root, "created", call.created);
  const model = doc.get(root, "model");
  if (!doc.isString(model) || doc.isEmptyString(model)) edit.setString(root, "model", call.model);
}

function repairChoice(
  spec: ProviderSpec,
  doc: Document,
  choice: i32,
  index: i32,
  edit: JsonEdit,
): ApiError | null {
  if (!doc.isNumber(doc.get(choice, "index"))) edit.setInteger(choice, "index", index);
  const finish = doc.get(choice, "finish_reason");
  if (isOpenAiFinish(doc, finish)) return null;
  let reason = FinishReason.Stop;
  if (doc.isString(finish) && !doc.isEmptyString(finish)) reason = mapFinishReason(doc, finish);
  else if (hasToolCalls(doc, doc.get(choice, "message"))) reason = FinishReason.ToolCalls;
  if (reason == FinishReason.Failure) return failedFinish(spec.id, doc, finish);
  edit.setString(choice, "finish_reason", finishReasonText(reason));
  return null;
}

function hasToolCalls(doc: Document, message: i32): bool {
  const calls = doc.get(message, "tool_calls");
  return doc.isObject(calls) || doc.size(calls) > 0;
}

function repairMessage(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  message: i32,
  edit: JsonEdit,
): void {
  if (!doc.isObject(message)) return;
  if (!doc.isString(doc.get(message, "role"))) edit.setString(message, "role", "assistant");
  if (doc.get(message, "content") < 0) edit.setRaw(message, "content", "null");
  repairToolCalls(call, doc, doc.get(message, "tool_calls"), edit);
  renameReasoning(spec, doc, message, edit);
}

/** An upstream `reasoning` under the name that clients of this gateway read. */
export function renameReasoning(spec: ProviderSpec, doc: Document, message: i32, edit: JsonEdit): void {
  if (!spec.renamesReasoning || doc.get(message, "reasoning") < 0) return;
  const own = doc.get(message, "reasoning_content");
  if (doc.absent(own)) edit.rename(message, "reasoning", "reasoning_content");
  else edit.remove(message, "reasoning");
}

/** Whole tool calls: an id, the type, and arguments that are a text. */
export function repairToolCalls(call: Call, doc: Document, calls: i32, edit: JsonEdit): void {
  if (!doc.isArray(calls)) return;
  let index = 0;
  for (let item = doc.first(calls); item >= 0; item = doc.next(item), ++index) {
    if (!doc.isObject(item)) continue;
    const id = doc.get(item, "id");
    if (!doc.isString(id) || doc.isEmptyString(id) || doc.stringIs(id, "null")) {
      edit.setString(item, "id", call.newId("call_") + index.toString());
    }
    if (!doc.isString(doc.get(item, "type"))) edit.setString(item, "type", "function");
    stringifyArguments(doc, doc.get(doc.get(item, "function"), "arguments"), edit);
  }
}

/** Arguments that came as an object become the text of that object. */
export function stringifyArguments(doc: Document, value: i32, edit: JsonEdit): void {
  if (!doc.isObject(value)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
  edit.replace(value, json.out.ptr, json.out.length);
}
