// Google's Gemini: OpenAI's chat over the Gemini API, and that API itself:
// https://ai.google.dev/api
import { Document } from "../json/document";
import { ApiError, missingParameter } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { encodePathSegment, escapePathSegment } from "../text/url";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { classOfGoogle, errorIn, readGoogleError } from "./gemini/gemini-errors";
import { GeminiDialect, GeminiRequest } from "./gemini/gemini-request";
import {
  resourceName,
  writeEmbeddings,
  writeEmbedRequest,
  writeImageRequest,
  writeImages,
  writeModels,
  writeOneModel,
} from "./gemini/gemini-resources";
import { GeminiResponse } from "./gemini/gemini-response";
import { GeminiStream } from "./gemini/gemini-stream";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { fillTemplate } from "./path-template";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

/** The version of the API that is spoken unless another is configured. */
const DEFAULT_VERSION: string = "v1beta";
const GENERATE: string = ":generateContent";
const STREAM: string = ":streamGenerateContent";
const STREAM_QUERY: string = "alt=sse";
/** All models in one page: the default page has 50. */
const LIST_QUERY: string = "pageSize=1000";
const CATEGORY_PREFIX: string = "HARM_CATEGORY_";
/** What can be configured for a category of harm. */
const THRESHOLDS: string =
  "BLOCK_LOW_AND_ABOVE, BLOCK_MEDIUM_AND_ABOVE, BLOCK_ONLY_HIGH, BLOCK_NONE, OFF";

const REQUEST: GeminiRequest = new GeminiRequest();

/** The row of Gemini. The model and a configured version take the places of those in the paths. */
export function geminiSpec(): ProviderSpec {
  const model = "/v1beta/models/{model}";
  return new ProviderSpec("gemini", "generativelanguage.googleapis.com")
    .serves(Capability.Chat, model + GENERATE)
    .serves(Capability.Embeddings, model + ":batchEmbedContents")
    .serves(Capability.ImageGeneration, model + ":predict")
    .serves(Capability.GenerateContent, model + GENERATE)
    .serves(Capability.StreamGenerateContent, model + STREAM)
    .models("/v1beta");
}

/** Speaks the Gemini API. */
export class Gemini extends Provider {
  protected readonly dialect: GeminiDialect;
  private readonly base: string;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    const dialect = new GeminiDialect(settings.geminiSafetySetting);
    dialect.responseFormat = settings.responseJsonSchema;
    dialect.thinkingBudget = settings.geminiThinkingBudget;
    this.dialect = dialect;
    const version = settings.apiVersion;
    this.base = `/${version.length > 0 ? version : DEFAULT_VERSION}/`;
  }

  validate(): string {
    const version = this.settings.apiVersion;
    if (version.length > 0 && (!version.startsWith("v") || encodePathSegment(version) != version)) {
      return "apiVersion: expected a version such as v1beta";
    }
    return this.validateSafety();
  }

  protected validateSafety(): string {
    const safety = this.settings.geminiSafetySetting;
    const categories = safety.keys();
    for (let i = 0; i < categories.length; ++i) {
      const category = categories[i];
      const threshold = safety.get(category);
      if (!category.startsWith(CATEGORY_PREFIX)) {
        return `geminiSafetySetting: expected names such as ${CATEGORY_PREFIX}HARASSMENT, found "${category}"`;
      }
      if (threshold.length == 0 || !`${THRESHOLDS}, `.includes(threshold + ", ")) {
        return `geminiSafetySetting.${category}: expected one of ${THRESHOLDS}`;
      }
    }
    return "";
  }

  path(call: Call): string {
    const own = this.settings.capabilityPaths;
    if (own.has(call.capability)) {
      const parameters =
        call.model.length > 0 ? [encodePathSegment(call.model)] : call.pathParameters;
      return fillTemplate(own.get(call.capability), parameters);
    }
    const base = this.base;
    const model = modelPath(call.model);
    switch (call.capability) {
      case Capability.Chat:
        return base + model + (call.stream ? STREAM : GENERATE);
      case Capability.Embeddings:
        return base + model + ":batchEmbedContents";
      case Capability.ImageGeneration:
        return base + model + ":predict";
      case Capability.GenerateContent:
        return `/${call.pathParameters[0]}/${model}${GENERATE}`;
      case Capability.StreamGenerateContent:
        return `/${call.pathParameters[0]}/${model}${STREAM}`;
      case Capability.Model:
        return `${base}models/${escapePathSegment(call.pathParameters[0])}`;
      default:
        return base + "models";
    }
  }

  /** A client of Gemini's own API says itself how it wants its stream; all others are known. */
  query(call: Call): string {
    switch (call.capability) {
      case Capability.Chat:
        return call.stream ? STREAM_QUERY : "";
      case Capability.Models:
        return LIST_QUERY;
      case Capability.GenerateContent:
      case Capability.StreamGenerateContent:
        return withoutKey(call.query);
      default:
        return "";
    }
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    switch (call.capability) {
      case Capability.Chat:
        return REQUEST.write(this.dialect, call.model, request, body.rewrite());
      case Capability.Embeddings:
        return writeEmbedRequest(call.model, request, body.rewrite());
      case Capability.ImageGeneration:
        if (call.model.length == 0) return missingParameter("model");
        return writeImageRequest(request, body.rewrite());
      default:
        return null;
    }
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    if (call.token.length > 0) headers.set("x-goog-api-key", call.token);
  }

  // Response

  readsResponse(call: Call): bool {
    return !this.speaksNatively(call);
  }

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const out: ByteWriter = body.rewrite();
    switch (call.capability) {
      case Capability.Embeddings:
        return writeEmbeddings(call, response, this.id, out);
      case Capability.ImageGeneration:
        return writeImages(call, response, this.id, out);
      case Capability.Models:
        return writeModels(response, this.id, out);
      case Capability.Model:
        return writeOneModel(response, this.id, out);
      default:
        return new GeminiResponse(call, response, out).write(this.id);
    }
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new GeminiStream(this, call);
  }

  // Errors

  findError(call: Call, response: Document): ApiError | null {
    return errorIn(response) >= 0 ? this.decodeErrorDocument(call, 0, response) : null;
  }

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    readGoogleError(answer, errorIn(answer), error);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfGoogle(error), error);
  }
}

/** A model's name as the part of a path. */
function modelPath(model: string): string {
  const names = resourceName(model).split("/");
  for (let i = 0; i < names.length; ++i) names[i] = encodePathSegment(names[i]);
  return names.join("/");
}

/** A query without the client's own key, which must not go on. */
export function withoutKey(query: string): string {
  if (!query.includes("key=")) return query;
  const kept: string[] = [];
  const members = query.split("&");
  for (let i = 0; i < members.length; ++i) {
    if (!members[i].startsWith("key=")) kept.push(members[i]);
  }
  return kept.join("&");
}
