// Which of a provider's tokens a request uses.
import { randomBits } from "../proxy-wasm/system";
import { Headers } from "../proxy-wasm/headers";
import { CONSUMER_HEADER, isStateful, tokenOfConsumer } from "../routing/consumer-affinity";
import { PoolState } from "../routing/pool-state";
import { pickFrom } from "../routing/token-picker";
import { TokenPool } from "../routing/token-pool";
import { failedTokens } from "./attempt";
import { TokenUse } from "./token-use";
import { Exchange } from "./exchange";
import { upstreamHost } from "./request-target";
import { loadPool, nowMilliseconds, warnOfNone } from "./token-health";

/** The place of the token in the configuration, which has at least one. */
export function chooseTokenAt(exchange: Exchange, headers: Headers): i32 {
  const config = exchange.config;
  const call = exchange.call;
  const count = config.tokens.length;
  const consumer = count > 1 && isStateful(call.capability) ? headers.get(CONSUMER_HEADER) : "";
  const bound = consumer.length > 0 ? tokenOfConsumer(consumer, count) : -1;
  // An object of one account is unknown to all others.
  const failed = bound < 0 ? failedTokens(exchange) : [];
  const pool = config.failover;
  const retry = config.retry;
  if (pool === null && retry === null) return chooseAny(exchange, bound, failed);
  const use = new TokenUse();
  exchange.tokenUse = use;
  use.token =
    pool !== null
      ? chooseLive(exchange, pool, use, bound, failed)
      : chooseAny(exchange, bound, failed);
  // In a cluster Envoy itself repeats requests.
  if (retry !== null && bound < 0 && !exchange.isAttempt) use.left = retry.maxRetries;
  if (upstreamHost(exchange).length == 0) use.host = headers.get(":authority");
  return use.token;
}

/** Keeps what is known of a provider without tokens: it may be out as a whole. */
export function watchProvider(exchange: Exchange): void {
  const pool = exchange.config.failover;
  if (pool === null) return;
  const use = new TokenUse();
  exchange.tokenUse = use;
  const state = loadPool(pool);
  const own = state.find(pool.hashes[0]);
  use.hasPast = own !== null;
  use.wasOut = own !== null && pool.isOut(own, nowMilliseconds());
}

/** A token where nothing is known of any, but for those that have failed in this request. */
function chooseAny(exchange: Exchange, bound: i32, failed: i32[]): i32 {
  if (bound >= 0) return bound;
  const count = exchange.config.tokens.length;
  const picker = exchange.config.picker;
  const random = exchange.call.random;
  if (failed.length == 0 || failed.length == count) return picker.ofAll(count, random);
  return picker.pick(without(all(count), failed), random, [], null);
}

function chooseLive(
  exchange: Exchange,
  pool: TokenPool,
  use: TokenUse,
  bound: i32,
  failed: i32[],
): i32 {
  const state = loadPool(pool);
  if (state.tokens.length == 0) return chooseAny(exchange, bound, failed);
  const now = nowMilliseconds();
  const chosen = choose(exchange, pool, state, now, bound, failed);
  const token = state.find(pool.hashes[chosen]);
  use.hasPast = token !== null;
  use.wasOut = token !== null && pool.isOut(token, now);
  return chosen;
}

/** A live token; for want of one a token that is the next back; all the better if it has not failed in this request. */
function choose(
  exchange: Exchange,
  pool: TokenPool,
  state: PoolState,
  now: i64,
  bound: i32,
  failed: i32[],
): i32 {
  const picker = exchange.config.picker;
  const random = exchange.call.random;
  const usable = pool.usable(state, now);
  let chosen =
    bound >= 0
      ? pickFrom(usable, bound)
      : picker.pick(without(usable.slice(), failed), random, pool.hashes, state);
  if (chosen < 0 && failed.length > 0) chosen = pool.soonestBack(state, failed);
  else if (chosen >= 0) return chosen;
  if (chosen < 0) chosen = picker.pick(usable, random, pool.hashes, state);
  if (chosen >= 0 && usable[chosen]) return chosen;
  if (chosen < 0) chosen = pool.soonestBack(state);
  warnOfNone(exchange.config, pool, chosen, now);
  return chosen;
}

function all(count: i32): bool[] {
  return new Array<bool>(count).fill(true);
}

function without(usable: bool[], failed: i32[]): bool[] {
  for (let i = 0; i < failed.length; ++i) usable[failed[i]] = false;
  return usable;
}

/** A live token that the request has not used yet, or -1. */
export function chooseOther(exchange: Exchange, use: TokenUse): i32 {
  const config = exchange.config;
  const pool = config.failover;
  if (pool === null) {
    const usable = without(all(config.tokens.length), use.used);
    usable[use.token] = false;
    return config.picker.pick(usable, randomBits(), [], null);
  }
  const state = loadPool(pool);
  const usable = without(pool.usable(state, nowMilliseconds()), use.used);
  usable[use.token] = false;
  return config.picker.pick(usable, randomBits(), pool.hashes, state);
}
