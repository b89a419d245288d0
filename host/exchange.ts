// A stream through one filter, from the client's headers to the last callback:
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http
import { BufferType, HeaderMapType, StreamType, WasmResult } from "./abi.ts";
import type { BodyBuffer } from "./body-buffer.ts";
import type { Context, LogLine } from "./context.ts";
import { HeaderMap, type HeaderPairs } from "./header-map.ts";
import {
  LOST_AFTER_HEADERS,
  LOST_BEFORE_HEADERS,
  REQUEST_TOO_LARGE,
  RESPONSE_TOO_LARGE,
  localReplyHeaders,
  type LocalReply,
} from "./local-reply.ts";
import { MessageSink } from "./message-sink.ts";
import { findProperty, propertyPath, streamProperties, type PropertyTree } from "./properties.ts";
import type { RootContext } from "./root-context.ts";
import { StreamHalf, type HalfSurroundings } from "./stream-half.ts";

/** What a stream finds around it; everything has a default. */
export interface ExchangeOptions {
  /** Attributes beyond those of the request itself, e.g. `{xds: {cluster_name: "a"}}`. */
  readonly properties?: PropertyTree;
  /** Filter state, shared between the attempts of one request. */
  readonly filterState?: Map<string, Uint8Array>;
}

/** One HTTP stream. What it is given reaches the module at once; what goes on is in the sinks. */
export class Exchange implements Context {
  /** What the provider gets. */
  readonly upstream = new MessageSink();
  /** What the client gets. */
  readonly client = new MessageSink();
  readonly request: StreamHalf;
  readonly response: StreamHalf;
  readonly filterState: Map<string, Uint8Array>;
  /** The reply the filter (or a full buffer) gave, or null. */
  localReply: LocalReply | null = null;
  routeCacheClears = 0;
  /** Whether the stream is over and the module has forgotten it. */
  finished = false;

  private prepared: LocalReply | null = null;
  private logging = false;

  constructor(
    readonly root: RootContext,
    readonly id: number,
    private readonly options: ExchangeOptions,
  ) {
    this.filterState = options.filterState ?? new Map<string, Uint8Array>();
    this.request = new StreamHalf("request", this.requestSurroundings(), root.bufferLimit);
    this.response = new StreamHalf("response", this.responseSurroundings(), root.bufferLimit);
    root.vm.contexts.set(id, this);
  }

  /** The client's headers, with `:method`, `:path` and `:authority`. */
  requestHeaders(pairs: HeaderPairs, end: boolean): void {
    this.root.vm.call(this, "proxy_on_context_create", this.id, this.root.id);
    this.request.receiveHeaders(new HeaderMap("request", pairs), end);
  }

  /** A piece of the client's body. Like all that follows it is dropped once the stream is over. */
  requestBody(bytes: Uint8Array, end: boolean): void {
    if (!this.finished) this.request.receiveBody(bytes, end);
  }

  /** The client's trailers, which end its request. */
  requestTrailers(pairs: HeaderPairs): void {
    if (!this.finished) this.request.receiveTrailers(new HeaderMap("other", pairs));
  }

  /** The provider's headers, with `:status`. */
  responseHeaders(pairs: HeaderPairs, end: boolean): void {
    if (!this.finished) this.response.receiveHeaders(new HeaderMap("response", pairs), end);
  }

  /** A piece of the provider's body. */
  responseBody(bytes: Uint8Array, end: boolean): void {
    if (!this.finished) this.response.receiveBody(bytes, end);
  }

  /** The provider's trailers, which end its answer. */
  responseTrailers(pairs: HeaderPairs): void {
    if (!this.finished) this.response.receiveTrailers(new HeaderMap("other", pairs));
  }

  /**
   * The provider's connection breaks. The client gets 503 where no headers had come (through the
   * filter, if it is in the listener's chain), 502 where they were held, else a broken response.
   */
  upstreamReset(): void {
    if (this.finished) return;
    if (this.response.headersSent) this.reset("upstream reset");
    else if (this.response.headers !== null) this.replyDirectly(LOST_AFTER_HEADERS);
    else if (this.root.placement === "cluster") this.replyDirectly(LOST_BEFORE_HEADERS);
    else this.encodeReply(LOST_BEFORE_HEADERS);
  }

  /** The client leaves: no more callbacks but those of the end. */
  disconnect(): void {
    this.reset("client disconnected");
  }

  /** What the module logged in callbacks of this stream. */
  get logs(): readonly LogLine[] {
    return this.root.vm.logs.filter((line) => line.context === this.id);
  }

  headerMap(type: number, access: "read" | "write"): HeaderMap | null {
    if (access === "read" && this.logging) return this.loggedHeaders(type);
    if (type > HeaderMapType.ResponseTrailers) return this.root.headerMap(type, access);
    const half = type <= HeaderMapType.RequestTrailers ? this.request : this.response;
    const isTrailers =
      type === HeaderMapType.RequestTrailers || type === HeaderMapType.ResponseTrailers;
    if (!isTrailers) return half.reachableHeaders;
    return half.reachableTrailers ?? (access === "write" ? half.addTrailers() : null);
  }

  headersSent(half: "request" | "response"): boolean {
    // The next attempt finds a request's headers as this one leaves them.
    return this[half].headersSent && !(half === "request" && this.root.placement === "cluster");
  }

  buffer(type: number): BodyBuffer | null {
    if (type === BufferType.HttpRequestBody) return this.request.body();
    if (type === BufferType.HttpResponseBody) return this.response.body();
    return this.root.buffer(type);
  }

  afterBufferWrite(type: number): void {
    (type === BufferType.HttpRequestBody ? this.request : this.response).afterWrite();
  }

