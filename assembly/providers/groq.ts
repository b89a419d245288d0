// Groq: https://console.groq.com/docs/api-reference
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { keepMembers, LOW_TO_HIGH, mapEffort } from "./compatible-request";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** Members of a message; any other is refused. */
// @ts-ignore: decorator
@lazy
const MESSAGE_MEMBERS: StaticArray<string> = [
  "role",
  "content",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "reasoning",
];

/** Qwen's models reason or do not. */
// @ts-ignore: decorator
@lazy
const QWEN_EFFORTS: StaticArray<string> = [
  "minimal",
  "default",
  "low",
  "default",
  "medium",
  "default",
  "high",
  "default",
  "xhigh",
  "default",
  "max",
  "default",
];

/** Groq's row. */
export function groqSpec(): ProviderSpec {
  return new ProviderSpec("groq", "api.groq.com")
    .oneChoice()
    .withoutExtensions()
    .drops(
      "logprobs top_logprobs logit_bias store metadata prediction verbosity modalities " +
        "moderation prompt_cache_key prompt_cache_retention prompt_cache_options safety_identifier",
    )
    .refusesParts("input_audio file")
    .chat("/openai/v1")
    .responses("/openai/v1")
    .models("/openai/v1")
    .files("/openai/v1")
    .batches("/openai/v1")
    .speech("/openai/v1")
    .transcriptions("/openai/v1")
    .translations("/openai/v1");
}

/**
 * Fits messages and service tiers to what Groq takes, and finds the errors it hides in `x_groq`.
 */
export class Groq extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    mapEffort(request, call.model.includes("qwen") ? QWEN_EFFORTS : LOW_TO_HIGH, edit);
    // OpenAI's open models cannot leave reasoning out.
    const isNone = request.stringIs(request.get(root, "reasoning_effort"), "none");
    if (isNone && call.model.includes("gpt-oss")) edit.setString(root, "reasoning_effort", "low");
    if (!isGroqTier(request, request.get(root, "service_tier"))) edit.remove(root, "service_tier");
    const messages = request.get(root, "messages");
    for (let item = request.first(messages); item >= 0; item = request.next(item)) {
      edit.rename(item, "reasoning_content", "reasoning");
      // Only a function's result has a name.
      if (request.stringIs(request.get(item, "role"), "function")) continue;
      keepMembers(request, item, MESSAGE_MEMBERS, edit);
    }
    return null;
  }

  findError(call: Call, response: Document): ApiError | null {
    const failure = response.get(response.get(response.root(), "x_groq"), "error");
    if (response.absent(failure)) return super.findError(call, response);
    const error = new NativeError(this.id, 0);
    error.message = response.string(failure);
    if (response.isObject(failure))
      error.message = response.string(response.get(failure, "message"));
    error.complete(call.token);
    return this.refineError(call, error);
  }
}

function isGroqTier(doc: Document, tier: i32): bool {
  return (
    doc.stringIs(tier, "auto") ||
    doc.stringIs(tier, "on_demand") ||
    doc.stringIs(tier, "flex") ||
    doc.stringIs(tier, "performance")
  );
}
