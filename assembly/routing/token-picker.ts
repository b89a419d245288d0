// Which of a provider's tokens is next, of those that may be used.
import { PoolState } from "./pool-state";

/** In the order of the words of `tokenStrategy`. */
export const enum TokenStrategy {
  /** By chance, all alike. */
  Random,
  /** One after the other, counted by each worker. */
  RoundRobin,
  /** The one whose last failure is the longest ago. */
  LeastRecentlyFailed,
}

/** Chooses tokens of one provider. */
export class TokenPicker {
  private turn: u32 = 0;

  constructor(private readonly strategy: TokenStrategy = TokenStrategy.Random) {}

  /** Whether failures are to be remembered beyond their end. */
  get needsPast(): bool {
    return this.strategy == TokenStrategy.LeastRecentlyFailed;
  }

  /** One of `count` tokens, none of which has failed. */
  ofAll(count: i32, random: u64): i32 {
    if (this.strategy == TokenStrategy.RoundRobin) return <i32>(this.turn++ % <u32>count);
    return <i32>(random % <u64>count);
  }

  /** One of the usable tokens, whose hashes and failures these are; -1 where there is none. */
  pick(usable: bool[], random: u64, hashes: string[], state: PoolState | null): i32 {
    if (this.strategy == TokenStrategy.RoundRobin) {
      return pickFrom(usable, <i32>(this.turn++ % <u32>usable.length));
    }
    if (this.strategy == TokenStrategy.LeastRecentlyFailed && state !== null) {
      keepOldest(usable, hashes, state);
    }
    return pickAny(usable, random);
  }
}

/** Leaves only those usable whose last failure is the longest ago. */
function keepOldest(usable: bool[], hashes: string[], state: PoolState): void {
  const failed: i64[] = [];
  let oldest = i64.MAX_VALUE;
  for (let i = 0; i < usable.length; ++i) {
    const token = state.find(hashes[i]);
    failed.push(token === null ? 0 : token.failed);
    if (usable[i]) oldest = min(oldest, failed[i]);
  }
  for (let i = 0; i < usable.length; ++i) if (failed[i] > oldest) usable[i] = false;
}

/** One of the usable tokens, each as likely as the others; -1 where there is none. */
export function pickAny(usable: bool[], random: u64): i32 {
  let count: u64 = 0;
  for (let i = 0; i < usable.length; ++i) if (usable[i]) ++count;
  if (count == 0) return -1;
  let skipped = random % count;
  for (let i = 0; i < usable.length; ++i) {
    if (!usable[i]) continue;
    if (skipped == 0) return i;
    --skipped;
  }
  return -1;
}

/** The first usable token from `start` on, around the end; -1 where there is none. */
export function pickFrom(usable: bool[], start: i32): i32 {
  for (let i = 0; i < usable.length; ++i) {
    const at = (start + i) % usable.length;
    if (usable[at]) return at;
  }
  return -1;
}
