// SHA-256 against the vectors of NIST and of lengths around the ends of blocks:
// https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
import { beginSha256, finishSha256, sha256, updateSha256 } from "../crypto/sha256";
import { ByteWriter } from "../text/byte-writer";
import { toHex, utf8Of } from "./hex-text";

const DIGEST = memory.data(32);
const MILLION = 1_000_000;
const MILLION_HASH = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

function hashOf(text: string): string {
  const bytes = utf8Of(text);
  sha256(bytes.ptr, bytes.length, DIGEST);
  bytes.release();
  return toHex(DIGEST, 32);
}

function hashOfLetters(count: i32): string {
  return hashOf("a".repeat(count));
}

/** The hash of a million letters in pieces of a length. */
function hashInPieces(length: i32): string {
  const piece = new ByteWriter();
  for (let i = 0; i < length; ++i) piece.byte(0x61);
  beginSha256();
  for (let rest = MILLION; rest > 0; rest -= length) updateSha256(piece.ptr, min(rest, length));
  finishSha256(DIGEST);
  piece.release();
  return toHex(DIGEST, 32);
}

describe("sha256", () => {
  it("hashes NIST's examples", () => {
    expect(hashOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(hashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    expect(
      hashOf(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" +
          "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      ),
    ).toBe("cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  });
  it("hashes a million letters in any pieces", () => {
    expect(hashInPieces(MILLION)).toBe(MILLION_HASH);
    expect(hashInPieces(63)).toBe(MILLION_HASH);
    expect(hashInPieces(64)).toBe(MILLION_HASH);
    expect(hashInPieces(97)).toBe(MILLION_HASH);
  });
  it("hashes lengths around the ends of blocks", () => {
    expect(hashOfLetters(0)).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
    expect(hashOfLetters(1)).toBe(
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    );
    expect(hashOfLetters(31)).toBe(
      "61c60b487d1a921e0bcc9bf853dda0fb159b30bf57b2e2d2c753b00be15b5a09",
    );
    expect(hashOfLetters(54)).toBe(
      "a3f01b6939256127582ac8ae9fb47a382a244680806a3f613a118851c1ca1d47",
    );
    expect(hashOfLetters(55)).toBe(
      "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318",
    );
    expect(hashOfLetters(56)).toBe(
      "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a",
    );
    expect(hashOfLetters(57)).toBe(
      "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6",
    );
    expect(hashOfLetters(63)).toBe(
      "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34",
    );
    expect(hashOfLetters(64)).toBe(
      "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb",
    );
    expect(hashOfLetters(65)).toBe(
      "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0",
    );
    expect(hashOfLetters(119)).toBe(
      "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb",
    );
    expect(hashOfLetters(120)).toBe(
      "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c",
    );
    expect(hashOfLetters(127)).toBe(
      "c57e9278af78fa3cab38667bef4ce29d783787a2f731d4e12200270f0c32320a",
    );
    expect(hashOfLetters(128)).toBe(
      "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e",
    );
    expect(hashOfLetters(129)).toBe(
      "c12cb024a2e5551cca0e08fce8f1c5e314555cc3fef6329ee994a3db752166ae",
    );
    expect(hashOfLetters(1000)).toBe(
      "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
    );
  });
});
