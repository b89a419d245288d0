// Tokens signed with HMAC: https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1
import { signHs256 } from "../auth/jwt";
import { ByteWriter } from "../text/byte-writer";
import { fromHex, utf8Of } from "./hex-text";

/** The key of the appendix, decoded. */
const KEY =
  "0323354b2b0fa5bc837e0665777ba68f5ab328e6f054c928a90f84b2d2502ebf" +
  "d3fb5a92d20647ef968ab4c377623d223d2e2172052e4f08c0cd9af567d080a3";

function sign(header: string, claims: string, key: ByteWriter): string {
  const headerBytes = utf8Of(header);
  const claimBytes = utf8Of(claims);
  const token = signHs256(headerBytes, claimBytes, key);
  headerBytes.release();
  claimBytes.release();
  key.release();
  return token;
}

describe("signHs256", () => {
  it("signs the example of RFC 7515", () => {
    const claims = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}';
    expect(sign('{"typ":"JWT",\r\n "alg":"HS256"}', claims, fromHex(KEY))).toBe(
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." +
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt" +
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ." +
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
  });
  it("signs tokens of BigModel", () => {
    const claims =
      '{"api_key":"0123456789abcdef0123456789abcdef",' +
      '"exp":1717200210000,"timestamp":1717200000000}';
    expect(sign('{"alg":"HS256","sign_type":"SIGN"}', claims, utf8Of("AbCdEfGhIjKlMnOp"))).toBe(
      "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ." +
        "eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3MTcyMDAyMTAwMDAs" +
        "InRpbWVzdGFtcCI6MTcxNzIwMDAwMDAwMH0." +
        "BL5BGXHKiuEbuLwyZkQ6Inp5ABAFS1AhLbD2gKNhz6A",
    );
  });
});
