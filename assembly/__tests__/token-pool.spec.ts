// Which tokens may be used, and what failures and successes do to them.
import { isStateful, tokenOfConsumer } from "../routing/consumer-affinity";
import { Capability } from "../routing/capability";
import { PoolState } from "../routing/pool-state";
import { StatusPatterns } from "../routing/status-patterns";
import { pickAny, pickFrom } from "../routing/token-picker";
import { PoolChange, TokenPool } from "../routing/token-pool";
import { fnv1a32, fnv1a64 } from "../text/fnv";

function newPool(cooldown: i32 = 0): TokenPool {
  const pool = new TokenPool("key", ["aa", "bb", "cc"]);
  pool.failureThreshold = 2;
  pool.successThreshold = 2;
  pool.healthCheckInterval = 50;
  pool.healthCheckTimeout = 80;
  pool.cooldown = cooldown;
  return pool;
}

function usable(pool: TokenPool, state: PoolState, now: i64): string {
  const list = pool.usable(state, now);
  let text = "";
  for (let i = 0; i < list.length; ++i) text += list[i] ? "1" : "0";
  return text;
}

function failTwice(pool: TokenPool, state: PoolState, index: i32, now: i64): void {
  pool.fail(state, index, now, 0);
  pool.fail(state, index, now, 0);
}

/** The state as another worker reads it. */
function reread(state: PoolState): PoolState {
  const bytes = state.write();
  return PoolState.parse(bytes.ptr, bytes.length);
}

function matching(pattern: string): string {
  const patterns = new StatusPatterns();
  const wrong = patterns.add(pattern);
  if (wrong.length > 0) return wrong;
  const statuses = [0, 99, 140, 200, 204, 304, 400, 404, 429, 499, 500, 504, 599, 600, 4040];
  const found: string[] = [];
  for (let i = 0; i < statuses.length; ++i) {
    if (patterns.matches(statuses[i])) found.push(statuses[i].toString());
  }
  return found.join(" ");
}

describe("status patterns", () => {
  it("match a status as a whole", () => {
    expect(matching("4.*")).toBe("400 404 429 499");
    expect(matching("5.*")).toBe("500 504 599");
    expect(matching("429|50[04]")).toBe("429 500 504");
    expect(matching("4")).toBe("");
    expect(matching("")).toBe("");
    expect(matching("04")).toBe("");
    expect(matching(".*")).toBe("140 200 204 304 400 404 429 499 500 504 599");
  });
  it("that are wrong say why", () => {
    expect(matching("4)(.")).toBe("invalid regular expression: unexpected ) at character 1");
  });
});

describe("FNV-1a", () => {
  it("has the values of its vectors", () => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
    expect(fnv1a64("")).toBe(0xcbf29ce484222325);
    expect(fnv1a64("a")).toBe(0xaf63dc4c8601ec8c);
    expect(fnv1a64("foobar")).toBe(0x85944171f73967e8);
    expect(fnv1a64("bar", fnv1a64("foo"))).toBe(0x85944171f73967e8);
  });
  it("binds consumers to tokens", () => {
    expect(fnv1a32("consumer1")).toBe(569663848);
    expect(fnv1a32("user-alice")).toBe(2658330783);
    expect(fnv1a32("user-bob")).toBe(2519756572);
    expect(tokenOfConsumer("consumer1", 5)).toBe(3);
    expect(tokenOfConsumer("user-alice", 2)).toBe(1);
    expect(tokenOfConsumer("user-bob", 5)).toBe(2);
    expect(isStateful(Capability.Files)).toBe(true);
    expect(isStateful(Capability.Chat)).toBe(false);
  });
});

describe("choosing", () => {
  it("takes each usable token", () => {
    const some = [false, true, false, true];
    expect(pickAny(some, 0)).toBe(1);
    expect(pickAny(some, 1)).toBe(3);
    expect(pickAny(some, u64.MAX_VALUE)).toBe(3);
    expect(pickAny([false], 7)).toBe(-1);
    expect(pickAny([], 7)).toBe(-1);
  });
  it("goes on from a token to the next usable one", () => {
    const some = [false, true, false];
    expect(pickFrom(some, 1)).toBe(1);
    expect(pickFrom(some, 2)).toBe(1);
    expect(pickFrom([false, false], 1)).toBe(-1);
  });
});

