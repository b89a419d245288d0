// xAI's Grok: https://docs.x.ai/docs/api-reference
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { LOW_TO_HIGH, mapEffort } from "./compatible-request";
import { editReasoningTokens } from "./compatible-usage";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** The small model of the third generation knows only low and high. */
// @ts-ignore: decorator
@lazy
const MINI_EFFORTS: StaticArray<string> = [
  "none",
  "low",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "high",
  "max",
  "high",
];

/** Grok's row. */
export function grokSpec(): ProviderSpec {
  return new ProviderSpec("grok", "api.x.ai")
    .refusesParts("input_audio")
    .chat("/v1")
    .completions("/v1")
    .models("/v1")
    .images("/v1")
    .storedResponses("/v1");
}

/** Leaves out what reasoning models refuse, and counts reasoning as part of the completion. */
export class Grok extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    if (reasons(call.model)) {
      edit.remove(root, "presence_penalty");
      edit.remove(root, "frequency_penalty");
      edit.remove(root, "stop");
    }
    if (!takesEffort(call.model)) edit.remove(root, "reasoning_effort");
    else mapEffort(request, call.model.startsWith("grok-3") ? MINI_EFFORTS : LOW_TO_HIGH, edit);
    return null;
  }

  readUsage(response: Document, usage: i32, counts: Usage): void {
    super.readUsage(response, usage, counts);
    counts.completion += counts.reasoning;
    if (counts.cached > counts.prompt) counts.prompt += counts.cached;
  }

  editUsage(response: Document, usage: i32, edit: JsonEdit): void {
    const counts = new Usage();
    this.readUsage(response, usage, counts);
    if (counts.reasoning > 0) editReasoningTokens(response, usage, counts.reasoning, edit);
    if (counts.prompt == response.integer(response.get(usage, "prompt_tokens"), 0)) return;
    edit.setInteger(usage, "prompt_tokens", counts.prompt);
    edit.setInteger(usage, "total_tokens", counts.total());
  }

  refineError(call: Call, error: NativeError): ApiError {
    if (error.status == 403 && error.mentions("violates")) {
      return errorOf(ErrorClass.ContentFilter, error);
    }
    // A wrong key is a 400 here.
    if (error.mentions("incorrect api key")) return errorOf(ErrorClass.BadCredential, error);
    return errorOf(classOf(error), error);
  }
}

/** Whether the model reasons before it answers, and therefore refuses penalties and stops. */
function reasons(model: string): bool {
  if (model.includes("non-reasoning")) return false;
  return (
    model.includes("reasoning") ||
    model.startsWith("grok-3-mini") ||
    model.startsWith("grok-4") ||
    model.startsWith("grok-code")
  );
}

/** Whether the model may take an effort; those that are known to refuse it are named here. */
function takesEffort(model: string): bool {
  if (model.startsWith("grok-3-mini")) return true;
  return !(
    model == "grok-4" ||
    model.startsWith("grok-4-") ||
    model.startsWith("grok-3") ||
    model.startsWith("grok-2") ||
    model.startsWith("grok-code")
  );
}
