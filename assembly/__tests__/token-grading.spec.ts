// What failures do to tokens in a cluster, and who knows of a provider that has none left.
import { PoolState } from "../routing/pool-state";
import { ModelRule, RouteTarget, Strategy } from "../routing/model-router";
import { Outages } from "../routing/outages";
import { TokenPicker, TokenStrategy } from "../routing/token-picker";
import { PoolChange, TokenPool } from "../routing/token-pool";
import { timeText } from "../text/date";
import { parseDuration } from "../text/duration";
import { parseHttpDate } from "../text/http-date";

function newPool(strategy: TokenStrategy = TokenStrategy.Random): TokenPool {
  const pool = new TokenPool("key", ["aa", "bb", "cc"], new TokenPicker(strategy));
  pool.isGraded = true;
  pool.failureThreshold = 1;
  return pool;
}

function text(list: bool[]): string {
  let text = "";
  for (let i = 0; i < list.length; ++i) text += list[i] ? "1" : "0";
  return text;
}

/** When the first token is back, after a failure at `now`. */
function outFor(pool: TokenPool, state: PoolState, now: i64, pause: i64 = 0): i64 {
  pool.punish(state, 0, now, false, pause);
  return state.tokens[0].until - now;
}

/** The state as another worker reads it. */
function reread(state: PoolState): PoolState {
  const bytes = state.write();
  return PoolState.parse(bytes.ptr, bytes.length);
}

describe("a refused token", () => {
  it("is out for long", () => {
    const pool = newPool();
    const state = new PoolState();
    expect(pool.punish(state, 1, 1000, true, 5)).toBe(PoolChange.TakenOut);
    expect(text(pool.usable(state, 3_600_999))).toBe("101");
    expect(text(pool.usable(reread(state), 3_600_999))).toBe("101");
    expect(text(pool.usable(state, 3_601_000))).toBe("111");
  });
  it("is not paused for less", () => {
    const pool = newPool();
    const state = new PoolState();
    pool.punish(state, 0, 1000, true, 0);
    expect(pool.punish(state, 0, 1000, false, 7)).toBe(PoolChange.Counted);
    expect(state.tokens[0].until).toBe(3_601_000);
    expect(state.tokens[0].isRefused).toBe(true);
  });
  it("takes the place of a pause", () => {
    const pool = newPool();
    const state = new PoolState();
    pool.punish(state, 0, 1000, false, 7);
    expect(pool.punish(state, 0, 1000, true, 0)).toBe(PoolChange.TakenOut);
    expect(state.tokens[0].until).toBe(3_601_000);
  });
});

describe("a pause", () => {
  it("is the one that was named, for a day at most", () => {
    const pool = newPool();
    expect(outFor(pool, new PoolState(), 1000, 30_000)).toBe(30_000);
    expect(outFor(pool, new PoolState(), 1000, i64.MAX_VALUE / 2)).toBe(86_400_000);
  });
  it("doubles with every failure, up to a minute", () => {
    const pool = newPool();
    const state = new PoolState();
    let now: i64 = 1000;
    let pauses = "";
    for (let i = 0; i < 9; ++i) {
      const pause = outFor(pool, state, now);
      pauses += pause.toString() + " ";
      now += pause;
    }
    expect(pauses).toBe("1000 2000 4000 8000 16000 32000 60000 60000 60000 ");
    expect(pool.forgive(state, 0, now, false)).toBe(PoolChange.GivenBack);
    expect(state.tokens.length).toBe(0);
    expect(outFor(pool, state, now)).toBe(1000);
  });
  it("grows once for requests that were under way together", () => {
    const pool = newPool();
    const state = new PoolState();
    for (let i = 0; i < 20; ++i) outFor(pool, state, 1000);
    expect(state.tokens[0].failures).toBe(1);
    expect(outFor(pool, state, 2000)).toBe(2000);
  });
  it("is always the same where one is configured", () => {
    const pool = newPool();
    pool.cooldown = 70;
    const state = new PoolState();
    expect(outFor(pool, state, 1000)).toBe(70);
    expect(outFor(pool, state, 2000)).toBe(70);
  });
  it("waits for a number of failures, unless it was named", () => {
    const pool = newPool();
    pool.failureThreshold = 2;
    const state = new PoolState();
    expect(pool.punish(state, 0, 1000, false, 0)).toBe(PoolChange.Counted);
    expect(text(pool.usable(state, 1000))).toBe("111");
    expect(pool.punish(state, 0, 1000, false, 0)).toBe(PoolChange.TakenOut);
    expect(state.tokens[0].until).toBe(2000);
    expect(pool.punish(state, 1, 1000, false, 9)).toBe(PoolChange.TakenOut);
  });
  it("is not ended by a request that began before it", () => {
    const pool = newPool();
    const state = new PoolState();
    pool.punish(state, 0, 1000, false, 0);
    expect(pool.forgive(state, 0, 1500, false)).toBe(PoolChange.None);
    expect(text(pool.usable(state, 1500))).toBe("011");
    expect(pool.forgive(state, 0, 1500, true)).toBe(PoolChange.GivenBack);
    expect(text(pool.usable(state, 1500))).toBe("111");
  });
});

