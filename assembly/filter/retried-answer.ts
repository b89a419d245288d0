// The answer to a request that was repeated: it takes the place of the failed answer that is held.
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, replaceHeaders } from "../proxy-wasm/headers";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { continueStream } from "../proxy-wasm/streams";
import { BufferType, HeaderMapType, StreamType } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { headersOf, keepAnswerHeaders } from "./answer-headers";
import { sendError } from "./error-response";
import { Exchange } from "./exchange";
import { errorBody, replyWithError } from "./local-reply";
import { namedPause } from "./pause";
import { Phase } from "./phase";
import { translateWhole } from "./response";
import { translateStream } from "./response-stream";
import { mayRetry, sendAgain } from "./retry";
import { tellError, tellRepeated } from "./telemetry";
import { countFailure, countSuccess, nowMilliseconds } from "./token-health";
import { TokenUse } from "./token-use";

const HEADERS: Headers = new Headers();
/** The body of the answer that is put together. */
const ANSWER: ByteWriter = new ByteWriter();

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
  tellRepeated(exchange, error);
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
  if (exchange.translatesMessages) return false;
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
  ANSWER.writer(errorBody(error, exchange.speaksAnthropic));
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
    tellError(exchange, error);
    const pause = headersOf(["retry-after", "retry-after-ms"]);
    replyWithError(error, exchange.speaksAnthropic, pause);
    return;
  }
  if (error !== null) sendError(exchange, error);
  continueStream(StreamType.Response);
}
