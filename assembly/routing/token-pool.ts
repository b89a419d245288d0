// The tokens of a provider: which of them may be used, and how failures and successes change that. It reads no clock
// and calls no host: a filter in any place of the chain loads the state, asks, and stores it.
import { PoolState, TokenState } from "./pool-state";
import { StatusPatterns } from "./status-patterns";

/** States of tokens that this configuration does not have are kept for an hour. */
const KEPT_MILLISECONDS: i64 = 3_600_000;
/** A provider may ask for a pause of at most a day. */
const LONGEST_PAUSE: i64 = 86_400_000;

/** What a failure or a success has done to a token. */
export const enum PoolChange {
  None,
  Counted,
  TakenOut,
  GivenBack,
}

/** The tokens of one provider and the rules for them; never changes. Times are milliseconds. */
export class TokenPool {
  failureThreshold: i32 = 3;
  successThreshold: i32 = 1;
  healthCheckInterval: i32 = 5000;
  healthCheckTimeout: i32 = 5000;
  healthCheckModel: string = "";
  /** 0: tokens come back by health checks. */
  cooldown: i32 = 0;
  readonly statuses: StatusPatterns = new StatusPatterns();
  /** When the log last said that no token is left. */
  lastWarning: i64 = 0;

  constructor(
    /** Names the shared state; equal for equal providers. */
    readonly key: string,
    /** A hash of each token, in the order of the configuration. */
    readonly hashes: string[],
  ) {}

  /** Whether tokens are given back by health checks, and not by time. */
  get probes(): bool {
    return this.cooldown == 0;
  }

  /** Which tokens may be used. */
  usable(state: PoolState, now: i64): bool[] {
    const usable: bool[] = [];
    for (let i = 0; i < this.hashes.length; ++i) {
      const token = state.find(this.hashes[i]);
      usable.push(token === null || !this.isOut(token, now));
    }
    return usable;
  }

  private isOut(token: TokenState, now: i64): bool {
    return token.isOut && (this.probes || token.until > now);
  }

  /** The token that is out and is back, or looked at, before all others. */
  soonestBack(state: PoolState): i32 {
    let soonest = 0;
    let until = i64.MAX_VALUE;
    for (let i = 0; i < this.hashes.length; ++i) {
      const token = state.find(this.hashes[i]);
      if (token === null || token.until >= until) continue;
      soonest = i;
      until = token.until;
    }
    return soonest;
  }

  /** Counts a failure. `pause`: how long the provider asked to be left alone, or 0. */
  fail(state: PoolState, index: i32, now: i64, pause: i64): PoolChange {
    const token = this.stateOf(state, index, now);
    token.changed = now;
    token.successes = 0;
    token.failures += 1;
    const wait = min(max(pause, 0), LONGEST_PAUSE);
    if (token.isOut) {
      token.until = max(token.until, now + wait);
      return PoolChange.Counted;
    }
    if (token.failures < this.failureThreshold) return PoolChange.Counted;
    token.isOut = true;
    token.until = now + max(wait, this.probes ? this.healthCheckInterval : this.cooldown);
    return PoolChange.TakenOut;
  }

  private stateOf(state: PoolState, index: i32, now: i64): TokenState {
    const hash = this.hashes[index];
    const known = state.find(hash);
    if (known !== null) {
      if (!known.isOut || this.isOut(known, now)) return known;
      // Its time is over, so that it starts anew.
      state.remove(hash);
    }
    const token = new TokenState(hash);
    state.tokens.push(token);
    return token;
  }

  /** Counts a success, of a request or of a health check. */
  succeed(state: PoolState, index: i32, now: i64): PoolChange {
    const token = state.find(this.hashes[index]);
    if (token === null) return PoolChange.None;
    if (this.isOut(token, now)) {
      token.changed = now;
      token.successes += 1;
      if (token.successes < this.successThreshold) return PoolChange.Counted;
      state.remove(token.hash);
      return PoolChange.GivenBack;
    }
    state.remove(token.hash);
    return PoolChange.Counted;
  }

  /**
   * Claims the next token whose health is to be checked, for as long as a check may take: until then
   * no other worker claims it. -1: there is none.
   */
  claim(state: PoolState, now: i64): i32 {
    for (let i = 0; i < this.hashes.length; ++i) {
      const token = state.find(this.hashes[i]);
      if (token === null || !token.isOut || token.until > now) continue;
      token.until = now + max(this.healthCheckInterval, this.healthCheckTimeout);
      return i;
    }
    return -1;
  }

  /** A health check failed. */
  checkFailed(state: PoolState, index: i32, now: i64): void {
    const token = state.find(this.hashes[index]);
    if (token === null || !token.isOut) return;
    token.successes = 0;
    token.changed = now;
    token.until = now + this.healthCheckInterval;
  }

  /** Drops what was kept of tokens that the configuration no longer has. */
  prune(state: PoolState, now: i64): void {
    for (let i = state.tokens.length - 1; i >= 0; --i) {
      const token = state.tokens[i];
      const isOld = token.changed + KEPT_MILLISECONDS < now;
      if (isOld && !this.hashes.includes(token.hash)) state.tokens.splice(i, 1);
    }
  }
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
