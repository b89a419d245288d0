// OpenAI itself, and whatever stands behind `openaiCustomUrl`: https://platform.openai.com/docs/api-reference
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { classOf, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

/** Endings of a custom URL that name one endpoint, which then serves every call. */
// @ts-ignore: decorator
@lazy
const DIRECT_SUFFIXES: StaticArray<string> = [
  "/completions",
  "/embeddings",
  "/audio/speech",
  "/audio/transcriptions",
  "/audio/translations",
  "/images/generations",
  "/images/variations",
  "/images/edits",
  "/models",
  "/responses",
  "/fine_tuning/jobs",
  "/fine_tuning/checkpoints",
  "/videos",
];

/** The row of OpenAI, with every endpoint of its API. */
export function openAiSpec(): ProviderSpec {
  return new ProviderSpec("openai", "api.openai.com")
    .developerRole()
    .chat("/v1")
    .completions("/v1")
    .embeddings("/v1")
    .models("/v1")
    .files("/v1")
    .batches("/v1")
    .responses("/v1")
    .serves(Capability.Response, "/v1/responses/{response_id}")
    .serves(Capability.ResponseCancel, "/v1/responses/{response_id}/cancel")
    .serves(Capability.ResponseInputItems, "/v1/responses/{response_id}/input_items")
    .serves(Capability.ResponseInputTokens, "/v1/responses/input_tokens")
    .serves(Capability.ResponseCompact, "/v1/responses/compact")
    .serves(Capability.ImageGeneration, "/v1/images/generations")
    .serves(Capability.ImageEdit, "/v1/images/edits")
    .serves(Capability.ImageVariation, "/v1/images/variations")
    .serves(Capability.AudioSpeech, "/v1/audio/speech")
    .serves(Capability.AudioTranscription, "/v1/audio/transcriptions")
    .serves(Capability.AudioTranslation, "/v1/audio/translations")
    .serves(Capability.Realtime, "/v1/realtime")
    .serves(Capability.Moderations, "/v1/moderations")
    .serves(Capability.FineTuningJobs, "/v1/fine_tuning/jobs")
    .serves(Capability.FineTuningJob, "/v1/fine_tuning/jobs/{id}")
    .serves(Capability.FineTuningEvents, "/v1/fine_tuning/jobs/{id}/events")
    .serves(Capability.FineTuningCheckpoints, "/v1/fine_tuning/jobs/{id}/checkpoints")
    .serves(Capability.FineTuningCancel, "/v1/fine_tuning/jobs/{id}/cancel")
    .serves(Capability.FineTuningPause, "/v1/fine_tuning/jobs/{id}/pause")
    .serves(Capability.FineTuningResume, "/v1/fine_tuning/jobs/{id}/resume")
    .serves(Capability.FineTuningPermissions, "/v1/fine_tuning/checkpoints/{id}/permissions")
    .serves(Capability.FineTuningPermission, "/v1/fine_tuning/checkpoints/{id}/permissions/{id}")
    .serves(Capability.Videos, "/v1/videos")
    .serves(Capability.Video, "/v1/videos/{video_id}")
    .serves(Capability.VideoContent, "/v1/videos/{video_id}/content")
    .serves(Capability.VideoRemix, "/v1/videos/{video_id}/remix");
}

/** Speaks OpenAI's API unchanged; its errors keep OpenAI's own types. */
export class OpenAi extends Provider {
  private customHost: string = "";
  /** Stands in for `/v1`, or, for a direct URL, is the whole path. */
  private customPath: string = "";
  private isDirect: bool = false;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.readCustomUrl(settings.openaiCustomUrl);
  }

  private readCustomUrl(url: string): void {
    if (url.length == 0) return;
    const scheme = url.indexOf("://");
    const rest = scheme < 0 ? url : url.substring(scheme + 3);
    const slash = rest.indexOf("/");
    this.customHost = slash < 0 ? rest : rest.substring(0, slash);
    let path = slash < 0 ? "" : rest.substring(slash);
    while (path.endsWith("/")) path = path.substring(0, path.length - 1);
    this.customPath = path;
    for (let i = 0; i < DIRECT_SUFFIXES.length; ++i) {
      if (path.endsWith(unchecked(DIRECT_SUFFIXES[i]))) this.isDirect = true;
    }
  }

  validate(): string {
    const url = this.settings.openaiCustomUrl;
    if (url.length > 0 && this.customHost.length == 0) return "openaiCustomUrl: expected a URL with a host";
    return "";
  }

  host(call: Call): string {
    return this.customHost.length > 0 ? this.customHost : super.host(call);
  }

  path(call: Call): string {
    if (this.customHost.length == 0) return super.path(call);
    if (this.isDirect) return this.customPath;
    const path = super.path(call);
    return this.customPath + (path.startsWith("/v1/") ? path.substring(3) : path);
  }

  /** OpenAI's errors are right already: only what is missing is filled in. */
  refineError(call: Call, error: NativeError): ApiError {
    const refined = errorOf(classOf(error), error);
    if (error.type.length == 0) return refined;
    return new ApiError(refined.status, error.type, error.code, error.message, error.param);
  }
}
