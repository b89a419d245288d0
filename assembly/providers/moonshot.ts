// Moonshot AI (Kimi): https://platform.moonshot.ai/docs/api/chat
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { fitNumber } from "./compatible-request";
import { emulateToolChoice } from "./compatible-tools";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** The lowest temperature at which several choices may differ. */
const LOWEST_WITH_CHOICES: f64 = 0.3;

/** Moonshot's row. */
export function moonshotSpec(): ProviderSpec {
  return new ProviderSpec("moonshot", "api.moonshot.cn")
    .withoutJsonSchema()
    .withoutImageUrls()
    .temperature(0, 1)
    .renames("max_completion_tokens max_tokens")
    .refusesParts("input_audio file")
    .cachedTokensAs("cached_tokens")
    .chat("/v1")
    .models("/v1")
    .files("/v1")
    .messages("/anthropic/v1");
}

/** Fits sampling and tool choices to what each generation of Kimi takes. */
export class Moonshot extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const generation = generationOf(call.model);
    if (generation >= 2.5) edit.remove(root, "temperature");
    else if (request.integer(request.get(root, "n"), 1) > 1) {
      fitNumber(request, "temperature", LOWEST_WITH_CHOICES, 1, edit);
    }
    const choice = request.get(root, "tool_choice");
    const isOff = request.stringIs(request.get(request.get(root, "thinking"), "type"), "disabled");
    const thinks = generation >= 2.5 && !isOff;
    if (request.stringIs(choice, "required")) {
      if (thinks || (generation >= 2 && generation < 3))
        edit.setString(root, "tool_choice", "auto");
    } else if (thinks && request.isObject(choice)) {
      // A model that thinks cannot be held to a tool: it gets that one only.
      emulateToolChoice(request, edit);
    }
    return null;
  }

  refineError(call: Call, error: NativeError): ApiError {
    if (error.type == "exceeded_current_quota_error") return errorOf(ErrorClass.Quota, error);
    if (error.type == "engine_overloaded_error") return errorOf(ErrorClass.Overloaded, error);
    if (error.type == "content_filter") return errorOf(ErrorClass.ContentFilter, error);
    if (error.type == "resource_not_found_error") return errorOf(ErrorClass.ModelNotFound, error);
    return errorOf(classOf(error), error);
  }
}

/** The number in a name such as `kimi-k2.5`; 0 for other models. */
function generationOf(model: string): f64 {
  if (!model.startsWith("kimi-k")) return 0;
  const number = parseFloat(model.substring(6));
  return isNaN(number) ? 0 : number;
}
