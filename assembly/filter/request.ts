// From the client's request to the provider's.
import { applyCustomSettings } from "../config/custom-settings";
import { ProviderConfig } from "../config/provider-config";
import { Document, jsonErrorText } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError, invalidRequest, invalidType, missingParameter } from "../openai/api-error";
import { checkChatRequest, checkOptionalBool } from "../openai/chat-request";
import { wantsBase64 } from "../openai/embeddings";
import { EncodedBody } from "../providers/encoded-body";
import { HeaderEdits } from "../providers/header-edits";
import { Protocol } from "../providers/provider-settings";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { currentTimeNanoseconds, randomBits } from "../proxy-wasm/system";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { BodyKind, Endpoint } from "../routing/endpoint";
import { findEndpoint } from "../routing/endpoint-table";
import { withoutBase } from "./base-path";
import { customize, releaseCustomized } from "./customize";
import { refuse } from "./attempt";
import { Exchange } from "./exchange";
import { encodeForm, readableForm } from "./form-request";
import { bodyTooLarge } from "./gateway-error";
import {
  becomeChat,
  chatRequest,
  dialectOf,
  lackingEndpoint,
  needsTranslation,
  releaseTranslated,
  translateRequest,
} from "./client-protocol";
import { listsModels, tellModels } from "./model-list";
import { readModelOfPath } from "./path-model";
import { Phase } from "./phase";
import {
  applyHeaderEdits,
  clientCredential,
  findWithheld,
  keepClientHeaders,
} from "./request-headers";
import { canRepeat, keepRequest } from "./retry";
import { chooseTokenAt } from "./token-choice";
import { upstreamHost, upstreamTarget } from "./upstream-target";

const REQUEST: Document = new Document();
const CUSTOM_EDIT: JsonEdit = new JsonEdit();
const BODY: EncodedBody = new EncodedBody();
const PARAMETERS: string[] = [];
const EDITS: HeaderEdits = new HeaderEdits();

/** Takes the headers. The answer is the phase that follows: gathering, awaiting, passing or over. */
export function beginRequest(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  const call = exchange.call;
  readTarget(exchange, headers);
  call.created = currentTimeNanoseconds() / 1_000_000_000;
  call.random = randomBits();
  const isOriginal = exchange.config.protocol == Protocol.Original;
  PARAMETERS.length = 0;
  const endpoint = findEndpoint(call.clientPath, PARAMETERS);
  if (PARAMETERS.length > 0) call.pathParameters = PARAMETERS.slice();
  if (endpoint !== null && listsModels(exchange, endpoint.capability)) return tellModels(exchange);
  if (!isOriginal) {
    const error = checkEndpoint(exchange, endpoint);
    if (error !== null) return refuse(exchange, error);
  }
  if (endpoint !== null) call.capability = endpoint.capability;
  if (!isOriginal && needsTranslation(exchange, call.capability)) becomeChat(exchange, headers);
  readModelOfPath(exchange);
  keepClientHeaders(exchange, headers);
  const credentialError = chooseToken(exchange, headers);
  if (credentialError !== null) return refuse(exchange, credentialError);
  const isJson = needsBody(exchange, endpoint, headers);
  if (!isJson && !isOriginal) exchange.form = readableForm(exchange, headers);
  const isRead = isJson || exchange.form !== null;
  if (isRead && !isOriginal) {
    const error = checkBodyHeaders(exchange, headers, endOfStream);
    if (error !== null) return refuse(exchange, error);
  }
  exchange.withheldHeaders = findWithheld(headers);
  if (isJson && !headers.contains("content-type", "json")) {
    setHeader(HeaderMapType.RequestHeaders, "content-type", "application/json");
  }
  if (isRead && !endOfStream) return Phase.GatheringRequest;
  exchange.isUnread = true;
  exchange.isBodyless = endOfStream;
  return exchange.config.needsFetch ? Phase.AwaitingFetch : sendUnread(exchange);
}

