// SHA-256 hashes of keys, searched without telling by time how near a guess came.
import { ByteWriter } from "../text/byte-writer";
import { DIGEST_LENGTH, sha256 } from "./sha256";

const DIGEST: usize = memory.data(32, 16);
const TEXT: ByteWriter = new ByteWriter();
/** Words of a digest. */
const WORDS: i32 = 4;

/** What keys written as a hash begin with. */
export const HASH_PREFIX: string = "sha256:";

/** Keys of which only the hashes are kept, each with the number of its owner. */
export class KeyHashes {
  private readonly words: u64[] = [];
  private readonly owners: i32[] = [];

  /** Adds a key. False: it is there already. */
  add(key: string, owner: i32): bool {
    hash(key);
    return this.addDigest(owner);
  }

  /** Adds 64 hexadecimal digits. False: it is there already, or these are none. */
  addHex(digits: string, owner: i32): bool {
    if (!isHash(digits)) return false;
    for (let i = 0; i < DIGEST_LENGTH; ++i) {
      const high = valueOf(digits.charCodeAt(i << 1));
      store<u8>(DIGEST + i, <u8>((high << 4) | valueOf(digits.charCodeAt((i << 1) + 1))));
    }
    return this.addDigest(owner);
  }

  private addDigest(owner: i32): bool {
    if (this.search() >= 0) return false;
    for (let i: usize = 0; i < 32; i += 8) this.words.push(load<u64>(DIGEST + i));
    this.owners.push(owner);
    return true;
  }

  /** The owner of a key, or -1. Every hash is looked at to its end, whichever fits. */
  ownerOf(key: string): i32 {
    hash(key);
    return this.search();
  }

  private search(): i32 {
    const words = this.words;
    let found: i32 = -1;
    for (let i = 0, at = 0; i < this.owners.length; ++i, at += WORDS) {
      const difference =
        (words[at] ^ load<u64>(DIGEST)) |
        (words[at + 1] ^ load<u64>(DIGEST, 8)) |
        (words[at + 2] ^ load<u64>(DIGEST, 16)) |
        (words[at + 3] ^ load<u64>(DIGEST, 24));
      // All ones where nothing differs, else 0, without a branch.
      const isSame = <i32>(((difference | (0 - difference)) >> 63) - 1);
      found = (found & ~isSame) | (this.owners[i] & isSame);
    }
    return found;
  }
}

/** Whether a text is a hash in hexadecimal digits. */
export function isHash(digits: string): bool {
  if (digits.length != DIGEST_LENGTH << 1) return false;
  for (let i = 0; i < digits.length; ++i) if (valueOf(digits.charCodeAt(i)) < 0) return false;
  return true;
}

/** A digit's value, or -1. */
function valueOf(code: i32): i32 {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function hash(key: string): void {
  TEXT.clear();
  TEXT.text(key);
  sha256(TEXT.ptr, TEXT.length, DIGEST);
  TEXT.wipe();
}
