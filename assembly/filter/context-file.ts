// The text that is put into conversations: fetched by a call of the plugin's own, kept by each worker.
import { ContextSource } from "../config/exchange-settings";
import { ProviderConfig } from "../config/provider-config";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Call } from "../providers/call";
import { getBuffer } from "../proxy-wasm/buffers";
import { httpCall } from "../proxy-wasm/http-call";
import { log } from "../proxy-wasm/log";
import { getRouteProperty } from "../proxy-wasm/properties";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { BufferType, LogLevel } from "../proxy-wasm/types";
import { ByteWriter } from "../text/byte-writer";
import { encodePathSegment } from "../text/url";
import { withBase } from "./base-path";
import { Exchange } from "./exchange";
import { Fetched, FetchState, reasonOf } from "./fetched";

/** Milliseconds until a file is asked for again that could not be fetched anew. */
const RETRY_AFTER: i32 = 60_000;
const NANOSECONDS: i64 = 1_000_000;
/** Bytes that a file may have. */
const LARGEST_FILE: i32 = 8 << 20;

const FILE: Document = new Document();
const NO_BODY: ByteWriter = new ByteWriter();

/** One file. */
export class ContextFile extends Fetched {
  /** The text as a JSON string; empty for an empty file. */
  private readonly text: ByteWriter = new ByteWriter();
  private hasText: bool = false;
  private freshUntil: i64 = 0;

  constructor(
    private readonly config: ProviderConfig,
    private readonly source: ContextSource,
  ) {
    super();
  }

  ask(stream: u32, call: Call): FetchState {
    if (this.hasText) {
      const isFresh = currentTimeNanoseconds() < this.freshUntil;
      // The old text serves while somebody fetches a new one.
      if (isFresh || this.pending >= 0) return FetchState.Ready;
    }
    return this.wait(stream, call);
  }

  get isThere(): bool {
    return this.hasText;
  }

  give(exchange: Exchange): void {
    exchange.hasContext = true;
    exchange.context = this.text.length > 0 ? this.text : null;
  }

  /** 502: the text could not be fetched. */
  get failure(): ApiError {
    const message = `The gateway could not fetch the context of the conversation: ${this.reason}.`;
    return new ApiError(502, "server_error", "context_unavailable", message);
  }

  protected receive(status: string, length: i32): void {
    if (status != "200") this.fail(reasonOf(status));
    else if (length > LARGEST_FILE) this.fail(`it has more than ${LARGEST_FILE} bytes`);
    else this.keep(length);
  }

  protected fetch(call: Call): void {
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
    for (let i = 0; i < source.clusters.length && this.pending < 0; ++i) {
      this.send(source.clusters[i], headers);
    }
  }

  private send(cluster: string, headers: StaticArray<string>): void {
    this.pending = httpCall(cluster, headers, NO_BODY, this.config.timeout);
  }

  /** A file that lies with the provider itself. */
  private providerHeaders(call: Call): StaticArray<string> {
    const provider = this.config.provider;
    const settings = this.config.settings;
    const own = settings.providerDomain;
    const path = `/v1/files/${encodePathSegment(settings.moonshotFileId)}/content`;
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
  protected fail(reason: string): void {
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
