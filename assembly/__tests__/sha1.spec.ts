// SHA-1: https://www.rfc-editor.org/rfc/rfc3174#section-7.3
import { sha1 } from "../crypto/sha1";
import { ByteWriter } from "../text/byte-writer";
import { toHex } from "./hex-text";

const DIGEST = memory.data(20);

function hash(text: string): string {
  const bytes = new ByteWriter();
  bytes.text(text);
  sha1(bytes.ptr, bytes.length, DIGEST);
  bytes.release();
  return toHex(DIGEST, 20);
}

describe("sha1", () => {
  it("gives the digests of RFC 3174", () => {
    expect(hash("abc")).toBe("a9993e364706816aba3e25717850c26c9cd0d89d");
    expect(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    );
    expect(
      hash("0123456701234567012345670123456701234567012345670123456701234567".repeat(10)),
    ).toBe("dea356a2cddd90c7a7ecedc5ebb563934f460452");
  });
  it("hashes nothing, and what just fills a block with its length", () => {
    expect(hash("")).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
    expect(hash("a".repeat(55))).toBe("c1c8bbdc22796e28c0e15163d20899b65621d65a");
    expect(hash("a".repeat(56))).toBe("c2db330f6083854c99d4b5bfb6e8f29f201be699");
  });
});
