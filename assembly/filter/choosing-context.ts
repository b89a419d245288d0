// Holds requests until their bodies have said which of the configured providers shall answer.
import { ClientDialect } from "../clients/client-dialect";
import { ProviderConfig } from "../config/provider-config";
import { Document } from "../json/document";
import { ApiError, missingParameter } from "../openai/api-error";
import { getBuffer } from "../proxy-wasm/buffers";
import { Headers } from "../proxy-wasm/headers";
import { getRouteProperty } from "../proxy-wasm/properties";
import {
  BufferType,
  FilterBodyStatus,
  FilterHeadersStatus,
  FilterTrailersStatus,
  HeaderMapType,
} from "../proxy-wasm/types";
import { dialectOf } from "./client-protocol";
import { OPENAI } from "./exchange";
import { bodyTooLarge } from "./gateway-error";
import { HttpContext } from "./http-context";
import { replyWithError } from "./local-reply";
import { PROVIDER_MEMBER, ProviderMember, unknownProvider } from "./provider-member";

const HEADERS: Headers = new Headers();
const REQUEST: Document = new Document();
const MEMBER: ProviderMember = new ProviderMember();

/** An exchange whose provider is known once its body is there; from then on it is like any other. */
export class ChoosingContext extends HttpContext {
  private isHolding: bool = false;
  /** The client has an error already. */
  private isAnswered: bool = false;
  private expected: i32 = -1;
  private dialect: ClientDialect = OPENAI;
  /** Bytes of the body without the member. */
  private length: i32 = 0;
  private chosen: ProviderConfig | null = null;

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    HEADERS.read(HeaderMapType.RequestHeaders);
    if (endOfStream || !hasJson(HEADERS) || this.isRuled()) {
      return super.onRequestHeaders(endOfStream);
    }
    this.isHolding = true;
    this.dialect = dialectOf(HEADERS.get(":path"));
    const length = HEADERS.integer("content-length");
    if (length > this.config.requestBodyLimit) {
      this.reply(bodyTooLarge(this.config.requestBodyLimit));
    }
    this.expected = <i32>length;
    return FilterHeadersStatus.StopIteration;
  }

  onRequestBody(length: i32, endOfStream: bool): FilterBodyStatus {
    if (!this.isHolding) return super.onRequestBody(length, endOfStream);
    if (this.isAnswered) return FilterBodyStatus.StopIterationNoBuffer;
    if (length > this.config.requestBodyLimit) {
      this.reply(bodyTooLarge(this.config.requestBodyLimit));
      return FilterBodyStatus.StopIterationNoBuffer;
    }
    const isWhole = endOfStream || length == this.expected;
    if (!isWhole) return FilterBodyStatus.StopIterationAndBuffer;
    if (!this.release(length)) return FilterBodyStatus.StopIterationNoBuffer;
    return super.onRequestBody(this.length, endOfStream);
  }

  onRequestTrailers(): FilterTrailersStatus {
    if (!this.isHolding) return super.onRequestTrailers();
    if (this.isAnswered || !this.release(i32.MAX_VALUE)) return FilterTrailersStatus.StopIteration;
    return super.onRequestTrailers();
  }

  /** Whether a rule has decided already. */
  private isRuled(): bool {
    const config = this.config;
    if (!config.needsMatch) return false;
    const host = HEADERS.get(":authority");
    const route = getRouteProperty("route_name");
    return config.ruleOf(host, route, getRouteProperty("cluster_name")) !== null;
  }

  protected match(): ProviderConfig | null {
    const chosen = this.chosen;
    return chosen !== null ? chosen : super.match();
  }

  private reply(error: ApiError): void {
    this.isAnswered = true;
    replyWithError(error, this.dialect);
  }

  /** Lets the headers begin, now that the provider is known. False: the client has an error. */
  private release(length: i32): bool {
    const error = this.choose(length);
    REQUEST.release();
    MEMBER.release();
    if (error !== null) {
      this.reply(error);
      return false;
    }
    this.isHolding = false;
    super.onRequestHeaders(false);
    return true;
  }

  private choose(length: i32): ApiError | null {
    const bytes = getBuffer(BufferType.HttpRequestBody, 0, length);
    this.length = bytes.length;
    // What is wrong with a body is said where it is read.
    const isRead = REQUEST.parse(bytes.ptr, bytes.length) && REQUEST.isObject(REQUEST.root());
    if (isRead) this.length = MEMBER.take(REQUEST).length;
    if (isRead && MEMBER.error !== null) return MEMBER.error;
    if (!isRead || MEMBER.id.length == 0) {
      return this.config.fallback !== null ? null : missingParameter(PROVIDER_MEMBER);
    }
    this.chosen = this.config.choice(MEMBER.id);
    return this.chosen !== null ? null : unknownProvider(MEMBER.id);
  }
}

/** Whether a request may have a body that is JSON and can be read. */
function hasJson(headers: Headers): bool {
  if (!headers.is(":method", "POST") || headers.has("content-encoding")) return false;
  if (headers.contains("content-type", "json")) return true;
  return !headers.has("content-type") || headers.contains("content-type", "x-www-form-urlencoded");
}
