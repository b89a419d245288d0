// A request that waits: for what has to be fetched before it can be sent, for its answer, or for other attempts.
import { Headers } from "../proxy-wasm/headers";
import { noteFailure, endsHold, refuse, resumeAttempt } from "./attempt";
import { Exchange } from "./exchange";
import { FetchState } from "./fetched";
import { gatewayError } from "./gateway-error";
import { Phase } from "./phase";
import { ProviderStates } from "./provider-state";
import { finishRequest, sendUnread } from "./request";

/** Asks for all that the host has buffered. */
export const ALL_BYTES: i32 = i32.MAX_VALUE;

/**
 * Takes a request whose body, of `length` bytes, is all there or is not read, and sends it on unless it has to
 * wait. The answer is the phase that follows.
 */
export function takeRequest(exchange: Exchange, states: ProviderStates, length: i32): Phase {
  if (exchange.config.needsFetch) {
    const state = states.of(exchange.config);
    for (let item = state.neededBy(exchange); item !== null; item = state.neededBy(exchange)) {
      const found = item.ask(exchange.streamId, exchange.call);
      if (found == FetchState.Failed) {
        exchange.phase = refuse(exchange, item.failure);
        return exchange.phase;
      }
      if (found == FetchState.Pending) {
        exchange.awaited = item;
        exchange.phase = Phase.AwaitingFetch;
        return exchange.phase;
      }
      item.give(exchange);
    }
  }
  return send(exchange, states, length);
}

function send(exchange: Exchange, states: ProviderStates, length: i32): Phase {
  exchange.phase = exchange.isUnread ? sendUnread(exchange) : finishRequest(exchange, length);
  const timeout = exchange.config.exchange.firstByteTimeout;
  if (timeout > 0 && exchange.call.stream && exchange.phase == Phase.AwaitingResponse) {
    states.watch(exchange.config, exchange.streamId);
  }
  return exchange.phase;
}

/** What the request waits for has been fetched, or cannot be. True: the request goes on. */
export function resumeRequest(exchange: Exchange, states: ProviderStates, headers: Headers): bool {
  const item = exchange.awaited;
  if (item === null || exchange.phase != Phase.AwaitingFetch) return false;
  exchange.awaited = null;
  if (item.isThere) {
    if (exchange.isRacing) resumeAttempt(exchange, headers);
    item.give(exchange);
    takeRequest(exchange, states, ALL_BYTES);
  } else {
    exchange.phase = refuse(exchange, item.failure);
  }
  waitForRivals(exchange, states);
  const phase = exchange.phase;
  return phase != Phase.Over && phase != Phase.AwaitingFetch && phase != Phase.Yielding;
}

/** The time is over in which a stream should have begun, or after which a held attempt is looked at again. */
export function endWaiting(exchange: Exchange, states: ProviderStates): void {
  if (exchange.phase == Phase.Yielding && !endsHold(exchange)) waitForRivals(exchange, states);
  if (exchange.phase != Phase.AwaitingResponse && exchange.phase != Phase.HoldingStream) return;
  exchange.phase = refuse(exchange, gatewayError(exchange.config.provider.id, 504, 0));
  waitForRivals(exchange, states);
  noteFailure(exchange, 504);
}

/** Has a held attempt looked at again. */
export function waitForRivals(exchange: Exchange, states: ProviderStates): void {
  if (exchange.phase == Phase.Yielding) states.lookAgain(exchange.streamId);
}