/** Sends a request whose body is not read. */
export function sendUnread(exchange: Exchange): Phase {
  sendHeaders(exchange, 0, 0);
  if (exchange.isBodyless) keepRequest(exchange, 0, 0, null);
  return afterRequest(exchange);
}

function readTarget(exchange: Exchange, headers: Headers): void {
  const call = exchange.call;
  const target = headers.get(":path");
  exchange.target = target;
  const mark = target.indexOf("?");
  call.method = headers.is(":method", "POST") ? "POST" : headers.get(":method");
  const path = mark < 0 ? target : target.substring(0, mark);
  const settings = exchange.config.exchange;
  exchange.dialect = dialectOf(path);
  call.clientPath = settings.prependsBasePath ? path : withoutBase(path, settings.basePath);
  call.query = mark < 0 ? "" : target.substring(mark + 1);
}

function checkEndpoint(exchange: Exchange, endpoint: Endpoint | null): ApiError | null {
  const call = exchange.call;
  if (endpoint === null) {
    const message = `Invalid URL (${call.method} ${call.clientPath})`;
    return new ApiError(404, "invalid_request_error", "", message);
  }
  if (!endpoint.takes(call.method)) {
    const message = `Not allowed to ${call.method} on ${call.clientPath}. Use ${endpoint.methods}.`;
    return new ApiError(405, "invalid_request_error", "method_not_supported", message);
  }
  const provider = exchange.config.provider;
  if (provider.pathTemplate(endpoint.capability).length > 0) return null;
  if (needsTranslation(exchange, endpoint.capability)) return null;
  return lackingEndpoint(exchange, endpoint.capability);
}

/** A configured token, else the client's own. */
function chooseToken(exchange: Exchange, headers: Headers): ApiError | null {
  const config = exchange.config;
  const call = exchange.call;
  const count = config.tokens.length;
  if (count > 0) {
    exchange.token = chooseTokenAt(exchange, headers);
    call.token = config.tokens[exchange.token].value;
    return null;
  }
  if (config.provider.serviceAccount !== null) return null;
  call.token = clientCredential(headers, config.settings.authHeaderKey);
  call.isClientToken = true;
  if (call.token.length > 0 || !config.provider.needsToken()) return null;
  return exchange.dialect.missingKey();
}

/** Whether the body has to be read before the request can go on. */
function needsBody(exchange: Exchange, endpoint: Endpoint | null, headers: Headers): bool {
  if (headers.contains("content-type", "multipart/")) return false;
  if (exchange.config.protocol == Protocol.Original) {
    if (exchange.config.provider.signsBody()) return exchange.call.method == "POST";
    const isRead = exchange.config.customSettings.length > 0 || canRepeat(exchange);
    return isRead && headers.contains("content-type", "json");
  }
  return endpoint !== null && endpoint.body == BodyKind.Json && exchange.call.method == "POST";
}

function checkBodyHeaders(
  exchange: Exchange,
  headers: Headers,
  endOfStream: bool,
): ApiError | null {
  if (endOfStream) {
    return invalidRequest("We could not parse the body of your request: it is empty.");
  }
  const length = headers.integer("content-length");
  if (length > exchange.bodyLimit) return bodyTooLarge(exchange.bodyLimit);
  exchange.requestLength = <i32>length;
  const encoding = headers.get("content-encoding");
  if (encoding.length == 0 || encoding == "identity") return null;
  const message = `The request body is encoded as '${encoding}'. Send it without content-encoding.`;
  return new ApiError(415, "invalid_request_error", "unsupported_content_type", message);
}

