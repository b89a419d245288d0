// What Envoy calls for one HTTP stream. The only place that answers with a filter status.
import { PluginConfig } from "../config/plugin-config";
import { ProviderConfig } from "../config/provider-config";
import { StreamContext } from "../proxy-wasm/contexts";
import { getHeader, Headers } from "../proxy-wasm/headers";
import { getRouteProperty } from "../proxy-wasm/properties";
import { continueStream } from "../proxy-wasm/streams";
import {
  FilterBodyStatus,
  FilterHeadersStatus,
  FilterTrailersStatus,
  HeaderMapType,
  StreamType,
} from "../proxy-wasm/types";
import { Exchange } from "./exchange";
import {
  beginAttempt,
  endAttempt,
  endsHold,
  noteAnswer,
  noteFailure,
  providerOfHost,
  refuse,
  restoreHeaders,
  resumeAttempt,
  unknownHost,
} from "./attempt";
import { Fetched, FetchState } from "./fetched";
import { bodyTooLarge, gatewayError } from "./gateway-error";
import { replyWithError } from "./local-reply";
import { speaksAnthropic } from "./messages-client";
import { Phase } from "./phase";
import { ProviderStates } from "./provider-state";
import { beginRequest, finishRequest, sendUnread } from "./request";
import {
  beginResponse,
  emptyAnswer,
  emptyError,
  finishError,
  finishFailure,
  finishResponse,
  refuseLength,
} from "./response";
import { logError, watchError } from "./error-log";
import { dropRest, pushStream } from "./response-stream";
import { finishRetry } from "./retry";

/** The headers at hand: read once for a message and used up within the callback. */
const HEADERS: Headers = new Headers();

/** Asks for all that the host has buffered. */
const ALL_BYTES: i32 = i32.MAX_VALUE;

/** Carries one exchange through its phases. */
export class HttpContext extends StreamContext {
  private exchange: Exchange | null = null;
  /** What the request waits for. */
  private awaited: Fetched | null = null;

