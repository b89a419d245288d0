// OpenAI itself, and whatever stands behind `openaiCustomUrl`:
// https://platform.openai.com/docs/api-reference
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { CustomUrl } from "./custom-url";
import { classOf, errorOf } from "./error-classes";
import { EncodedBody } from "./encoded-body";
import { NativeError } from "./native-error";
import { observeAnswer } from "./observed-answer";
import { isPlainCompletion } from "./plain-completion";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

/** The row of OpenAI, with every endpoint of its API. */
export function openAiSpec(): ProviderSpec {
  return openAiEndpoints(new ProviderSpec("openai", "api.openai.com"), "/v1")
    .withoutExtensions()
    .serves(Capability.Conversations, "/v1/conversations")
    .serves(Capability.Moderations, "/v1/moderations");
}

/** The endpoints that others who serve OpenAI's models have too, under a base path. */
export function openAiEndpoints(spec: ProviderSpec, base: string): ProviderSpec {
  return spec
    .developerRole()
    .audioOutput()
    .customTools()
    .chat(base)
    .completions(base)
    .embeddings(base)
    .base64Embeddings()
    .models(base)
    .files(base)
    .batches(base)
    .storedResponses(base)
    .serves(Capability.ResponseCancel, base + "/responses/{response_id}/cancel")
    .serves(Capability.ResponseInputTokens, base + "/responses/input_tokens")
    .serves(Capability.ResponseCompact, base + "/responses/compact")
    .images(base)
    .serves(Capability.ImageEdit, base + "/images/edits")
    .serves(Capability.ImageVariation, base + "/images/variations")
    .speech(base)
    .transcriptions(base)
    .translations(base)
    .serves(Capability.Realtime, base + "/realtime")
    .serves(Capability.FineTuningJobs, base + "/fine_tuning/jobs")
    .serves(Capability.FineTuningJob, base + "/fine_tuning/jobs/{id}")
    .serves(Capability.FineTuningEvents, base + "/fine_tuning/jobs/{id}/events")
    .serves(Capability.FineTuningCheckpoints, base + "/fine_tuning/jobs/{id}/checkpoints")
    .serves(Capability.FineTuningCancel, base + "/fine_tuning/jobs/{id}/cancel")
    .serves(Capability.FineTuningPause, base + "/fine_tuning/jobs/{id}/pause")
    .serves(Capability.FineTuningResume, base + "/fine_tuning/jobs/{id}/resume")
    .serves(Capability.FineTuningPermissions, base + "/fine_tuning/checkpoints/{id}/permissions")
    .serves(
      Capability.FineTuningPermission,
      base + "/fine_tuning/checkpoints/{id}/permissions/{id}",
    )
    .serves(Capability.Videos, base + "/videos")
    .serves(Capability.Video, base + "/videos/{video_id}")
    .serves(Capability.VideoContent, base + "/videos/{video_id}/content")
    .serves(Capability.VideoRemix, base + "/videos/{video_id}/remix");
}

/** Speaks OpenAI's API unchanged; its errors keep OpenAI's own statuses and types. */
export class OpenAi extends Provider {
  private readonly customUrl: CustomUrl;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.customUrl = new CustomUrl(settings.openaiCustomUrl);
  }

  validate(): string {
    return this.customUrl.isBroken() ? "openaiCustomUrl: expected a URL with a host" : "";
  }

  host(call: Call): string {
    const host = this.customUrl.host;
    return host.length > 0 ? host : super.host(call);
  }

  path(call: Call): string {
    const path = super.path(call);
    if (this.settings.capabilityPaths.has(call.capability)) return path;
    return this.customUrl.pathOf(path);
  }

  /** Most answers need nothing, and that is seen at one glance. */
  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const isPlain = call.capability == Capability.Chat && isPlainCompletion(response);
    if (!isPlain) return super.decodeResponse(call, response, body);
    if (call.countsTokens) call.usage.read(response, response.get(response.root(), "usage"));
    if (call.isObserved) observeAnswer(call, response);
    return null;
  }

  /** OpenAI's errors are right already: only what is missing is filled in. */
  refineError(call: Call, error: NativeError): ApiError {
    const refined = errorOf(classOf(error), error);
    const status = error.status >= 400 ? error.status : refined.status;
    const isBare = error.type.length == 0;
    const own = isBare
      ? new ApiError(status, refined.type, refined.code, refined.message, refined.param)
      : new ApiError(status, error.type, error.code, error.message, error.param);
    return own.like(refined);
  }
}
