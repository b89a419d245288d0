// From the provider's error, or an answer that is none, to the client's error.
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { getProperty } from "../proxy-wasm/properties";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { headersOf, setContentLength } from "./answer-headers";
import { holdsError, noteFailure, passesError } from "./attempt";
import { logError, watchError } from "./error-log";
import { Exchange } from "./exchange";
import { gatewayError } from "./gateway-error";
import { errorBody, replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { judgeForeign, retry } from "./retry";
import { tellError, tellStatus } from "./telemetry";
import { judgeFailure } from "./token-health";

/** Takes the headers of an error answer. The answer is the phase that follows. */
export function beginError(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  const provider = exchange.config.provider;
  const isNative = provider.speaksNatively(exchange.call);
  if (isNative && !exchange.speaksAnthropic) return watchError(exchange, headers);
  if (!isFromProvider()) {
    const error = gatewayError(provider.id, exchange.status, exchange.bodyLimit);
    tellError(exchange, error);
    replyWithError(error, exchange.speaksAnthropic);
    return Phase.Over;
  }
  if (isNative) return watchError(exchange, headers);
  if (endOfStream) return emptyError(exchange);
  exchange.isCompressed = headers.has("content-encoding");
  if (exchange.isCompressed) removeHeader(HeaderMapType.ResponseHeaders, "content-encoding");
  passesError(exchange, exchange.status);
  return Phase.GatheringError;
}

/** Whether the answer is no reply of Envoy's own. */
export function isFromProvider(): bool {
  const details = getProperty("response\0code_details");
  return details.length == 0 || details == "via_upstream";
}

/** An error answer without a body. */
export function emptyError(exchange: Exchange): Phase {
  const error = exchange.config.provider.decodeError(exchange.call, exchange.status, 0, 0);
  judgeFailure(exchange, error);
  if (retry(exchange, error, false)) return Phase.Retrying;
  return failHeaders(exchange, error, true, headersOf(["retry-after", "retry-after-ms"]));
}

/**
 * Turns an answer into an error while its headers are at hand. Envoy does not retry what a filter answers
 * itself: an attempt changes the status of what has come, and the gateway in front gives an empty one a body.
 */
export function failHeaders(
  exchange: Exchange,
  error: ApiError,
  isEmpty: bool,
  more: string[] = [],
): Phase {
  tellError(exchange, error);
  if (!exchange.isAttempt) {
    replyWithError(error, exchange.speaksAnthropic, more);
    return Phase.Over;
  }
  setHeader(HeaderMapType.ResponseHeaders, ":status", error.status.toString());
  passesError(exchange, error.status);
  noteFailure(exchange, error.status);
  if (isEmpty) return Phase.Over;
  removeHeader(HeaderMapType.ResponseHeaders, "content-encoding");
  exchange.pendingError = error;
  return Phase.Failing;
}

/** The body of an answer that becomes an error is there. */
export function finishFailure(exchange: Exchange): void {
  const error = exchange.pendingError;
  exchange.phase = Phase.Over;
  if (error !== null) sendError(exchange, error);
}

/** An answer without a body. */
export function emptyAnswer(exchange: Exchange): Phase {
  const error = invalidUpstreamResponse(exchange.config.provider.id, "it is empty");
  return failHeaders(exchange, error, true);
}

/** Takes the whole body of an error answer. */
export function finishError(exchange: Exchange, length: i32): void {
  exchange.phase = Phase.Over;
  logError(exchange, length);
  const use = exchange.tokenUse;
  const isForeign = use !== null && use.isForeign;
  if (isForeign && !exchange.isAttempt) {
    if (!retry(exchange, null, true)) tellStatus(exchange);
    return;
  }
  const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
  const size = exchange.isCompressed ? 0 : bytes.length;
  if (isForeign) return judgeForeign(exchange, bytes.ptr, size);
  const provider = exchange.config.provider;
  const error = provider.decodeError(exchange.call, exchange.status, bytes.ptr, size);
  judgeFailure(exchange, error);
  if (!retry(exchange, error, true)) sendError(exchange, error);
}

/** An answer is too large to be held. What still comes of it is dropped. */
export function refuseLength(exchange: Exchange): void {
  const provider = exchange.config.provider;
  const error =
    exchange.phase == Phase.GatheringError
      ? provider.decodeError(exchange.call, exchange.status, 0, 0)
      : invalidUpstreamResponse(provider.id, `it has more than ${exchange.bodyLimit} bytes`);
  exchange.phase = Phase.Dropping;
  sendError(exchange, error);
}

/** Turns the answer whose headers are held into an error. */
export function sendError(exchange: Exchange, error: ApiError): void {
  tellError(exchange, error);
  if (holdsError(exchange, error)) return;
  noteFailure(exchange, error.status);
  const body = errorBody(error, exchange.speaksAnthropic);
  setHeader(HeaderMapType.ResponseHeaders, ":status", error.status.toString());
  setHeader(HeaderMapType.ResponseHeaders, "content-type", "application/json");
  setContentLength(body.length);
  if (error.retryAfter >= 0) {
    setHeader(HeaderMapType.ResponseHeaders, "retry-after", error.retryAfter.toString());
  }
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, body.ptr, body.length);
}
