// The query that signs a request of iFlytek's APIs: https://www.xfyun.cn/doc/spark/general_url_authentication.html
import { hmacSha256 } from "../crypto/hmac";
import { DIGEST_LENGTH } from "../crypto/sha256";
import { writeBase64 } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";
import { httpDate } from "../text/http-date";
import { writePercentEncoded } from "../text/url";

const DIGEST = memory.data(32, 16);
const KEY: ByteWriter = new ByteWriter();
const TEXT: ByteWriter = new ByteWriter();
const BASE64: ByteWriter = new ByteWriter();

/** The signature of a GET: base64. `seconds` since 1970. */
export function signatureOf(host: string, path: string, seconds: i64, secret: string): string {
  KEY.clear();
  KEY.text(secret);
  TEXT.clear();
  TEXT.text(`host: ${host}\ndate: ${httpDate(seconds)}\nGET ${path} HTTP/1.1`);
  hmacSha256(KEY.ptr, KEY.length, TEXT.ptr, TEXT.length, DIGEST);
  KEY.wipe();
  BASE64.clear();
  writeBase64(DIGEST, DIGEST_LENGTH, BASE64);
  return BASE64.toString();
}

/** The value of `authorization` in the query, not yet percent-encoded. */
export function authorizationOf(key: string, signature: string): string {
  TEXT.clear();
  TEXT.text(`api_key="${key}", algorithm="hmac-sha256", `);
  TEXT.text(`headers="host date request-line", signature="${signature}"`);
  BASE64.clear();
  writeBase64(TEXT.ptr, TEXT.length, BASE64);
  return BASE64.toString();
}

/** The query of a GET to `path`, signed at a time in seconds since 1970. */
export function signedQuery(
  host: string,
  path: string,
  seconds: i64,
  key: string,
  secret: string,
): string {
  const signature = signatureOf(host, path, seconds, secret);
  const authorization = encoded(authorizationOf(key, signature));
  return `authorization=${authorization}&date=${encoded(httpDate(seconds))}&host=${encoded(host)}`;
}

function encoded(text: string): string {
  TEXT.clear();
  TEXT.text(text);
  BASE64.clear();
  writePercentEncoded(TEXT.ptr, TEXT.length, false, BASE64);
  return BASE64.toString();
}
