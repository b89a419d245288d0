// What a worker remembers of a provider from one request to the next.
import { ProviderConfig } from "../config/provider-config";
import { setTickPeriod } from "../proxy-wasm/streams";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { ContextFile } from "./context-file";
import { FirstByteWatch } from "./first-byte-watch";

/** Bounds of the timer's period in milliseconds. */
const SHORTEST_TICK: i32 = 10;
const LONGEST_TICK: i32 = 100;
const NANOSECONDS: i64 = 1_000_000;

/** Made for providers that need it only. */
export class ProviderState {
  readonly watch: FirstByteWatch = new FirstByteWatch();
  readonly file: ContextFile | null;

  constructor(readonly config: ProviderConfig) {
    const source = config.exchange.context;
    this.file = source === null ? null : new ContextFile(config, source);
  }
}

/** The states of one configuration. */
export class ProviderStates {
  readonly all: ProviderState[] = [];
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

  /** Has a stream of a provider told once it should have begun. */
  watch(config: ProviderConfig, stream: u32): void {
    const timeout = config.exchange.firstByteTimeout;
    const end = currentTimeNanoseconds() + <i64>timeout * NANOSECONDS;
    this.of(config).watch.add(stream, end);
    this.needTick(max(SHORTEST_TICK, min(LONGEST_TICK, timeout / 10)));
  }

  /** Has the timer fire at least once in so many milliseconds; 0: it need not. */
  needTick(period: i32): void {
    if (period == 0 || (this.tick != 0 && this.tick <= period)) return;
    this.tick = period;
    setTickPeriod(period);
  }
}