describe("a pool without a token in use", () => {
  it("says when the first one is back", () => {
    const pool = newPool();
    const state = new PoolState();
    pool.punish(state, 0, 1000, false, 50);
    pool.punish(state, 1, 1000, false, 30);
    expect(pool.outUntil(state, 1000)).toBe(0);
    pool.punish(state, 2, 1000, true, 0);
    expect(pool.outUntil(state, 1000)).toBe(1030);
    expect(pool.soonestBack(state)).toBe(1);
    expect(pool.soonestBack(state, [1])).toBe(0);
    expect(pool.soonestBack(state, [0, 1])).toBe(-1, "the last one is refused");
    expect(pool.outUntil(state, 1030)).toBe(0);
  });
});

describe("strategies", () => {
  it("take turns", () => {
    const picker = new TokenPicker(TokenStrategy.RoundRobin);
    const state = new PoolState();
    let order = "";
    for (let i = 0; i < 4; ++i) order += picker.ofAll(3, 0).toString();
    expect(order).toBe("0120");
    expect(picker.pick([true, false, true], 0, ["aa", "bb", "cc"], state)).toBe(2);
    expect(picker.pick([false, false, false], 0, ["aa", "bb", "cc"], state)).toBe(-1);
  });
  it("take the one whose failure is the longest ago", () => {
    const pool = newPool(TokenStrategy.LeastRecentlyFailed);
    const state = new PoolState();
    pool.punish(state, 1, 1000, false, 1);
    pool.punish(state, 0, 2000, false, 1);
    expect(pool.forgive(state, 1, 3000, false)).toBe(PoolChange.GivenBack);
    expect(pool.forgive(state, 1, 3000, false)).toBe(PoolChange.None, "nothing to write");
    const known = reread(state);
    const picker = pool.picker;
    expect(picker.pick(pool.usable(known, 3000), 7, pool.hashes, known)).toBe(2);
    expect(picker.pick([true, true, false], 7, pool.hashes, known)).toBe(1);
    expect(picker.pick([true, false, false], 7, pool.hashes, known)).toBe(0);
  });
});

describe("outages", () => {
  it("are the same for all who read them", () => {
    const outages = new Outages();
    expect(outages.set("a", 1000)).toBe(true);
    expect(outages.set("a", 1000)).toBe(false);
    expect(outages.set('"b"', 2000)).toBe(true);
    const bytes = outages.write();
    const other = Outages.parse(bytes.ptr, bytes.length);
    expect(other.until("a")).toBe(1000);
    expect(other.until('"b"')).toBe(2000);
    expect(other.until("c")).toBe(0);
    expect(other.prune(1000)).toBe(true);
    expect(other.prune(1000)).toBe(false);
    expect(other.until("a")).toBe(0);
    expect(other.set('"b"', 0)).toBe(true);
    expect(other.isEmpty).toBe(true);
    expect(other.write().length).toBe(0);
  });
  it("leave the other providers of a rule their order", () => {
    const rule = new ModelRule("r");
    for (let i = 0; i < 3; ++i) rule.targets.push(new RouteTarget(i.toString(), i + 1, ""));
    expect(rule.first(0, [true, false, false])).toBe(1);
    expect(rule.first(0, [true, true, false])).toBe(2);
    rule.strategy = Strategy.Random;
    expect(rule.first(2, [false, true, true])).toBe(0);
    rule.strategy = Strategy.Weighted;
    expect(rule.first(0, [true, false, false])).toBe(1);
    expect(rule.first(2, [true, false, false])).toBe(2);
    expect(rule.first(0)).toBe(0);
    rule.strategy = Strategy.RoundRobin;
    expect(rule.first(0, [true, false, false])).toBe(1);
    expect(rule.first(0, [true, false, false])).toBe(1);
    expect(rule.first(0, [true, false, false])).toBe(2);
    expect(rule.first(0)).toBe(0);
  });
});

describe("times", () => {
  it("are dates of HTTP", () => {
    expect(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(784_111_777);
    expect(parseHttpDate("Thu, 29 Feb 2024 23:59:59 GMT")).toBe(1_709_251_199);
    expect(parseHttpDate("Sun, 06 anF 1994 08:49:37 GMT")).toBe(-1);
    expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT")).toBe(-1);
    expect(parseHttpDate("")).toBe(-1);
    expect(timeText(784_111_777_999)).toBe("1994-11-06T08:49:37Z");
  });
  it("are spans", () => {
    expect(parseDuration("6m0s")).toBe(360_000);
    expect(parseDuration("1h2m3.5s")).toBe(3_723_500);
    expect(parseDuration("120ms")).toBe(120);
    expect(parseDuration("1d")).toBe(86_400_000);
    expect(parseDuration("30")).toBe(30_000);
    expect(parseDuration("0.0205")).toBe(21);
    expect(parseDuration("1s5")).toBe(-1);
    expect(parseDuration("-5")).toBe(-1);
    expect(parseDuration("5 s")).toBe(-1);
    expect(parseDuration("s")).toBe(-1);
    expect(parseDuration(".")).toBe(-1);
    expect(parseDuration("")).toBe(-1);
  });
});
