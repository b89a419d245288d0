// A whole exchange in one call: https://www.envoyproxy.io/docs/envoy/latest/intro/life_of_a_request
import { chunkedBody } from "./chunked-body.ts";
import type { Exchange, ExchangeOptions } from "./exchange.ts";
import type { HeaderPairs } from "./header-map.ts";
import type { HttpCall, HttpCallAnswer } from "./http-call.ts";
import type { LogLine } from "./context.ts";
import type { LocalReply } from "./local-reply.ts";
import type { RootContext } from "./root-context.ts";

/** How a body arrives: positions where it is cut, and whether its end comes with the last piece. */
export interface Arrival {
  readonly cuts?: readonly number[];
  /** An empty last piece carries the end, as after HTTP/1.1 bodies. */
  readonly endAlone?: boolean;
}

/** What the client sends: POST to gateway.test, unless given. */
export interface RunRequest {
  readonly method?: string;
  readonly path: string;
  readonly host?: string;
  readonly headers?: HeaderPairs;
  /** Absent: a request without a body. */
  readonly body?: Uint8Array;
}

/** What the provider got; headers without those that begin with a colon. */
export interface UpstreamRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
}

/** What the provider answers: 200 without a body, unless given. Status 101 ends with a reset. */
export interface UpstreamResponse {
  readonly status?: number;
  readonly headers?: HeaderPairs;
  readonly body?: Uint8Array;
  /** The connection breaks after the body. */
  readonly reset?: boolean;
}

/** All that happens around the filter in one run. */
export interface RunInput extends ExchangeOptions {
  readonly request: RunRequest;
  readonly upstream?: (request: UpstreamRequest) => UpstreamResponse;
  /** Answers the module's own calls; null lets one fail. */
  readonly answer?: (call: HttpCall) => HttpCallAnswer | null;
  readonly requestArrival?: Arrival;
  readonly responseArrival?: Arrival;
}

/** What came of a run. */
export interface RunResult {
  /** What the provider got, or null where the filter answered alone. */
  readonly upstreamRequest: UpstreamRequest | null;
  readonly response: {
    readonly status: number;
    readonly headers: HeaderPairs;
    readonly body: Uint8Array;
    /** What each callback let through. */
    readonly bodyChunks: readonly Uint8Array[];
    /** Why the response broke off, or null. */
    readonly reset: string | null;
  };
  readonly localReply: LocalReply | null;
  readonly logs: readonly LogLine[];
}

/** Runs a request until the client has its answer; throws where it would wait for ever. */
export function run(root: RootContext, input: RunInput): RunResult {
  const steps = runSteps(root, input);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, pausing after each piece of a body, so that several streams can take turns. */
export function* runSteps(root: RootContext, input: RunInput): Generator<void, RunResult> {
  const exchange = root.exchange(input);
  const firstLog = root.vm.logs.length;
  yield* sendRequest(exchange, input.request, input.requestArrival ?? {});
  answerCalls(root, input);
  const upstreamRequest = exchange.upstream.ended ? forwarded(exchange) : null;
  if (upstreamRequest !== null && !exchange.finished) {
    const response = input.upstream?.(upstreamRequest) ?? {};
    yield* sendResponse(exchange, response, input.responseArrival ?? {});
    answerCalls(root, input);
  }
  if (!exchange.finished) throw new Error(`the exchange hangs: ${whyHanging(exchange)}`);
  const logs = root.vm.logs.slice(firstLog);
  const framed = chunkedBody(exchange.client);
  return {
    upstreamRequest,
    response: {
      status: Number(exchange.client.header(":status") ?? 0),
      headers: exchange.client.headers ?? [],
      body: framed?.body ?? exchange.client.body(),
      bodyChunks: exchange.client.chunks,
      reset: framed?.isWhole === true ? null : exchange.client.reset,
    },
    localReply: exchange.localReply,
    logs: logs.filter(({ context }) => context === exchange.id || context === root.id),
  };
}

/** The pieces of a body: between the cuts, and what comes last with the end. */
export function pieces(body: Uint8Array, arrival: Arrival): Uint8Array[] {
  const cuts = [...(arrival.cuts ?? []), body.length];
  const all = cuts.map((end, i) => body.subarray(i === 0 ? 0 : cuts[i - 1], end));
  if (arrival.endAlone === true) all.push(new Uint8Array(0));
  return all;
}

function* sendRequest(
  exchange: Exchange,
  request: RunRequest,
  arrival: Arrival,
): Generator<void, void> {
  const body = request.body;
  const length: HeaderPairs = body === undefined ? [] : [["content-length", String(body.length)]];
  const headers: HeaderPairs = [
    [":authority", request.host ?? "gateway.test"],
    [":path", request.path],
    [":method", request.method ?? "POST"],
    [":scheme", "http"],
    ...(request.headers ?? []),
    ...length,
    ["x-forwarded-proto", "http"],
    ["x-request-id", "4f2a1c5e-0000-4000-8000-000000000001"],
  ];
  const bodyPieces = body === undefined ? [] : pieces(body, arrival);
  exchange.requestHeaders(headers, body === undefined);
  for (const [i, piece] of bodyPieces.entries()) {
    yield;
    exchange.requestBody(piece, i === bodyPieces.length - 1);
  }
}

function* sendResponse(
  exchange: Exchange,
  response: UpstreamResponse,
  arrival: Arrival,
): Generator<void, void> {
  const body = response.body ?? new Uint8Array(0);
  const status = String(response.status ?? 200);
  // Envoy has no end for what a provider sends on an upgraded connection.
  const breaks = response.reset === true || response.status === 101;
  const whole = body.length === 0 && !breaks;
  exchange.responseHeaders([[":status", status], ...(response.headers ?? [])], whole);
  if (whole) return;
  const bodyPieces = pieces(body, arrival);
  for (const [i, piece] of bodyPieces.entries()) {
    yield;
    exchange.responseBody(piece, i === bodyPieces.length - 1 && !breaks);
  }
  if (breaks) exchange.upstreamReset();
}

function answerCalls(root: RootContext, input: RunInput): void {
  for (let call = root.calls[0]; call !== undefined; call = root.calls[0]) {
    if (input.answer === undefined) throw new Error(`nobody answers the call to ${call.cluster}`);
    const answer = input.answer(call);
    if (answer === null) call.fail();
    else call.respond(answer);
  }
}

function forwarded(exchange: Exchange): UpstreamRequest {
  const sink = exchange.upstream;
  return {
    method: sink.header(":method") ?? "",
    path: sink.header(":path") ?? "",
    host: sink.header(":authority") ?? "",
    headers: (sink.headers ?? []).filter(([name]) => !name.startsWith(":")),
    body: sink.body(),
  };
}

function whyHanging(exchange: Exchange): string {
  if (!exchange.upstream.ended) return "the request is held and nothing will continue it";
  return "the response is held and nothing will continue it";
}
