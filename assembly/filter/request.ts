// From the client's request to the provider's.
import { ApiError, invalidRequest } from "../openai/api-error";
import { EncodedBody } from "../providers/encoded-body";
import { HeaderEdits } from "../providers/header-edits";
import { Protocol } from "../providers/provider-settings";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { currentTimeNanoseconds, randomBits } from "../proxy-wasm/system";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { BodyKind, Endpoint } from "../routing/endpoint";
import { refuse } from "./attempt";
import { chooseCredential } from "./credential";
import { Exchange } from "./exchange";
import { readableForm, takesForm } from "./form-request";
import { bodyTooLarge } from "./gateway-error";
import { listsModels, tellModels } from "./model-list";
import { Phase } from "./phase";
import { encodeRequestBody } from "./request-body";
import {
  applyHeaderEdits,
  dropClientHeaders,
  findWithheld,
  readClientHeaders,
} from "./request-headers";
import {
  checkEndpoint,
  readTarget,
  takeEndpoint,
  upstreamHost,
  upstreamTarget,
} from "./request-target";
import { canRepeat, keepRequest } from "./retry";
import { tellRequest, tellSent } from "./telemetry";
import { openSession } from "./web-socket-session";

const BODY: EncodedBody = new EncodedBody();
const EDITS: HeaderEdits = new HeaderEdits();

/** Takes the headers. The answer is the phase that follows: gathering, awaiting, passing or over. */
export function beginRequest(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  const isOriginal = exchange.config.protocol == Protocol.Original;
  const endpoint = readTarget(exchange, headers);
  if (endpoint !== null && listsModels(exchange, endpoint.capability)) return tellModels(exchange);
  if (!isOriginal) {
    const error = checkEndpoint(exchange, endpoint);
    if (error !== null) return refuse(exchange, error);
  }
  readCall(exchange);
  if (endpoint !== null) takeEndpoint(exchange, endpoint);
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
  exchange.withheldHeaders = findWithheld(headers, exchange.config.provider.withheldHeaders());
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

/** What the provider may know of the request beside its body. */
function readCall(exchange: Exchange): void {
  const call = exchange.call;
  exchange.startedAt = currentTimeNanoseconds();
  call.created = exchange.startedAt / 1_000_000_000;
  call.random = randomBits();
}

/** Whether the body has to be read before the request can go on. */
function needsBody(exchange: Exchange, endpoint: Endpoint | null, headers: Headers): bool {
  const isForm = headers.contains("content-type", "multipart/");
  const isOriginal = exchange.config.protocol == Protocol.Original;
  // A form in place of JSON is no request: it is read, and refused.
  if (isForm && (isOriginal || takesForm(exchange.call.capability))) return false;
  if (isOriginal) {
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
  tellRequest(exchange, ptr, size);
  const error = encodeRequestBody(exchange, ptr, size, BODY);
  if (error !== null) return refuse(exchange, error);
  if (BODY.replaces > 0 && exchange.config.provider.signsBody()) BODY.complete(ptr, size);
  if (exchange.config.provider.speaksWebSocket(exchange.call)) openSession(exchange, BODY.out);
  const isWhole = BODY.replaces < 0;
  const finalPtr = isWhole ? BODY.out.ptr : ptr;
  const finalLength = BODY.resultLength(size);
  if (BODY.replaces != 0) {
    const replaced = isWhole ? i32.MAX_VALUE : BODY.replaces;
    setBuffer(BufferType.HttpRequestBody, replaced, BODY.out.ptr, BODY.out.length);
  }
  sendHeaders(exchange, finalPtr, isWhole ? BODY.out.length : size);
  if (exchange.session !== null) return afterRequest(exchange);
  if (BODY.replaces != 0) {
    setHeader(HeaderMapType.RequestHeaders, "content-length", finalLength.toString());
  }
  keepRequest(exchange, ptr, size, BODY);
  return afterRequest(exchange);
}

function afterRequest(exchange: Exchange): Phase {
  tellSent(exchange);
  const isOriginal = exchange.config.protocol == Protocol.Original;
  return isOriginal && exchange.tokenUse === null ? Phase.Passing : Phase.AwaitingResponse;
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
  const session = exchange.session;
  if (session !== null) session.askForUpgrade(EDITS, exchange.target);
  const key = exchange.config.settings.authHeaderKey;
  if (key.length > 0 && !EDITS.sets(key)) removeHeader(HeaderMapType.RequestHeaders, key);
  applyHeaderEdits(EDITS, exchange.withheldHeaders, provider.withheldHeaders());
}
