// Repeats a failed request with another token while the failed answer is held, and puts the new answer in its place.
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { EncodedBody } from "../providers/encoded-body";
import { HeaderEdits } from "../providers/header-edits";
import { Protocol } from "../providers/provider-settings";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, replaceHeaders } from "../proxy-wasm/headers";
import { httpCall } from "../proxy-wasm/http-call";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { getRouteProperty } from "../proxy-wasm/properties";
import { continueStream } from "../proxy-wasm/streams";
import { BufferType, HeaderMapType, LogLevel, StreamType } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { noteFailure } from "./attempt";
import { TokenUse } from "./token-use";
import { noteAnswer } from "./attempt";
import { Exchange } from "./exchange";
import { errorBody, replyWithError } from "./local-reply";
import { namedPause } from "./pause";
import { Phase } from "./phase";
import {
  headersOf,
  isFromProvider,
  keepAnswerHeaders,
  sendError,
  translateWhole,
} from "./response";
import { translateStream } from "./response-stream";
import { chooseOther } from "./token-choice";
import { countFailure, countSuccess, judgeFailure, nowMilliseconds, say } from "./token-health";
import { upstreamHost, upstreamTarget } from "./upstream-target";

const HEADERS: Headers = new Headers();
const EDITS: HeaderEdits = new HeaderEdits();
/** The body of the answer that is put together. */
const ANSWER: ByteWriter = new ByteWriter();

/** Whether the request may be repeated, so that it has to be kept. */
export function canRepeat(exchange: Exchange): bool {
  const use = exchange.tokenUse;
  return use !== null && use.left > 0;
}

/** Keeps the request as the provider gets it. `body` null: it has none. */
export function keepRequest(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  body: EncodedBody | null,
): void {
  const use = exchange.tokenUse;
  if (use === null || use.left == 0) return;
  use.isKept = true;
  if (body !== null) body.writeWhole(ptr, length, use.body);
  HEADERS.read(HeaderMapType.RequestHeaders);
  use.headers = HEADERS.pairs([
    ":method",
    ":path",
    ":authority",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
  ]);
}

/**
 * Looks at the status of an answer for the tokens' sake. `AwaitingResponse`: the answer goes its
 * way; else the phase that follows.
 */
export function watchAnswer(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  const use = exchange.tokenUse;
  if (use === null) return Phase.AwaitingResponse;
  const status = exchange.status;
  const provider = exchange.config.provider;
  const isOriginal = exchange.config.protocol == Protocol.Original;
  use.isForeign = isOriginal || provider.speaksNatively(exchange.call);
  const goesOn = isOriginal ? Phase.Passing : Phase.AwaitingResponse;
  if (status < 300) {
    if (isOriginal || !provider.readsResponse(exchange.call)) countSuccess(exchange, use);
    return goesOn;
  }
  if (!isFromProvider()) return goesOn;
  use.pause = namedPause(headers, status, nowMilliseconds());
  countFailure(exchange, use, status, use.pause);
  use.wantsRetry = mayRetry(exchange, use, status);
  if (!use.isForeign) return goesOn;
  const pool = exchange.config.failover;
  // What an error means for the token stands in its body.
  const isJudged = pool !== null && pool.isGraded && status >= 400;
  if (isJudged && endOfStream) judgeForeign(exchange, 0, 0);
  if (!use.wantsRetry && !isJudged) return Phase.Passing;
  if (!endOfStream) return Phase.GatheringError;
  return retry(exchange, null, false) ? Phase.Retrying : Phase.Passing;
}

/** Looks at an error in the provider's own protocol, which the client gets as it is. */
export function judgeForeign(exchange: Exchange, body: usize, length: i32): void {
  const provider = exchange.config.provider;
  judgeFailure(exchange, provider.decodeError(exchange.call, exchange.status, body, length));
  noteFailure(exchange, exchange.status);
}

function mayRetry(exchange: Exchange, use: TokenUse, status: i32): bool {
  const rules = exchange.config.retry;
  return rules !== null && use.isKept && use.left > 0 && rules.statuses.matches(status);
}

/** The answer is none of an error. */
export function answerIsGood(exchange: Exchange): void {
  noteAnswer(exchange);
  const use = exchange.tokenUse;
  if (use !== null) countSuccess(exchange, use);
}

