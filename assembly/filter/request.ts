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
import { withBase } from "./base-path";
import { chooseCredential, chooseTokenOfBody } from "./credential";
import { customize, releaseCustomized } from "./customize";
import { refuse } from "./attempt";
import { Exchange } from "./exchange";
import { encodeForm, readableForm } from "./form-request";
import { bodyTooLarge } from "./gateway-error";
import {
  becomeChat,
  chatRequest,
  needsTranslation,
  releaseTranslated,
  translateRequest,
} from "./messages-client";
import { Phase } from "./phase";
import {
  applyHeaderEdits,
  dropClientHeaders,
  findWithheld,
  readClientHeaders,
} from "./request-headers";
import { checkEndpoint, readModelOfTarget, readTarget } from "./request-target";
import { canRepeat, keepRequest } from "./retry";

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
  if (!isOriginal) {
    const error = checkEndpoint(exchange, endpoint);
    if (error !== null) return refuse(exchange, error);
  }
  if (endpoint !== null) call.capability = endpoint.capability;
  if (!isOriginal && needsTranslation(exchange, call.capability)) becomeChat(exchange, headers);
  readModelOfTarget(exchange);
  call.clientBeta = headers.get("anthropic-beta");
  call.clientVersion = headers.get("anthropic-version");
  exchange.acceptsGzip = headers.contains("accept-encoding", "gzip");
  const headerError = readClientHeaders(exchange, headers);
  if (headerError !== null) return refuse(exchange, headerError);
  const credentialError = chooseCredential(exchange, headers);
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
  const tokenError = chooseTokenOfBody(exchange, doc);
  if (tokenError !== null) return tokenError;
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
  // Anthropic's clients are always told.
  const isTold = exchange.translatesMessages && call.stream;
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
  dropClientHeaders(exchange, EDITS);
  const key = exchange.config.settings.authHeaderKey;
  if (key.length > 0 && !EDITS.sets(key)) removeHeader(HeaderMapType.RequestHeaders, key);
  applyHeaderEdits(EDITS, exchange.withheldHeaders);
}

/** Host of the provider, or "" to keep the client's. The call knows it from here on. */
export function upstreamHost(exchange: Exchange): string {
  const config = exchange.config;
  const domain = config.settings.providerDomain;
  const host = domain.length > 0 ? domain : config.provider.host(exchange.call);
  exchange.call.host = host;
  return host;
}

/** Path and query at the provider, or "" to keep the client's. The call knows them from here on. */
export function upstreamTarget(exchange: Exchange): string {
  const target = targetOf(exchange);
  exchange.call.target = target.length > 0 ? target : exchange.target;
  return target;
}

function targetOf(exchange: Exchange): string {
  const call = exchange.call;
  const provider = exchange.config.provider;
  const isOriginal = exchange.config.protocol == Protocol.Original;
  const settings = exchange.config.exchange;
  let path = isOriginal ? call.clientPath : provider.path(call);
  if (settings.prependsBasePath) path = withBase(path, settings.basePath);
  const base = exchange.config.settings.providerBasePath;
  const needsBase = base.length > 0 && !path.startsWith(base + "/");
  const target = needsBase ? base + path : path;
  const isPlain = isOriginal && call.capability != Capability.VertexRaw;
  const query = isPlain ? call.query : provider.query(call);
  if (query.length == 0) return target;
  return target + (target.includes("?") ? "&" : "?") + query;
}
