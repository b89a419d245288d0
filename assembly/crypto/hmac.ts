// HMAC with SHA-256: https://www.rfc-editor.org/rfc/rfc2104
import {
  beginSha256,
  BLOCK_LENGTH,
  DIGEST_LENGTH,
  finishSha256,
  resumeSha256,
  saveSha256,
  sha256,
  updateSha256,
} from "./sha256";

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

const PAD = memory.data(64, 16);
const INNER_DIGEST = memory.data(32, 16);

/** A key, for messages one after the other. */
export class HmacKey {
  /** Both hashes behind their first block, which is made of the key. */
  private readonly inner: StaticArray<u8> = new StaticArray<u8>(DIGEST_LENGTH);
  private readonly outer: StaticArray<u8> = new StaticArray<u8>(DIGEST_LENGTH);

  /** Takes the key. */
  set(key: usize, length: i32): void {
    memory.fill(PAD, 0, BLOCK_LENGTH);
    if (length > BLOCK_LENGTH) sha256(key, length, PAD);
    else memory.copy(PAD, key, length);
    maskPad(INNER);
    hashPad(changetype<usize>(this.inner));
    maskPad(INNER ^ OUTER);
    hashPad(changetype<usize>(this.outer));
    // No key stays behind in memory that is never cleared.
    memory.fill(PAD, 0, BLOCK_LENGTH);
  }

  /** Writes the 32 bytes of the code of a message to `digest`. */
  code(message: usize, length: i32, digest: usize): void {
    resumeSha256(changetype<usize>(this.inner), BLOCK_LENGTH);
    updateSha256(message, length);
    finishSha256(INNER_DIGEST);
    resumeSha256(changetype<usize>(this.outer), BLOCK_LENGTH);
    updateSha256(INNER_DIGEST, DIGEST_LENGTH);
    finishSha256(digest);
  }
}

const KEY: HmacKey = new HmacKey();

/** Writes the 32 bytes of the code of a message to `digest`, which may be where the key is. */
export function hmacSha256(
  key: usize,
  keyLength: i32,
  message: usize,
  messageLength: i32,
  digest: usize,
): void {
  KEY.set(key, keyLength);
  KEY.code(message, messageLength, digest);
}

function hashPad(state: usize): void {
  beginSha256();
  updateSha256(PAD, BLOCK_LENGTH);
  saveSha256(state);
}

function maskPad(mask: u8): void {
  for (let at = PAD, end = PAD + BLOCK_LENGTH; at < end; ++at) {
    store<u8>(at, load<u8>(at) ^ mask);
  }
}