describe("failures", () => {
  it("take a token out one after the other", () => {
    const pool = newPool();
    const state = new PoolState();
    expect(pool.fail(state, 1, 1000, 0)).toBe(PoolChange.Counted);
    expect(usable(pool, state, 1000)).toBe("111");
    expect(pool.fail(state, 1, 1000, 0)).toBe(PoolChange.TakenOut);
    expect(usable(pool, state, 1000)).toBe("101");
    expect(pool.fail(state, 1, 1000, 0)).toBe(PoolChange.Counted);
  });
  it("are forgotten with a success", () => {
    const pool = newPool();
    const state = new PoolState();
    pool.fail(state, 0, 1, 0);
    expect(pool.succeed(state, 0, 2)).toBe(PoolChange.Counted);
    expect(state.tokens.length).toBe(0);
    expect(pool.succeed(state, 0, 2)).toBe(PoolChange.None);
    pool.fail(state, 0, 3, 0);
    expect(usable(pool, state, 4)).toBe("111");
  });
  it("are the same for all who read them", () => {
    const pool = newPool();
    const state = new PoolState();
    failTwice(pool, state, 2, 1000);
    state.tokens[0].cluster = 'a "cluster"';
    const other = reread(state);
    expect(usable(pool, other, 1000)).toBe("110");
    expect(other.tokens[0].cluster).toBe('a "cluster"');
    expect(other.tokens[0].until).toBe(1050);
    expect(reread(new PoolState()).tokens.length).toBe(0);
  });
});

describe("a cool-down", () => {
  it("ends", () => {
    const pool = newPool(100);
    const state = new PoolState();
    failTwice(pool, state, 0, 1000);
    expect(usable(pool, state, 1099)).toBe("011");
    expect(usable(pool, state, 1100)).toBe("111");
    expect(pool.fail(state, 0, 1100, 0)).toBe(PoolChange.Counted);
    expect(usable(pool, state, 1100)).toBe("111", "it counts from the beginning");
  });
  it("is as long as the provider wants, but not for ever", () => {
    const pool = newPool(100);
    const state = new PoolState();
    pool.fail(state, 0, 1000, 0);
    pool.fail(state, 0, 1000, 500);
    expect(usable(pool, state, 1499)).toBe("011");
    expect(usable(pool, state, 1500)).toBe("111");
    pool.fail(state, 1, 1000, 10);
    pool.fail(state, 1, 1000, 10);
    expect(usable(pool, state, 1099)).toBe("001");
    pool.fail(state, 2, 1000, i64.MAX_VALUE);
    pool.fail(state, 2, 1000, i64.MAX_VALUE);
    expect(usable(pool, state, 1000 + 86_400_000)).toBe("111");
  });
  it("tells which token is back soonest", () => {
    const pool = newPool(100);
    const state = new PoolState();
    failTwice(pool, state, 0, 1000);
    failTwice(pool, state, 1, 900);
    failTwice(pool, state, 2, 1100);
    expect(pool.soonestBack(state)).toBe(1);
  });
});

describe("health checks", () => {
  it("are claimed once in their time", () => {
    const pool = newPool();
    const state = new PoolState();
    failTwice(pool, state, 1, 1000);
    expect(pool.claim(state, 1049)).toBe(-1);
    expect(pool.claim(state, 1050)).toBe(1);
    expect(pool.claim(state, 1051)).toBe(-1);
    expect(pool.claim(state, 1130)).toBe(1, "the one who claimed it is gone");
  });
  it("give a token back after successes one after the other", () => {
    const pool = newPool();
    const state = new PoolState();
    failTwice(pool, state, 1, 1000);
    expect(pool.succeed(state, 1, 1001)).toBe(PoolChange.Counted);
    pool.checkFailed(state, 1, 1002);
    expect(pool.succeed(state, 1, 1003)).toBe(PoolChange.Counted);
    expect(usable(pool, state, 1_000_000)).toBe("101");
    expect(pool.succeed(state, 1, 1004)).toBe(PoolChange.GivenBack);
    expect(usable(pool, state, 1004)).toBe("111");
    expect(pool.claim(state, 1_000_000)).toBe(-1);
  });
});

describe("tokens of other configurations", () => {
  it("are forgotten after an hour", () => {
    const pool = newPool();
    const other = new TokenPool("key", ["dd"]);
    const state = new PoolState();
    other.fail(state, 0, 1000, 0);
    pool.fail(state, 0, 1000, 0);
    pool.prune(state, 3_600_000);
    expect(state.tokens.length).toBe(2);
    pool.prune(state, 3_602_000);
    expect(state.tokens.length).toBe(1);
    expect(state.tokens[0].hash).toBe("aa");
  });
});
