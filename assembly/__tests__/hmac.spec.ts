// HMAC with SHA-256: https://www.rfc-editor.org/rfc/rfc4231#section-4
import { hmacSha256 } from "../crypto/hmac";
import { fromHex, toHex } from "./hex-text";

const DIGEST = memory.data(32);

function code(key: string, message: string): string {
  const keyBytes = fromHex(key);
  const bytes = fromHex(message);
  hmacSha256(keyBytes.ptr, keyBytes.length, bytes.ptr, bytes.length, DIGEST);
  keyBytes.release();
  bytes.release();
  return toHex(DIGEST, 32);
}

describe("hmacSha256", () => {
  it("gives the codes of RFC 4231", () => {
    expect(code("0b".repeat(20), "4869205468657265")).toBe(
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    );
    expect(code("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    expect(code("aa".repeat(20), "dd".repeat(50))).toBe(
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    );
    expect(code("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd".repeat(50))).toBe(
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    );
    expect(
      code(
        "aa".repeat(131),
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d20" +
          "48617368204b6579204669727374",
      ),
    ).toBe("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    expect(
      code(
        "aa".repeat(131),
        "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b" +
          "2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a652064" +
          "6174612e20546865206b6579206e6565647320746f20626520686173686564206265666f72652062" +
          "65696e6720757365642062792074686520484d414320616c676f726974686d2e",
      ),
    ).toBe("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
  });
  it("gives the truncated code of RFC 4231", () => {
    const truncated = code("0c".repeat(20), "546573742057697468205472756e636174696f6e");
    expect(truncated.substring(0, 32)).toBe("a3b6167473100ee06e0c796c2955552b");
  });
  it("may write its code over the key", () => {
    const key = fromHex("0b".repeat(32));
    hmacSha256(key.ptr, 20, key.ptr, 0, key.ptr);
    const inPlace = toHex(key.ptr, 32);
    key.release();
    expect(inPlace).toBe(code("0b".repeat(20), ""));
  });
});
