// From the provider's whole answer, or its error, to the client's.
import { Document, jsonErrorText } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { ChunkCollector } from "../openai/chunk-collector";
import { writeCompletionAsStream } from "../openai/completion-stream";
import { AnswerShape, editReasoning } from "../openai/reasoning";
import { ReasoningStream } from "../openai/reasoning-stream";
import { Call } from "../providers/call";
import { EncodedBody } from "../providers/encoded-body";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { BufferType, HeaderMapType } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { applyResponseHeaders, keepAnswerHeaders, setContentLength } from "./answer-headers";
import { noteUsage } from "./attempt";
import { beginError, emptyAnswer, failHeaders, sendError } from "./error-response";
import { Exchange } from "./exchange";
import { beginMessages, translateCompletion, translateWholeStream } from "./messages-client";
import { Phase } from "./phase";
import { joinStream } from "./response-stream";
import { answerIsBad, answerIsGood, watchAnswer } from "./retry";
import { tellWhole } from "./telemetry";
import { beginSession } from "./web-socket-answer";

const RESPONSE: Document = new Document();
const BODY: EncodedBody = new EncodedBody();
const EDIT: JsonEdit = new JsonEdit();
const WHOLE: ByteWriter = new ByteWriter();

/** Takes the headers of an answer. The answer is the phase that follows. */
export function beginResponse(exchange: Exchange, headers: Headers, endOfStream: bool): Phase {
  headers.read(HeaderMapType.ResponseHeaders);
  const status = <i32>headers.integer(":status");
  exchange.status = status;
  keepAnswerHeaders(exchange, headers);
  const watched = watchAnswer(exchange, headers, endOfStream);
  if (watched != Phase.AwaitingResponse) return watched;
  if (status >= 400) return beginError(exchange, headers, endOfStream);
  const session = exchange.session;
  if (session !== null) return beginSession(exchange, session, headers, endOfStream);
  if (status < 200 || status >= 300) return Phase.Passing;
  if (!exchange.config.provider.readsResponse(exchange.call)) return Phase.Passing;
  if (endOfStream) return emptyAnswer(exchange);
  if (headers.has("content-encoding") && !headers.is("content-encoding", "identity")) {
    return beginCompressed(exchange, headers.get("content-encoding"));
  }
  // Lines of JSON are a stream.
  const isJson =
    headers.contains("content-type", "json") && !headers.contains("content-type", "ndjson");
  if (!exchange.call.stream && headers.contains("content-type", "text/event-stream")) {
    if (exchange.call.capability == Capability.Chat) return beginCollecting(exchange);
  }
  if (exchange.call.stream && !isJson) return beginStream(exchange, headers);
  exchange.responseLength = headers.integer("content-length");
  if (!isJson && !exchange.call.stream) {
    setHeader(HeaderMapType.ResponseHeaders, "content-type", "application/json");
  }
  return Phase.GatheringResponse;
}

/** A stream for a client that did not ask for one: some providers have nothing else. */
export function beginCollecting(exchange: Exchange): Phase {
  const call = exchange.call;
  call.wantsUsage = true;
  const translator = exchange.config.provider.streamTranslator(call);
  if (translator === null) return Phase.GatheringResponse;
  exchange.translator = translator;
  shapeStream(exchange);
  exchange.collector = new ChunkCollector();
  return Phase.Collecting;
}

export function beginStream(exchange: Exchange, headers: Headers): Phase {
  exchange.translator = exchange.config.provider.streamTranslator(exchange.call);
  shapeStream(exchange);
  beginMessages(exchange);
  if (headers.has("content-length")) removeHeader(HeaderMapType.ResponseHeaders, "content-length");
  if (!headers.contains("content-type", "text/event-stream")) {
    setHeader(HeaderMapType.ResponseHeaders, "content-type", "text/event-stream");
  }
  return Phase.HoldingStream;
}

/** Does to the chunks what the configuration asks for. */
function shapeStream(exchange: Exchange): void {
  const shape = exchange.config.exchange.answer;
  if (!shape.isActive || exchange.call.capability != Capability.Chat) return;
  exchange.reasoning = new ReasoningStream(shape);
}

/** A compressed answer, though none was asked for, cannot be read here. A client that can read it gets it as it is. */
function beginCompressed(exchange: Exchange, encoding: string): Phase {
  const provider = exchange.config.provider;
  const isReadable = exchange.acceptsGzip && encoding == "gzip" && !exchange.translatesMessages;
  if (isReadable && provider.speaksOpenAi()) return Phase.Passing;
  const error = invalidUpstreamResponse(provider.id, `it is compressed (${encoding})`);
  return failHeaders(exchange, error, false);
}

