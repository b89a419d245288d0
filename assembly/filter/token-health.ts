// The health of a provider's tokens: shared by all workers, told by answers and by health checks.
import { ProviderConfig } from "../config/provider-config";
import { ApiError, TokenFault } from "../openai/api-error";
import { log } from "../proxy-wasm/log";
import { getRouteProperty } from "../proxy-wasm/properties";
import { SharedValue } from "../proxy-wasm/shared-data";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { LogLevel } from "../proxy-wasm/types";
import { PoolState, TokenState } from "../routing/pool-state";
import { PoolChange, TokenPool } from "../routing/token-pool";
import { timeText } from "../text/date";
import { cleanLabel } from "../text/label-values";
import { TokenUse } from "./token-use";
import { Exchange } from "./exchange";
import { recordKeys } from "./meters";
import { tellOutage } from "./outage";
import { upstreamHost } from "./request-target";

/** As often as other workers may get in between. */
const TRIES: i32 = 10;
/** Milliseconds between two warnings of the same kind. */
const BETWEEN_WARNINGS: i64 = 1000;

/** What happens to the state of a token. */
const enum Event {
  Failure,
  Pause,
  Refusal,
  Silence,
  Success,
  /** Success of a request that found the token in use. */
  SuccessInUse,
  FailedCheck,
}

/** The time of the last change, and when the token that was changed is back: milliseconds since 1970. */
let NOW: i64 = 0;
let UNTIL: i64 = 0;

/** Milliseconds since 1970. */
export function nowMilliseconds(): i64 {
  return currentTimeNanoseconds() / 1_000_000;
}

/** The state as all workers see it now. */
export function loadPool(pool: TokenPool): PoolState {
  const value = new SharedValue(pool.key);
  value.read();
  return PoolState.parse(value.ptr, value.length);
}

/** Tells the gateway whether a token of the provider is in use, as its configuration has come. */
export function tellLive(config: ProviderConfig): void {
  const pool = config.failover;
  const now = nowMilliseconds();
  if (pool !== null) recordKeys(config, pool, loadPool(pool));
  tellOutage(config, pool === null ? 0 : pool.outUntil(loadPool(pool), now), now);
}

/** Counts a failed answer, if its status is one that counts. `pause`: milliseconds, or 0. */
export function countFailure(exchange: Exchange, use: TokenUse, status: i32, pause: i64): void {
  const pool = exchange.config.failover;
  if (pool === null || pool.isGraded || !pool.statuses.matches(status)) return;
  const change = update(pool, Event.Failure, use.token, pause, exchange);
  if (change != PoolChange.TakenOut) return;
  const last = `the last with status ${status}`;
  say(LogLevel.Warn, exchange.config, use.token, `is taken out of use after failures, ${last}`);
}

/** Draws from an error what it says about the token, in a cluster. */
export function judgeFailure(exchange: Exchange, error: ApiError): void {
  const config = exchange.config;
  const pool = config.failover;
  const use = exchange.tokenUse;
  if (pool === null || use === null || !pool.isGraded || error.fault == TokenFault.None) return;
  const status = exchange.status >= 400 ? exchange.status : error.status;
  if (!pool.statuses.matches(status)) return;
  // What a client's own key is refused says nothing of the provider.
  if (config.tokens.length == 0 && status < 500) return;
  const isRefused = error.fault == TokenFault.Refused;
  const inBody = max(min(error.retryAfter, 86_400), 0) * 1000;
  const event = isRefused ? Event.Refusal : Event.Pause;
  const pause = use.pause > 0 ? use.pause : inBody;
  if (update(pool, event, use.token, pause, exchange) != PoolChange.TakenOut) return;
  // The provider's own text, which may hold anything.
  const code = error.code.length > 0 ? " " + cleanLabel(error.code) : "";
  const end = timeText(UNTIL);
  const why = isRefused ? "the provider refuses it" : "the provider wants a pause";
  const what = `is out of use for ${UNTIL - NOW} ms, until ${end}: ${why} (${status}${code})`;
  say(LogLevel.Warn, config, use.token, what);
}

/**
 * Draws its conclusion from a connection that was refused, reset, or silent for too long, in a cluster: after
 * several in a row no other request shall wait for the like until the pause is over.
 */
export function judgeSilence(exchange: Exchange): void {
  const config = exchange.config;
  const pool = config.failover;
  const use = exchange.tokenUse;
  if (pool === null || use === null || !pool.isGraded) return;
  if (update(pool, Event.Silence, use.token, 0, exchange) != PoolChange.TakenOut) return;
  const end = timeText(UNTIL);
  const what = `is out of use for ${UNTIL - NOW} ms, until ${end}: no answer came`;
  say(LogLevel.Warn, config, use.token, what);
}

