// The timer of a configuration: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#timers
import { proxy_set_tick_period_milliseconds } from "./imports";

/** Asks for `onTick` of the current root context, again and again; 0 ends it. */
export function setTickPeriod(milliseconds: i32): void {
  proxy_set_tick_period_milliseconds(milliseconds);
}
