// What the gateway tells the attempts, and what each attempt leaves for the next one. An attempt finds the
// body as the client sent it, but the headers as the one before left them.
import { Headers, removeHeader, setHeader, setHeaders } from "../proxy-wasm/headers";
import {
  getProperty,
  receiveProperty,
  setProperty,
  setPropertyBytes,
} from "../proxy-wasm/properties";
import { receivedLength } from "../proxy-wasm/received";
import { HeaderMapType } from "../proxy-wasm/types";
import { PluginConfig } from "../config/plugin-config";
import { ApiError } from "../openai/api-error";
import { modelFor } from "../routing/model-router";
import { Exchange } from "./exchange";
import { replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { endWait, enterRace, hasRivals, isLost, leaveRace, waitForRace } from "./rivals";

/** Header: `id=model` of the providers that are asked for another model. */
export const MODELS_HEADER: string = "x-llm-models";

/** Header of an error that Envoy drops while another attempt is under way. */
const YIELDS: string = "x-llm-yields";
/** Metadata of a cluster's endpoint: the id of its provider. */
const HOST_PROVIDER: string = "xds\0upstream_host_metadata\0filter_metadata\0ai-proxy\0provider";
/** Filter state: the provider whose answer the client gets. */
const ANSWERED: string = "llm_provider";
/** Filter state: the request's headers before the first attempt. */
const SNAPSHOT: string = "llm_request";
/** Filter state: what became of the attempts, such as `openai 503, claude 429`. */
const ATTEMPTS: string = "llm_attempts";

/**
 * Takes the headers of an attempt: those of the first are kept, those of a later one put back. True: it is
 * a later one.
 */
export function restoreHeaders(headers: Headers): bool {
  if (receiveProperty(SNAPSHOT)) {
    headers.takeReceived(receivedLength());
    setHeaders(HeaderMapType.RequestHeaders, headers);
    return true;
  }
  headers.read(HeaderMapType.RequestHeaders);
  setPropertyBytes(SNAPSHOT, headers.serialized);
  return false;
}

/** What the host that was chosen for this attempt says of its provider, or "". */
export function providerOfHost(): string {
  return getProperty(HOST_PROVIDER);
}

/** The host names no provider that is configured. */
export function unknownHost(): ApiError {
  const id = providerOfHost();
  const what = id.length > 0 ? `names the provider '${id}', which is not configured` : "names none";
  const message = `The gateway cannot tell the provider: the upstream host ${what} (ai-proxy.provider).`;
  return new ApiError(500, "server_error", "unknown_provider", message);
}

/** Takes what the gateway says of this attempt. */
export function beginAttempt(exchange: Exchange, headers: Headers, config: PluginConfig): void {
  exchange.isAttempt = true;
  exchange.hedgedAttempts = config.hedgedAttempts;
  exchange.hedgeDelay = config.hedgeDelay;
  if (exchange.hedgedAttempts > 0) enterRace(exchange);
  takeModel(exchange, headers);
}

function takeModel(exchange: Exchange, headers: Headers): void {
  const models = headers.get(MODELS_HEADER);
  if (models.length == 0) return;
  exchange.routedModel = modelFor(exchange.config.settings.id, models);
  removeHeader(HeaderMapType.RequestHeaders, MODELS_HEADER);
}

/** Other attempts have had the headers meanwhile. */
export function resumeAttempt(exchange: Exchange, headers: Headers): void {
  restoreHeaders(headers);
  takeModel(exchange, headers);
}

/** Ends a request with an error that is made here. The answer is the phase that follows. */
export function refuse(exchange: Exchange, error: ApiError): Phase {
  // Envoy gives up all attempts with such an error.
  if (exchange.isRacing && hasRivals(exchange)) return hold(exchange, error);
  replyWithError(error);
  return Phase.Over;
}

/**
 * Whether an error that shows behind the headers of an answer is held, headers and all: where Envoy finds
 * that another attempt may still be answered, it drops this one, and cannot drop headers that come with a body.
 */
export function holdsError(exchange: Exchange, error: ApiError): bool {
  if (!exchange.isRacing) return false;
  exchange.phase = hold(exchange, error);
  return true;
}

function hold(exchange: Exchange, error: ApiError): Phase {
  noteFailure(exchange, error.status);
  exchange.pendingError = error;
  waitForRace(exchange);
  return Phase.Yielding;
}

/** Whether the headers of an error pass at once, so that Envoy can drop or retry what has come. */
export function passesError(exchange: Exchange, status: i32): bool {
  if (!exchange.isRacing) return false;
  if (hasRivals(exchange)) setHeader(HeaderMapType.ResponseHeaders, YIELDS, "1");
  removeHeader(HeaderMapType.ResponseHeaders, "content-length");
  noteFailure(exchange, status);
  return true;
}

/** Whether a held attempt has ended, now that no other one may be answered. */
export function endsHold(exchange: Exchange): bool {
  const error = exchange.pendingError;
  if (error === null || !isLost(exchange)) return false;
  // Only one of them answers: the others would answer a stream that is gone.
  enterRace(exchange);
  replyWithError(error);
  exchange.phase = Phase.Over;
  return true;
}

/** The client gets this attempt's answer. */
export function noteAnswer(exchange: Exchange): void {
  if (exchange.isAttempt) setProperty(ANSWERED, nameOf(exchange));
}

function nameOf(exchange: Exchange): string {
  const id = exchange.config.settings.id;
  return id.length > 0 ? id : exchange.config.provider.id;
}

/** Keeps how an attempt failed: `status` 0 where it was cut off without an answer. */
export function noteFailure(exchange: Exchange, status: i32): void {
  if (!exchange.isAttempt || exchange.hasFailed) return;
  exchange.hasFailed = true;
  leaveRace(exchange);
  const before = pastAttempts();
  let how = status.toString();
  if (status == 0) how = getProperty(ANSWERED).length > 0 ? "overtaken" : "no answer";
  const own = nameOf(exchange) + " " + how;
  setProperty(ATTEMPTS, before.length > 0 ? `${before}, ${own}` : own);
}

/** The attempt is over, maybe before anything came of it. */
export function endAttempt(exchange: Exchange): void {
  const phase = exchange.phase;
  if (
    phase == Phase.AwaitingResponse ||
    phase == Phase.HoldingStream ||
    phase == Phase.GatheringResponse
  ) {
    noteFailure(exchange, 0);
  }
  leaveRace(exchange);
  endWait(exchange);
}

/** How the attempts so far have ended, or "". */
export function pastAttempts(): string {
  return getProperty(ATTEMPTS);
}
