// Vectors of https://www.rfc-editor.org/rfc/rfc4648#section-10
import { decodeBase64, writeBase64 } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";

function encoded(text: string): string {
  const bytes = new ByteWriter();
  bytes.text(text);
  const out = new ByteWriter();
  writeBase64(bytes.ptr, bytes.length, out);
  return out.toString();
}

function decoded(text: string): string {
  const out = new ByteWriter();
  return decodeBase64(text, out) ? out.toString() : "not base64";
}

describe("base64", () => {
  test("encodes and decodes the vectors", () => {
    const pairs = ["", "", "f", "Zg==", "fo", "Zm8=", "foo", "Zm9v", "foob", "Zm9vYg=="];
    for (let i = 0; i < pairs.length; i += 2) {
      expect(encoded(pairs[i])).toBe(pairs[i + 1]);
      expect(decoded(pairs[i + 1])).toBe(pairs[i]);
    }
  });

  test("decodes without padding and in the alphabet for URLs", () => {
    expect(decoded("Zm9vYg")).toBe("foob");
    expect(decoded("fn5-")).toBe("~~~");
    expect(decoded("fn5+")).toBe("~~~");
  });

  test("refuses other letters", () => {
    expect(decoded("Zm 9v")).toBe("not base64");
    expect(decoded("====")).toBe("not base64");
    expect(decoded("Zg=x")).toBe("not base64");
  });
});
