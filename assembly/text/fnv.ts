// FNV-1a hashes of texts as UTF-8: https://datatracker.ietf.org/doc/html/rfc9923
import { ByteWriter } from "./byte-writer";

const BYTES: ByteWriter = new ByteWriter();

/** The 32-bit hash. */
export function fnv1a32(text: string): u32 {
  BYTES.clear();
  BYTES.text(text);
  let hash: u32 = 0x811c9dc5;
  for (let at = BYTES.ptr, end = at + BYTES.length; at < end; ++at) {
    hash = (hash ^ load<u8>(at)) * 0x01000193;
  }
  return hash;
}

/** The 64-bit hash, or that of a text behind the one whose hash is given. */
export function fnv1a64(text: string, before: u64 = 0xcbf29ce484222325): u64 {
  BYTES.clear();
  BYTES.text(text);
  let hash = before;
  for (let at = BYTES.ptr, end = at + BYTES.length; at < end; ++at) {
    hash = (hash ^ load<u8>(at)) * 0x100000001b3;
  }
  return hash;
}
