// What the gateway tells the attempts, and what each attempt leaves for the next one. An attempt finds the
// body as the client sent it, but the headers as the one before left them.
import { Headers, removeHeader, setHeaders } from "../proxy-wasm/headers";
import {
  getProperty,
  receiveProperty,
  setProperty,
  setPropertyBytes,
} from "../proxy-wasm/properties";
import { receivedLength } from "../proxy-wasm/received";
import { HeaderMapType } from "../proxy-wasm/types";
import { CONSUMER_HEADER } from "../routing/consumer-affinity";
import { modelFor } from "../routing/model-router";
import { Exchange } from "./exchange";
import { Phase } from "./phase";

/** Header: `id=model` of the providers that are asked for another model. */
export const MODELS_HEADER: string = "x-llm-models";

/** Filter state: the request's headers before the first attempt. */
const SNAPSHOT: string = "llm_request";
/** Filter state: what became of the attempts, such as `openai 503, claude 429`. */
const ATTEMPTS: string = "llm_attempts";
/** Filter state: tokens of the request and of the answer so far. */
const TOKENS: string = "llm_total_tokens";
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

/** Takes what the gateway says of this attempt. */
export function beginAttempt(exchange: Exchange, headers: Headers): void {
  exchange.isAttempt = true;
  exchange.call.countsTokens = true;
  if (headers.has(CONSUMER_HEADER)) removeHeader(HeaderMapType.RequestHeaders, CONSUMER_HEADER);
  const models = headers.get(MODELS_HEADER);
  if (models.length == 0) return;
  exchange.routedModel = modelFor(exchange.config.settings.id, models);
  removeHeader(HeaderMapType.RequestHeaders, MODELS_HEADER);
}

/** Keeps how an attempt failed: `status` 0 where it was cut off without an answer. */
export function noteFailure(exchange: Exchange, status: i32): void {
  if (!exchange.isAttempt || exchange.hasFailed) return;
  exchange.hasFailed = true;
  // Nobody pays for an answer that does not reach the client.
  if (exchange.notedTokens > 0) noteTokens(0);
  const before = pastAttempts();
  const own = exchange.config.name + (status > 0 ? " " + status.toString() : " no answer");
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

/** The attempt is over, maybe before anything came of it. */
export function endAttempt(exchange: Exchange): void {
  const phase = exchange.phase;
  if (phase == Phase.AwaitingResponse || phase == Phase.HoldingStream) noteFailure(exchange, 0);
}

/** How the attempts so far have ended, or "". */
export function pastAttempts(): string {
  return getProperty(ATTEMPTS);
}
