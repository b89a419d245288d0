// What Envoy calls for one HTTP stream. The only place that answers with a filter status.
import { PluginConfig } from "../config/plugin-config";
import { ProviderConfig } from "../config/provider-config";
import { StreamContext } from "../proxy-wasm/contexts";
import { Headers } from "../proxy-wasm/headers";
import { getProperty } from "../proxy-wasm/properties";
import {
  FilterBodyStatus,
  FilterHeadersStatus,
  FilterTrailersStatus,
  HeaderMapType,
} from "../proxy-wasm/types";
import { Exchange } from "./exchange";
import { beginAttempt, endAttempt, restoreHeaders } from "./attempt";
import { bodyTooLarge } from "./gateway-error";
import { replyWithError } from "./local-reply";
import { Phase } from "./phase";
import { beginRequest, finishRequest } from "./request";
import {
  beginResponse,
  emptyAnswer,
  emptyError,
  finishError,
  finishFailure,
  finishResponse,
} from "./response";
import { dropRest, pushStream } from "./response-stream";

/** The headers at hand: read once for a message and used up within the callback. */
const HEADERS: Headers = new Headers();

/** Asks for all that the host has buffered. */
const ALL_BYTES: i32 = i32.MAX_VALUE;

/** Carries one exchange through its phases. */
export class HttpContext extends StreamContext {
  private exchange: Exchange | null = null;

  constructor(
    id: u32,
    private readonly config: PluginConfig,
  ) {
    super(id);
  }

  onRequestHeaders(endOfStream: bool): FilterHeadersStatus {
    const isAttempt = this.config.isAttempt;
    if (isAttempt) restoreHeaders(HEADERS);
    else HEADERS.read(HeaderMapType.RequestHeaders);
    const config = this.match();
    if (config === null) return FilterHeadersStatus.Continue;
    const exchange = new Exchange(config, this.config.requestBodyLimit);
    if (isAttempt) beginAttempt(exchange, HEADERS);
    this.exchange = exchange;
    exchange.phase = beginRequest(exchange, HEADERS, endOfStream);
    return exchange.phase == Phase.GatheringRequest || exchange.phase == Phase.Over
      ? FilterHeadersStatus.StopIteration
      : FilterHeadersStatus.Continue;
  }

  private match(): ProviderConfig | null {
    const config = this.config;
    if (!config.needsMatch) return config.match("", "", "");
    const host = HEADERS.get(":authority");
    return config.match(host, getProperty("route_name"), getProperty("cluster_name"));
  }

  onRequestBody(length: i32, endOfStream: bool): FilterBodyStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterBodyStatus.Continue;
    if (exchange.phase == Phase.Over) return FilterBodyStatus.StopIterationNoBuffer;
    if (exchange.phase != Phase.GatheringRequest) return FilterBodyStatus.Continue;
    if (length > exchange.bodyLimit) {
      replyWithError(bodyTooLarge(exchange.bodyLimit));
      exchange.phase = Phase.Over;
      return FilterBodyStatus.StopIterationNoBuffer;
    }
    // The end comes as a piece of its own: a body that is all there need not wait for it.
    const isWhole = endOfStream || length == exchange.requestLength;
    if (!isWhole) return FilterBodyStatus.StopIterationAndBuffer;
    exchange.phase = finishRequest(exchange, length);
    return exchange.phase == Phase.Over
      ? FilterBodyStatus.StopIterationNoBuffer
      : FilterBodyStatus.Continue;
  }

  /** Trailers end a body that never said so itself. */
  onRequestTrailers(): FilterTrailersStatus {
    const exchange = this.exchange;
    if (exchange !== null && exchange.phase == Phase.GatheringRequest) {
      exchange.phase = finishRequest(exchange, ALL_BYTES);
      if (exchange.phase == Phase.Over) return FilterTrailersStatus.StopIteration;
    }
    return FilterTrailersStatus.Continue;
  }

  onResponseHeaders(endOfStream: bool): FilterHeadersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterHeadersStatus.Continue;
    if (exchange.phase == Phase.Passing || exchange.phase == Phase.Over) {
      return FilterHeadersStatus.Continue;
    }
    exchange.phase = beginResponse(exchange, HEADERS, endOfStream);
    if (exchange.isAttempt && exchange.phase == Phase.Over) return FilterHeadersStatus.Continue;
    return exchange.phase == Phase.Passing
      ? FilterHeadersStatus.Continue
      : FilterHeadersStatus.StopIteration;
  }

  onResponseBody(length: i32, endOfStream: bool): FilterBodyStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterBodyStatus.Continue;
    switch (exchange.phase) {
      case Phase.GatheringResponse:
        exchange.hasResponseBody = true;
        if (!endOfStream && length != exchange.responseLength) {
          return FilterBodyStatus.StopIterationAndBuffer;
        }
        finishResponse(exchange, length);
        return FilterBodyStatus.Continue;
      case Phase.GatheringError:
        exchange.hasResponseBody = true;
        if (!endOfStream) return FilterBodyStatus.StopIterationAndBuffer;
        finishError(exchange, length);
        return FilterBodyStatus.Continue;
      case Phase.Collecting:
      case Phase.HoldingStream:
      case Phase.Streaming:
        return pushStream(exchange, length, endOfStream)
          ? FilterBodyStatus.Continue
          : FilterBodyStatus.StopIterationNoBuffer;
      case Phase.Failing:
        if (!endOfStream) return FilterBodyStatus.StopIterationAndBuffer;
        finishFailure(exchange);
        return FilterBodyStatus.Continue;
      case Phase.Dropping:
        dropRest(length);
        return FilterBodyStatus.Continue;
      default:
        return FilterBodyStatus.Continue;
    }
  }

  onResponseTrailers(): FilterTrailersStatus {
    const exchange = this.exchange;
    if (exchange === null) return FilterTrailersStatus.Continue;
    const hasBody = exchange.hasResponseBody;
    switch (exchange.phase) {
      case Phase.GatheringResponse:
        if (!hasBody) return this.replaceAnswer(exchange);
        finishResponse(exchange, ALL_BYTES);
        return FilterTrailersStatus.Continue;
      case Phase.GatheringError:
        if (!hasBody) return this.replaceAnswer(exchange);
        finishError(exchange, ALL_BYTES);
        return FilterTrailersStatus.Continue;
      case Phase.Collecting:
      case Phase.HoldingStream:
        return this.replaceAnswer(exchange);
      default:
        return FilterTrailersStatus.Continue;
    }
  }

  /** An answer without a body of its own cannot be given one: another takes its place. */
  private replaceAnswer(exchange: Exchange): FilterTrailersStatus {
    exchange.phase = exchange.status >= 400 ? emptyError(exchange) : emptyAnswer(exchange);
    return FilterTrailersStatus.StopIteration;
  }

  onDelete(): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    if (exchange.isAttempt) endAttempt(exchange);
    exchange.release();
    this.exchange = null;
  }
}
