// Signatures of Amazon Web Services, version 4:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
import { HmacKey } from "../crypto/hmac";
import { DIGEST_LENGTH, sha256 } from "../crypto/sha256";
import { ByteWriter } from "../text/byte-writer";
import { writeUtcDate } from "../text/date";
import { writeHex } from "../text/hex";
import { writePercentDecoded, writePercentEncoded } from "../text/url";

const ALGORITHM: string = "AWS4-HMAC-SHA256";
const TERMINATOR: string = "aws4_request";
/** Bytes of `20250102`. */
const DATE_LENGTH: i32 = 8;
const SECONDS_PER_DAY: i64 = 86_400;

const CANONICAL: ByteWriter = new ByteWriter();
const TEXT: ByteWriter = new ByteWriter();
const DECODED: ByteWriter = new ByteWriter();
const DIGEST = memory.data(32, 16);
const DERIVED = memory.data(32, 16);

/** Who asks. */
export class AwsCredentials {
  /** The day, in days since 1970, that `key` and `scope` are of. */
  private day: i64 = -1;
  readonly key: HmacKey = new HmacKey();
  /** `20250102/us-east-1/bedrock/aws4_request`, as of that day. */
  scope: string = "";

  constructor(
    readonly accessKey: string,
    readonly secretKey: string,
    /** Of temporary credentials, else "". */
    readonly sessionToken: string,
    readonly region: string,
    /** Name of the service, such as `bedrock`. */
    readonly service: string,
  ) {}

  /** Derives the key of a day, a region and a service from the secret, unless it is that of the request before. */
  prepare(request: SigV4Request): void {
    const day = request.timestamp / SECONDS_PER_DAY;
    if (day == this.day) return;
    this.day = day;
    const date = request.date.substring(0, DATE_LENGTH);
    this.scope = `${date}/${this.region}/${this.service}/${TERMINATOR}`;
    TEXT.clear();
    TEXT.text("AWS4" + this.secretKey);
    this.key.set(TEXT.ptr, TEXT.length);
    this.derive(date);
    this.derive(this.region);
    this.derive(this.service);
    this.derive(TERMINATOR);
  }

  private derive(word: string): void {
    TEXT.clear();
    TEXT.text(word);
    this.key.code(TEXT.ptr, TEXT.length, DERIVED);
    this.key.set(DERIVED, DIGEST_LENGTH);
  }
}

/** What is signed of a request beside its body. */
export class SigV4Request {
  method: string = "POST";
  /** Host as it is sent. */
  host: string = "";
  /** Path and query as they are sent. */
  target: string = "/";
  /** Content type as it is sent, or "" to leave it out of the signature. */
  contentType: string = "";
  /** Time as the header `x-amz-date` has it: `20250102T030405Z`. */
  readonly date: string;

  constructor(
    /** Time of the request in seconds. */
    readonly timestamp: i64,
  ) {
    TEXT.clear();
    writeTime(timestamp, TEXT);
    this.date = TEXT.toString();
  }
}

/**
 * The value of `authorization` for a request with exactly this body. The headers `x-amz-date` and,
 * with a session token, `x-amz-security-token` have to be sent with it.
 */
export function signV4(
  credentials: AwsCredentials,
  request: SigV4Request,
  body: usize,
  bodyLength: i32,
): string {
  let names = request.contentType.length > 0 ? "content-type;host;x-amz-date" : "host;x-amz-date";
  if (credentials.sessionToken.length > 0) names += ";x-amz-security-token";
  writeCanonical(credentials, request, names, body, bodyLength);
  credentials.prepare(request);
  TEXT.clear();
  TEXT.ascii(ALGORITHM);
  TEXT.byte(0x0a);
  TEXT.ascii(request.date);
  TEXT.byte(0x0a);
  TEXT.text(credentials.scope);
  TEXT.byte(0x0a);
  sha256(CANONICAL.ptr, CANONICAL.length, DIGEST);
  writeHex(DIGEST, DIGEST_LENGTH, TEXT);
  credentials.key.code(TEXT.ptr, TEXT.length, DIGEST);
  TEXT.clear();
  TEXT.ascii(ALGORITHM);
  TEXT.ascii(" Credential=");
  TEXT.text(credentials.accessKey);
  TEXT.byte(0x2f);
  TEXT.text(credentials.scope);
  TEXT.ascii(", SignedHeaders=");
  TEXT.ascii(names);
  TEXT.ascii(", Signature=");
  writeHex(DIGEST, DIGEST_LENGTH, TEXT);
  return TEXT.toString();
}

function writeCanonical(
  credentials: AwsCredentials,
  request: SigV4Request,
  names: string,
  body: usize,
  bodyLength: i32,
): void {
  const out = CANONICAL;
  const target = request.target;
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.substring(0, mark);
  out.clear();
  out.text(request.method);
  out.byte(0x0a);
  TEXT.clear();
  TEXT.text(path.length > 0 ? path : "/");
  // What is encoded in the path is encoded once more: so all services want it but storage.
  writePercentEncoded(TEXT.ptr, TEXT.length, true, out);
  out.byte(0x0a);
  if (mark >= 0) writeQuery(target.substring(mark + 1), out);
  out.byte(0x0a);
  if (request.contentType.length > 0) out.text(`content-type:${request.contentType}\n`);
  out.ascii("host:");
  out.text(request.host.toLowerCase());
  out.ascii("\nx-amz-date:");
  out.ascii(request.date);
  out.byte(0x0a);
  if (credentials.sessionToken.length > 0) {
    out.text(`x-amz-security-token:${credentials.sessionToken}\n`);
  }
  out.byte(0x0a);
  out.ascii(names);
  out.byte(0x0a);
  sha256(body, bodyLength, DIGEST);
  writeHex(DIGEST, DIGEST_LENGTH, out);
}

/** Parameters in order, each encoded in the one way that the signature knows. */
function writeQuery(query: string, out: ByteWriter): void {
  const parts = query.split("&");
  const parameters: string[] = [];
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    if (part.length == 0) continue;
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.substring(0, equals);
    const value = equals < 0 ? "" : part.substring(equals + 1);
    // A space sorts before all that names are made of, as the end of a shorter name does.
    parameters.push(`${encoded(name)} ${encoded(value)}`);
  }
  parameters.sort();
  out.ascii(parameters.join("&").replaceAll(" ", "="));
}

function encoded(text: string): string {
  TEXT.clear();
  TEXT.text(text);
  DECODED.clear();
  writePercentDecoded(TEXT.ptr, TEXT.length, DECODED);
  TEXT.clear();
  writePercentEncoded(DECODED.ptr, DECODED.length, false, TEXT);
  return TEXT.toString();
}

/** Appends `20250102T030405Z`. */
function writeTime(timestamp: i64, out: ByteWriter): void {
  DECODED.clear();
  writeUtcDate(timestamp, DECODED);
  out.bytes(DECODED.ptr, 4);
  out.bytes(DECODED.ptr + 5, 2);
  out.bytes(DECODED.ptr + 8, 2);
  out.byte(0x54);
  const second = <i32>(timestamp % SECONDS_PER_DAY);
  writeTwo(second / 3600, out);
  writeTwo((second / 60) % 60, out);
  writeTwo(second % 60, out);
  out.byte(0x5a);
}

function writeTwo(value: i32, out: ByteWriter): void {
  out.byte(<u8>(0x30 + value / 10));
  out.byte(<u8>(0x30 + (value % 10)));
}
