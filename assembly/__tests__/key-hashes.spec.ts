// Keys by their hashes: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
import { isHash, KeyHashes } from "../crypto/key-hashes";

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("KeyHashes", () => {
  it("finds the owner of a key", () => {
    const keys = new KeyHashes();
    expect(keys.ownerOf("abc")).toBe(-1);
    expect(keys.add("one", 0)).toBe(true);
    expect(keys.addHex(ABC, 1)).toBe(true);
    expect(keys.add("two", 0)).toBe(true);
    expect(keys.add("ключ", 2)).toBe(true);
    expect(keys.ownerOf("one")).toBe(0);
    expect(keys.ownerOf("abc")).toBe(1);
    expect(keys.ownerOf("two")).toBe(0);
    expect(keys.ownerOf("ключ")).toBe(2);
    expect(keys.ownerOf("On")).toBe(-1);
    expect(keys.ownerOf("")).toBe(-1);
    expect(keys.ownerOf(ABC)).toBe(-1);
  });

  it("takes no key twice", () => {
    const keys = new KeyHashes();
    expect(keys.add("abc", 0)).toBe(true);
    expect(keys.add("abc", 1)).toBe(false);
    expect(keys.addHex(ABC.toUpperCase(), 1)).toBe(false);
    expect(keys.ownerOf("abc")).toBe(0);
  });

  it("knows what is a hash", () => {
    expect(isHash(ABC)).toBe(true);
    expect(isHash(ABC.substring(1))).toBe(false);
    expect(isHash("g" + ABC.substring(1))).toBe(false);
    expect(isHash("@" + ABC.substring(1))).toBe(false);
    expect(new KeyHashes().addHex("abc", 0)).toBe(false);
  });
});
