// What a worker remembers of a provider from one request to the next.
import { ProviderConfig } from "../config/provider-config";
import { getHeader } from "../proxy-wasm/headers";
import { setTickPeriod } from "../proxy-wasm/streams";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { HeaderMapType } from "../proxy-wasm/types";
import { Protocol } from "../providers/provider-settings";
import { AccessToken } from "./access-token";
import { ContextFile } from "./context-file";
import { Exchange } from "./exchange";
import { Fetched } from "./fetched";
import { FirstByteWatch } from "./first-byte-watch";
import { mayBeChat } from "./messages-client";

/** Bounds of the timer's period in milliseconds. */
const SHORTEST_TICK: i32 = 10;
const LONGEST_TICK: i32 = 100;
const NANOSECONDS: i64 = 1_000_000;
/** Milliseconds after which a held attempt is looked at again. */
const YIELD_TIME: i32 = 20;

/** Made for providers that need it only. */
export class ProviderState {
  readonly watch: FirstByteWatch = new FirstByteWatch();
  private readonly file: ContextFile | null;
  readonly access: AccessToken | null;

  constructor(readonly config: ProviderConfig) {
    const source = config.exchange.context;
    this.file = source === null ? null : new ContextFile(config, source);
    const account = config.provider.serviceAccount;
    this.access = account === null ? null : new AccessToken(config, account);
  }

  /** What a request still needs before it can be sent; null: nothing. */
  neededBy(exchange: Exchange): Fetched | null {
    const needsFile = !exchange.hasContext && !exchange.isUnread;
    if (needsFile && this.file !== null && mayBeChat(exchange)) {
      if (this.config.protocol != Protocol.Original) return this.file;
    }
    return exchange.call.token.length == 0 ? this.access : null;
  }

  /** Takes the answer to a call. The streams that waited for it; null where the call is another one's. */
  take(call: i32, length: i32): u32[] | null {
    let waiting: u32[] | null = null;
    const file = this.file;
    if (file !== null) waiting = file.take(call, length);
    const access = this.access;
    if (waiting === null && access !== null) waiting = access.take(call, length);
    return waiting;
  }
}

/** The states of one configuration. */
export class ProviderStates {
  readonly all: ProviderState[] = [];
  /** Attempts that are held for the sake of others. */
  readonly held: FirstByteWatch = new FirstByteWatch();
  /** Milliseconds; 0: no timer has been needed yet. */
  private tick: i32 = 0;

  /** The state of a provider. */
  of(config: ProviderConfig): ProviderState {
    for (let i = 0; i < this.all.length; ++i) {
      if (this.all[i].config == config) return this.all[i];
    }
    const state = new ProviderState(config);
    this.all.push(state);
    return state;
  }

  /** An access token that the provider refuses is of no use to the next request. */
  watchAccess(exchange: Exchange): void {
    if (exchange.config.provider.serviceAccount === null) return;
    const access = this.of(exchange.config).access;
    if (access === null || getHeader(HeaderMapType.ResponseHeaders, ":status") != "401") return;
    access.drop(exchange.call.token);
  }

  /** Has a stream of a provider told once it should have begun. */
  watch(config: ProviderConfig, stream: u32): void {
    const timeout = config.exchange.firstByteTimeout;
    const end = currentTimeNanoseconds() + <i64>timeout * NANOSECONDS;
    this.of(config).watch.add(stream, end);
    this.needTick(max(SHORTEST_TICK, min(LONGEST_TICK, timeout / 10)));
  }

  /** Has a held attempt told that some time has passed. */
  lookAgain(stream: u32): void {
    this.held.add(stream, currentTimeNanoseconds() + <i64>YIELD_TIME * NANOSECONDS);
    this.needTick(YIELD_TIME);
  }

  /** Has the timer fire at least once in so many milliseconds; 0: it need not. */
  needTick(period: i32): void {
    if (period == 0 || (this.tick != 0 && this.tick <= period)) return;
    this.tick = period;
    setTickPeriod(period);
  }
}
