// Attempts of one request that are under way side by side: the first answer counts, and no error does as long as
// another attempt may still be answered. All of them run in one worker.
import { setHeader } from "../proxy-wasm/headers";
import { getProperty, setProperty } from "../proxy-wasm/properties";
import { HeaderMapType } from "../proxy-wasm/types";
import { Exchange } from "./exchange";

/** Filter state: how many attempts may still be answered. */
const OPEN: string = "llm_open";
/** Header of an error that Envoy drops while another attempt is under way. */
const YIELDS: string = "x-llm-yields";

/** An attempt begins. */
export function enterRace(exchange: Exchange): void {
  exchange.isRacing = true;
  setProperty(OPEN, (openAttempts() + 1).toString());
}

/** An attempt has failed, or is over. */
export function leaveRace(exchange: Exchange): void {
  if (!exchange.isRacing) return;
  exchange.isRacing = false;
  setProperty(OPEN, (openAttempts() - 1).toString());
}

/** How many attempts of the request at hand may still be answered. */
export function openAttempts(): i32 {
  const text = getProperty(OPEN);
  return text.length > 0 ? <i32>parseInt(text) : 0;
}

/** Marks an error whose headers are at hand. */
export function yieldToRivals(): void {
  if (openAttempts() > 0) setHeader(HeaderMapType.ResponseHeaders, YIELDS, "1");
}
