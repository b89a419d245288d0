// Service accounts of Google Cloud and the assertion that stands for one:
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { decodeBase64, writeBase64Url } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";

const SCOPE: string = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URI: string = "https://oauth2.googleapis.com/token";
const PEM_BEGIN: string = "-----BEGIN PRIVATE KEY-----";
const PEM_END: string = "-----END PRIVATE KEY-----";
/** Seconds that an assertion holds: the most that Google takes. */
const LIFETIME: i64 = 3600;

const TEXT: ByteWriter = new ByteWriter();
const DOC: Document = new Document();
const JSON: JsonWriter = new JsonWriter(new ByteWriter());

/** An account as its key's JSON text tells it. */
export class ServiceAccount {
  projectId: string = "";
  email: string = "";
  tokenUri: string = TOKEN_URI;
  /** What was expected of the text; "" when it is fine. */
  error: string = "";
  private keyId: string = "";
  /** PKCS #8 in base64. */
  private key: string = "";

  constructor(text: string) {
    TEXT.clear();
    TEXT.text(text);
    if (DOC.parse(TEXT.ptr, TEXT.length)) this.read(DOC);
    else this.error = "expected the JSON text of a service account's key";
    // It holds a secret.
    TEXT.release();
    DOC.release();
  }

  private read(doc: Document): void {
    const root = doc.root();
    this.projectId = doc.string(doc.get(root, "project_id"));
    this.email = doc.string(doc.get(root, "client_email"));
    this.keyId = doc.string(doc.get(root, "private_key_id"));
    const uri = doc.string(doc.get(root, "token_uri"));
    if (uri.length > 0) this.tokenUri = uri;
    const pem = doc.string(doc.get(root, "private_key"));
    const begin = pem.indexOf(PEM_BEGIN);
    const end = pem.indexOf(PEM_END);
    if (begin >= 0 && end > begin) {
      const body = pem.substring(begin + PEM_BEGIN.length, end);
      this.key = body.replaceAll("\n", "").replaceAll("\r", "").replaceAll(" ", "");
    }
    if (this.email.length == 0) this.error = "expected a JSON object with client_email";
    else if (!this.isKey()) this.error = "expected private_key to be a PEM text in PKCS #8";
    else if (this.hostStart == 0) this.error = "expected token_uri to be an https URL";
  }

  private isKey(): bool {
    TEXT.clear();
    const isKey = this.key.length > 0 && decodeBase64(this.key, TEXT);
    return isKey && TEXT.length > 0;
  }

  private get hostStart(): i32 {
    return this.tokenUri.startsWith("https://") && this.tokenUri.length > 8 ? 8 : 0;
  }

  private get pathStart(): i32 {
    const slash = this.tokenUri.indexOf("/", this.hostStart);
    return slash < 0 ? this.tokenUri.length : slash;
  }

  /** Host of the server that gives access tokens. */
  get tokenHost(): string {
    return this.tokenUri.substring(this.hostStart, this.pathStart);
  }

  /** Path at that server. */
  get tokenPath(): string {
    const path = this.tokenUri.substring(this.pathStart);
    return path.length > 0 ? path : "/";
  }

  /** Appends the private key, PKCS #8 in DER. */
  writeKey(out: ByteWriter): void {
    decodeBase64(this.key, out);
  }

  /** Appends header and claims of an assertion, joined by a dot: what is signed with RS256. */
  writeUnsigned(seconds: i64, out: ByteWriter): void {
    const json = JSON;
    beginText(json);
    json.keyString("alg", "RS256");
    json.keyString("typ", "JWT");
    if (this.keyId.length > 0) json.keyString("kid", this.keyId);
    json.endObject();
    writeBase64Url(json.out.ptr, json.out.length, out);
    out.byte(0x2e);
    beginText(json);
    json.keyString("iss", this.email);
    json.keyString("scope", SCOPE);
    json.keyString("aud", this.tokenUri);
    json.keyInteger("exp", seconds + LIFETIME);
    json.keyInteger("iat", seconds);
    json.endObject();
    writeBase64Url(json.out.ptr, json.out.length, out);
  }
}

function beginText(json: JsonWriter): void {
  json.out.clear();
  json.reset();
  json.beginObject();
}
