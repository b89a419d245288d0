// SHA-256: https://csrc.nist.gov/pubs/fips/180-4/upd1/final

/** Bytes of a digest. */
export const DIGEST_LENGTH: i32 = 32;
/** Bytes that are hashed at a time. */
export const BLOCK_LENGTH: i32 = 64;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
// prettier-ignore
const CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
// prettier-ignore
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** The eight words of the hash at hand, its bytes that do not fill a block yet, and a schedule. */
const STATE = memory.data(32, 16);
const REST = memory.data(64, 16);
const SCHEDULE = memory.data(256, 16);
let restLength: i32 = 0;
let total: u64 = 0;

/** Begins a hash: there is one at a time. */
export function beginSha256(): void {
  memory.copy(STATE, INITIAL, 32);
  restLength = 0;
  total = 0;
}

/** Adds bytes to the hash. */
export function updateSha256(ptr: usize, length: i32): void {
  total += <u64>length;
  if (restLength > 0) {
    const taken = min(BLOCK_LENGTH - restLength, length);
    memory.copy(REST + restLength, ptr, taken);
    restLength += taken;
    ptr += taken;
    length -= taken;
    if (restLength < BLOCK_LENGTH) return;
    hashBlock(REST);
    restLength = 0;
  }
  for (; length >= BLOCK_LENGTH; length -= BLOCK_LENGTH) {
    hashBlock(ptr);
    ptr += BLOCK_LENGTH;
  }
  memory.copy(REST, ptr, length);
  restLength = length;
}

/** Ends the hash and writes its 32 bytes to `digest`. */
export function finishSha256(digest: usize): void {
  store<u8>(REST + restLength, 0x80);
  restLength += 1;
  if (restLength > BLOCK_LENGTH - 8) {
    memory.fill(REST + restLength, 0, BLOCK_LENGTH - restLength);
    hashBlock(REST);
    restLength = 0;
  }
  memory.fill(REST + restLength, 0, BLOCK_LENGTH - 8 - restLength);
  store<u64>(REST, bswap<u64>(total << 3), 56);
  hashBlock(REST);
  for (let i: usize = 0; i < 32; i += 4) store<u32>(digest + i, bswap(load<u32>(STATE + i)));
}

/** Keeps the hash at hand, which is that of whole blocks, in 32 bytes. */
export function saveSha256(state: usize): void {
  memory.copy(state, STATE, DIGEST_LENGTH);
}

/** Goes on with a hash that was kept after so many bytes. */
export function resumeSha256(state: usize, length: i32): void {
  memory.copy(STATE, state, DIGEST_LENGTH);
  restLength = 0;
  total = <u64>length;
}

/** Writes the 32 bytes of the hash of `length` bytes to `digest`. */
export function sha256(ptr: usize, length: i32, digest: usize): void {
  beginSha256();
  updateSha256(ptr, length);
  finishSha256(digest);
}

function hashBlock(block: usize): void {
  expand(block);
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  let mixed: u32 = 0;
  // Eight rounds bring every word back to its name.
  for (let at: usize = 0; at < 256; at += 32) {
    mixed = mix(e, f, g, h, at);
    d += mixed;
    h = mixed + top(a, b, c);
    mixed = mix(d, e, f, g, at + 4);
    c += mixed;
    g = mixed + top(h, a, b);
    mixed = mix(c, d, e, f, at + 8);
    b += mixed;
    f = mixed + top(g, h, a);
    mixed = mix(b, c, d, e, at + 12);
    a += mixed;
    e = mixed + top(f, g, h);
    mixed = mix(a, b, c, d, at + 16);
    h += mixed;
    d = mixed + top(e, f, g);
    mixed = mix(h, a, b, c, at + 20);
    g += mixed;
    c = mixed + top(d, e, f);
    mixed = mix(g, h, a, b, at + 24);
    f += mixed;
    b = mixed + top(c, d, e);
    mixed = mix(f, g, h, a, at + 28);
    e += mixed;
    a = mixed + top(b, c, d);
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
  add(20, f);
  add(24, g);
  add(28, h);
}

// @ts-ignore: decorator
@inline
function mix(e: u32, f: u32, g: u32, h: u32, at: usize): u32 {
  const sum = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
  const choice = g ^ (e & (f ^ g));
  return h + sum + choice + load<u32>(SCHEDULE + at);
}

// @ts-ignore: decorator
@inline
function top(a: u32, b: u32, c: u32): u32 {
  const sum = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
  return sum + ((a & b) | (c & (a | b)));
}

// @ts-ignore: decorator
@inline
function add(offset: usize, word: u32): void {
  store<u32>(STATE + offset, load<u32>(STATE + offset) + word);
}

/** The 64 words that a block of 16 is mixed into, four at a time; the constant of its round is added to each. */
function expand(block: usize): void {
  for (let at: usize = 0; at < 64; at += 16) {
    const words = v128.load(block + at);
    // From the order of the network.
    const order = v128(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    v128.store(SCHEDULE + at, i8x16.swizzle(words, order));
  }
  const none = i32x4.splat(0);
  for (let at = SCHEDULE + 64, end = SCHEDULE + 256; at < end; at += 16) {
    const early = v128.load(at - 60);
    const late = v128.load(at - 16);
    let words = i32x4.add(v128.load(at - 64), v128.load(at - 28));
    const shifted = v128.xor(rotated(early, 7), rotated(early, 18));
    words = i32x4.add(words, v128.xor(shifted, i32x4.shr_u(early, 3)));
    // The first two need the last two of before, the others need these.
    words = i32x4.add(words, mixLate(v128.shuffle<u32>(late, none, 2, 3, 4, 4)));
    words = i32x4.add(words, mixLate(v128.shuffle<u32>(words, none, 4, 4, 0, 1)));
    v128.store(at, words);
  }
  for (let at: usize = 0; at < 256; at += 16) {
    v128.store(SCHEDULE + at, i32x4.add(v128.load(SCHEDULE + at), v128.load(CONSTANTS + at)));
  }
}

/** Nothing stays nothing. */
// @ts-ignore: decorator
@inline
function mixLate(words: v128): v128 {
  return v128.xor(v128.xor(rotated(words, 17), rotated(words, 19)), i32x4.shr_u(words, 10));
}

// @ts-ignore: decorator
@inline
function rotated(words: v128, count: i32): v128 {
  return v128.or(i32x4.shr_u(words, count), i32x4.shl(words, 32 - count));
}
