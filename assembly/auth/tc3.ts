// Signatures of Tencent Cloud's API 3.0, TC3-HMAC-SHA256:
// https://cloud.tencent.com/document/api/1729/101843
import { hmacSha256 } from "../crypto/hmac";
import { DIGEST_LENGTH, sha256 } from "../crypto/sha256";
import { ByteWriter } from "../text/byte-writer";
import { writeUtcDate } from "../text/date";
import { writeHex } from "../text/hex";

const ALGORITHM: string = "TC3-HMAC-SHA256";
const TERMINATOR: string = "tc3_request";
/** Bytes of `2024-06-01`. */
const DATE_LENGTH: i32 = 10;
const SECONDS_PER_DAY: i64 = 86_400;

const CANONICAL: ByteWriter = new ByteWriter();
const SCOPE: ByteWriter = new ByteWriter();
const TEXT: ByteWriter = new ByteWriter();
const DIGEST = memory.data(32, 16);
/** The key that was derived last, and from what. */
const KEY = memory.data(32, 16);
let keyDay: i64 = -1;
let keyService: string = "";
let keySecret: string = "";

/** What is signed of a request beside its body: a POST to `/` without a query. */
export class Tc3Request {
  /** Host as it is sent. */
  host: string = "";
  /** Content type as it is sent. */
  contentType: string = "application/json";
  /** Value of `x-tc-action`, or "" to leave it out of the signature. */
  action: string = "";
  /** Time of the request in seconds. */
  timestamp: i64 = 0;

  constructor(
    /** Name of the product, such as `hunyuan`. */
    readonly service: string,
  ) {}
}

/** The value of `authorization` for a request with exactly this body. */
export function signTc3(
  secretId: string,
  secretKey: string,
  request: Tc3Request,
  body: usize,
  bodyLength: i32,
): string {
  const names = request.action.length > 0 ? "content-type;host;x-tc-action" : "content-type;host";
  writeCanonical(request, names, body, bodyLength);
  SCOPE.clear();
  writeUtcDate(request.timestamp, SCOPE);
  SCOPE.ascii(`/${request.service}/${TERMINATOR}`);
  deriveKey(secretKey, request.service, request.timestamp);
  TEXT.clear();
  TEXT.ascii(ALGORITHM + "\n");
  TEXT.integer(request.timestamp);
  TEXT.byte(0x0a);
  TEXT.writer(SCOPE);
  TEXT.byte(0x0a);
  sha256(CANONICAL.ptr, CANONICAL.length, DIGEST);
  writeHex(DIGEST, DIGEST_LENGTH, TEXT);
  hmacSha256(KEY, DIGEST_LENGTH, TEXT.ptr, TEXT.length, DIGEST);
  TEXT.clear();
  TEXT.text(`${ALGORITHM} Credential=${secretId}/`);
  TEXT.writer(SCOPE);
  TEXT.ascii(`, SignedHeaders=${names}, Signature=`);
  writeHex(DIGEST, DIGEST_LENGTH, TEXT);
  return TEXT.toString();
}

/** Values are in lower case here, which the headers themselves need not be. */
function writeCanonical(request: Tc3Request, names: string, body: usize, bodyLength: i32): void {
  const out = CANONICAL;
  out.clear();
  out.text(`POST\n/\n\ncontent-type:${request.contentType.toLowerCase()}\n`);
  out.text(`host:${request.host.toLowerCase()}\n`);
  if (request.action.length > 0) out.text(`x-tc-action:${request.action.toLowerCase()}\n`);
  out.ascii(`\n${names}\n`);
  sha256(body, bodyLength, DIGEST);
  writeHex(DIGEST, DIGEST_LENGTH, out);
}

/**
 * From the secret to the key of a day and a product, unless it is at hand from the request before. The day
 * stands at the front of the scope.
 */
function deriveKey(secretKey: string, service: string, timestamp: i64): void {
  const day = timestamp / SECONDS_PER_DAY;
  if (day == keyDay && service == keyService && secretKey == keySecret) return;
  keyDay = day;
  keyService = service;
  keySecret = secretKey;
  TEXT.clear();
  TEXT.text("TC3" + secretKey);
  hmacSha256(TEXT.ptr, TEXT.length, SCOPE.ptr, DATE_LENGTH, KEY);
  step(service);
  step(TERMINATOR);
}

function step(word: string): void {
  TEXT.clear();
  TEXT.ascii(word);
  hmacSha256(KEY, DIGEST_LENGTH, TEXT.ptr, TEXT.length, KEY);
}