  property(path: string): Uint8Array | null {
    const parts = propertyPath(path);
    const given = findProperty(this.options.properties ?? {}, parts);
    const own =
      given ??
      findProperty(streamProperties(this.request.headers, this.response.headers), parts) ??
      this.root.property(path);
    if (own !== null || parts.length > 1) return own;
    return this.filterState.get(parts[0] ?? "") ?? null;
  }

  setProperty(path: string, value: Uint8Array): number {
    this.filterState.set(path, value);
    return WasmResult.Ok;
  }

  continueStream(type: number): number {
    if (type > StreamType.Response) return WasmResult.Unimplemented;
    const half = type === StreamType.Request ? this.request : this.response;
    if (half.calling) {
      this.root.vm.violation(`proxy_continue_stream inside of a ${half.name} callback`);
      return WasmResult.Ok;
    }
    this.root.vm.afterCall(() => {
      if (!this.finished) half.resume();
    });
    // Envoy takes the request's side away for both types.
    this.request.forget();
    return WasmResult.Ok;
  }

  closeStream(type: number): number {
    if (type > StreamType.Response) return WasmResult.Ok;
    this.root.vm.afterCall(() => this.reset("closed by the filter"));
    return WasmResult.Ok;
  }

  sendLocalReply(reply: LocalReply): void {
    this.root.vm.afterCall(() => this.reply(reply));
  }

  clearRouteCache(): void {
    this.routeCacheClears += 1;
  }

  private reply(reply: LocalReply): void {
    if (this.finished) return;
    if (this.root.placement === "cluster") {
      this.request.aborted = true;
      this.response.aborted = true;
      if (this.response.headersSent) this.reset(`local reply after the headers: ${reply.details}`);
      else this.replyDirectly(reply);
      return;
    }
    if (this.request.calling) this.request.aborted = true;
    else if (this.response.calling) this.response.aborted = true;
    if (this.response.headers === null) {
      if (this.request.calling) this.prepared ??= reply;
      else this.encodeReply(reply);
    } else if (!this.response.headersSent) {
      this.replyDirectly(reply);
    } else {
      this.reset(`local reply after the headers: ${reply.details}`);
    }
  }

  // Through the filter's own response callbacks.
  private encodeReply(reply: LocalReply): void {
    this.localReply = reply;
    const end = reply.body.length === 0;
    this.response.receiveHeaders(localReplyHeaders(reply), end);
    if (!end) this.responseBody(reply.body, true);
  }

  private replyDirectly(reply: LocalReply): void {
    this.localReply = reply;
    this.response.headers = localReplyHeaders(reply);
    this.response.headersSent = true;
    this.client.takeHeaders(this.response.headers, reply.body.length === 0);
    this.client.takeBody(reply.body, true);
    this.finish();
  }

  private reset(reason: string): void {
    if (this.finished) return;
    this.client.reset = reason;
    this.finish();
  }

  private finish(): void {
    this.finished = true;
    const vm = this.root.vm;
    const faults = [
      this.upstream.fault("forwarded request", [":method", ":path", ":authority"]),
      this.client.fault("response", [":status"]),
    ];
    for (const fault of faults) if (fault !== null) vm.violation(fault);
    if (this.root.placement === "listener") {
      this.logging = true;
      vm.call(this, "proxy_on_log", this.id);
      this.logging = false;
    }
    vm.call(this, "proxy_on_done", this.id);
    vm.call(this, "proxy_on_delete", this.id);
    vm.contexts.delete(this.id);
  }

  private loggedHeaders(type: number): HeaderMap {
    const logged = new Map([
      [HeaderMapType.RequestHeaders as number, this.request.headers],
      [HeaderMapType.ResponseHeaders, this.response.headers],
      [HeaderMapType.ResponseTrailers, this.response.trailers],
    ]);
    return logged.get(type) ?? new HeaderMap("other");
  }

  private requestSurroundings(): HalfSurroundings {
    return {
      ...this.callbacks("request"),
      sendHeaders: (headers, end) => this.upstream.takeHeaders(headers, end),
      sendBody: (bytes, end) => this.upstream.takeBody(bytes, end),
      sendTrailers: (trailers) => this.upstream.takeTrailers(trailers),
      tooLarge: () => this.reply(REQUEST_TOO_LARGE),
      afterAbort: () => {
        const reply = this.prepared;
        this.prepared = null;
        if (reply !== null) this.encodeReply(reply);
      },
    };
  }

  private responseSurroundings(): HalfSurroundings {
    return {
      ...this.callbacks("response"),
      sendHeaders: (headers, end) => this.toClient(() => this.client.takeHeaders(headers, end)),
      sendBody: (bytes, end) => this.toClient(() => this.client.takeBody(bytes, end)),
      sendTrailers: (trailers) => this.toClient(() => this.client.takeTrailers(trailers)),
      tooLarge: () => this.reply(RESPONSE_TOO_LARGE),
      afterAbort: () => undefined,
    };
  }

  private callbacks(half: "request" | "response"): HalfCallbacks {
    const vm = this.root.vm;
    return {
      callHeaders: (count, end) =>
        vm.callHeaders(this, `proxy_on_${half}_headers`, count, end, this.root.holdsHeaders),
      callBody: (length, end) => vm.callBody(this, `proxy_on_${half}_body`, length, end),
      callTrailers: (count) => vm.callTrailers(this, `proxy_on_${half}_trailers`, count),
      canContinue: () => !this.finished && !this.client.ended,
      isFinished: () => this.finished,
      violation: (text) => vm.violation(text),
    };
  }

  private toClient(send: () => void): void {
    if (this.finished) return;
    send();
    if (this.client.ended) this.finish();
  }
}

type HalfCallbacks = Pick<
  HalfSurroundings,
  "callHeaders" | "callBody" | "callTrailers" | "canContinue" | "isFinished" | "violation"
>;
