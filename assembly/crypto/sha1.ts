// SHA-1, for what standards still ask it of and never for security:
// https://csrc.nist.gov/pubs/fips/180-4/upd1/final
import { ByteWriter } from "../text/byte-writer";

/** Bytes of a digest. */
export const SHA1_LENGTH: i32 = 20;

const BLOCK_LENGTH: i32 = 64;
const ROUNDS: i32 = 80;

const STATE = memory.data(20, 16);
const SCHEDULE = memory.data(320, 16);
const PADDED: ByteWriter = new ByteWriter();

/** Writes the 20 bytes of the hash of a short message to `digest`. */
export function sha1(ptr: usize, length: i32, digest: usize): void {
  const padded = PADDED;
  padded.clear();
  padded.bytes(ptr, length);
  padded.byte(0x80);
  while ((padded.length & (BLOCK_LENGTH - 1)) != BLOCK_LENGTH - 8) padded.byte(0);
  padded.reserve(8);
  store<u64>(padded.ptr + padded.length, bswap<u64>((<u64>length) << 3));
  padded.length += 8;
  store<u32>(STATE, 0x67452301);
  store<u32>(STATE, 0xefcdab89, 4);
  store<u32>(STATE, 0x98badcfe, 8);
  store<u32>(STATE, 0x10325476, 12);
  store<u32>(STATE, 0xc3d2e1f0, 16);
  for (let at = 0; at < padded.length; at += BLOCK_LENGTH) hashBlock(padded.ptr + at);
  for (let i: usize = 0; i < 20; i += 4) store<u32>(digest + i, bswap(load<u32>(STATE + i)));
}

function hashBlock(block: usize): void {
  expand(block);
  let a = load<u32>(STATE);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  for (let round = 0; round < ROUNDS; ++round) {
    const word = load<u32>(SCHEDULE + ((<usize>round) << 2));
    const mixed = rotl<u32>(a, 5) + mix(round, b, c, d) + e + word;
    e = d;
    d = c;
    c = rotl<u32>(b, 30);
    b = a;
    a = mixed;
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
}

/** The words of a block, and those that follow from them. */
function expand(block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, bswap(load<u32>(block + i)));
  for (let i: usize = 64; i < 320; i += 4) {
    const at = SCHEDULE + i;
    const word = load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64);
    store<u32>(at, rotl<u32>(word, 1));
  }
}

/** What a round mixes, and its constant. */
function mix(round: i32, b: u32, c: u32, d: u32): u32 {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function add(offset: usize, value: u32): void {
  store<u32>(STATE + offset, load<u32>(STATE + offset) + value);
}
