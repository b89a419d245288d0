// Azure OpenAI and Microsoft Foundry: https://learn.microsoft.com/azure/ai-foundry/openai/reference
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { encodePathSegment } from "../text/url";
import { AzureUrl, AzureUrlKind } from "./azure/azure-url";
import { Call } from "./call";
import { isFilterNote } from "./compatible-chunk";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { openAiEndpoints } from "./openai";
import { observeAnswer } from "./observed-answer";
import { isPlainCompletion } from "./plain-completion";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

/** What versions before the end of 2024 refuse although it means nothing for the answer. */
const LATE_MEMBERS =
  "reasoning_effort store metadata service_tier safety_identifier prompt_cache_key " +
  "prompt_cache_retention prompt_cache_options verbosity prediction moderation";

/** Azure's row: OpenAI's endpoints, without what stands before them. */
export function azureSpec(): ProviderSpec {
  return openAiEndpoints(new ProviderSpec("azure", ""), "").withoutExtensions();
}

/** Speaks OpenAI's API at a deployment's own path, or at that of the whole resource. */
export class Azure extends Provider {
  private readonly url: AzureUrl;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    const url = new AzureUrl(settings.azureServiceUrl);
    this.url = url;
    if (url.isBefore("2024-08-01")) spec.withoutJsonSchema();
    if (url.isBefore("2024-09-01")) spec.withoutStreamOptions();
    if (url.isBefore("2024-12-01")) {
      spec.knowsDeveloper = false;
      spec.renames("max_completion_tokens max_tokens").drops(LATE_MEMBERS);
    }
  }

  validate(): string {
    return this.url.check();
  }

  /** A deployment that is named by the path alone has to be known. */
  needsModel(capability: Capability): bool {
    switch (this.url.kind) {
      case AzureUrlKind.Resource:
        return isOfDeployment(capability);
      case AzureUrlKind.Base:
        return super.needsModel(capability);
      default:
        return false;
    }
  }

  host(call: Call): string {
    return this.url.host;
  }

  path(call: Call): string {
    const rest = super.path(call);
    if (this.settings.capabilityPaths.has(call.capability)) return rest;
    const url = this.url;
    if (url.kind == AzureUrlKind.Whole) return url.path;
    if (url.kind == AzureUrlKind.Base) return url.path + rest;
    if (!isOfDeployment(call.capability)) return url.path + "/openai" + rest;
    const fixed = url.deployment;
    const deployment = fixed.length > 0 ? fixed : encodePathSegment(call.model);
    return url.path + "/openai/deployments/" + deployment + rest;
  }

  query(call: Call): string {
    return this.url.queryAfter(call.query, call.capability == Capability.Realtime);
  }

  /** A key has a header of its own; an access token of Entra ID is a JSON Web Token. */
  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const token = call.token;
    if (token.startsWith("eyJ") && token.includes(".")) {
      headers.set("authorization", "Bearer " + token);
    } else {
      headers.set("api-key", token);
    }
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const isPlain = call.capability == Capability.Chat && isPlainCompletion(response);
    if (!isPlain) return super.decodeResponse(call, response, body);
    if (call.countsTokens) call.usage.read(response, response.get(response.root(), "usage"));
    if (call.isObserved) observeAnswer(call, response);
    return null;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    return call.capability != Capability.Chat || !isFilterNote(chunk);
  }

  refineError(call: Call, error: NativeError): ApiError {
    let kind = classOf(error);
    if (kind == ErrorClass.NotFound && isOfDeployment(call.capability)) {
      kind = ErrorClass.ModelNotFound;
    } else if (kind == ErrorClass.Invalid && isFiltered(error)) {
      kind = ErrorClass.ContentFilter;
    }
    return errorOf(kind, error);
  }
}

/** Whether a capability is served by one deployment, and not by the resource. */
function isOfDeployment(capability: Capability): bool {
  switch (capability) {
    case Capability.Chat:
    case Capability.Completions:
    case Capability.Embeddings:
    case Capability.ImageGeneration:
    case Capability.ImageEdit:
    case Capability.ImageVariation:
    case Capability.AudioSpeech:
    case Capability.AudioTranscription:
    case Capability.AudioTranslation:
      return true;
    default:
      return false;
  }
}

function isFiltered(error: NativeError): bool {
  return (
    error.mentions("content management policy") ||
    error.mentions("contentfilter") ||
    error.mentions("responsibleaipolicyviolation")
  );
}
