// Attempts of one request that are under way side by side: the first answer counts, and no error does as long as
// another attempt may still be answered. All of them run in one worker.
import { getProperty, setProperty } from "../proxy-wasm/properties";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { Exchange } from "./exchange";

/** Filter state: three counts in one number. */
const RACE: string = "llm_race";
/** Attempts that may still be answered. */
const OPEN: i32 = 1;
/** Attempts that have failed and wait for the others. */
const HELD: i32 = 1_000;
/** All attempts so far. */
const BEGUN: i32 = 1_000_000;
/** What the next attempt may be late, in nanoseconds. */
const LATE: i64 = 500_000_000;

function counts(): i32 {
  const text = getProperty(RACE);
  return text.length > 0 ? <i32>parseInt(text) : 0;
}

function count(what: i32): void {
  setProperty(RACE, (counts() + what).toString());
}

/** An attempt begins. */
export function enterRace(exchange: Exchange): void {
  exchange.isRacing = true;
  count(OPEN + BEGUN);
}

/** An attempt has failed, or is over. */
export function leaveRace(exchange: Exchange): void {
  if (exchange.isRacing) count(-OPEN);
  exchange.isRacing = false;
}

/** An attempt that has failed is held. */
export function waitForRace(exchange: Exchange): void {
  const next = <i64>exchange.hedgeDelay * 1_000_000 + LATE;
  exchange.raceEnd = currentTimeNanoseconds() + next;
  count(HELD);
}

/** A held attempt is over. */
export function endWait(exchange: Exchange): void {
  if (exchange.raceEnd > 0) count(-HELD);
  exchange.raceEnd = 0;
}

/** Whether another attempt is there. */
export function hasRivals(exchange: Exchange): bool {
  return counts() % BEGUN > (exchange.isRacing ? OPEN : 0);
}

/** Whether no attempt may be answered any more. A later one need not come: Envoy may not be allowed to retry. */
export function isLost(exchange: Exchange): bool {
  const all = counts();
  if (all % HELD > 0) return false;
  return all / BEGUN >= exchange.hedgedAttempts || currentTimeNanoseconds() > exchange.raceEnd;
}
