// What operators are told of one request: noted as it goes along, since Envoy writes its log before it tells
// the plugin that a stream is over.
import { TelemetrySettings } from "../config/telemetry-settings";
import { ApiError } from "../openai/api-error";
import { finishReasonText } from "../openai/finish-reason";
import { EncodedBody } from "../providers/encoded-body";
import { Headers } from "../proxy-wasm/headers";
import { getProperty, setProperty } from "../proxy-wasm/properties";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { HeaderMapType } from "../proxy-wasm/types";
import { CONSUMER_HEADER } from "../routing/consumer-affinity";
import { Capability } from "../routing/capability";
import { operationOf, tellsTokens } from "../routing/operation";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { cleanLabel } from "../text/label-values";
import { AnswerScan } from "./answer-scan";
import { noteUsage, pastAttempts } from "./attempt";
import { Exchange } from "./exchange";
import { recordExchange, recordRefusal } from "./meters";
import { PayloadLog } from "./payload-log";
import { Phase } from "./phase";
import { logRefusal, RequestLog } from "./request-log";

const NANOSECONDS: i64 = 1_000_000;

/** One request, or one attempt of it. */
export class Telemetry {
  /** When the first event, or a whole answer, went to the client, in nanoseconds since 1970; 0: not yet. */
  firstAt: i64 = 0;
  /** When the answer was complete, or failed; 0: not yet. */
  endedAt: i64 = 0;
  /** One word for what went wrong, or "". */
  error: string = "";
  /** Name of the consumer, or "". */
  consumer: string = "";
  readonly payloads: PayloadLog | null;
  private readonly log: RequestLog;
  private scan: AnswerScan | null = null;
  /** The answer is an event stream, whether asked for here or in a body that is not read. */
  private isEventStream: bool = false;
  private total: i64 = -1;
  private finish: i32 = -1;

  constructor(
    private readonly settings: TelemetrySettings,
    private readonly exchange: Exchange,
    headers: Headers,
  ) {
    this.log = new RequestLog(settings);
    const limit = settings.payloadBytes;
    this.payloads = limit > 0 ? new PayloadLog(limit) : null;
    exchange.call.isObserved = true;
    exchange.call.countsTokens = true;
    // In front of an attempt the gateway has found out who asks; the header is anybody's there.
    if (exchange.isAttempt) this.consumer = getProperty("llm_consumer");
    else this.consumer = headers.get(CONSUMER_HEADER);
    if (exchange.isRepeated) this.log.forget();
  }

  get isStream(): bool {
    return this.exchange.call.stream || this.isEventStream;
  }

  get requestType(): string {
    if (this.isStream) return "ai_stream";
    return operationOf(this.exchange.call.capability).length > 0 ? "ai_chat" : "traditional_http";
  }

  /** The model that answers, as far as that is known. */
  get model(): string {
    const call = this.exchange.call;
    return call.usage.model.length > 0 ? call.usage.model : call.model;
  }

  get finishReason(): string {
    const call = this.exchange.call;
    if (this.error.length > 0) return "";
    return call.usage.finish >= 0 ? finishReasonText(call.usage.finish) : call.finishWord;
  }

  get firstTokenMs(): i64 {
    return this.firstAt > 0 ? (this.firstAt - this.exchange.startedAt) / NANOSECONDS : 0;
  }

  get durationMs(): i64 {
    return (this.endedAt - this.exchange.startedAt) / NANOSECONDS;
  }

  get isOver(): bool {
    return this.endedAt > 0;
  }

  /** `complete`, `partial` as long as more may come, `failed` where an answer told nothing. */
  get extractionStatus(): string {
    const usage = this.exchange.call.usage;
    if (this.firstAt == 0 && !usage.isKnown) return "";
    // Of pictures, speech and the like nobody has to tell tokens.
    if (!usage.isKnown && !tellsTokens(this.exchange.call.capability)) return "";
    const isWhole = this.error.length == 0 && (this.isOver || usage.finish >= 0);
    if (!isWhole) return "partial";
    return usage.isKnown ? "complete" : this.isOver ? "failed" : "partial";
  }

  /** The request goes to the provider. */
  sent(): void {
    if (this.settings.logs) this.log.write(this.exchange, this);
  }

  /** The headers of an answer that passes unread have come. */
  passes(headers: Headers, status: i32): void {
    this.isEventStream = headers.contains("content-type", "text/event-stream");
    if (status >= 400) return this.fail(status.toString());
    const isText = this.isEventStream || headers.contains("content-type", "json");
    if (isText && !headers.has("content-encoding")) this.scan = new AnswerScan(this.exchange.call);
  }

  /** The next `length` bytes of an answer that passes unread have come. */
  push(length: i32, endOfStream: bool): void {
    if (this.isOver) return;
    const scan = this.scan;
    if (scan !== null && length > 0) scan.push(length);
    noteUsage(this.exchange);
    this.advance(length > 0, endOfStream);
  }

  /** The answer goes on: `hasBegun` where the client gets something of it, `isEnd` where that is all. */
  advance(hasBegun: bool, isEnd: bool): void {
    if (this.isOver) return;
    const usage = this.exchange.call.usage;
    let isNew = usage.total() != this.total || usage.finish != this.finish;
    this.total = usage.total();
    this.finish = usage.finish;
    if (this.firstAt == 0 && (hasBegun || isEnd)) {
      this.firstAt = currentTimeNanoseconds();
      if (isEnd) this.endedAt = this.firstAt;
      isNew = true;
    }
    if (isEnd && this.endedAt == 0) this.endedAt = currentTimeNanoseconds();
    if (this.firstAt > 0 && (isNew || isEnd)) this.write();
  }

