// What Envoy calls for one HTTP stream. The only place that answers with a filter status.
import { PluginConfig } from "../config/plugin-config";
import { StreamContext } from "../proxy-wasm/contexts";
import { Headers } from "../proxy-wasm/headers";
import { continueStream } from "../proxy-wasm/streams";
import {
  FilterBodyStatus,
  FilterHeadersStatus,
  FilterTrailersStatus,
  HeaderMapType,
  StreamType,
} from "../proxy-wasm/types";
import {
  beginAttempt,
  endAttempt,
  noteAnswer,
  refuse,
  restoreHeaders,
  unknownHost,
} from "./attempt";
import { logError, watchError } from "./error-log";
import {
  emptyAnswer,
  emptyError,
  finishError,
  finishFailure,
  refuseLength,
} from "./error-response";
import { Exchange } from "./exchange";
import { bodyTooLarge } from "./gateway-error";
import { replyWithError } from "./local-reply";
import { speaksAnthropic } from "./messages-client";
import {
  ALL_BYTES,
  endWaiting,
  resumeRequest,
  takeRequest,
  waitForRivals,
} from "./pending-request";
import { Phase } from "./phase";
import { matchProvider } from "./provider-match";
import { ProviderStates } from "./provider-state";
import { beginRequest } from "./request";
import { beginResponse, finishResponse } from "./response";
import { dropRest, pushStream } from "./response-stream";
import { finishRetry } from "./retried-answer";
import { beginTelemetry, endTelemetry, tellPassed, tellPassing } from "./telemetry";
import { judgeSilence } from "./token-health";

/** The headers at hand: read once for a message and used up within the callback. */
const HEADERS: Headers = new Headers();

/** Carries one exchange through its phases. */
export class HttpContext extends StreamContext {
  private exchange: Exchange | null = null;

