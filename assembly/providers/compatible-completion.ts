// Whole answers of OpenAI-compatible providers: what is missing is filled in, what is foreign is
// mapped.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { failedFinish, isOpenAiFinish, mapFinishReason } from "./compatible-finish";
import { repairEmbeddings } from "./compatible-embeddings";
import { flattenContent } from "./compatible-parts";
import { repairToolCalls } from "./compatible-tools";
import { ProviderSpec } from "./provider-spec";

/** Collects the repairs of an answer. An error: it is none, or it says that the provider broke. */
export function repairAnswer(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  switch (call.capability) {
    case Capability.Chat:
    case Capability.Completions:
      return repairCompletion(spec, call, doc, edit);
    case Capability.Embeddings:
      return repairEmbeddings(spec, call, doc, edit);
    default:
      return null;
  }
}

function repairCompletion(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  const choices = doc.get(doc.root(), "choices");
  const isChat = call.capability == Capability.Chat;
  if (!doc.isArray(choices) || (isChat && doc.first(choices) < 0)) {
    return invalidUpstreamResponse(spec.id, "it has no 'choices'");
  }
  repairEnvelope(call, doc, isChat, edit);
  let index = 0;
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice), ++index) {
    if (!doc.isObject(choice)) return invalidUpstreamResponse(spec.id, "a choice is no object");
    const error = repairChoice(spec, doc, choice, index, edit);
    if (error !== null) return error;
    if (!isChat) continue;
    const wrong = repairMessage(spec, call, doc, doc.get(choice, "message"), edit);
    if (wrong.length > 0) return invalidUpstreamResponse(spec.id, wrong);
  }
  return null;
}

/** The members around the choices. */
function repairEnvelope(call: Call, doc: Document, isChat: bool, edit: JsonEdit): void {
  const root = doc.root();
  if (doc.stringLength(doc.get(root, "id")) == 0) {
    edit.setString(root, "id", call.newId(isChat ? "chatcmpl-" : "cmpl-"));
  }
  const kind = isChat ? "chat.completion" : "text_completion";
  if (!doc.stringIs(doc.get(root, "object"), kind)) edit.setString(root, "object", kind);
  if (doc.integer(doc.get(root, "created"), -1) < 0) edit.setInteger(root, "created", call.created);
  if (doc.stringLength(doc.get(root, "model")) == 0) edit.setString(root, "model", call.model);
}

function repairChoice(
  spec: ProviderSpec,
  doc: Document,
  choice: i32,
  index: i32,
  edit: JsonEdit,
): ApiError | null {
  if (doc.integer(doc.get(choice, "index"), -1) < 0) edit.setInteger(choice, "index", index);
  const finish = doc.get(choice, "finish_reason");
  if (isOpenAiFinish(doc, finish)) return null;
  let reason = FinishReason.Stop;
  if (doc.stringLength(finish) > 0) reason = mapFinishReason(doc, finish);
  else if (hasToolCalls(doc, doc.get(choice, "message"))) reason = FinishReason.ToolCalls;
  if (reason == FinishReason.Failure) return failedFinish(spec.id, doc, finish);
  edit.setString(choice, "finish_reason", finishReasonText(reason));
  return null;
}

function hasToolCalls(doc: Document, message: i32): bool {
  const calls = doc.get(message, "tool_calls");
  return doc.isObject(calls) || doc.first(calls) >= 0;
}

/** Mends a message. "" or what makes it useless. */
function repairMessage(
  spec: ProviderSpec,
  call: Call,
  doc: Document,
  message: i32,
  edit: JsonEdit,
): string {
  if (!doc.isObject(message)) return "a choice has no message";
  if (!doc.stringIs(doc.get(message, "role"), "assistant")) {
    edit.setString(message, "role", "assistant");
  }
  if (doc.get(message, "content") < 0) edit.setRaw(message, "content", "null");
  const wrong = repairTexts(spec, doc, message, edit);
  return wrong.length > 0 ? wrong : repairToolCalls(call, doc, message, edit);
}

/** Mends the texts of a message or a delta. "" or what makes it useless. */
export function repairTexts(
  spec: ProviderSpec,
  doc: Document,
  message: i32,
  edit: JsonEdit,
): string {
  const content = doc.get(message, "content");
  if (doc.isArray(content)) flattenContent(doc, message, content, edit);
  else if (!doc.absent(content) && !doc.isString(content)) return "its content is no text";
  keepText(doc, message, "refusal", edit);
  keepText(doc, message, "reasoning_content", edit);
  if (!spec.renamesReasoning || doc.get(message, "reasoning") < 0) return "";
  // An upstream `reasoning` has another name for the clients of this gateway.
  const own = doc.get(message, "reasoning_content");
  const isText = doc.isString(doc.get(message, "reasoning"));
  if (isText && doc.absent(own)) edit.rename(message, "reasoning", "reasoning_content");
  else edit.remove(message, "reasoning");
  return "";
}

/** Removes a member that is neither a text nor null. */
function keepText(doc: Document, message: i32, name: string, edit: JsonEdit): void {
  const value = doc.get(message, name);
  if (!doc.absent(value) && !doc.isString(value)) edit.remove(message, name);
}
