// Checksums: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc
import { crc32 } from "../crypto/crc32";
import { utf8Of } from "./hex-text";

function checksum(text: string, before: u32 = 0): u32 {
  const bytes = utf8Of(text);
  const value = crc32(bytes.ptr, bytes.length, before);
  bytes.release();
  return value;
}

describe("crc32", () => {
  it("has the catalogue's check value", () => {
    expect(checksum("123456789")).toBe(0xcbf43926);
  });
  it("of nothing is 0", () => {
    expect(checksum("")).toBe(0);
  });
  it("has the values of zlib", () => {
    expect(checksum("a")).toBe(0xe8b7be43);
    expect(checksum("abc")).toBe(0x352441c2);
    expect(checksum("The quick brown fox jumps over the lazy dog")).toBe(0x414fa339);
  });
  it("goes on behind earlier bytes", () => {
    expect(checksum("6789", checksum("12345"))).toBe(0xcbf43926);
  });
});