  constructor(
    id: u32,
    private readonly config: PluginConfig,
    private readonly states: ProviderStates,
  ) {
    super(id);
  }

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    const isAttempt = this.config.isAttempt;
    const isRepeated = isAttempt && restoreHeaders(HEADERS);
    if (!isAttempt) HEADERS.read(HeaderMapType.RequestHeaders);
    const config = matchProvider(this.config, HEADERS);
    if (config === null) return this.withoutProvider();
    const exchange = new Exchange(config, this.config.requestBodyLimit);
    if (isAttempt) beginAttempt(exchange, HEADERS, this.config);
    exchange.isRepeated = isRepeated;
    beginTelemetry(exchange, this.config.telemetry, HEADERS);
    this.exchange = exchange;
    exchange.streamId = this.id;
    let phase = beginRequest(exchange, HEADERS, endOfStream);
    exchange.phase = phase;
    if (phase == Phase.AwaitingFetch) phase = takeRequest(exchange, this.states, 0);
    waitForRivals(exchange, this.states);
    const isHeld =
      phase == Phase.GatheringRequest ||
      phase == Phase.AwaitingFetch ||
      phase == Phase.Yielding ||
      phase == Phase.Over;
    return isHeld ? FilterHeadersStatus.StopIteration : FilterHeadersStatus.Continue;
  }

  /** A request that no provider is configured for is left alone; a host has to name one. */
  private withoutProvider(): FilterHeadersStatus {
    if (!this.config.isToldByHost) return FilterHeadersStatus.Continue;
    replyWithError(unknownHost(), speaksAnthropic(HEADERS.get(":path")));
    return FilterHeadersStatus.StopIteration;
  }

  onRequestBody(length: i32, endOfStream: bool): FilterBodyStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterBodyStatus.Continue;
    if (exchange.phase == Phase.Over) return FilterBodyStatus.StopIterationNoBuffer;
    if (exchange.phase == Phase.Yielding) return FilterBodyStatus.StopIterationAndWatermark;
    if (exchange.phase == Phase.AwaitingFetch) {
      // A body that is not read may be of any size.
      return exchange.isUnread
        ? FilterBodyStatus.StopIterationAndWatermark
        : FilterBodyStatus.StopIterationAndBuffer;
    }
    if (exchange.phase != Phase.GatheringRequest) return FilterBodyStatus.Continue;
    if (length > exchange.bodyLimit) {
      exchange.phase = refuse(exchange, bodyTooLarge(exchange.bodyLimit));
      waitForRivals(exchange, this.states);
      return exchange.phase == Phase.Over
        ? FilterBodyStatus.StopIterationNoBuffer
        : FilterBodyStatus.StopIterationAndWatermark;
    }
    // The end comes as a piece of its own: a body that is all there need not wait for it.
    const isWhole = endOfStream || length == exchange.requestLength;
    if (!isWhole) return FilterBodyStatus.StopIterationAndBuffer;
    const phase = takeRequest(exchange, this.states, length);
    waitForRivals(exchange, this.states);
    switch (phase) {
      case Phase.AwaitingFetch:
      case Phase.Yielding:
        return FilterBodyStatus.StopIterationAndBuffer;
      case Phase.Over:
        return FilterBodyStatus.StopIterationNoBuffer;
      default:
        return FilterBodyStatus.Continue;
    }
  }

  /** What the request waits for has been fetched, or cannot be. */
  onResume(): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (resumeRequest(exchange, this.states, HEADERS)) continueStream(StreamType.Request);
  }

  /** The stream should have begun by now. */
  onTimeout(): void {
    const exchange = this.exchange;
    if (exchange !== null) endWaiting(exchange, this.states);
  }

  /** Trailers end a body that never said so itself. */
  onRequestTrailers(): FilterTrailersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterTrailersStatus.Continue;
    let phase = exchange.phase;
    if (phase == Phase.GatheringRequest) {
      phase = takeRequest(exchange, this.states, ALL_BYTES);
      waitForRivals(exchange, this.states);
      if (phase == Phase.Over) return FilterTrailersStatus.StopIteration;
    }
    return phase == Phase.AwaitingFetch || phase == Phase.Yielding
      ? FilterTrailersStatus.StopIteration
      : FilterTrailersStatus.Continue;
  }

  onResponseHeaders(endOfStream: bool): FilterHeadersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterHeadersStatus.Continue;
    if (exchange.phase == Phase.Yielding) return FilterHeadersStatus.StopIteration;
    if (exchange.phase == Phase.Passing || exchange.phase == Phase.Over) {
      if (exchange.phase == Phase.Passing) exchange.phase = watchError(exchange, HEADERS);
      this.states.watchAccess(exchange);
      tellPassing(exchange, HEADERS, endOfStream);
      return FilterHeadersStatus.Continue;
    }
    exchange.phase = beginResponse(exchange, HEADERS, endOfStream);
    if (exchange.phase == Phase.Passing && exchange.status < 400) noteAnswer(exchange);
    this.states.watchAccess(exchange);
    tellPassing(exchange, HEADERS, endOfStream);
    if (exchange.isAttempt && exchange.phase == Phase.Over) return FilterHeadersStatus.Continue;
    if (exchange.hedgedAttempts > 0 && exchange.hasFailed) return FilterHeadersStatus.Continue;
    return exchange.phase == Phase.Passing || exchange.phase == Phase.LoggingError
      ? FilterHeadersStatus.Continue
      : FilterHeadersStatus.StopIteration;
  }

  onResponseBody(length: i32, endOfStream: bool): FilterBodyStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterBodyStatus.Continue;
    switch (exchange.phase) {
      case Phase.GatheringResponse:
        exchange.hasResponseBody = true;
        if (exchange.isAttempt && length > exchange.bodyLimit) return this.endGathering(exchange);
        if (!endOfStream && length != exchange.responseLength) {
          return FilterBodyStatus.StopIterationAndBuffer;
        }
        finishResponse(exchange, length);
        return this.afterBody(exchange);
      case Phase.GatheringError:
        exchange.hasResponseBody = true;
        if (exchange.isAttempt && length > exchange.bodyLimit) return this.endGathering(exchange);
        if (!endOfStream) return FilterBodyStatus.StopIterationAndBuffer;
        finishError(exchange, length);
        return this.afterBody(exchange);
      case Phase.Collecting:
      case Phase.HoldingStream:
      case Phase.Streaming:
        if (pushStream(exchange, length, endOfStream)) return FilterBodyStatus.Continue;
        waitForRivals(exchange, this.states);
        return FilterBodyStatus.StopIterationNoBuffer;
      case Phase.LoggingError:
        if (length > 0) exchange.phase = Phase.Over;
        if (length > 0) logError(exchange, length);
        return FilterBodyStatus.Continue;
      case Phase.Retrying:
        return this.afterBody(exchange);
      case Phase.Yielding:
        dropRest(length);
        return FilterBodyStatus.StopIterationNoBuffer;
      case Phase.Failing:
        if (!endOfStream) return FilterBodyStatus.StopIterationAndBuffer;
        finishFailure(exchange);
        return this.afterBody(exchange);
      case Phase.Dropping:
        dropRest(length);
        return FilterBodyStatus.Continue;
      default:
        tellPassed(exchange, length, endOfStream);
        return FilterBodyStatus.Continue;
    }
  }

  /** The answer is more than can be held: Envoy's own error would not be retried. */
  private endGathering(exchange: Exchange): FilterBodyStatus {
    refuseLength(exchange);
    return this.afterBody(exchange);
  }

  /** An answer that failed is held while the request is under way again. */
  private afterBody(exchange: Exchange): FilterBodyStatus {
    waitForRivals(exchange, this.states);
    if (exchange.phase == Phase.Yielding) return FilterBodyStatus.StopIterationNoBuffer;
    if (exchange.phase != Phase.Retrying) return FilterBodyStatus.Continue;
    const use = exchange.tokenUse;
    return use !== null && use.hasHeldBody
      ? FilterBodyStatus.StopIterationAndBuffer
      : FilterBodyStatus.StopIterationNoBuffer;
  }

  private afterTrailers(exchange: Exchange): FilterTrailersStatus {
    waitForRivals(exchange, this.states);
    return exchange.phase == Phase.Retrying || exchange.phase == Phase.Yielding
      ? FilterTrailersStatus.StopIteration
      : FilterTrailersStatus.Continue;
  }

  onResponseTrailers(): FilterTrailersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterTrailersStatus.Continue;
    const hasBody = exchange.hasResponseBody;
    switch (exchange.phase) {
      case Phase.GatheringResponse:
        if (!hasBody) return this.replaceAnswer(exchange);
        finishResponse(exchange, ALL_BYTES);
        return this.afterTrailers(exchange);
      case Phase.GatheringError:
        if (!hasBody) return this.replaceAnswer(exchange);
        finishError(exchange, ALL_BYTES);
        return this.afterTrailers(exchange);
      case Phase.Collecting:
      case Phase.HoldingStream:
        return this.replaceAnswer(exchange);
      case Phase.Retrying:
      case Phase.Yielding:
        return FilterTrailersStatus.StopIteration;
      default:
        tellPassed(exchange, 0, true);
        return FilterTrailersStatus.Continue;
    }
  }

  /** An answer without a body of its own cannot be given one: another takes its place. */
  private replaceAnswer(exchange: Exchange): FilterTrailersStatus {
    exchange.phase = exchange.status >= 400 ? emptyError(exchange) : emptyAnswer(exchange);
    return FilterTrailersStatus.StopIteration;
  }

  onHttpCallResponse(call: u32, headers: u32, bodyLength: u32): void {
    const exchange = this.exchange;
    if (exchange !== null) finishRetry(exchange, call, headers, bodyLength);
  }

  onDelete(): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (exchange.isAttempt) endAttempt(exchange);
    if (exchange.isUnanswered) judgeSilence(exchange);
    endTelemetry(exchange);
    exchange.release();
    this.exchange = null;
  }
}