  /** The client gets an error, or another attempt has to answer. */
  fail(error: string): void {
    if (this.error.length > 0) return;
    this.error = error;
    if (this.endedAt == 0) this.endedAt = currentTimeNanoseconds();
    this.log.noteFailedTokens(this.exchange);
    this.write();
  }

  private write(): void {
    if (!this.settings.logs) return;
    this.log.write(this.exchange, this);
    const payloads = this.payloads;
    if (payloads !== null) payloads.write();
  }

  /** The stream is gone. */
  close(): void {
    const exchange = this.exchange;
    // Too late for the log.
    if (this.endedAt == 0) {
      this.endedAt = currentTimeNanoseconds();
      if (!exchange.isAttempt || this.firstAt > 0) this.error = "cancelled";
      else this.error = pastAttempts().endsWith("overtaken") ? "overtaken" : "no_answer";
    }
    if (this.settings.countsMetrics) recordExchange(exchange, this);
    const scan = this.scan;
    if (scan !== null) scan.release();
    this.scan = null;
    const payloads = this.payloads;
    if (payloads !== null) payloads.release();
  }
}

/** Begins to note a request, if anything is to be told of it. */
export function beginTelemetry(
  exchange: Exchange,
  settings: TelemetrySettings,
  headers: Headers,
): void {
  if (settings.isActive) exchange.telemetry = new Telemetry(settings, exchange, headers);
}

/** The stream of the request is gone. */
export function endTelemetry(exchange: Exchange): void {
  const telemetry = exchange.telemetry;
  if (telemetry !== null) telemetry.close();
}

/** Notes that the request has gone to the provider. */
export function tellSent(exchange: Exchange): void {
  const telemetry = exchange.telemetry;
  if (telemetry !== null) telemetry.sent();
}

/** Notes the headers of an answer that passes unread. */
export function tellPassing(exchange: Exchange, headers: Headers, endOfStream: bool): void {
  const telemetry = exchange.telemetry;
  if (telemetry === null) return;
  if (exchange.phase != Phase.Passing && exchange.phase != Phase.LoggingError) return;
  headers.read(HeaderMapType.ResponseHeaders);
  telemetry.passes(headers, <i32>headers.integer(":status"));
  if (endOfStream) telemetry.advance(true, true);
}

/** Notes the next bytes of such an answer. */
export function tellPassed(exchange: Exchange, length: i32, endOfStream: bool): void {
  const telemetry = exchange.telemetry;
  if (telemetry !== null) telemetry.push(length, endOfStream);
}

/** Notes an error that passes as it is. */
export function tellStatus(exchange: Exchange): void {
  const telemetry = exchange.telemetry;
  if (telemetry !== null) telemetry.fail(exchange.status.toString());
}

/** Notes what came of a request that was repeated with another key. */
export function tellRepeated(exchange: Exchange, error: ApiError | null): void {
  const telemetry = exchange.telemetry;
  if (telemetry === null) return;
  if (error !== null) telemetry.fail(errorWord(error));
  else if (exchange.status >= 400) telemetry.fail(exchange.status.toString());
  else telemetry.advance(true, true);
}

/** Notes an error that the client, or the gateway, gets in place of an answer. */
export function tellError(exchange: Exchange, error: ApiError): void {
  const telemetry = exchange.telemetry;
  if (telemetry !== null) telemetry.fail(errorWord(error));
}

/** One word for an error: its code, else its type. A provider's may hold anything, and logs of text have lines. */
export function errorWord(error: ApiError): string {
  return cleanLabel(error.code.length > 0 ? error.code : error.type);
}

/** Notes a request that the gateway itself refuses. */
export function tellRefusal(
  settings: TelemetrySettings,
  error: ApiError,
  capability: Capability,
  model: string,
  consumer: string,
): void {
  if (settings.logs) logRefusal(settings, error, capability, model);
  if (settings.countsMetrics) recordRefusal(error, consumer);
}

/** Notes an error that the gateway tells where no attempt had one. */
export function tellLastError(settings: TelemetrySettings, error: ApiError | null): void {
  if (error !== null && settings.writesKeys) setProperty("llm_error", errorWord(error));
}

/** Logs the client's body, if it is to be logged. */
export function tellRequest(exchange: Exchange, ptr: usize, length: i32): void {
  const telemetry = exchange.telemetry;
  if (telemetry === null) return;
  const payloads = telemetry.payloads;
  if (payloads !== null) payloads.request(ptr, length, exchange.call.token);
}

/** Notes a whole answer: `body` in the place of the `length` bytes at `ptr`, as far as it replaces them. */
export function tellWhole(exchange: Exchange, body: EncodedBody, ptr: usize, length: i32): void {
  const telemetry = exchange.telemetry;
  if (telemetry === null) return;
  const payloads = telemetry.payloads;
  if (payloads !== null) {
    const whole = new ByteWriter();
    body.writeWhole(ptr, length, whole);
    payloads.answer(whole.ptr, whole.length);
    whole.release();
  }
  telemetry.advance(true, true);
}

/** Notes what a callback of a stream sends on, in OpenAI's format. */
export function tellStream(
  exchange: Exchange,
  failure: ApiError | null,
  output: StreamOutput,
  endOfStream: bool,
): void {
  const telemetry = exchange.telemetry;
  if (telemetry === null || failure !== null) return;
  const payloads = telemetry.payloads;
  if (payloads !== null && output.length() > 0) payloads.chunks(output.ptr(), output.length());
  telemetry.advance(output.hasEvents, endOfStream);
}
