// Which protocol a client speaks, and what becomes of a request that its provider does not understand.
import { AnthropicDialect } from "../anthropic/anthropic-dialect";
import { ChatTarget } from "../clients/chat-target";
import { ClientDialect } from "../clients/client-dialect";
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { removeHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";
import { ResponsesDialect } from "../responses/responses-dialect";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Exchange, OPENAI } from "./exchange";

const CHAT_PATH: string = "/v1/chat/completions";

const ANTHROPIC: ClientDialect = new AnthropicDialect();
const RESPONSES: ClientDialect = new ResponsesDialect();

const CHAT: Document = new Document();
const TEXT: ByteWriter = new ByteWriter();

/** The protocol of requests to this path, with or without its query. */
export function dialectOf(path: string): ClientDialect {
  if (path.endsWith(CHAT_PATH)) return OPENAI;
  if (ANTHROPIC.speaksAt(path)) return ANTHROPIC;
  return RESPONSES.speaksAt(path) ? RESPONSES : OPENAI;
}

/** Whether this provider can serve a request to an endpoint as a chat completion only. */
export function needsTranslation(exchange: Exchange, capability: Capability): bool {
  if (capability != exchange.dialect.capability || capability == Capability.Unknown) return false;
  const provider = exchange.config.provider;
  return (
    provider.pathTemplate(capability).length == 0 &&
    provider.pathTemplate(Capability.Chat).length > 0
  );
}

/** Makes a request for messages one for a chat completion, where its model has no messages. */
export function dependOnModel(exchange: Exchange, doc: Document): void {
  if (exchange.call.capability != Capability.Messages) return;
  const model = exchange.modelFor(doc.string(doc.get(doc.root(), "model")));
  if (!exchange.config.provider.hasMessages(model)) becomeChat(exchange);
}

/** Whether the request is one for a chat completion, or may become one once its model is known. */
export function mayBeChat(exchange: Exchange): bool {
  const capability = exchange.call.capability;
  if (capability == Capability.Chat) return true;
  return capability == Capability.Messages && !exchange.config.provider.hasMessages("");
}

/** From here on the exchange is one about a chat completion, for all but the client. */
export function becomeChat(exchange: Exchange): void {
  const call = exchange.call;
  const dialect = exchange.dialect;
  exchange.translation = dialect.translation();
  call.capability = Capability.Chat;
  call.query = "";
  const start = call.clientPath.indexOf(dialect.path);
  if (start >= 0) call.clientPath = call.clientPath.substring(0, start) + CHAT_PATH;
  const own = dialect.ownHeaders;
  for (let i = 0; i < own.length; ++i) removeHeader(HeaderMapType.RequestHeaders, own[i]);
}

/**
 * Puts the chat request that a client's request means into `chatRequest`; the request itself may be one. An error says
 * why there is none.
 */
export function translateRequest(exchange: Exchange, doc: Document): ApiError | null {
  const translation = exchange.translation;
  if (translation === null) return null;
  const provider = exchange.config.provider;
  const target = new ChatTarget(provider.id);
  target.takesExtensions = provider.spec.takesExtensions;
  target.takesCacheControl = provider.spec.takesCacheControl;
  target.asksForUsage = !exchange.config.settings.disableStreamUsageStats;
  TEXT.clear();
  const error = translation.writeRequest(target, doc, TEXT);
  if (error === null) CHAT.parse(TEXT.ptr, TEXT.length);
  return error;
}

/** What `translateRequest` has made, until `releaseTranslated`. */
export function chatRequest(): Document {
  return CHAT;
}

/** Gives back what a large body took. */
export function releaseTranslated(): void {
  CHAT.release();
}

/** The error for an endpoint that the provider does not have. */
export function lackingEndpoint(exchange: Exchange, capability: Capability): ApiError {
  if (isStored(capability)) return notStored();
  const id = exchange.config.provider.id;
  const message = `The provider '${id}' does not have ${exchange.call.clientPath}.`;
  return new ApiError(404, "invalid_request_error", "unsupported_endpoint", message);
}

/** Whether an endpoint is about responses that are stored. */
export function isStored(capability: Capability): bool {
  return (
    capability == Capability.Response ||
    capability == Capability.ResponseCancel ||
    capability == Capability.ResponseInputItems
  );
}

/** 404: a response is asked for by its id where nobody keeps any. */
export function notStored(): ApiError {
  const message = "Responses are not stored: there is none that could be found by its id.";
  return new ApiError(404, "invalid_request_error", "unsupported_endpoint", message);
}
