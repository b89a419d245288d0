// Repeats a failed request with another token while the failed answer is held.
import { ApiError } from "../openai/api-error";
import { EncodedBody } from "../providers/encoded-body";
import { HeaderEdits } from "../providers/header-edits";
import { Protocol } from "../providers/provider-settings";
import { Headers } from "../proxy-wasm/headers";
import { httpCall } from "../proxy-wasm/http-call";
import { getRouteProperty } from "../proxy-wasm/properties";
import { HeaderMapType, LogLevel } from "../proxy-wasm/types";
import { noteAnswer, noteFailure } from "./attempt";
import { isFromProvider } from "./error-response";
import { Exchange } from "./exchange";
import { namedPause } from "./pause";
import { Phase } from "./phase";
import { upstreamHost, upstreamTarget } from "./request-target";
import { tellStatus } from "./telemetry";
import { chooseOther } from "./token-choice";
import { countFailure, countSuccess, judgeFailure, nowMilliseconds, say } from "./token-health";
import { TokenUse } from "./token-use";

const HEADERS: Headers = new Headers();
const EDITS: HeaderEdits = new HeaderEdits();

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
  tellStatus(exchange);
}

/** Whether an answer with this status is one to try again after. */
export function mayRetry(exchange: Exchange, use: TokenUse, status: i32): bool {
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

/** Sends the kept request with another token. False: there is none, or it cannot be sent. */
export function sendAgain(exchange: Exchange, use: TokenUse): bool {
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
