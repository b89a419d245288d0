// DeepSeek: https://api-docs.deepseek.com
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { mapEffort } from "./compatible-request";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** `Call.note` of a request whose last message is the beginning of the answer. */
const CONTINUES_PREFIX: i32 = 1;

// @ts-ignore: decorator
@lazy
const EFFORTS: StaticArray<string> = ["minimal", "low", "medium", "high", "xhigh", "max"];

/** DeepSeek's row. */
export function deepseekSpec(): ProviderSpec {
  return new ProviderSpec("deepseek", "api.deepseek.com")
    .withoutJsonSchema()
    .oneChoice()
    .renames("max_completion_tokens max_tokens")
    .refusesParts("input_audio file")
    .cachedTokensAs("prompt_cache_hit_tokens")
    .chat("/v1")
    .completions("/beta")
    .models("/v1")
    .messages("/anthropic/v1");
}

/** Looks after reasoning, which each generation of models wants to hear again in another way. */
export class Deepseek extends Provider {
  path(call: Call): string {
    if (call.note != CONTINUES_PREFIX) return super.path(call);
    const has = this.settings.capabilityPaths.has(call.capability);
    return has ? super.path(call) : "/beta/chat/completions";
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const messages = request.get(root, "messages");
    mapEffort(request, EFFORTS, edit);
    const isOff = request.stringIs(request.get(root, "reasoning_effort"), "none");
    if (isOff) {
      edit.remove(root, "reasoning_effort");
      edit.setRaw(root, "thinking", '{"type":"disabled"}');
    }
    const isV4 = call.model.includes("v4");
    if (!isOff && thinks(call.model, request)) {
      edit.remove(root, "logprobs");
      edit.remove(root, "top_logprobs");
      // A forced tool and thinking exclude each other.
      const choice = request.get(root, "tool_choice");
      const isForced = request.isObject(choice) || request.stringIs(choice, "required");
      if (isForced) edit.remove(root, "tool_choice");
    }
    if (isV4) completeReasoning(request, messages, edit);
    else forgetReasoning(request, messages, edit);
    if (endsInPrefix(request, messages)) call.note = CONTINUES_PREFIX;
    return null;
  }
}

/** Whether the model reasons before it answers. */
function thinks(model: string, doc: Document): bool {
  const thinking = doc.get(doc.get(doc.root(), "thinking"), "type");
  if (doc.isString(thinking)) return !doc.stringIs(thinking, "disabled");
  return model.includes("reasoner") || model.includes("v4") || model.includes("r1");
}

/** The fourth generation wants reasoning, be it empty, on every message of its own. */
function completeReasoning(doc: Document, messages: i32, edit: JsonEdit): void {
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (!doc.stringIs(doc.get(message, "role"), "assistant")) continue;
    if (doc.isString(doc.get(message, "reasoning_content"))) continue;
    edit.setString(message, "reasoning_content", "");
  }
}

/**
 * Others refuse the reasoning of turns that are over, and need that of the tool calls under way.
 */
function forgetReasoning(doc: Document, messages: i32, edit: JsonEdit): void {
  let lastUser = -1;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (doc.stringIs(doc.get(message, "role"), "user")) lastUser = message;
  }
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (message == lastUser) return;
    if (doc.get(message, "reasoning_content") >= 0) edit.remove(message, "reasoning_content");
  }
}

function endsInPrefix(doc: Document, messages: i32): bool {
  let last = -1;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) last = message;
  return doc.isTrue(doc.get(last, "prefix"));
}
