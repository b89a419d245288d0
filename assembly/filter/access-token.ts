// The access token of a service account: fetched by a call of the plugin's own, kept by each worker.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import { ServiceAccount } from "../auth/service-account";
import { ProviderConfig } from "../config/provider-config";
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { Call } from "../providers/call";
import { getBuffer } from "../proxy-wasm/buffers";
import { httpCall } from "../proxy-wasm/http-call";
import { log } from "../proxy-wasm/log";
import { signSha256 } from "../proxy-wasm/sign";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { BufferType, LogLevel } from "../proxy-wasm/types";
import { writeBase64Url } from "../text/base64";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";
import { Fetched, FetchState, reasonOf } from "./fetched";

const GRANT: string = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
const NANOSECONDS: i64 = 1_000_000_000;
/** Seconds before its end from which a token is of no use any more: the provider has to see it in time. */
const MARGIN: i64 = 5;
/** Seconds until a token is asked for again that could not be renewed while the old one holds. */
const RETRY_AFTER: i64 = 10;
/** Seconds that a token holds whose answer does not say so. */
const DEFAULT_LIFETIME: i64 = 300;

const ANSWER: Document = new Document();
const KEY: ByteWriter = new ByteWriter();
const UNSIGNED: ByteWriter = new ByteWriter();
const SIGNATURE: ByteWriter = new ByteWriter();
const FORM: ByteWriter = new ByteWriter();

/** The token of one account. */
export class AccessToken extends Fetched {
  private token: string = "";
  /** Seconds. */
  private endsAt: i64 = 0;
  private renewedFrom: i64 = 0;

  constructor(
    private readonly config: ProviderConfig,
    private readonly account: ServiceAccount,
  ) {
    super();
  }

  ask(stream: u32, call: Call): FetchState {
    const now = currentTimeNanoseconds() / NANOSECONDS;
    if (this.token.length == 0 || now >= this.endsAt - MARGIN) {
      this.token = "";
      return this.wait(stream, call);
    }
    // The old token serves while a new one is fetched.
    if (now >= this.renewedFrom) this.begin(call);
    return FetchState.Ready;
  }

  get isThere(): bool {
    return this.token.length > 0;
  }

  give(exchange: Exchange): void {
    exchange.call.token = this.token;
  }

  /** Forgets a token that the provider has refused. */
  drop(token: string): void {
    if (this.token == token) this.token = "";
  }

  /** 502: the gateway cannot prove who it is, which is no fault of the client's. */
  get failure(): ApiError {
    const message = `The gateway could not get an access token: ${this.reason}.`;
    return new ApiError(502, "server_error", "upstream_auth_error", message);
  }

  protected fetch(call: Call): void {
    const account = this.account;
    const unsigned = UNSIGNED;
    unsigned.clear();
    account.writeUnsigned(currentTimeNanoseconds() / NANOSECONDS, unsigned);
    KEY.clear();
    account.writeKey(KEY);
    SIGNATURE.clear();
    const wrong = signSha256(KEY, unsigned, SIGNATURE);
    KEY.release();
    if (wrong.length > 0) {
      this.reason = wrong;
      return;
    }
    FORM.clear();
    FORM.ascii(GRANT);
    FORM.writer(unsigned);
    FORM.byte(0x2e);
    writeBase64Url(SIGNATURE.ptr, SIGNATURE.length, FORM);
    this.send();
  }

  private send(): void {
    const account = this.account;
    const headers: StaticArray<string> = [
      ":method",
      "POST",
      ":path",
      account.tokenPath,
      ":authority",
      account.tokenHost,
      "content-type",
      "application/x-www-form-urlencoded",
    ];
    const name = this.config.settings.vertexAuthServiceName;
    const service = "outbound|443||" + name;
    const clusters: StaticArray<string> = [name, service + ".dns", service];
    for (let i = 0; i < clusters.length && this.pending < 0; ++i) {
      this.pending = httpCall(clusters[i], headers, FORM, this.config.timeout);
    }
  }

  protected receive(status: string, length: i32): void {
    const bytes = getBuffer(BufferType.HttpCallResponseBody, 0, length);
    const isJson = length > 0 && ANSWER.parse(bytes.ptr, bytes.length);
    const root = isJson ? ANSWER.root() : -1;
    const token = ANSWER.string(ANSWER.get(root, "access_token"));
    if (status == "200" && isHeaderText(token)) {
      const lifetime = ANSWER.integer(ANSWER.get(root, "expires_in"), DEFAULT_LIFETIME);
      this.token = token;
      this.endsAt = currentTimeNanoseconds() / NANOSECONDS + lifetime;
      this.renewedFrom = this.endsAt - this.config.settings.vertexTokenRefreshAhead;
    } else if (status == "200") {
      this.fail("the server's answer has no access_token");
    } else {
      const code = ANSWER.string(ANSWER.get(root, "error"));
      const words = ANSWER.string(ANSWER.get(root, "error_description"));
      const why = code.length > 0 ? ` (${code}${words.length > 0 ? ": " + words : ""})` : "";
      this.fail(reasonOf(status) + why);
    }
    ANSWER.release();
  }

  /** A token that still holds stays. */
  protected fail(reason: string): void {
    this.reason = reason;
    const provider = this.config.provider.id;
    log(LogLevel.Warn, `no access token for the provider '${provider}': ${reason}`);
    this.renewedFrom = currentTimeNanoseconds() / NANOSECONDS + RETRY_AFTER;
  }
}

/** Whether a token can stand in a header: it is there, and printable ASCII. */
function isHeaderText(token: string): bool {
  for (let i = 0; i < token.length; ++i) {
    const code = token.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return token.length > 0;
}