/** Counts an answer that is none of an error. */
export function countSuccess(exchange: Exchange, use: TokenUse): void {
  const pool = exchange.config.failover;
  if (pool === null || !use.hasPast) return;
  giveBack(exchange.config, pool, use.token, use.wasOut);
}

/** Counts a success of a token, and logs it where the token is given back by it. */
export function giveBack(
  config: ProviderConfig,
  pool: TokenPool,
  token: i32,
  wasOut: bool = true,
): void {
  const change = update(pool, wasOut ? Event.Success : Event.SuccessInUse, token, 0, null, config);
  if (change == PoolChange.GivenBack) say(LogLevel.Info, config, token, "is in use again");
}

/** Counts a failed health check. */
export function countFailedCheck(pool: TokenPool, token: i32): void {
  update(pool, Event.FailedCheck, token, 0, null);
}

/** Changes the shared state of a token, again where another worker got in between. */
function update(
  pool: TokenPool,
  event: Event,
  token: i32,
  pause: i64,
  exchange: Exchange | null,
  config: ProviderConfig | null = exchange === null ? null : exchange.config,
): PoolChange {
  const value = new SharedValue(pool.key);
  const now = nowMilliseconds();
  for (let i = 0; i < TRIES; ++i) {
    value.read();
    const state = PoolState.parse(value.ptr, value.length);
    if (event >= Event.Success && state.find(pool.hashes[token]) === null) return PoolChange.None;
    const change = apply(pool, state, event, token, pause, now);
    if (pool.isGraded && change == PoolChange.None) return change;
    const own = state.find(pool.hashes[token]);
    if (exchange !== null && own !== null && own.isOut && pool.probes) recordPlace(exchange, own);
    pool.prune(state, now);
    if (!value.write(state.write())) continue;
    NOW = now;
    UNTIL = own === null ? 0 : own.until;
    if (config !== null) recordKeys(config, pool, state);
    if (pool.isGraded && config !== null) tellOutage(config, pool.outUntil(state, now), now);
    return change;
  }
  return PoolChange.None;
}

function apply(
  pool: TokenPool,
  state: PoolState,
  event: Event,
  token: i32,
  pause: i64,
  now: i64,
): PoolChange {
  switch (event) {
    case Event.Failure:
      return pool.fail(state, token, now, pause);
    case Event.Pause:
    case Event.Refusal:
      return pool.punish(state, token, now, event == Event.Refusal, pause);
    case Event.Silence:
      const threshold = max(pool.failureThreshold, pool.silenceThreshold);
      return pool.punish(state, token, now, false, 0, threshold);
    case Event.FailedCheck:
      pool.checkFailed(state, token, now);
      return PoolChange.Counted;
    default:
      if (pool.isGraded) return pool.forgive(state, token, now, event == Event.Success);
      return pool.succeed(state, token, now);
  }
}

/** Remembers where a health check has to go. */
function recordPlace(exchange: Exchange, token: TokenState): void {
  const use = exchange.tokenUse;
  token.cluster = getRouteProperty("cluster_name");
  token.path = exchange.call.clientPath;
  const host = upstreamHost(exchange);
  token.host = host.length > 0 || use === null ? host : use.host;
}

/** Claims the next token whose health is to be checked; null: there is none for this worker. */
export function claimCheck(pool: TokenPool): TokenState | null {
  const value = new SharedValue(pool.key);
  for (let i = 0; i < TRIES; ++i) {
    value.read();
    if (value.length == 0) return null;
    const state = PoolState.parse(value.ptr, value.length);
    const index = pool.claim(state, nowMilliseconds());
    if (index < 0) return null;
    if (value.write(state.write())) return state.find(pool.hashes[index]);
  }
  return null;
}

/** Says, now and then, that a provider has no token left. */
export function warnOfNone(config: ProviderConfig, pool: TokenPool, token: i32, now: i64): void {
  if (now - pool.lastWarning < BETWEEN_WARNINGS) return;
  pool.lastWarning = now;
  say(
    LogLevel.Warn,
    config,
    token,
    "is used although all tokens are out of use: it is the next back",
  );
}

/** Logs a line about a token by its id; the token itself never shows. A provider without tokens stands for itself. */
export function say(level: LogLevel, config: ProviderConfig, token: i32, what: string): void {
  const which = token < config.tokens.length ? `: token '${config.tokens[token].id}'` : "";
  log(level, `provider '${config.name}'${which} ${what}`);
}
