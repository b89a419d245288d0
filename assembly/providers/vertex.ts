// Google's Vertex AI: Gemini and Claude under one roof:
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import { ServiceAccount } from "../auth/service-account";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, missingParameter, modelWithoutEndpoint } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { encodePathSegment } from "../text/url";
import { Call } from "./call";
import { ClaudeDialect, ClaudeRequest } from "./claude/claude-request";
import { ClaudeResponse } from "./claude/claude-response";
import { ClaudeStream } from "./claude/claude-stream";
import { EncodedBody } from "./encoded-body";
import { Gemini, withoutKey } from "./gemini";
import { writeImageRequest } from "./gemini/gemini-resources";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { fillTemplate } from "./path-template";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";
import { VertexCompatible } from "./vertex/vertex-compatible";
import {
  embedAction,
  EmbedWay,
  writeEmbeddings,
  writeEmbedRequest,
} from "./vertex/vertex-embeddings";
import { readVertexError, refineVertexError } from "./vertex/vertex-errors";
import { writeDrawnImages, writeImageRequest as writeDrawing } from "./vertex/vertex-images";
import { counterPath, isClaude, isImagen, modelPath } from "./vertex/vertex-models";
import { isClaudes, VertexSite } from "./vertex/vertex-site";

const CHAT: string = "/v1/publishers/{publisher}/models/{model}";
const MODELS: string = "/v1beta1/publishers/google/models";
/** The version of Claude's protocol, unless another is configured. */
const CLAUDE_VERSION: string = "vertex-2023-10-16";
const STREAM_QUERY: string = "alt=sse";
const LIST_QUERY: string = "pageSize=1000";
/** Who has paid for priority says so in a header. */
const TIER_HEADER: string = "x-vertex-ai-llm-shared-request-type";

/** Notes of a chat for its headers and its answer. */
const enum Note {
  /** Claude's answer comes as the input of a tool. */
  AnswersByTool = 1,
  Priority = 2,
  Flex = 4,
}

const CLAUDE_REQUEST: ClaudeRequest = new ClaudeRequest();

/** The row of Vertex AI. The paths of its own are made from place and model. */
export function vertexSpec(isCompatible: bool): ProviderSpec {
  const spec = new ProviderSpec("vertex", "aiplatform.googleapis.com")
    .serves(Capability.Chat, CHAT)
    .serves(Capability.VertexRaw, CHAT);
  if (isCompatible) return spec;
  return spec
    .serves(Capability.Embeddings, CHAT)
    .serves(Capability.ImageGeneration, CHAT)
    .serves(Capability.GenerateContent, CHAT)
    .serves(Capability.StreamGenerateContent, CHAT)
    .serves(Capability.Messages, CHAT)
    .serves(Capability.CountTokens, CHAT)
    .serves(Capability.Models, MODELS)
    .serves(Capability.Model, MODELS + "/{model}");
}

/** The provider in the mode that is configured. */
export function createVertex(settings: ProviderSettings): Provider {
  const isCompatible = settings.vertexOpenAICompatible;
  const spec = vertexSpec(isCompatible);
  return isCompatible ? new VertexCompatible(spec, settings) : new Vertex(spec, settings);
}

