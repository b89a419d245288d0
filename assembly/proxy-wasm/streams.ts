// Streams that a callout has held: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_continue_stream
import {
  proxy_continue_stream,
  proxy_set_effective_context,
  proxy_set_tick_period_milliseconds,
} from "./imports";
import { StreamType } from "./types";

/** Lets a request or response go on that a callback had stopped. */
export function continueStream(type: StreamType): void {
  proxy_continue_stream(type);
}

/** Says whose headers and bodies the next host calls are about; needed where a timer speaks for a stream. */
export function setEffectiveContext(id: u32): void {
  proxy_set_effective_context(id);
}

/** Has `onTick` of the current root context called every so many milliseconds. */
export function setTickPeriod(milliseconds: i32): void {
  proxy_set_tick_period_milliseconds(milliseconds);
}
