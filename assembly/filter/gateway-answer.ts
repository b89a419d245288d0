// What the gateway looks at on the way back: errors. Everything else passes untouched.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { getHeader, removeHeader, setHeader } from "../proxy-wasm/headers";
import { getProperty } from "../proxy-wasm/properties";
import {
  BufferType,
  FilterBodyStatus,
  FilterHeadersStatus,
  HeaderMapType,
} from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { pastAttempts } from "./attempt";
import { bodyTooLarge } from "./gateway-error";
import { errorBody, OWN_DETAILS, replyWithBody, replyWithError } from "./local-reply";
import { ENDLESS_HEADER } from "./web-socket-answer";

const ERROR: Document = new Document();
const EDIT: JsonEdit = new JsonEdit();
const TEXT: ByteWriter = new ByteWriter();

/** One answer on its way to the client. */
export class GatewayAnswer {
  status: i32 = 0;
  /** The client speaks Anthropic's protocol. */
  private forAnthropic: bool = false;
  /** The error that took the place of the answer; null: it is the last provider's own. */
  error: ApiError | null = null;
  /** An error's body is being gathered. */
  private gathers: bool = false;
  /** Bytes of a body whose end may never come, or -1. */
  private expected: i64 = -1;

  /** Takes the headers. */
  begin(endOfStream: bool, bodyLimit: i32, forAnthropic: bool): FilterHeadersStatus {
    this.forAnthropic = forAnthropic;
    this.status = <i32>integer(":status");
    if (this.status < 400) return FilterHeadersStatus.Continue;
    const details = getProperty("response\0code_details");
    if (details.startsWith(OWN_DETAILS)) return FilterHeadersStatus.Continue;
    const isUpstream = details.length == 0 || details == "via_upstream";
    if (!isUpstream || endOfStream) {
      const error = isUpstream ? this.lastError("") : this.envoyError(bodyLimit);
      this.error = error;
      replyWithError(error, forAnthropic);
      return FilterHeadersStatus.StopIteration;
    }
    this.gathers = true;
    if (getHeader(HeaderMapType.ResponseHeaders, ENDLESS_HEADER).length > 0) {
      this.expected = integer("content-length");
    }
    removeHeader(HeaderMapType.ResponseHeaders, "content-length");
    setHeader(HeaderMapType.ResponseHeaders, "content-type", "application/json");
    return FilterHeadersStatus.StopIteration;
  }

  /** Takes a piece of the body; `length` bytes are there so far. */
  push(length: i32, endOfStream: bool): FilterBodyStatus {
    if (!this.gathers) return FilterBodyStatus.Continue;
    const isWhole = endOfStream || length == this.expected;
    if (!isWhole) return FilterBodyStatus.StopIterationAndBuffer;
    this.gathers = false;
    const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
    const body = this.withAttempts(bytes.ptr, bytes.length);
    if (!endOfStream) return this.reply(bytes.ptr, bytes.length, body);
    if (body !== null) setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, body.ptr, body.length);
    return FilterBodyStatus.Continue;
  }

  /** Ends an error that would not end. */
  private reply(ptr: usize, length: i32, changed: ByteWriter | null): FilterBodyStatus {
    let body = changed;
    if (body === null) {
      TEXT.clear();
      TEXT.bytes(ptr, length);
      body = TEXT;
    }
    replyWithBody(this.status, "upstream", body);
    return FilterBodyStatus.StopIterationNoBuffer;
  }

  /** An error of the last provider that was asked, with what became of the others. Null: as it is. */
  private withAttempts(ptr: usize, length: i32): ByteWriter | null {
    const doc = ERROR;
    const isJson = doc.parse(ptr, length);
    const message = isJson ? doc.get(doc.get(doc.root(), "error"), "message") : -1;
    if (!doc.isString(message)) return errorBody(this.lastError(""), this.forAnthropic);
    const attempts = pastAttempts();
    if (!attempts.includes(",")) return null;
    EDIT.begin(doc);
    EDIT.setString(
      doc.get(doc.root(), "error"),
      "message",
      `${doc.string(message)} (tried: ${attempts})`,
    );
    TEXT.clear();
    EDIT.apply(TEXT);
    return TEXT;
  }

  private lastError(why: string): ApiError {
    const attempts = pastAttempts();
    const tried = attempts.length > 0 ? ` (tried: ${attempts})` : "";
    const reason = why.length > 0 ? why : `The provider answered with status ${this.status}.`;
    const isOverload = this.status == 429;
    const type = isOverload
      ? "rate_limit_error"
      : this.status < 500
        ? "invalid_request_error"
        : "server_error";
    const code = isOverload ? "rate_limit_exceeded" : this.status < 500 ? "" : "upstream_error";
    return new ApiError(this.status, type, code, reason + tried);
  }

  /** What Envoy itself answered: no provider could be reached, or none was quick enough. */
  private envoyError(bodyLimit: i32): ApiError {
    if (this.status == 413) return bodyTooLarge(bodyLimit);
    const attempts = pastAttempts();
    const tried = attempts.length > 0 ? ` (tried: ${attempts})` : "";
    if (this.status == 404) {
      const message = "The gateway has no route to a provider for this request.";
      return new ApiError(404, "invalid_request_error", "no_route", message);
    }
    if (this.status == 504 || this.status == 408) {
      return new ApiError(504, "server_error", "timeout", "No provider answered in time." + tried);
    }
    if (this.status >= 500) {
      const message = "No provider could be reached." + tried;
      return new ApiError(503, "server_error", "upstream_unavailable", message);
    }
    return this.lastError(`The gateway refused the request with status ${this.status}.`);
  }
}

/** A header of the answer, -1 where it has none. */
function integer(name: string): i64 {
  const text = getHeader(HeaderMapType.ResponseHeaders, name);
  return text.length > 0 ? I64.parseInt(text) : -1;
}