  constructor(
    id: u32,
    protected readonly config: PluginConfig,
    private readonly states: ProviderStates,
  ) {
    super(id);
  }

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    const isAttempt = this.config.isAttempt;
    const isRepeated = isAttempt && restoreHeaders(HEADERS);
    if (!isAttempt) HEADERS.read(HeaderMapType.RequestHeaders);
    const config = this.config.isToldByHost ? this.config.ofHost(providerOfHost()) : this.match();
    if (config === null) return this.withoutProvider();
    const exchange = new Exchange(config, this.config.requestBodyLimit);
    if (isAttempt) beginAttempt(exchange, HEADERS, this.config);
    exchange.isRepeated = isRepeated;
    this.exchange = exchange;
    exchange.streamId = this.id;
    let phase = beginRequest(exchange, HEADERS, endOfStream);
    exchange.phase = phase;
    if (phase == Phase.AwaitingFetch) phase = this.takeRequest(exchange, 0);
    this.waitForRivals(exchange);
    const isHeld =
      phase == Phase.GatheringRequest ||
      phase == Phase.AwaitingFetch ||
      phase == Phase.Yielding ||
      phase == Phase.Over;
    return isHeld ? FilterHeadersStatus.StopIteration : FilterHeadersStatus.Continue;
  }

  private waitForRivals(exchange: Exchange): void {
    if (exchange.phase == Phase.Yielding) this.states.lookAgain(this.id);
  }

  /** A request that no provider is configured for is left alone; a host has to name one. */
  private withoutProvider(): FilterHeadersStatus {
    if (!this.config.isToldByHost) return FilterHeadersStatus.Continue;
    replyWithError(unknownHost(), speaksAnthropic(HEADERS.get(":path")));
    return FilterHeadersStatus.StopIteration;
  }

  protected match(): ProviderConfig | null {
    const config = this.config;
    if (!config.needsMatch) return config.match("", "", "");
    const host = HEADERS.get(":authority");
    return config.match(host, getRouteProperty("route_name"), getRouteProperty("cluster_name"));
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
      replyWithError(bodyTooLarge(exchange.bodyLimit), exchange.speaksAnthropic);
      exchange.phase = Phase.Over;
      return FilterBodyStatus.StopIterationNoBuffer;
    }
    // The end comes as a piece of its own: a body that is all there need not wait for it.
    const isWhole = endOfStream || length == exchange.requestLength;
    if (!isWhole) return FilterBodyStatus.StopIterationAndBuffer;
    const phase = this.takeRequest(exchange, length);
    this.waitForRivals(exchange);
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

  /** Takes a request whose body is all there or is not read, and sends it on unless it has to wait. */
  private takeRequest(exchange: Exchange, length: i32): Phase {
    if (exchange.config.needsFetch) {
      const state = this.states.of(exchange.config);
      for (let item = state.neededBy(exchange); item !== null; item = state.neededBy(exchange)) {
        const found = item.ask(this.id, exchange.call);
        if (found == FetchState.Failed) return this.refuse(exchange, item);
        if (found == FetchState.Pending) {
          this.awaited = item;
          exchange.phase = Phase.AwaitingFetch;
          return exchange.phase;
        }
        item.give(exchange);
      }
    }
    return this.sendRequest(exchange, length);
  }

  private refuse(exchange: Exchange, item: Fetched): Phase {
    exchange.phase = refuse(exchange, item.failure);
    return exchange.phase;
  }

  private sendRequest(exchange: Exchange, length: i32): Phase {
    exchange.phase = exchange.isUnread ? sendUnread(exchange) : finishRequest(exchange, length);
    const timeout = exchange.config.exchange.firstByteTimeout;
    if (timeout > 0 && exchange.call.stream && exchange.phase == Phase.AwaitingResponse) {
      this.states.watch(exchange.config, this.id);
    }
    return exchange.phase;
  }

  /** What the request waits for has been fetched, or cannot be. */
  onResume(): void {
    const exchange = this.exchange;
    const item = this.awaited;
    if (exchange === null || item === null || exchange.phase != Phase.AwaitingFetch) return;
    this.awaited = null;
    if (!item.isThere) {
      this.refuse(exchange, item);
      this.waitForRivals(exchange);
      return;
    }
    if (exchange.isRacing) resumeAttempt(exchange, HEADERS);
    item.give(exchange);
    const phase = this.takeRequest(exchange, ALL_BYTES);
    this.waitForRivals(exchange);
    if (phase != Phase.Over && phase != Phase.AwaitingFetch && phase != Phase.Yielding) {
      continueStream(StreamType.Request);
    }
  }

  /** The stream should have begun by now. */
  onTimeout(): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (exchange.phase == Phase.Yielding && !endsHold(exchange)) this.waitForRivals(exchange);
    if (exchange.phase != Phase.AwaitingResponse && exchange.phase != Phase.HoldingStream) return;
    const error = gatewayError(exchange.config.provider.id, 504, 0);
    exchange.phase = refuse(exchange, error);
    this.waitForRivals(exchange);
    noteFailure(exchange, 504);
  }

  /** Trailers end a body that never said so itself. */
  onRequestTrailers(): FilterTrailersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterTrailersStatus.Continue;
    let phase = exchange.phase;
    if (phase == Phase.GatheringRequest) {
      phase = this.takeRequest(exchange, ALL_BYTES);
      this.waitForRivals(exchange);
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
      this.watchAccess(exchange);
      return FilterHeadersStatus.Continue;
    }
    exchange.phase = beginResponse(exchange, HEADERS, endOfStream);
    if (exchange.phase == Phase.Passing && exchange.status < 400) noteAnswer(exchange);
    this.watchAccess(exchange);
    if (exchange.isAttempt && exchange.phase == Phase.Over) return FilterHeadersStatus.Continue;
    if (exchange.hedgedAttempts > 0 && exchange.hasFailed) return FilterHeadersStatus.Continue;
    return exchange.phase == Phase.Passing || exchange.phase == Phase.LoggingError
      ? FilterHeadersStatus.Continue
      : FilterHeadersStatus.StopIteration;
  }

  /** An access token that the provider refuses is of no use to the next request. */
  private watchAccess(exchange: Exchange): void {
    if (exchange.config.provider.serviceAccount === null) return;
    const access = this.states.of(exchange.config).access;
    if (access === null || getHeader(HeaderMapType.ResponseHeaders, ":status") != "401") return;
    access.drop(exchange.call.token);
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
        this.waitForRivals(exchange);
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
    this.waitForRivals(exchange);
    if (exchange.phase == Phase.Yielding) return FilterBodyStatus.StopIterationNoBuffer;
    if (exchange.phase != Phase.Retrying) return FilterBodyStatus.Continue;
    const use = exchange.tokenUse;
    return use !== null && use.hasHeldBody
      ? FilterBodyStatus.StopIterationAndBuffer
      : FilterBodyStatus.StopIterationNoBuffer;
  }

  private afterTrailers(exchange: Exchange): FilterTrailersStatus {
    this.waitForRivals(exchange);
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
    exchange.release();
    this.exchange = null;
  }
}