/** An error inside a 200. True: the request is under way again. */
export function answerIsBad(
  exchange: Exchange,
  error: ApiError,
  isHeld: bool,
  hasHeldBody: bool,
): bool {
  const use = exchange.tokenUse;
  if (use === null) return false;
  countFailure(exchange, use, error.status, max(error.retryAfter, 0) * 1000);
  judgeFailure(exchange, error);
  use.wantsRetry = isHeld && mayRetry(exchange, use, error.status);
  return retry(exchange, error, hasHeldBody);
}

/** Sends the request again, if it may be. `error` is what the client gets if that does not help. */
export function retry(exchange: Exchange, error: ApiError | null, hasHeldBody: bool): bool {
  const use = exchange.tokenUse;
  if (use === null || !use.wantsRetry) return false;
  use.error = error;
  use.hasHeldBody = hasHeldBody;
  if (!sendAgain(exchange, use)) return false;
  exchange.phase = Phase.Retrying;
  return true;
}

function sendAgain(exchange: Exchange, use: TokenUse): bool {
  const config = exchange.config;
  const rules = config.retry;
  if (rules === null || use.left == 0) return false;
  const token = chooseOther(exchange, use);
  if (token < 0) return false;
  use.used.push(use.token);
  use.token = token;
  use.left -= 1;
  exchange.call.token = config.tokens[token].value;
  const headers = StaticArray.fromArray(requestHeaders(exchange, use));
  const cluster = getRouteProperty("cluster_name");
  const call = httpCall(cluster, headers, use.body, rules.timeout, exchange.streamId);
  use.call = call;
  if (call >= 0) say(LogLevel.Info, config, token, "is tried next, since another one has failed");
  return call >= 0;
}

/** The headers of the request that was sent, with what differs for the new token. */
function requestHeaders(exchange: Exchange, use: TokenUse): string[] {
  const call = exchange.call;
  const host = upstreamHost(exchange);
  const target = upstreamTarget(exchange);
  const headers: string[] = [":method", call.method, ":path"];
  headers.push(target.length > 0 ? target : exchange.target);
  headers.push(":authority");
  headers.push(host.length > 0 ? host : use.host);
  EDITS.clear();
  exchange.config.provider.authenticate(call, EDITS, use.body.ptr, use.body.length);
  const kept = use.headers;
  for (let i = 0; i + 1 < kept.length; i += 2) {
    if (EDITS.sets(kept[i]) || EDITS.removals.includes(kept[i])) continue;
    headers.push(kept[i]);
    headers.push(kept[i + 1]);
  }
  for (let i = 0; i < EDITS.names.length; ++i) {
    headers.push(EDITS.names[i]);
    headers.push(EDITS.values[i]);
  }
  return headers;
}

/** Takes the answer to a call. `headerCount` is 0 where none came. */
export function finishRetry(
  exchange: Exchange,
  call: u32,
  headerCount: u32,
  bodyLength: u32,
): void {
  const use = exchange.tokenUse;
  if (use === null || exchange.phase != Phase.Retrying || <u32>use.call != call) return;
  HEADERS.read(HeaderMapType.HttpCallResponseHeaders);
  let status = <i32>HEADERS.integer(":status");
  if (headerCount == 0 || isReplyOfEnvoy(status)) {
    if (!sendAgain(exchange, use)) giveUp(exchange, use);
    return;
  }
  exchange.status = status;
  keepAnswerHeaders(exchange, HEADERS);
  const body = getBuffer(BufferType.HttpCallResponseBody, 0, bodyLength);
  const isSentOn = use.isForeign || passes(exchange, HEADERS);
  ANSWER.clear();
  let error: ApiError | null = null;
  if (isSentOn) ANSWER.bytes(body.ptr, body.length);
  else error = translate(exchange, body.ptr, body.length);
  let pause = namedPause(HEADERS, status, nowMilliseconds());
  const headers = answerHeaders(HEADERS, exchange, isSentOn, error);
  if (error !== null && status < 300) {
    status = error.status;
    pause = max(error.retryAfter, 0) * 1000;
  }
  if (status < 300) {
    use.hasPast = true;
    use.wasOut = true;
    countSuccess(exchange, use);
  } else {
    countFailure(exchange, use, status, pause);
    use.error = error;
    if (mayRetry(exchange, use, status) && sendAgain(exchange, use)) return;
  }
  send(exchange, use, error === null ? exchange.status : error.status, headers);
}

