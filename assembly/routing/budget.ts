// What a consumer may use in a minute and in a day. The windows are those of the clock, in UTC.

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/** Places in the counts that workers share. */
const enum Count {
  /** Which minute `Requests` and `Tokens` are of. */
  Minute,
  Requests,
  Tokens,
  /** Which day `DayTokens` are of. */
  Day,
  DayTokens,
  Length,
}

/** The state of one limit. */
export class Allowance {
  constructor(
    /** `requests` or `tokens`. */
    readonly unit: string,
    /** `min` or `day`. */
    readonly window: string,
    readonly limit: i64,
    readonly used: i64,
    /** Seconds until the window's end. */
    readonly wait: i64,
  ) {}

  get remaining(): i64 {
    return max<i64>(this.limit - this.used, 0);
  }
}

/** Limits and what is used of them. Times are seconds since 1970. */
export class Budget {
  /** As the workers share them, of the windows of the last use. */
  readonly counts: StaticArray<i64> = new StaticArray<i64>(Count.Length);

  /** A limit of 0 is none. */
  constructor(
    readonly requestsPerMinute: i64,
    readonly tokensPerMinute: i64,
    readonly tokensPerDay: i64,
  ) {}

  /** Whether tokens have to be counted. */
  get limitsTokens(): bool {
    return this.tokensPerMinute > 0 || this.tokensPerDay > 0;
  }

  /** Forgets what was used in windows that are over. */
  advance(now: i64): void {
    const counts = this.counts;
    if (counts[Count.Minute] != now / MINUTE) {
      counts[Count.Minute] = now / MINUTE;
      counts[Count.Requests] = 0;
      counts[Count.Tokens] = 0;
    }
    if (counts[Count.Day] != now / DAY) {
      counts[Count.Day] = now / DAY;
      counts[Count.DayTokens] = 0;
    }
  }

  addRequest(): void {
    this.counts[Count.Requests] += 1;
  }

  addTokens(tokens: i64): void {
    this.counts[Count.Tokens] += tokens;
    this.counts[Count.DayTokens] += tokens;
  }

  /** The state of the limit on requests. Null: there is none. */
  requests(now: i64): Allowance | null {
    const limit = this.requestsPerMinute;
    if (limit == 0) return null;
    return new Allowance(
      "requests",
      "min",
      limit,
      this.counts[Count.Requests],
      restOf(now, MINUTE),
    );
  }

  /** The state of the limit on tokens that has less left; of two alike the one that lasts longer. */
  tokens(now: i64): Allowance | null {
    const counts = this.counts;
    const perMinute = this.tokensPerMinute;
    const perDay = this.tokensPerDay;
    const day = new Allowance("tokens", "day", perDay, counts[Count.DayTokens], restOf(now, DAY));
    if (perMinute == 0) return perDay == 0 ? null : day;
    const used = counts[Count.Tokens];
    const minute = new Allowance("tokens", "min", perMinute, used, restOf(now, MINUTE));
    return perDay == 0 || minute.remaining < day.remaining ? minute : day;
  }

  /** The limit that allows no request; of two the one that lasts longer. Null: one may come. */
  exceeded(now: i64): Allowance | null {
    const requests = this.requests(now);
    const tokens = this.tokens(now);
    const isTokens = tokens !== null && tokens.remaining == 0;
    if (requests === null || requests.remaining > 0) return isTokens ? tokens : null;
    if (tokens !== null && isTokens && tokens.wait >= requests.wait) return tokens;
    return requests;
  }
}

/** Seconds until the end of a window. */
function restOf(now: i64, window: i64): i64 {
  return window - (now % window);
}

/** Seconds as OpenAI writes them in `x-ratelimit-reset-…`: `34s`, `6m0s`, `23h59m59s`. */
export function durationText(seconds: i64): string {
  const hours = seconds / 3600;
  const minutes = (seconds % 3600) / 60;
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
