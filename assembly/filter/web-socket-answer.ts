// From a WebSocket's messages to the client's answer: https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
//
// When a provider closes an upgraded connection, Envoy does not end the client's stream but breaks
// it off. So the end is made here: a whole answer is a reply of the plugin's own, and a stream over
// HTTP/1.1 has its chunks framed here, the last one too. Envoy leaves the framing of a body alone
// where the answer offers an upgrade, which any answer may do:
// https://www.rfc-editor.org/rfc/rfc9110#section-7.8
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { StreamTranslator } from "../providers/stream-translator";
import { setBuffer } from "../proxy-wasm/buffers";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { getProperty } from "../proxy-wasm/properties";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { StreamOutput } from "../stream/stream-output";
import { webSocketAccept } from "../stream/web-socket-key";
import { ByteWriter } from "../text/byte-writer";
import { applyResponseHeaders } from "./answer-headers";
import { noteFailure } from "./attempt";
import { Exchange } from "./exchange";
import { OWN_DETAILS, replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { failHeaders, sendError } from "./error-response";
import { beginCollecting, beginStream, writeCollected } from "./response";
import { answerIsBad, answerIsGood } from "./retry";
import { tellError } from "./telemetry";
import { WebSocketSession } from "./web-socket-session";

/** Header of an attempt's error: the body is as long as it says, and its end may never come. */
export const ENDLESS_HEADER: string = "x-llm-endless";

const SWITCHED: i32 = 101;
const LAST_CHUNK: string = "0\r\n\r\n";

const CHUNK: ByteWriter = new ByteWriter();

/** Takes the answer to a handshake, which is no error. The answer is the phase that follows. */
export function beginSession(
  exchange: Exchange,
  session: WebSocketSession,
  headers: Headers,
  endOfStream: bool,
): Phase {
  const provider = exchange.config.provider.id;
  if (exchange.status != SWITCHED) {
    const error = invalidUpstreamResponse(provider, "it opens no WebSocket");
    return failHeaders(exchange, error, endOfStream);
  }
  if (headers.get("sec-websocket-accept") != webSocketAccept(session.key)) {
    const error = invalidUpstreamResponse(provider, "its WebSocket is the answer to another key");
    noteFailure(exchange, error.status);
    tellError(exchange, error);
    replyWithError(error, exchange.dialect);
    return Phase.Over;
  }
  setHeader(HeaderMapType.ResponseHeaders, ":status", "200");
  removeHeader(HeaderMapType.ResponseHeaders, "sec-websocket-accept");
  const isStream = exchange.call.stream;
  session.isIncremental = isStream && getProperty("request\0protocol") == "HTTP/1.1";
  if (session.isIncremental) {
    setHeader(HeaderMapType.ResponseHeaders, "connection", "upgrade, close");
    setHeader(HeaderMapType.ResponseHeaders, "upgrade", "websocket");
    setHeader(HeaderMapType.ResponseHeaders, "transfer-encoding", "chunked");
  } else {
    offerNoUpgrade();
  }
  return isStream ? beginStream(exchange, headers) : beginCollecting(exchange);
}

function offerNoUpgrade(): void {
  removeHeader(HeaderMapType.ResponseHeaders, "connection");
  removeHeader(HeaderMapType.ResponseHeaders, "upgrade");
  removeHeader(HeaderMapType.ResponseHeaders, "transfer-encoding");
}

/** Sends on what a callback has made of a session's messages. False: nothing goes out yet. */
export function pushSession(
  exchange: Exchange,
  session: WebSocketSession,
  translator: StreamTranslator,
  out: StreamOutput,
): bool {
  const failure = translator.failure;
  const hasBegun = exchange.phase == Phase.Streaming;
  if (session.isIncremental) {
    if (hasBegun || out.hasEvents) return sendChunk(exchange, translator, out);
    return failure !== null ? refuseSession(exchange, failure) : false;
  }
  if (failure !== null) return refuseSession(exchange, failure);
  const collector = exchange.collector;
  if (out.hasEvents) exchange.phase = Phase.Collecting;
  if (collector === null) session.stream.bytes(out.ptr(), out.length());
  else if (out.length() > 0) collector.push(out.ptr(), out.length());
  if (!translator.isOver) return false;
  answerIsGood(exchange);
  if (collector === null) reply(exchange, "text/event-stream", session.stream);
  else reply(exchange, "application/json", writeCollected(exchange, collector));
  return false;
}

/** Sends this callback's events as one chunk, and behind the last one the end of all chunks. */
function sendChunk(exchange: Exchange, translator: StreamTranslator, out: StreamOutput): bool {
  const failure = translator.failure;
  if (exchange.phase == Phase.HoldingStream) {
    applyResponseHeaders(exchange.call);
    if (failure === null) answerIsGood(exchange);
  }
  if (failure !== null) {
    answerIsBad(exchange, failure, false, false);
    tellError(exchange, failure);
    const translation = exchange.translation;
    if (translation !== null) translation.writeErrorEvent(failure, out.writer());
    else exchange.dialect.writeErrorEvent(failure, out.writer());
  }
  CHUNK.clear();
  const length = out.length();
  if (length > 0) {
    CHUNK.ascii(length.toString(16) + "\r\n");
    CHUNK.bytes(out.ptr(), length);
    CHUNK.ascii("\r\n");
  }
  const isOver = failure !== null || translator.isOver;
  if (isOver) CHUNK.ascii(LAST_CHUNK);
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, CHUNK.ptr, CHUNK.length);
  exchange.phase = isOver ? Phase.Dropping : Phase.Streaming;
  return true;
}

/** The session has failed, and the client has had nothing of it. */
function refuseSession(exchange: Exchange, error: ApiError): bool {
  answerIsBad(exchange, error, true, false);
  if (!exchange.isAttempt) {
    tellError(exchange, error);
    replyWithError(error, exchange.dialect);
    exchange.phase = Phase.Over;
    return false;
  }
  // Envoy retries what a provider answers, and nothing that a filter replies itself.
  offerNoUpgrade();
  setHeader(HeaderMapType.ResponseHeaders, ENDLESS_HEADER, "1");
  sendError(exchange, error);
  if (exchange.phase == Phase.Yielding) return false;
  exchange.phase = Phase.Dropping;
  return true;
}

/** Ends the exchange with a whole answer. */
function reply(exchange: Exchange, type: string, body: ByteWriter): void {
  const headers = ["content-type", type];
  const edits = exchange.call.responseHeaders;
  for (let i = 0; edits !== null && i < edits.names.length; ++i) {
    headers.push(edits.names[i]);
    headers.push(edits.values[i]);
  }
  exchange.phase = Phase.Over;
  sendLocalResponse(200, OWN_DETAILS + "session", StaticArray.fromArray(headers), body);
}
