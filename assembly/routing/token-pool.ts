// The tokens of a provider: which of them may be used, and how failures and successes change that. It reads no clock
// and calls no host: a filter in any place of the chain loads the state, asks, and stores it.
import { PoolState, TokenState } from "./pool-state";
import { StatusPatterns } from "./status-patterns";
import { TokenPicker } from "./token-picker";

/** States of tokens that this configuration does not have are kept for an hour. */
const KEPT_MILLISECONDS: i64 = 3_600_000;
/** A provider may ask for a pause of at most a day. */
const LONGEST_PAUSE: i64 = 86_400_000;
/** Pauses that nobody has named: the first one, doubled with every failure up to the longest. */
const FIRST_BACKOFF: i64 = 1000;
const LONGEST_BACKOFF: i64 = 60_000;

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
  /**
   * The pool of a provider in a cluster: what an error says decides how long its token is out. Else every
   * failure is like every other, and only their number counts.
   */
  isGraded: bool = false;
  /** Connections in a row that brought no answer, until the token they were made for is out. */
  readonly silenceThreshold: i32 = 3;
  /** How long a token is out that the provider refuses. */
  refusedDuration: i32 = 3_600_000;
  readonly statuses: StatusPatterns = new StatusPatterns();
  /** When the log last said that no token is left. */
  lastWarning: i64 = 0;

  constructor(
    /** Names the shared state; equal for equal providers. */
    readonly key: string,
    /** A hash of each token, in the order of the configuration. */
    readonly hashes: string[],
    /** Chooses among the usable tokens. */
    readonly picker: TokenPicker = new TokenPicker(),
  ) {}

  /** Whether tokens are given back by health checks, and not by time. */
  get probes(): bool {
    return this.cooldown == 0 && !this.isGraded;
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

  isOut(token: TokenState, now: i64): bool {
    return token.isOut && (this.probes || token.until > now);
  }

  /**
   * The token that is out and is back, or looked at, before all others. With `except` a token that is not among
   * these and not refused, or -1.
   */
  soonestBack(state: PoolState, except: i32[] | null = null): i32 {
    let soonest = except === null ? 0 : -1;
    let until = i64.MAX_VALUE;
    for (let i = 0; i < this.hashes.length; ++i) {
      const token = state.find(this.hashes[i]);
      if (token === null || token.until >= until) continue;
      if (except !== null && (token.isRefused || except.includes(i))) continue;
      soonest = i;
      until = token.until;
    }
    return soonest;
  }

  /** Counts a failure. `pause`: how long the provider asked to be left alone, or 0. */
  fail(state: PoolState, index: i32, now: i64, pause: i64): PoolChange {
    const token = this.stateOf(state, index, now);
    token.changed = now;
    token.failed = now;
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

  /** When a token is in use again; 0: one is now. */
  outUntil(state: PoolState, now: i64): i64 {
    let until = i64.MAX_VALUE;
    for (let i = 0; i < this.hashes.length; ++i) {
      const token = state.find(this.hashes[i]);
      if (token === null || !this.isOut(token, now)) return 0;
      until = min(until, token.until);
    }
    return until;
  }

  /**
   * Takes a token out for a failure: for long where the provider refuses it, else for the pause that the provider
   * has named, or where that is 0 for one that grows with every failure from `threshold` in a row on.
   */
  punish(
    state: PoolState,
    index: i32,
    now: i64,
    isRefused: bool,
    pause: i64,
    threshold: i32 = this.failureThreshold,
  ): PoolChange {
    const hash = this.hashes[index];
    const known = state.find(hash);
    const token = known !== null ? known : new TokenState(hash);
    if (known === null) state.tokens.push(token);
    const wasOut = this.isOut(token, now);
    token.changed = now;
    token.failed = now;
    // Requests that were under way together are one failure.
    if (!wasOut) token.failures += 1;
    if (!isRefused && pause <= 0 && token.failures < threshold) {
      return PoolChange.Counted;
    }
    const until =
      now +
      (isRefused
        ? <i64>this.refusedDuration
        : pause > 0
          ? min(pause, LONGEST_PAUSE)
          : this.backoff(token, threshold));
    const isNews = !wasOut || (isRefused && !token.isRefused);
    token.until = wasOut ? max(token.until, until) : until;
    token.isRefused = isRefused || (wasOut && token.isRefused);
    token.isOut = true;
    return isNews ? PoolChange.TakenOut : PoolChange.Counted;
  }

  private backoff(token: TokenState, threshold: i32): i64 {
    if (this.cooldown > 0) return this.cooldown;
    const doublings = min(max(token.failures - threshold, 0), 10);
    return min(FIRST_BACKOFF << doublings, LONGEST_BACKOFF);
  }

  /**
   * A token works that has been punished. `wasOut`: it was out when the request chose it; one that went out since
   * then is not given back by a request that began before.
   */
  forgive(state: PoolState, index: i32, now: i64, wasOut: bool): PoolChange {
    const token = state.find(this.hashes[index]);
    if (token === null || (!token.isOut && token.failures == 0)) return PoolChange.None;
    if (this.isOut(token, now) && !wasOut) return PoolChange.None;
    const change = token.isOut ? PoolChange.GivenBack : PoolChange.Counted;
    if (!this.picker.needsPast) {
      state.remove(token.hash);
      return change;
    }
    token.isOut = false;
    token.isRefused = false;
    token.failures = 0;
    token.changed = now;
    return change;
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
      const isOld = max(token.changed, token.until) + KEPT_MILLISECONDS < now;
      if (isOld && !this.hashes.includes(token.hash)) state.tokens.splice(i, 1);
    }
  }
}
