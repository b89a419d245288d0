// One configuration in a VM: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#plugin-lifecycle
import { BufferType, HeaderMapType, WasmResult } from "./abi.ts";
import { BodyBuffer } from "./body-buffer.ts";
import type { Context, LogLine } from "./context.ts";
import { Exchange, type ExchangeOptions } from "./exchange.ts";
import { HeaderMap, type HeaderPairs } from "./header-map.ts";
import { HttpCall, type HttpCallAnswer } from "./http-call.ts";
import type { LocalReply } from "./local-reply.ts";
import { findProperty, propertyPath } from "./properties.ts";
import type { Vm } from "./vm.ts";

/** Where the filter stands: in the listener's chain, or in a cluster's, once per attempt. */
export type Placement = "listener" | "cluster";

/** How a configuration stands in Envoy; everything has a default. */
export interface RootOptions {
  readonly name?: string;
  readonly rootId?: string;
  readonly placement?: Placement;
  /** Envoy's `allow_on_headers_stop_iteration`; true unless given. */
  readonly holdsHeaders?: boolean;
  /** Bytes that may be buffered of one body; 1 MiB unless given. */
  readonly bufferLimit?: number;
}

const encoder = new TextEncoder();

/** A root context: made by `Vm.configure`, and the maker of streams. */
export class RootContext implements Context {
  readonly placement: Placement;
  readonly holdsHeaders: boolean;
  readonly bufferLimit: number;
  /** Whether the module took the configuration. */
  ok = false;
  /** Milliseconds between ticks; 0 means none. */
  tickPeriod = 0;
  /** Calls that were made and not answered yet. */
  readonly calls: HttpCall[] = [];
  /** Code and text of the last failed call. */
  status: { code: number; text: string } = { code: 0, text: "" };

  private readonly name: string;
  private readonly rootId: string;
  private configuration: Uint8Array | null = null;
  private arrived: HttpCallAnswer | null = null;

  constructor(
    readonly vm: Vm,
    readonly id: number,
    options: RootOptions,
  ) {
    this.placement = options.placement ?? "listener";
    this.holdsHeaders = options.holdsHeaders ?? true;
    this.bufferLimit = options.bufferLimit ?? 1024 * 1024;
    this.name = options.name ?? "";
    this.rootId = options.rootId ?? "";
    vm.contexts.set(id, this);
  }

  get root(): RootContext {
    return this;
  }

  /** What the module logged in callbacks of this context itself, e.g. why it refused. */
  get logs(): readonly LogLine[] {
    return this.vm.logs.filter((line) => line.context === this.id);
  }

  /** Starts the context and hands the configuration over. */
  start(configuration: string): void {
    this.configuration = encoder.encode(configuration);
    this.vm.call(this, "proxy_on_context_create", this.id, 0);
    const started = this.vm.call(this, "proxy_on_vm_start", this.id, 0).result ?? 1;
    const length = this.configuration.length;
    this.ok =
      started !== 0 &&
      (this.vm.call(this, "proxy_on_configure", this.id, length).result ?? 1) !== 0;
    this.configuration = null;
  }

  /** A new stream. */
  exchange(options: ExchangeOptions = {}): Exchange {
    return new Exchange(this, this.vm.nextContextId(), options);
  }

  /** Lets the timer fire once. */
  tick(): void {
    this.vm.call(this, "proxy_on_tick", this.id);
  }

  /** Ends the context, as after an update once its last stream is over. */
  delete(): void {
    this.calls.length = 0;
    this.vm.call(this, "proxy_on_done", this.id);
    this.vm.call(this, "proxy_on_delete", this.id);
    this.vm.contexts.delete(this.id);
  }

  /** Records a call; the token, or null where Envoy would refuse the request. */
  startCall(
    cluster: string,
    headers: HeaderPairs,
    body: Uint8Array,
    trailers: HeaderPairs,
    timeout: number,
  ): number | null {
    const map = new HeaderMap("request", headers);
    const complete = [":path", ":method", ":authority"].every((name) => map.get(name) !== null);
    if (!complete || !this.vm.hasCluster(cluster)) return null;
    if (body.length > 0) map.replace("content-length", String(body.length));
    const token = this.vm.nextCallToken();
    const call = new HttpCall(token, cluster, map.pairs(), body, trailers, timeout, (own, answer) =>
      this.deliver(own, answer),
    );
    this.calls.push(call);
    return token;
  }

  headerMap(type: number, access: "read" | "write"): HeaderMap | null {
    if (this.arrived === null || access === "write") return null;
    if (type === HeaderMapType.HttpCallResponseHeaders) return answerHeaders(this.arrived);
    if (type !== HeaderMapType.HttpCallResponseTrailers) return null;
    const trailers = this.arrived.trailers ?? [];
    return trailers.length === 0 ? null : new HeaderMap("other", trailers);
  }

  headersSent(): boolean {
    return false;
  }

  buffer(type: number): BodyBuffer | null {
    if (type === BufferType.VmConfiguration) return new BodyBuffer(undefined, true);
    if (type === BufferType.PluginConfiguration && this.configuration !== null) {
      return new BodyBuffer(this.configuration, true);
    }
    if (type === BufferType.HttpCallResponseBody && this.arrived !== null) {
      return new BodyBuffer(answerBody(this.arrived), true);
    }
    return null;
  }

  afterBufferWrite(): void {
    this.vm.violation("a buffer of a root context was written");
  }

  property(path: string): Uint8Array | null {
    const own = { plugin_name: this.name, plugin_root_id: this.rootId, plugin_vm_id: this.vm.vmId };
    return findProperty(own, propertyPath(path));
  }

  setProperty(): number {
    return WasmResult.NotFound;
  }

  continueStream(): number {
    this.vm.violation("proxy_continue_stream in a root context: no effective context was set");
    return WasmResult.Ok;
  }

  closeStream(): number {
    this.vm.violation("proxy_close_stream in a root context: no effective context was set");
    return WasmResult.Ok;
  }

  sendLocalReply(reply: LocalReply): void {
    this.vm.violation(`a local reply in a root context goes nowhere: ${reply.details}`);
  }

  clearRouteCache(): void {
    this.vm.violation("clear_route_cache in a root context");
  }

  private deliver(call: HttpCall, answer: HttpCallAnswer | null): void {
    const at = this.calls.indexOf(call);
    if (at < 0) return;
    this.calls.splice(at, 1);
    this.arrived = answer;
    this.status =
      answer === null ? { code: WasmResult.BrokenConnection, text: "reset" } : this.status;
    const headers = answer === null ? 0 : answerHeaders(answer).size;
    const length = answer === null ? 0 : answerBody(answer).length;
    const trailers = answer?.trailers?.length ?? 0;
    const args = [call.token, headers, length, trailers];
    this.vm.call(this, "proxy_on_http_call_response", this.id, ...args);
    this.arrived = null;
    this.status = { code: this.status.code, text: "" };
  }
}

function answerHeaders(answer: HttpCallAnswer): HeaderMap {
  const status = String(answer.status ?? 200);
  return new HeaderMap("response", [[":status", status], ...(answer.headers ?? [])]);
}

function answerBody(answer: HttpCallAnswer): Uint8Array {
  const body = answer.body ?? "";
  return typeof body === "string" ? encoder.encode(body) : body;
}
