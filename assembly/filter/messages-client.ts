// Clients that speak Anthropic's protocol, whoever answers them: https://docs.claude.com/en/api/messages
import { ChatDialect } from "../anthropic/chat-dialect";
import { writeChatRequest } from "../anthropic/chat-request";
import { MessageStream } from "../anthropic/message-stream";
import { writeMessage } from "../anthropic/message-writer";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { removeHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";

const PATH: string = "/v1/messages";
const CHAT_PATH: string = "/v1/chat/completions";
const VERSION_HEADER: string = "anthropic-version";
const BETA_HEADER: string = "anthropic-beta";

const CHAT: Document = new Document();
const TEXT: ByteWriter = new ByteWriter();

/** Whether a request to this path, with or without its query, comes from a client of Anthropic's. */
export function speaksAnthropic(path: string): bool {
  const start = path.indexOf(PATH);
  if (start < 0) return false;
  const end = start + PATH.length;
  if (end == path.length) return true;
  const next = path.charCodeAt(end);
  return next == 0x2f || next == 0x3f;
}

/** 401: the client has sent no key. */
export function missingMessagesKey(): ApiError {
  const message = "You didn't provide an API key. It has to stand in the header x-api-key.";
  return new ApiError(401, "invalid_request_error", "", message);
}

/** Whether this provider can serve messages as chat completions only. */
export function needsTranslation(exchange: Exchange, capability: Capability): bool {
  const provider = exchange.config.provider;
  return (
    capability == Capability.Messages &&
    provider.pathTemplate(Capability.Messages).length == 0 &&
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
  exchange.translatesMessages = true;
  call.capability = Capability.Chat;
  call.query = "";
  const start = call.clientPath.indexOf(PATH);
  if (start >= 0) call.clientPath = call.clientPath.substring(0, start) + CHAT_PATH;
  if (call.clientBeta.length > 0) removeHeader(HeaderMapType.RequestHeaders, BETA_HEADER);
  if (call.clientVersion.length > 0) removeHeader(HeaderMapType.RequestHeaders, VERSION_HEADER);
}

/** Puts the chat request that a message request means into `chatRequest`. */
export function translateRequest(exchange: Exchange, doc: Document): ApiError | null {
  const provider = exchange.config.provider;
  const dialect = new ChatDialect();
  dialect.takesExtensions = provider.spec.takesExtensions;
  dialect.takesCacheControl = provider.spec.takesCacheControl;
  dialect.asksForUsage = !exchange.config.settings.disableStreamUsageStats;
  TEXT.clear();
  const error = writeChatRequest(dialect, provider.id, doc, TEXT);
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

/** Makes the translator of a stream, where the client needs one. */
export function beginMessages(exchange: Exchange): void {
  if (!exchange.translatesMessages) return;
  const old = exchange.messages;
  if (old !== null) old.release();
  exchange.messages = new MessageStream(exchange.config.provider.id);
}

/** Writes the message that a completion is. */
export function translateCompletion(completion: Document, out: ByteWriter): void {
  writeMessage(completion, new JsonWriter(out));
}

/** Writes a whole stream of a completion as that of a message. */
export function translateWholeStream(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  out: ByteWriter,
): void {
  beginMessages(exchange);
  const messages = exchange.messages;
  if (messages !== null) messages.writeAll(ptr, length, out);
}
