// A request's body on its way to the provider.
import { applyCustomSettings } from "../config/custom-settings";
import { ProviderConfig } from "../config/provider-config";
import { Document, jsonErrorText } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, invalidRequest, invalidType, missingParameter } from "../openai/api-error";
import { checkChatRequest, checkOptionalBool } from "../openai/chat-request";
import { wantsBase64 } from "../openai/embeddings";
import { EncodedBody } from "../providers/encoded-body";
import { Protocol } from "../providers/provider-settings";
import { Capability } from "../routing/capability";
import { customize, releaseCustomized } from "./customize";
import { Exchange } from "./exchange";
import { encodeForm } from "./form-request";
import { chatRequest, dependOnModel, releaseTranslated, translateRequest } from "./messages-client";

const REQUEST: Document = new Document();
const CUSTOM_EDIT: JsonEdit = new JsonEdit();

/** Writes the provider's body for the client's, or says why there is none. */
export function encodeRequestBody(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  body: EncodedBody,
): ApiError | null {
  const error = encode(exchange, ptr, length, body);
  REQUEST.release();
  releaseCustomized();
  releaseTranslated();
  return error;
}

function encode(exchange: Exchange, ptr: usize, length: i32, body: EncodedBody): ApiError | null {
  const form = exchange.form;
  if (form !== null) return encodeForm(exchange, form, ptr, length, body);
  let doc = REQUEST;
  const config = exchange.config;
  const isOriginal = config.protocol == Protocol.Original;
  if (isOriginal && config.customSettings.length == 0) return null;
  if (!doc.parse(ptr, length)) {
    const reason = jsonErrorText(doc.error);
    const message = `We could not parse the JSON body of your request: ${reason} at byte ${doc.errorOffset}.`;
    return invalidRequest(message);
  }
  if (!doc.isObject(doc.root())) {
    return invalidRequest("We could not parse the JSON body of your request: it is no object.");
  }
  if (isOriginal) return customizeOriginal(config, doc, body);
  dependOnModel(exchange, doc);
  if (exchange.translatesMessages) {
    const refusal = translateRequest(exchange, doc);
    if (refusal !== null) return refusal;
    doc = chatRequest();
  }
  const error = readRequest(exchange, doc);
  if (error !== null) return error;
  const customized = customize(exchange, doc);
  if (customized === null) {
    return new ApiError(500, "server_error", "", "The custom settings do not give a JSON body.");
  }
  const encodeError = config.provider.encodeRequest(exchange.call, customized, body);
  if (encodeError !== null || body.replaces < 0 || customized.ptr == ptr) return encodeError;
  // The encoder has left the rest of a body as it was that the host never saw.
  body.complete(customized.ptr, customized.length);
  return null;
}

/** The members that the gateway itself needs. */
function readRequest(exchange: Exchange, doc: Document): ApiError | null {
  const call = exchange.call;
  const root = doc.root();
  const model = doc.get(root, "model");
  if (!doc.absent(model) && !doc.isString(model)) return invalidType("model", "a string");
  call.requestedModel = doc.string(model);
  call.model = exchange.modelFor(call.requestedModel);
  if (call.model.length == 0 && exchange.config.provider.needsModel(call.capability)) {
    return missingParameter("model");
  }
  const streamError = checkOptionalBool(doc, "stream");
  if (streamError !== null) return streamError;
  call.stream = doc.isTrue(doc.get(root, "stream"));
  const options = doc.get(root, "stream_options");
  if (!doc.absent(options) && !doc.isObject(options))
    return invalidType("stream_options", "an object");
  // Anthropic's clients are always told.
  const isTold = exchange.translatesMessages && call.stream;
  call.wantsUsage = isTold || doc.isTrue(doc.get(options, "include_usage"));
  if (call.capability == Capability.Embeddings) call.wantsBase64 = wantsBase64(doc);
  return call.capability == Capability.Chat ? checkChatRequest(doc) : null;
}

/** Under the provider's own protocol only the custom settings touch the body. */
function customizeOriginal(
  config: ProviderConfig,
  doc: Document,
  body: EncodedBody,
): ApiError | null {
  CUSTOM_EDIT.begin(doc);
  applyCustomSettings(config.customSettings, doc, CUSTOM_EDIT);
  if (CUSTOM_EDIT.isEmpty()) return null;
  CUSTOM_EDIT.apply(body.rewrite());
  return null;
}