/** Takes the whole body of a 2xx answer. */
export function finishResponse(exchange: Exchange, length: i32): void {
  exchange.phase = Phase.Over;
  const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
  const error = decode(exchange, bytes.ptr, bytes.length);
  RESPONSE.release();
  if (error !== null) {
    if (!answerIsBad(exchange, error, true, true)) sendError(exchange, error);
    return;
  }
  noteUsage(exchange);
  tellWhole(exchange, BODY, bytes.ptr, bytes.length);
  applyResponseHeaders(exchange.call);
  answerIsGood(exchange);
  if (BODY.replaces == 0) return;
  const replaced = BODY.replaces < 0 ? i32.MAX_VALUE : BODY.replaces;
  setBuffer(BufferType.HttpResponseBody, replaced, BODY.out.ptr, BODY.out.length);
  setContentLength(BODY.resultLength(bytes.length));
}

/** Translates a whole body that came in another way. */
export function translateWhole(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  out: ByteWriter,
): ApiError | null {
  const error = decode(exchange, ptr, length);
  RESPONSE.release();
  if (error === null) BODY.writeWhole(ptr, length, out);
  return error;
}

function decode(exchange: Exchange, ptr: usize, length: i32): ApiError | null {
  const error = decodeForOpenAi(exchange, ptr, length);
  if (error !== null || !exchange.translatesMessages) return error;
  if (exchange.call.stream) {
    WHOLE.clear();
    BODY.writeWhole(ptr, length, WHOLE);
    translateWholeStream(exchange, WHOLE.ptr, WHOLE.length, BODY.rewrite());
  } else {
    rewriteForAnthropic(ptr, length);
  }
  return null;
}

/** Puts a message in the place of the completion that was decoded. */
function rewriteForAnthropic(ptr: usize, length: i32): void {
  if (parseDecoded(ptr, length)) translateCompletion(RESPONSE, BODY.rewrite());
}

function decodeForOpenAi(exchange: Exchange, ptr: usize, length: i32): ApiError | null {
  BODY.clear();
  const call = exchange.call;
  const provider = exchange.config.provider;
  if (!RESPONSE.parse(ptr, length)) {
    if (call.joinsStream) return joinStream(exchange, ptr, length, BODY.rewrite());
    const reason = jsonErrorText(RESPONSE.error);
    return invalidUpstreamResponse(provider.id, `it is no JSON (${reason})`);
  }
  const error = provider.decodeResponse(call, RESPONSE, BODY);
  if (error !== null) return error;
  const shape = exchange.config.exchange.answer;
  if (shape.isActive && call.capability == Capability.Chat) shapeAnswer(shape, ptr, length);
  return call.stream ? streamWhole(call, ptr, length) : null;
}

/** Parses the answer as the client would get it: what was decoded, and the rest of what came. */
function parseDecoded(ptr: usize, length: i32): bool {
  WHOLE.clear();
  BODY.writeWhole(ptr, length, WHOLE);
  return RESPONSE.parse(WHOLE.ptr, WHOLE.length);
}

/** Does to the decoded answer what the configuration asks for. */
function shapeAnswer(shape: AnswerShape, ptr: usize, length: i32): void {
  if (!parseDecoded(ptr, length)) return;
  EDIT.begin(RESPONSE);
  editReasoning(shape, RESPONSE, EDIT);
  if (!EDIT.isEmpty()) EDIT.apply(BODY.rewrite());
}

/** A provider that answers a streaming request with a whole answer: the client gets it as a stream all the same. */
function streamWhole(call: Call, ptr: usize, length: i32): ApiError | null {
  if (parseDecoded(ptr, length)) {
    writeCompletionAsStream(RESPONSE, call.wantsUsage, BODY.rewrite());
  }
  setHeader(HeaderMapType.ResponseHeaders, "content-type", "text/event-stream");
  return null;
}

/** Writes the whole answer that was collected from a stream; it is overwritten by the next one. */
export function writeCollected(exchange: Exchange, collector: ChunkCollector): ByteWriter {
  const out = BODY.rewrite();
  collector.write(exchange.call.usage, new JsonWriter(out));
  if (exchange.translatesMessages) rewriteForAnthropic(0, 0);
  return out;
}

/** Sends the whole answer that was collected from a stream. */
export function sendCollected(exchange: Exchange, collector: ChunkCollector): void {
  const out = writeCollected(exchange, collector);
  applyResponseHeaders(exchange.call);
  setHeader(HeaderMapType.ResponseHeaders, "content-type", "application/json");
  setContentLength(out.length);
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, out.ptr, out.length);
}
