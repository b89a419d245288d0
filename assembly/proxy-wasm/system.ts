// Clock, random numbers and environment of the host (WASI preview 1: https://github.com/WebAssembly/WASI).
import {
  environ_get,
  environ_sizes_get,
  proxy_get_current_time_nanoseconds,
  random_get,
} from "./imports";

const CELLS: usize = memory.data(16);

/** Wall clock in nanoseconds since 1970. */
export function currentTimeNanoseconds(): i64 {
  store<u64>(CELLS, 0);
  proxy_get_current_time_nanoseconds(CELLS);
  return load<i64>(CELLS);
}

let randomState: u64 = 0;

/** 64 random bits, seeded once by the host. For choices and ids, not for secrets. SplitMix64. */
export function randomBits(): u64 {
  if (randomState == 0) {
    random_get(CELLS, 8);
    randomState = load<u64>(CELLS) | 1;
  }
  randomState += 0x9e3779b97f4a7c15;
  let bits = randomState;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

/** The environment that the VM's configuration lets through, by name. */
export function readEnvironment(): Map<string, string> {
  const environment = new Map<string, string>();
  if (environ_sizes_get(CELLS, CELLS + 8) != 0) return environment;
  const count = load<i32>(CELLS);
  const length = load<i32>(CELLS, 8);
  if (count == 0) return environment;
  const entries = heap.alloc(<usize>count * sizeof<usize>() + length);
  const bytes = entries + <usize>count * sizeof<usize>();
  if (environ_get(entries, bytes) == 0) {
    for (let i = 0; i < count; ++i) {
      const ptr = load<usize>(entries + <usize>i * sizeof<usize>());
      let end = ptr;
      while (load<u8>(end) != 0) ++end;
      const entry = String.UTF8.decodeUnsafe(ptr, end - ptr);
      const equals = entry.indexOf("=");
      if (equals > 0) environment.set(entry.substring(0, equals), entry.substring(equals + 1));
    }
  }
  heap.free(entries);
  return environment;
}
