// The text that is put into conversations: fetched by a call of the plugin's own, kept by each worker.
import { ContextSource } from "../config/exchange-settings";
import { ProviderConfig } from "../config/provider-config";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Call } from "../providers/call";
import { getBuffer } from "../proxy-wasm/buffers";
import { getHeader } from "../proxy-wasm/headers";
import { httpCall } from "../proxy-wasm/http-call";
import { log } from "../proxy-wasm/log";
import { getRouteProperty } from "../proxy-wasm/properties";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { BufferType, HeaderMapType, LogLevel } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { escapePathSegment } from "../text/url";
import { withBase } from "./base-path";

/** Milliseconds until a file is asked for again that could not be fetched anew. */
const RETRY_AFTER: i32 = 60_000;
const NANOSECONDS: i64 = 1_000_000;
/** Bytes that a file may have. */
const LARGEST_FILE: i32 = 8 << 20;

const FILE: Document = new Document();
const NO_BODY: ByteWriter = new ByteWriter();

/** What a stream finds. */
export const enum ContextState {
  /** The text is there. */
  Ready,
  /** The stream is told once the text has come. */
  Pending,
  /** There is no text: `failure` says why. */
  Failed,
}

/** One file. Only one call for it is under way at a time. */
export class ContextFile {
  /** The text as a JSON string; empty for an empty file. */
  readonly text: ByteWriter = new ByteWriter();
  private hasText: bool = false;
  private freshUntil: i64 = 0;
  /** The call under way, or -1. */
  private call: i32 = -1;
  private waiting: u32[] = [];
  private reason: string = "";

  constructor(
    private readonly config: ProviderConfig,
    private readonly source: ContextSource,
  ) {}

  /** Whether the text is there for a stream, whose call this is about. */
  ask(stream: u32, call: Call): ContextState {
    if (this.hasText) {
      const isFresh = currentTimeNanoseconds() < this.freshUntil;
      // The old text serves while somebody fetches a new one.
      if (isFresh || this.call >= 0) return ContextState.Ready;
    }
    if (this.call < 0) this.fetch(call);
    if (this.call < 0) {
      this.fail("its cluster is unknown or has no host");
      return this.state;
    }
    this.waiting.push(stream);
    return ContextState.Pending;
  }

  /** What streams that waited find. */
  get state(): ContextState {
    return this.hasText ? ContextState.Ready : ContextState.Failed;
  }

  /** 502: the text could not be fetched. */
  get failure(): ApiError {
    const message = `The gateway could not fetch the context of the conversation: ${this.reason}.`;
    return new ApiError(502, "server_error", "context_unavailable", message);
  }

  /** Takes the answer to a call. The streams that waited for it; null where the call is another one's. */
  take(call: i32, length: i32): u32[] | null {
    if (call != this.call) return null;
    this.call = -1;
    const status = getHeader(HeaderMapType.HttpCallResponseHeaders, ":status");
    if (status != "200") {
      this.fail(status.length > 0 ? `the server answered with status ${status}` : "no answer came");
    } else if (length > LARGEST_FILE) {
      this.fail(`it has more than ${LARGEST_FILE} bytes`);
    } else {
      this.keep(length);
    }
    const waiting = this.waiting;
    this.waiting = [];
    return waiting;
  }

  private fetch(call: Call): void {
    const source = this.source;
    if (source.isProviderFile) {
      this.send(getRouteProperty("cluster_name"), this.providerHeaders(call));
      return;
    }
    const headers: StaticArray<string> = [
      ":method",
      "GET",
      ":path",
      source.target,
      ":authority",
      source.host,
    ];
    for (let i = 0; i < source.clusters.length && this.call < 0; ++i) {
      this.send(source.clusters[i], headers);
    }
  }

  private send(cluster: string, headers: StaticArray<string>): void {
    this.call = httpCall(cluster, headers, NO_BODY, this.config.timeout);
  }

  /** A file that lies with the provider itself. */
  private providerHeaders(call: Call): StaticArray<string> {
    const provider = this.config.provider;
    const settings = this.config.settings;
    const own = settings.providerDomain;
    const path = `/v1/files/${escapePathSegment(settings.moonshotFileId)}/content`;
    return [
      ":method",
      "GET",
      ":path",
      withBase(path, settings.providerBasePath),
      ":authority",
      own.length > 0 ? own : provider.host(call),
      "authorization",
      "Bearer " + call.token,
    ];
  }

  private keep(length: i32): void {
    const bytes = getBuffer(BufferType.HttpCallResponseBody, 0, length);
    const ptr = bytes.ptr;
    const size = length == 0 ? 0 : bytes.length;
    const isAnswer = this.source.isProviderFile && FILE.parse(ptr, size);
    const content = isAnswer ? FILE.get(FILE.root(), "content") : -1;
    this.text.clear();
    if (content >= 0) {
      if (FILE.stringLength(content) > 0) {
        this.text.bytes(ptr + FILE.start(content), FILE.end(content) - FILE.start(content));
      }
    } else if (size > 0) {
      new JsonWriter(this.text).stringBytes(ptr, size);
    }
    FILE.release();
    this.hasText = true;
    this.refreshIn(this.source.lifetime);
  }

  /** A text that was fetched before stays. */
  private fail(reason: string): void {
    this.reason = reason;
    const provider = this.config.provider.id;
    log(
      LogLevel.Warn,
      `the context for the provider '${provider}' could not be fetched: ${reason}`,
    );
    if (this.hasText) this.refreshIn(min(this.source.lifetime, RETRY_AFTER));
  }

  private refreshIn(milliseconds: i32): void {
    this.freshUntil = currentTimeNanoseconds() + <i64>milliseconds * NANOSECONDS;
  }
}
