// A stream on its way to the client: bytes → frames → OpenAI's events, one write to the host per callback.
import { writeMessageErrorEvent } from "../anthropic/message-error";
import { JsonWriter } from "../json/json-writer";
import { writeErrorEvent } from "../openai/chunk-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { ChunkCollector } from "../openai/chunk-collector";
import { StreamTranslator } from "../providers/stream-translator";
import { getBuffer, setBuffer } from "../proxy-wasm/buffers";
import { BufferType } from "../proxy-wasm/types";
import { StreamOutput } from "../stream/stream-output";
import { applyResponseHeaders } from "./answer-headers";
import { noteUsage } from "./attempt";
import { ByteWriter } from "../text/byte-writer";
import { sendError } from "./error-response";
import { Exchange } from "./exchange";
import { beginMessages } from "./messages-client";
import { Phase } from "./phase";
import { sendCollected } from "./response";
import { answerIsBad, answerIsGood } from "./retry";
import { tellError, tellStream } from "./telemetry";
import { pushSession } from "./web-socket-answer";

/** Bytes of a stream that may come before its first event is complete. */
const LONGEST_HELD: i32 = 64 << 10;

const OUTPUT: StreamOutput = new StreamOutput();

/** Takes the next `length` bytes. False: nothing goes out yet, since the headers are still held. */
export function pushStream(exchange: Exchange, length: i32, endOfStream: bool): bool {
  const translator = exchange.translator;
  if (translator === null) return true;
  let ptr: usize = 0;
  let size = 0;
  // A stream mostly ends with an empty piece, for which the host need not be asked.
  if (length > 0) {
    const bytes = getBuffer(BufferType.HttpResponseBody, 0, length);
    ptr = bytes.ptr;
    size = bytes.length;
  }
  OUTPUT.begin(ptr, size);
  translate(translator, exchange.config.provider.id, ptr, size, endOfStream);
  noteUsage(exchange);
  const reasoning = exchange.reasoning;
  if (reasoning !== null) reasoning.reshape(OUTPUT);
  tellStream(exchange, translator.failure, OUTPUT, endOfStream);
  reshapeForAnthropic(exchange, translator);
  const session = exchange.session;
  if (session !== null) return pushSession(exchange, session, translator, OUTPUT);
  const failure = translator.failure;
  if (failure !== null) return breakOff(exchange, failure);
  const collector = exchange.collector;
  if (collector !== null) return collect(exchange, collector, endOfStream);
  const isHeld = exchange.phase == Phase.HoldingStream;
  if (isHeld && !OUTPUT.hasEvents && !endOfStream && !isOverdue(exchange, length)) return false;
  if (isHeld) applyResponseHeaders(exchange.call);
  if (isHeld && OUTPUT.hasEvents) answerIsGood(exchange);
  exchange.phase = Phase.Streaming;
  sendOutput(ptr, size);
  return true;
}

/** Puts Anthropic's events in the place of OpenAI's, for clients that want those. */
function reshapeForAnthropic(exchange: Exchange, translator: StreamTranslator): void {
  const messages = exchange.messages;
  if (messages === null) return;
  messages.reshape(OUTPUT);
  if (translator.failure === null) translator.failure = messages.failure;
}

/** An event that never ends shall not hold the headers for ever. */
function isOverdue(exchange: Exchange, length: i32): bool {
  exchange.heldLength += length;
  return exchange.isAttempt && exchange.heldLength > LONGEST_HELD;
}

/** A stream that is there from its beginning to its end becomes the whole answer that the client wants. */
export function joinStream(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  out: ByteWriter,
): ApiError | null {
  exchange.call.wantsUsage = true;
  const failure = translateAll(exchange, ptr, length);
  if (failure !== null) return failure;
  const collector = new ChunkCollector();
  collector.push(OUTPUT.ptr(), OUTPUT.length());
  collector.write(exchange.call.usage, new JsonWriter(out));
  collector.release();
  return null;
}