/** Speaks each model's own protocol. */
export class Vertex extends Gemini {
  private readonly site: VertexSite;
  private readonly claude: ClaudeDialect;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.site = new VertexSite(settings);
    const version = settings.apiVersion;
    const claude = new ClaudeDialect(version);
    claude.bodyVersion = isClaudes(version) ? version : CLAUDE_VERSION;
    claude.responseFormat = settings.responseJsonSchema;
    claude.defaultMaxTokens = settings.defaultMaxTokens;
    this.claude = claude;
  }

  validate(): string {
    const wrong = this.validateSafety();
    return wrong.length > 0 ? wrong : this.site.validate();
  }

  get serviceAccount(): ServiceAccount | null {
    return this.site.account;
  }

  host(call: Call): string {
    return this.site.hostOf(call);
  }

  path(call: Call): string {
    const own = this.settings.capabilityPaths;
    const capability = call.capability;
    const parameters = call.pathParameters;
    if (own.has(capability)) {
      return fillTemplate(
        own.get(capability),
        call.model.length > 0 ? [encodePathSegment(call.model)] : parameters,
      );
    }
    if (capability == Capability.VertexRaw) return call.clientPath;
    if (capability == Capability.Models || capability == Capability.Model) {
      return fillTemplate(this.pathTemplate(capability), parameters);
    }
    if (capability == Capability.CountTokens) return this.site.path(counterPath()) + ":rawPredict";
    return this.site.path(modelPath(call.model)) + action(call);
  }

  query(call: Call): string {
    switch (call.capability) {
      case Capability.Chat:
        return call.stream && !isClaude(call.model) ? STREAM_QUERY : "";
      case Capability.Models:
        return LIST_QUERY;
      case Capability.GenerateContent:
      case Capability.StreamGenerateContent:
      case Capability.VertexRaw:
        return withoutKey(call.query);
      default:
        return "";
    }
  }

  /** Only Claude has; its tokens are counted by it, too. */
  hasMessages(model: string): bool {
    return isClaude(model);
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    switch (call.capability) {
      case Capability.Chat:
        return this.encodeChat(call, request, body);
      case Capability.Embeddings:
        return writeEmbedRequest(call, request, body.rewrite());
      case Capability.ImageGeneration:
        if (call.model.length == 0) return missingParameter("model");
        return isImagen(call.model)
          ? writeImageRequest(request, body.rewrite())
          : writeDrawing(this.settings.geminiSafetySetting, request, body.rewrite());
      case Capability.Messages:
      case Capability.CountTokens:
        return this.encodeMessages(call, request, body);
      default:
        return null;
    }
  }

  private encodeChat(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const tier = request.get(request.root(), "service_tier");
    let note = 0;
    if (request.stringIs(tier, "priority")) note = Note.Priority;
    else if (request.stringIs(tier, "flex")) note = Note.Flex;
    call.note = note;
    if (!isClaude(call.model)) return super.encodeRequest(call, request, body);
    const error = CLAUDE_REQUEST.write(this.claude, call.model, request, body.rewrite());
    if (CLAUDE_REQUEST.answersByTool) call.note |= Note.AnswersByTool;
    return error;
  }

  /** Anthropic's own format has its version in place of the model, which counting needs all the same. */
  private encodeMessages(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const root = request.root();
    if (!isClaude(call.model)) return modelWithoutEndpoint(call.model, call.clientPath);
    EDIT.begin(request);
    if (call.capability == Capability.Messages) EDIT.remove(root, "model");
    else if (call.model != call.requestedModel) EDIT.setString(root, "model", call.model);
    if (request.absent(request.get(root, "anthropic_version"))) {
      EDIT.setString(root, "anthropic_version", this.claude.bodyVersion);
    }
    EDIT.apply(body.rewrite());
    return null;
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    this.site.authenticate(call, headers);
    if (call.clientVersion.length > 0) headers.remove("anthropic-version");
    if (call.capability != Capability.Chat || (call.note & (Note.Priority | Note.Flex)) == 0)
      return;
    headers.set(TIER_HEADER, (call.note & Note.Flex) != 0 ? "flex" : "priority");
  }

  // Response

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const isChat = call.capability == Capability.Chat;
    if (isChat && isClaude(call.model)) {
      return new ClaudeResponse(call, response, answersByTool(call), body.rewrite()).write(this.id);
    }
    if (call.capability == Capability.Embeddings) {
      return writeEmbeddings(call, response, this.id, body.rewrite());
    }
    if (call.capability == Capability.ImageGeneration && !isImagen(call.model)) {
      return writeDrawnImages(call, response, this.id, body.rewrite());
    }
    return super.decodeResponse(call, response, body);
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    if (!isClaude(call.model)) return super.streamTranslator(call);
    return new ClaudeStream(this, call, answersByTool(call));
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    readVertexError(answer, error);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return refineVertexError(error);
  }
}

const EDIT: JsonEdit = new JsonEdit();

/** What a model is asked to do, as the end of a path. */
function action(call: Call): string {
  switch (call.capability) {
    case Capability.Embeddings:
      return embedAction(<EmbedWay>call.note);
    case Capability.ImageGeneration:
      return isImagen(call.model) ? ":predict" : ":generateContent";
    case Capability.StreamGenerateContent:
      return ":streamGenerateContent";
    case Capability.GenerateContent:
      return ":generateContent";
    default:
      if (isClaude(call.model)) return call.stream ? ":streamRawPredict" : ":rawPredict";
      return call.stream ? ":streamGenerateContent" : ":generateContent";
  }
}

function answersByTool(call: Call): bool {
  return (call.note & Note.AnswersByTool) != 0;
}