/** Whether a call was lost or too late: Envoy then makes up an answer. */
function isReplyOfEnvoy(status: i32): bool {
  return (status == 503 || status == 504) && !HEADERS.has("x-envoy-upstream-service-time");
}

/** Whether an answer goes to the client as it is. */
function passes(exchange: Exchange, headers: Headers): bool {
  const provider = exchange.config.provider;
  if (exchange.status >= 400) return false;
  if (exchange.status >= 300 || !provider.readsResponse(exchange.call)) return true;
  if (exchange.translation !== null) return false;
  return exchange.acceptsGzip && headers.is("content-encoding", "gzip") && provider.speaksOpenAi();
}

/** Translates a whole answer, a stream's too, into `ANSWER`; an error is there as well. */
function translate(exchange: Exchange, body: usize, length: i32): ApiError | null {
  const encoding = HEADERS.get("content-encoding");
  const isCompressed = encoding.length > 0 && encoding != "identity";
  const provider = exchange.config.provider;
  let error: ApiError | null = null;
  if (exchange.status >= 400) {
    const size = isCompressed ? 0 : length;
    error = provider.decodeError(exchange.call, exchange.status, body, size);
  } else if (isCompressed || length == 0) {
    const why = isCompressed ? `it is compressed (${encoding})` : "it is empty";
    error = invalidUpstreamResponse(provider.id, why);
  } else if (exchange.call.stream && !HEADERS.contains("content-type", "json")) {
    error = translateStream(exchange, body, length, ANSWER);
  } else {
    error = translateWhole(exchange, body, length, ANSWER);
  }
  if (error === null) return null;
  ANSWER.clear();
  ANSWER.writer(errorBody(error, exchange.dialect));
  return error;
}

/** The headers that the client gets with `ANSWER`, but for status and length. */
function answerHeaders(
  headers: Headers,
  exchange: Exchange,
  isSentOn: bool,
  error: ApiError | null,
): string[] {
  const replaced = [":status", "connection", "content-length", "keep-alive", "transfer-encoding"];
  if (isSentOn) return headers.pairs(replaced);
  replaced.push("content-type");
  replaced.push("content-encoding");
  const hasPause = error !== null && error.retryAfter >= 0;
  if (hasPause) replaced.push("retry-after");
  const pairs = headers.pairs(replaced);
  const own = exchange.call.responseHeaders;
  for (let i = 0; own !== null && error === null && i < own.names.length; ++i) {
    pairs.push(own.names[i]);
    pairs.push(own.values[i]);
  }
  const isStream = error === null && exchange.call.stream;
  pairs.push("content-type");
  pairs.push(isStream ? "text/event-stream" : "application/json");
  if (error !== null && hasPause) {
    pairs.push("retry-after");
    pairs.push(error.retryAfter.toString());
  }
  return pairs;
}

/** Sends `ANSWER`: in the place of the held answer, or where that has no body as a reply of its own. */
function send(exchange: Exchange, use: TokenUse, status: i32, headers: string[]): void {
  exchange.phase = Phase.Over;
  if (!use.hasHeldBody) {
    sendLocalResponse(status, "ai_proxy_retried", StaticArray.fromArray(headers), ANSWER);
    return;
  }
  headers.unshift(status.toString());
  headers.unshift(":status");
  headers.push("content-length");
  headers.push(ANSWER.length.toString());
  replaceHeaders(HeaderMapType.ResponseHeaders, StaticArray.fromArray(headers));
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, ANSWER.ptr, ANSWER.length);
  continueStream(StreamType.Response);
}

/** No further try: the client gets the error that was told last, or the held answer as it is. */
function giveUp(exchange: Exchange, use: TokenUse): void {
  exchange.phase = Phase.Over;
  const error = use.error;
  if (error !== null && !use.hasHeldBody) {
    const pause = headersOf(["retry-after", "retry-after-ms"]);
    replyWithError(error, exchange.dialect, pause);
    return;
  }
  if (error !== null) sendError(exchange, error);
  continueStream(StreamType.Response);
}
