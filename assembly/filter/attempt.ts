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
import { CONSUMER_HEADER } from "../routing/consumer-affinity";
import { modelFor } from "../routing/model-router";
import { Exchange } from "./exchange";
import { replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { tellError } from "./telemetry";
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
const SNAPSHOT: string = "ai_proxy_headers";
/** Filter state: what became of the attempts, such as `openai 503, claude 429`. */
const ATTEMPTS: string = "llm_attempts";
/** Filter state: tokens of the request and of the answer so far. */
const TOKENS: string = "llm_total_tokens";
/** Filter state: the client has gone before its answer was whole. */
const LEFT: string = "llm_left";
/** Filter state: the tokens that have failed, such as `openai#0,claude#2,`. */
const FAILED_TOKENS: string = "llm_failed_tokens";

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
  exchange.call.countsTokens = true;
  exchange.hedgedAttempts = config.hedgedAttempts;
  exchange.hedgeDelay = config.hedgeDelay;
  if (exchange.hedgedAttempts > 0) enterRace(exchange);
  takeHeaders(exchange, headers);
}

/** Takes the gateway's headers off the request. */
function takeHeaders(exchange: Exchange, headers: Headers): void {
  if (headers.has(CONSUMER_HEADER)) removeHeader(HeaderMapType.RequestHeaders, CONSUMER_HEADER);
  const models = headers.get(MODELS_HEADER);
  if (models.length == 0) return;
  exchange.routedModel = modelFor(exchange.config.settings.id, models);
  removeHeader(HeaderMapType.RequestHeaders, MODELS_HEADER);
}

/** Other attempts have had the headers meanwhile. */
export function resumeAttempt(exchange: Exchange, headers: Headers): void {
  restoreHeaders(headers);
  takeHeaders(exchange, headers);
}

/** Ends a request with an error that is made here. The answer is the phase that follows. */
export function refuse(exchange: Exchange, error: ApiError): Phase {
  tellError(exchange, error);
  // Envoy gives up all attempts with such an error.
  if (exchange.isRacing && hasRivals(exchange)) return hold(exchange, error);
  replyWithError(error, exchange.speaksAnthropic);
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
  replyWithError(error, exchange.speaksAnthropic);
  exchange.phase = Phase.Over;
  return true;
}

/** The client gets this attempt's answer. */
export function noteAnswer(exchange: Exchange): void {
  if (exchange.isAttempt) setProperty(ANSWERED, exchange.config.name);
}

/** Keeps how an attempt failed: `status` 0 where it was cut off without an answer. */
export function noteFailure(exchange: Exchange, status: i32): void {
  if (!exchange.isAttempt || exchange.hasFailed) return;
  exchange.hasFailed = true;
  leaveRace(exchange);
  const isCut = status == 0;
  const isOvertaken = isCut && getProperty(ANSWERED).length > 0;
  const isLeft = isCut && !isOvertaken && getProperty(LEFT).length > 0;
  exchange.isUnanswered = isCut && !isOvertaken && !isLeft;
  // Nobody pays for an answer that does not reach the client.
  if (exchange.notedTokens > 0 && !isOvertaken) noteTokens(0);
  const before = pastAttempts();
  const how = !isCut
    ? status.toString()
    : isOvertaken
      ? "overtaken"
      : isLeft
        ? "client gone"
        : "no answer";
  const own = exchange.config.name + " " + how;
  setProperty(ATTEMPTS, before.length > 0 ? `${before}, ${own}` : own);
  noteFailedToken(exchange);
}

/** Keeps that the token in use has failed, so that a later attempt takes another one. */
export function noteFailedToken(exchange: Exchange): void {
  if (!exchange.isAttempt || exchange.token < 0 || exchange.config.tokens.length < 2) return;
  setProperty(
    FAILED_TOKENS,
    `${getProperty(FAILED_TOKENS)}${tokenName(exchange, exchange.token)},`,
  );
}

/** The tokens of this provider that earlier attempts have used in vain, by their places. */
export function failedTokens(exchange: Exchange): i32[] {
  const failed: i32[] = [];
  const count = exchange.config.tokens.length;
  if (!exchange.isRepeated || count < 2) return failed;
  const names = getProperty(FAILED_TOKENS).split(",");
  for (let i = 0; i < count; ++i) if (names.includes(tokenName(exchange, i))) failed.push(i);
  return failed;
}

function tokenName(exchange: Exchange, token: i32): string {
  return `${exchange.config.name}#${token}`;
}

/** Hands over the tokens that are known of: the gateway sees only what the client has asked for. */
export function noteUsage(exchange: Exchange): void {
  const total = exchange.call.usage.total();
  if (!exchange.isAttempt || total == exchange.notedTokens) return;
  exchange.notedTokens = total;
  noteTokens(total);
}

/** Keeps the tokens of the answer so far, for the gateway, for logs and for Envoy's rate limits. */
export function noteTokens(total: i64): void {
  setProperty(TOKENS, total.toString());
}

/** The tokens that are noted. */
export function notedTokens(): i64 {
  const text = getProperty(TOKENS);
  return text.length == 0 ? 0 : I64.parseInt(text);
}

/** Tells the attempts that the client does not wait for any of them. */
export function noteLeft(): void {
  setProperty(LEFT, "1");
}

/** The attempt is over, maybe before anything came of it. */
export function endAttempt(exchange: Exchange): void {
  const phase = exchange.phase;
  const session = exchange.session;
  if (session !== null) session.endAttempt();
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
