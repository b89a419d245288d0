// Signed JSON Web Tokens, HS256: https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1
import { hmacSha256 } from "../crypto/hmac";
import { DIGEST_LENGTH } from "../crypto/sha256";
import { writeBase64Url } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";

const TOKEN: ByteWriter = new ByteWriter();
const DIGEST = memory.data(32, 16);

/** The token of a header and claims, JSON texts, signed with the bytes of a key. */
export function signHs256(header: ByteWriter, claims: ByteWriter, key: ByteWriter): string {
  const out = TOKEN;
  out.clear();
  writeBase64Url(header.ptr, header.length, out);
  out.byte(0x2e);
  writeBase64Url(claims.ptr, claims.length, out);
  hmacSha256(key.ptr, key.length, out.ptr, out.length, DIGEST);
  out.byte(0x2e);
  writeBase64Url(DIGEST, DIGEST_LENGTH, out);
  return out.toString();
}
