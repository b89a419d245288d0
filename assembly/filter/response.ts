// From the provider's whole answer, or its error, to the client's.
import { Document, jsonErrorText } from "../json/document";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { writeCompletionAsStream } from "../openai/completion-stream";
import { Call } from "../providers/call";
import { EncodedBody } from "../providers/encoded-body";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { getHeader, Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { getProperty } from "../proxy-wasm/properties";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";
import { errorBody, replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { gatewayError } from "./gateway-error";

const RESPONSE: Document = new Document();
const BODY: EncodedBody = new EncodedBody();
const WHOLE: ByteWriter = new ByteWriter();

/** Takes the headers of an answer. The answer is the phase that follows. */
export function beginResponse(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  const isStream = exchange.call.stream;
  // One header costs less than all of them, and more than one costs more.
  if (isStream) headers.read(HeaderMapType.ResponseHeaders);
  const status = <i32>(
    parseInt(
      isStream ? headers.get(":status") : getHeader(HeaderMapType.ResponseHeaders, ":status"),
    )
  );
  exchange.status = status;
  if (status >= 400) return beginError(exchange, endOfStream);
  if (status < 200 || status >= 300) return Phase.Passing;
  if (!exchange.config.provider.readsResponse(exchange.call)) return Phase.Passing;
  if (isStream) return beginStream(exchange, headers, endOfStream);
  return endOfStream ? emptyAnswer(exchange) : Phase.GatheringResponse;
}

function beginStream(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  if (endOfStream) return emptyAnswer(exchange);
  if (headers.has("content-encoding") && !headers.contains("content-encoding", "identity")) {
    if (mayPassCompressed(exchange, headers.get("content-encoding"))) return Phase.Passing;
    replyWithError(compressedAnswer(exchange, headers.get("content-encoding")));
    return Phase.Over;
  }
  if (headers.contains("content-type", "json")) return Phase.GatheringResponse;
  exchange.translator = exchange.config.provider.streamTranslator(exchange.call);
  if (headers.has("content-length")) removeHeader(HeaderMapType.ResponseHeaders, "content-length");
  if (!headers.contains("content-type", "text/event-stream")) {
    setHeader(HeaderMapType.ResponseHeaders, "content-type", "text/event-stream");
  }
  return Phase.HoldingStream;
}

/** An answer without a body. */
export function emptyAnswer(exchange: Exchange): Phase {
  replyWithError(invalidUpstreamResponse(exchange.config.provider.id, "it is empty"));
  return Phase.Over;
}

/** A compressed answer, though none was asked for, cannot be read here. A client that can read it gets it as it is. */
function mayPassCompressed(exchange: Exchange, encoding: string): bool {
  return exchange.acceptsGzip && encoding == "gzip" && exchange.config.provider.speaksOpenAi();
}

function compressedAnswer(exchange: Exchange, encoding: string): ApiError {
  return invalidUpstreamResponse(exchange.config.provider.id, `it is compressed (${encoding})`);
}

function beginError(exchange: Exchange, endOfStream: bool): Phase {
  const provider = exchange.config.provider;
  if (provider.speaksNatively(exchange.call)) return Phase.Passing;
  const details = getProperty("response\0code_details");
  if (details.length > 0 && details != "via_upstream") {
    replyWithError(gatewayError(provider.id, exchange.status, exchange.bodyLimit));
    return Phase.Over;
  }
  if (endOfStream) return emptyError(exchange);
  exchange.isCompressed = getHeader(HeaderMapType.ResponseHeaders, "content-encoding").length > 0;
  if (exchange.isCompressed) removeHeader(HeaderMapType.ResponseHeaders, "content-encoding");
  return Phase.GatheringError;
}

/** An error answer without a body. */
export function emptyError(exchange: Exchange): Phase {
  const error = exchange.config.provider.decodeError(exchange.call, exchange.status, 0, 0);
  replyWithError(error, getHeader(HeaderMapType.ResponseHeaders, "retry-after"));
  return Phase.Over;
}

/** Takes the whole body of a 2xx answer. */
export function finishResponse(exchange: Exchange, length: i32): void {
  exchange.phase = Phase.Over;
  const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
  const size = bytes.length;
  BODY.clear();
  const error = decode(exchange, bytes.ptr, size);
  RESPONSE.release();
  if (error !== null) {
    sendError(error);
    return;
  }
  if (BODY.replaces == 0) return;
  const replaced = BODY.replaces < 0 ? i32.MAX_VALUE : BODY.replaces;
  setBuffer(BufferType.HttpResponseBody, replaced, BODY.out.ptr, BODY.out.length);
  setContentLength(BODY.resultLength(size));
}

function decode(exchange: Exchange, ptr: usize, length: i32): ApiError | null {
  const provider = exchange.config.provider;
  if (!RESPONSE.parse(ptr, length)) {
    return unreadableAnswer(exchange, jsonErrorText(RESPONSE.error));
  }
  const call = exchange.call;
  const error = provider.decodeResponse(call, RESPONSE, BODY);
  if (error !== null || !call.stream) return error;
  return streamWhole(call, ptr, length);
}

/** What the client gets for a 200 that is no JSON. Null: it gets just that. */
function unreadableAnswer(exchange: Exchange, reason: string): ApiError | null {
  const encoding = getHeader(HeaderMapType.ResponseHeaders, "content-encoding");
  if (encoding.length == 0 || encoding == "identity") {
    return invalidUpstreamResponse(exchange.config.provider.id, `it is no JSON (${reason})`);
  }
  if (mayPassCompressed(exchange, encoding)) return null;
  removeHeader(HeaderMapType.ResponseHeaders, "content-encoding");
  return compressedAnswer(exchange, encoding);
}

/** A provider that answers a streaming request with a whole answer: the client gets it as a stream all the same. */
function streamWhole(call: Call, ptr: usize, length: i32): ApiError | null {
  WHOLE.clear();
  if (BODY.replaces >= 0) {
    WHOLE.writer(BODY.out);
    WHOLE.bytes(ptr + BODY.replaces, length - BODY.replaces);
  } else {
    WHOLE.writer(BODY.out);
  }
  if (RESPONSE.parse(WHOLE.ptr, WHOLE.length)) {
    writeCompletionAsStream(RESPONSE, call.wantsUsage, BODY.rewrite());
  }
  setHeader(HeaderMapType.ResponseHeaders, "content-type", "text/event-stream");
  return null;
}

/** Takes the whole body of an error answer. */
export function finishError(exchange: Exchange, length: i32): void {
  exchange.phase = Phase.Over;
  const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
  const size = exchange.isCompressed ? 0 : bytes.length;
  const provider = exchange.config.provider;
  sendError(provider.decodeError(exchange.call, exchange.status, bytes.ptr, size));
}

/** Turns the answer whose headers are held into an error. */
export function sendError(error: ApiError): void {
  const body = errorBody(error);
  setHeader(HeaderMapType.ResponseHeaders, ":status", error.status.toString());
  setHeader(HeaderMapType.ResponseHeaders, "content-type", "application/json");
  setContentLength(body.length);
  if (error.retryAfter >= 0) {
    setHeader(HeaderMapType.ResponseHeaders, "retry-after", error.retryAfter.toString());
  }
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, body.ptr, body.length);
}

function setContentLength(length: i32): void {
  setHeader(HeaderMapType.ResponseHeaders, "content-length", length.toString());
}
