// Which of a provider's tokens a request uses.
import { randomBits } from "../proxy-wasm/system";
import { Headers } from "../proxy-wasm/headers";
import { CONSUMER_HEADER, isStateful, tokenOfConsumer } from "../routing/consumer-affinity";
import { pickAny, pickFrom, TokenPool } from "../routing/token-pool";
import { TokenUse } from "./token-use";
import { Exchange } from "./exchange";
import { upstreamHost } from "./request";
import { loadPool, nowMilliseconds, warnOfNone } from "./token-health";

/** The place of the token in the configuration, which has at least one. */
export function chooseTokenAt(exchange: Exchange, headers: Headers): i32 {
  const config = exchange.config;
  const call = exchange.call;
  const count = config.tokens.length;
  const consumer = count > 1 && isStateful(call.capability) ? headers.get(CONSUMER_HEADER) : "";
  const isBound = consumer.length > 0;
  const first = isBound ? tokenOfConsumer(consumer, count) : <i32>(call.random % <u64>count);
  const pool = config.failover;
  const retry = config.retry;
  if (pool === null && retry === null) return first;
  const use = new TokenUse();
  exchange.tokenUse = use;
  use.token = first;
  if (pool !== null) use.token = chooseLive(exchange, pool, first, isBound);
  // An object of one account is unknown to all others. In a cluster Envoy itself repeats requests.
  if (retry !== null && !isBound && !exchange.isAttempt) use.left = retry.maxRetries;
  if (upstreamHost(exchange).length == 0) use.host = headers.get(":authority");
  return use.token;
}

function chooseLive(exchange: Exchange, pool: TokenPool, first: i32, isBound: bool): i32 {
  const state = loadPool(pool);
  if (state.tokens.length == 0) return first;
  const now = nowMilliseconds();
  const usable = pool.usable(state, now);
  const chosen = isBound ? pickFrom(usable, first) : pickAny(usable, exchange.call.random);
  if (chosen >= 0) return chosen;
  const soonest = pool.soonestBack(state);
  warnOfNone(exchange.config, pool, soonest, now);
  return soonest;
}

/** A live token that the request has not used yet, or -1. */
export function chooseOther(exchange: Exchange, use: TokenUse): i32 {
  const config = exchange.config;
  const pool = config.failover;
  const usable: bool[] = [];
  if (pool !== null) {
    const live = pool.usable(loadPool(pool), nowMilliseconds());
    for (let i = 0; i < live.length; ++i) usable.push(live[i]);
  } else {
    for (let i = 0; i < config.tokens.length; ++i) usable.push(true);
  }
  usable[use.token] = false;
  for (let i = 0; i < use.used.length; ++i) usable[use.used[i]] = false;
  return pickAny(usable, randomBits());
}
