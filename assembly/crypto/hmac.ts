// HMAC with SHA-256: https://www.rfc-editor.org/rfc/rfc2104
import {
  beginSha256,
  BLOCK_LENGTH,
  DIGEST_LENGTH,
  finishSha256,
  sha256,
  updateSha256,
} from "./sha256";

const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

const PAD = memory.data(64, 16);
const INNER_DIGEST = memory.data(32, 16);

/** Writes the 32 bytes of the code of a message to `digest`, which may be where the key is. */
export function hmacSha256(
  key: usize,
  keyLength: i32,
  message: usize,
  messageLength: i32,
  digest: usize,
): void {
  memory.fill(PAD, 0, BLOCK_LENGTH);
  if (keyLength > BLOCK_LENGTH) sha256(key, keyLength, PAD);
  else memory.copy(PAD, key, keyLength);
  maskPad(INNER);
  beginSha256();
  updateSha256(PAD, BLOCK_LENGTH);
  updateSha256(message, messageLength);
  finishSha256(INNER_DIGEST);
  maskPad(INNER ^ OUTER);
  beginSha256();
  updateSha256(PAD, BLOCK_LENGTH);
  updateSha256(INNER_DIGEST, DIGEST_LENGTH);
  finishSha256(digest);
  // No key stays behind in memory that is never cleared.
  memory.fill(PAD, 0, BLOCK_LENGTH);
}

function maskPad(mask: u8): void {
  for (let at = PAD, end = PAD + BLOCK_LENGTH; at < end; ++at) {
    store<u8>(at, load<u8>(at) ^ mask);
  }
}
