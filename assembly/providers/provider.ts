// The base of all providers, and itself the OpenAI-compatible one:
// https://platform.openai.com/docs/api-reference
import { ServiceAccount } from "../auth/service-account";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { repairAnswer } from "./compatible-completion";
import { editChatRequest } from "./compatible-request";
import { CompatibleStream } from "./compatible-stream";
import { editCachedTokens, mendCounts } from "./compatible-usage";
import { EncodedBody } from "./encoded-body";
import { classOf, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { excerpt, isErrorDocument, NativeError, parseError, readErrorValue } from "./native-error";
import { fillTemplate } from "./path-template";
import { AuthScheme, ProviderSpec } from "./provider-spec";
import { observeAnswer } from "./observed-answer";
import { ProviderSettings } from "./provider-settings";
import { StreamTranslator } from "./stream-translator";

const EDIT: JsonEdit = new JsonEdit();
const NO_NAMES: string[] = [];
const NO_HEADERS: StaticArray<string> = [];

/**
 * A provider of one configuration: immutable, without state of any request, and without a call to
 * the host. The methods stand in the order in which an exchange runs through them. As it stands the
 * class speaks OpenAI's own format with the deviations of its row; a native protocol overrides what
 * differs.
 */
export class Provider {
  constructor(
    readonly spec: ProviderSpec,
    readonly settings: ProviderSettings,
  ) {}

  get id(): string {
    return this.spec.id;
  }

  /** Checks the provider's own settings. "" when fine, else `<field>: <what was expected>`. */
  validate(): string {
    return "";
  }

  /** Checks a configured credential. "" when fine, else what was expected. */
  validateToken(token: string): string {
    return "";
  }

  /** Whether requests need a credential. */
  needsToken(): bool {
    return this.spec.needsToken;
  }

  /** The account whose access tokens are the credential, in place of all keys; null: there is none. */
  get serviceAccount(): ServiceAccount | null {
    return null;
  }

  /** Whether a request has to name a model. */
  needsModel(capability: Capability): bool {
    switch (capability) {
      case Capability.Chat:
      case Capability.Completions:
      case Capability.Embeddings:
      case Capability.AudioSpeech:
      case Capability.Rerank:
        return true;
      default:
        return false;
    }
  }

  /** Whether conversations are kept at the provider, so that a call may name one and its bot. */
  keepsConversations(): bool {
    return false;
  }

  /** Host of the provider, or "" to keep the client's. */
  host(call: Call): string {
    return this.spec.host;
  }

  /** The path template of a capability, or "" where the provider does not have it. */
  pathTemplate(capability: Capability): string {
    const own = this.settings.capabilityPaths;
    return own.has(capability) ? own.get(capability) : this.spec.path(capability);
  }

  /**
   * Whether a model has messages of Anthropic's; "": whether all models have. Where they do not, such requests
   * become chat.
   */
  hasMessages(model: string): bool {
    return this.pathTemplate(Capability.Messages).length > 0;
  }

  /**
   * The path that the provider serves a call at, without query. "": the provider lacks the
   * capability.
   */
  path(call: Call): string {
    return fillTemplate(this.pathTemplate(call.capability), call.pathParameters);
  }

  /** The query that the provider gets: by default the client's. */
  query(call: Call): string {
    return call.query;
  }

  /**
   * Whether client and provider speak the same foreign protocol, so that answers and errors pass as
   * they are.
   */
  speaksNatively(call: Call): bool {
    switch (call.capability) {
      case Capability.Messages:
      case Capability.CountTokens:
      case Capability.GenerateContent:
      case Capability.StreamGenerateContent:
      case Capability.VertexRaw:
        return true;
      default:
        return false;
    }
  }

  /**
   * Whether `authenticate` needs the body of a request, also of one in the provider's own protocol.
   */
  signsBody(): bool {
    return false;
  }

  /** Headers of clients that do not go on unless `authenticate` sets them, beside those with credentials. At most 24. */
  withheldHeaders(): StaticArray<string> {
    return NO_HEADERS;
  }

  /** Whether a call is carried by a WebSocket: its body becomes the first message of a session. */
  speaksWebSocket(call: Call): bool {
    return false;
  }

  /** Names of an answer's headers that its translation needs: `Call.answerHeaders` has the values. */
  answerHeaders(): string[] {
    return NO_NAMES;
  }

  /** Whether a 200 answer to this call is read and checked, or only sent on. */
  readsResponse(call: Call): bool {
    switch (call.capability) {
      case Capability.Chat:
      case Capability.Completions:
        return true;
      case Capability.Embeddings:
        return this.spec.mendsEmbeddings || (call.wantsBase64 && !this.spec.knowsBase64);
      default:
        return false;
    }
  }

  /**
   * Turns the client's JSON body into the provider's. An error says what cannot be said to this
   * provider.
   */
  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    EDIT.begin(request);
    const error = this.editRequest(call, request, EDIT);
    if (error !== null) return error;
    body.edit(EDIT);
    return null;
  }

  /** The edits that make an OpenAI body this provider's. */
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    return editChatRequest(this.spec, this.settings, call, request, edit);
  }

  /** Headers of the request, credentials included. Runs last, over the final body. */
  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    if (call.token.length == 0) return;
    switch (this.spec.scheme) {
      case AuthScheme.Plain:
        headers.set("authorization", call.token);
        break;
      case AuthScheme.ApiKey:
        headers.set("x-api-key", call.token);
        break;
      default:
        headers.set("authorization", "Bearer " + call.token);
    }
  }

  /** Turns the body of a 200 answer into OpenAI's. An error is what the client gets instead. */
  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    EDIT.begin(response);
    const error = repairAnswer(this.spec, call, response, EDIT);
    if (error !== null) return error;
    this.editResponse(call, response, EDIT);
    if (call.isObserved) observeAnswer(call, response);
    const usage = response.get(response.root(), "usage");
    if (response.isObject(usage)) {
      this.readUsage(response, usage, call.usage);
      if (call.capability != Capability.Embeddings) mendCounts(response, usage, EDIT);
      this.editUsage(response, usage, EDIT);
    } else if (!response.absent(usage)) {
      EDIT.remove(response.root(), "usage");
    }
    body.edit(EDIT);
    return null;
  }

  /**
   * Whether answers are in OpenAI's own format, so that one that cannot be read may be sent on as
   * it is.
   */
  speaksOpenAi(): bool {
    return true;
  }

  /**
   * An error that hides in an answer or in an event of a stream with status 200. Null: there is
   * none.
   */
  findError(call: Call, response: Document): ApiError | null {
    return isErrorDocument(response) ? this.decodeErrorDocument(call, 0, response) : null;
  }

  /** Deviations of this provider's answers beyond those that are mended for all. */
  editResponse(call: Call, response: Document, edit: JsonEdit): void {}

  /**
   * A stream chunk that is far from OpenAI's shape, written anew: it goes on as if it had come so.
   * Null: it is not.
   */
  rewriteChunk(call: Call, chunk: Document): ByteWriter | null {
    return null;
  }

  /**
   * Deviations of this provider's stream chunks beyond those that are mended for all. False drops
   * the chunk.
   */
  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    return true;
  }

  /** Takes the counts of this provider's usage object. */
  readUsage(response: Document, usage: i32, counts: Usage): void {
    counts.read(response, usage);
    const name = this.spec.cachedTokensName;
    if (name.length == 0 || counts.cached > 0) return;
    counts.cached = response.integer(response.get(usage, name), 0);
  }

  /** Deviations of this provider's usage object. */
  editUsage(response: Document, usage: i32, edit: JsonEdit): void {
    const name = this.spec.cachedTokensName;
    if (name.length > 0) editCachedTokens(response, usage, name, edit);
  }

  /** Makes the translator of a stream. Null: the stream is sent on unread. */
  streamTranslator(call: Call): StreamTranslator | null {
    return new CompatibleStream(this, call);
  }

  /** Turns an error answer into OpenAI's error. `body` may be anything. */
  decodeError(call: Call, status: i32, body: usize, length: i32): ApiError {
    const document = parseError(body, length);
    if (document !== null) return this.decodeErrorDocument(call, status, document);
    const error = new NativeError(this.id, status);
    error.message = excerpt(body, length);
    error.complete(call.token);
    return this.refineError(call, error);
  }

  /** The error that a parsed answer tells; `status` is 0 where the answer said 200. */
  decodeErrorDocument(call: Call, status: i32, answer: Document): ApiError {
    const error = new NativeError(this.id, status);
    this.readError(answer, error);
    error.complete(call.token);
    return this.refineError(call, error);
  }

  /** Reads this provider's error object. */
  readError(answer: Document, error: NativeError): void {
    readErrorValue(answer, answer.root(), error);
  }

  /**
   * Sets status, type and code of an error; a provider with codes of its own looks at those first.
   */
  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOf(error), error);
  }
}
