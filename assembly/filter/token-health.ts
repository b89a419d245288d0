// The health of a provider's tokens: shared by all workers, told by answers and by health checks.
import { ProviderConfig } from "../config/provider-config";
import { log } from "../proxy-wasm/log";
import { getRouteProperty } from "../proxy-wasm/properties";
import { SharedValue } from "../proxy-wasm/shared-data";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { LogLevel } from "../proxy-wasm/types";
import { PoolState, TokenState } from "../routing/pool-state";
import { PoolChange, TokenPool } from "../routing/token-pool";
import { TokenUse } from "./token-use";
import { Exchange } from "./exchange";
import { upstreamHost } from "./request";

/** As often as other workers may get in between. */
const TRIES: i32 = 10;
/** Milliseconds between two warnings of the same kind. */
const BETWEEN_WARNINGS: i64 = 1000;

/** What happens to the state of a token. */
const enum Event {
  Failure,
  Success,
  FailedCheck,
}

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

/** Counts a failed answer, if its status is one that counts. `retryAfter`: seconds, or -1. */
export function countFailure(
  exchange: Exchange,
  use: TokenUse,
  status: i32,
  retryAfter: i64,
): void {
  const pool = exchange.config.failover;
  if (pool === null || !pool.statuses.matches(status)) return;
  const pause = retryAfter > 0 ? min(retryAfter, 86_400) * 1000 : 0;
  const change = update(pool, Event.Failure, use.token, pause, exchange);
  if (change != PoolChange.TakenOut) return;
  const last = `the last with status ${status}`;
  say(LogLevel.Warn, exchange.config, use.token, `is taken out of use after failures, ${last}`);
}

/** Counts an answer that is none of an error. */
export function countSuccess(exchange: Exchange, use: TokenUse): void {
  const pool = exchange.config.failover;
  if (pool !== null) giveBack(exchange.config, pool, use.token);
}

/** Counts a success of a token, and logs it where the token is given back by it. */
export function giveBack(config: ProviderConfig, pool: TokenPool, token: i32): void {
  const change = update(pool, Event.Success, token, 0, null);
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
): PoolChange {
  const value = new SharedValue(pool.key);
  const now = nowMilliseconds();
  for (let i = 0; i < TRIES; ++i) {
    value.read();
    const state = PoolState.parse(value.ptr, value.length);
    if (event != Event.Failure && state.find(pool.hashes[token]) === null) return PoolChange.None;
    let change = PoolChange.None;
    if (event == Event.Failure) change = pool.fail(state, token, now, pause);
    else if (event == Event.Success) change = pool.succeed(state, token, now);
    else pool.checkFailed(state, token, now);
    const own = state.find(pool.hashes[token]);
    if (exchange !== null && own !== null && own.isOut && pool.probes) recordPlace(exchange, own);
    pool.prune(state, now);
    if (value.write(state.write())) return change;
  }
  return PoolChange.None;
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

/** Logs a line about a token by its id; the token itself never shows. */
export function say(level: LogLevel, config: ProviderConfig, token: i32, what: string): void {
  const id = config.settings.id.length > 0 ? config.settings.id : config.provider.id;
  log(level, `provider '${id}': token '${config.tokens[token].id}' ${what}`);
}