/** Translates a stream that came as a whole. An error: the client has nothing of it. */
export function translateStream(
  exchange: Exchange,
  ptr: usize,
  length: i32,
  out: ByteWriter,
): ApiError | null {
  const failure = translateAll(exchange, ptr, length);
  const translator = exchange.translator;
  if (failure !== null || translator === null) return failure;
  beginMessages(exchange);
  reshapeForAnthropic(exchange, translator);
  if (translator.failure === null) out.bytes(OUTPUT.ptr(), OUTPUT.length());
  return translator.failure;
}

/** Puts the events of a whole stream into `OUTPUT`. */
function translateAll(exchange: Exchange, ptr: usize, length: i32): ApiError | null {
  const old = exchange.translator;
  if (old !== null) old.release();
  const provider = exchange.config.provider;
  const translator = provider.streamTranslator(exchange.call);
  exchange.translator = translator;
  if (translator === null) return invalidUpstreamResponse(provider.id, "it is a stream");
  OUTPUT.begin(ptr, length);
  translate(translator, provider.id, ptr, length, true);
  const reasoning = exchange.reasoning;
  if (reasoning !== null) reasoning.reshape(OUTPUT);
  return translator.failure;
}

function translate(
  translator: StreamTranslator,
  provider: string,
  ptr: usize,
  length: i32,
  endOfStream: bool,
): void {
  const decoder = translator.decoder();
  decoder.push(ptr, length);
  while (translator.failure === null) {
    if (translator.passKnown(OUTPUT)) continue;
    if (!decoder.next()) break;
    translator.onFrame(OUTPUT);
  }
  if ((endOfStream || decoder.ended) && translator.failure === null) {
    decoder.finish();
    while (translator.failure === null && decoder.next()) translator.onFrame(OUTPUT);
    if (translator.failure === null) translator.onEnd(OUTPUT);
  }
  if (decoder.failed && translator.failure === null && !translator.isOver) {
    translator.failure = invalidUpstreamResponse(provider, "an event is too large or malformed");
  }
}

/**
 * The stream broke. Before the first event the client gets the error as an answer of its own, after it as an event
 * without [DONE]. What the provider still sends is dropped.
 */
function breakOff(exchange: Exchange, failure: ApiError): bool {
  const isWhole = exchange.phase == Phase.Collecting;
  const isHeld = isWhole || (exchange.phase == Phase.HoldingStream && !OUTPUT.hasEvents);
  if (answerIsBad(exchange, failure, isHeld, false)) return false;
  if (isHeld) {
    sendError(exchange, failure);
    if (exchange.phase == Phase.Yielding) return false;
  } else {
    tellError(exchange, failure);
    if (exchange.phase == Phase.HoldingStream) applyResponseHeaders(exchange.call);
    if (exchange.speaksAnthropic) writeMessageErrorEvent(failure, OUTPUT.writer());
    else writeErrorEvent(failure, OUTPUT.writer());
    sendOutput(0, -1);
  }
  exchange.phase = Phase.Dropping;
  return true;
}

/** Keeps this callback's events; the last one sends the answer. */
function collect(exchange: Exchange, collector: ChunkCollector, endOfStream: bool): bool {
  if (OUTPUT.length() > 0) collector.push(OUTPUT.ptr(), OUTPUT.length());
  if (!endOfStream) return false;
  answerIsGood(exchange);
  sendCollected(exchange, collector);
  exchange.phase = Phase.Over;
  return true;
}

function sendOutput(ptr: usize, length: i32): void {
  if (OUTPUT.isInput(ptr, length)) return;
  const out = OUTPUT.ptr();
  setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, out, OUTPUT.length());
}

/** Drops what comes after the client's last byte. */
export function dropRest(length: i32): void {
  if (length > 0) setBuffer(BufferType.HttpResponseBody, i32.MAX_VALUE, 0, 0);
}