/** Takes the whole body of `length` bytes and sends the provider's request. */
export function finishRequest(exchange: Exchange, length: i32): Phase {
  const bytes = getBuffer(BufferType.HttpRequestBody, 0, length);
  const ptr = bytes.ptr;
  const size = bytes.length;
  BODY.clear();
  const error = encode(exchange, ptr, size);
  REQUEST.release();
  releaseCustomized();
  releaseTranslated();
  if (error !== null) return refuse(exchange, error);
  if (exchange.config.provider.signsBody()) completeBody(ptr, size);
  const isWhole = BODY.replaces < 0;
  const finalPtr = isWhole ? BODY.out.ptr : ptr;
  const finalLength = BODY.resultLength(size);
  if (BODY.replaces != 0) {
    const replaced = isWhole ? i32.MAX_VALUE : BODY.replaces;
    setBuffer(BufferType.HttpRequestBody, replaced, BODY.out.ptr, BODY.out.length);
  }
  sendHeaders(exchange, finalPtr, isWhole ? BODY.out.length : size);
  if (BODY.replaces != 0) {
    setHeader(HeaderMapType.RequestHeaders, "content-length", finalLength.toString());
  }
  keepRequest(exchange, ptr, size, BODY);
  return afterRequest(exchange);
}

function afterRequest(exchange: Exchange): Phase {
  const isOriginal = exchange.config.protocol == Protocol.Original;
  return isOriginal && exchange.tokenUse === null ? Phase.Passing : Phase.AwaitingResponse;
}

function encode(exchange: Exchange, ptr: usize, length: i32): ApiError | null {
  const form = exchange.form;
  if (form !== null) return encodeForm(exchange, form, ptr, length, BODY);
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
  if (isOriginal) return customizeOriginal(config, doc);
  if (exchange.translation !== null) {
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
  const encodeError = config.provider.encodeRequest(exchange.call, customized, BODY);
  if (encodeError !== null || BODY.replaces < 0 || customized.ptr == ptr) return encodeError;
  // The encoder has left the rest of a body as it was that the host never saw.
  const kept = BODY.replaces;
  BODY.out.bytes(customized.ptr + kept, customized.length - kept);
  BODY.replaces = -1;
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
  // Clients of another protocol are always told.
  const isTold = exchange.translation !== null && call.stream;
  call.wantsUsage = isTold || doc.isTrue(doc.get(options, "include_usage"));
  if (call.capability == Capability.Embeddings) call.wantsBase64 = wantsBase64(doc);
  return call.capability == Capability.Chat ? checkChatRequest(doc) : null;
}

/** Makes one piece of a body that was edited at its front. */
function completeBody(ptr: usize, length: i32): void {
  const kept = BODY.replaces;
  if (kept <= 0) return;
  BODY.out.bytes(ptr + kept, length - kept);
  BODY.replaces = -1;
}

/** Under the provider's own protocol only the custom settings touch the body. */
function customizeOriginal(config: ProviderConfig, doc: Document): ApiError | null {
  CUSTOM_EDIT.begin(doc);
  applyCustomSettings(config.customSettings, doc, CUSTOM_EDIT);
  if (CUSTOM_EDIT.isEmpty()) return null;
  CUSTOM_EDIT.apply(BODY.rewrite());
  return null;
}

/** Path, host and headers of the provider's request, signed over its final body. */
function sendHeaders(exchange: Exchange, body: usize, bodyLength: i32): void {
  const call = exchange.call;
  const provider = exchange.config.provider;
  const host = upstreamHost(exchange);
  if (host.length > 0) setHeader(HeaderMapType.RequestHeaders, ":authority", host);
  const target = upstreamTarget(exchange);
  if (target.length > 0 && target != exchange.target) {
    setHeader(HeaderMapType.RequestHeaders, ":path", target);
  }
  EDITS.clear();
  provider.authenticate(call, EDITS, body, bodyLength);
  const key = exchange.config.settings.authHeaderKey;
  if (key.length > 0 && !EDITS.sets(key)) removeHeader(HeaderMapType.RequestHeaders, key);
  applyHeaderEdits(EDITS, exchange.withheldHeaders);
}
