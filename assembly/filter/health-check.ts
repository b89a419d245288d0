// Asks providers whether tokens that are out of use work again: a chat request as the provider hears it.
import { ProviderConfig } from "../config/provider-config";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { EncodedBody } from "../providers/encoded-body";
import { HeaderEdits } from "../providers/header-edits";
import { getBuffer } from "../proxy-wasm/buffers";
import { getHeader } from "../proxy-wasm/headers";
import { httpCall } from "../proxy-wasm/http-call";
import { randomBits } from "../proxy-wasm/system";
import { BufferType, HeaderMapType, LogLevel } from "../proxy-wasm/types";
import { Capability } from "../routing/capability";
import { TokenState } from "../routing/pool-state";
import { TokenPool } from "../routing/token-pool";
import { ByteWriter } from "../text/byte-writer";
import { Exchange } from "./exchange";
import { upstreamHost, upstreamTarget } from "./request-target";
import { claimCheck, countFailedCheck, giveBack, nowMilliseconds, say } from "./token-health";

const CHAT_PATH = "/v1/chat/completions";

const DOC: Document = new Document();
const QUESTION: JsonWriter = new JsonWriter(new ByteWriter());
const BODY: EncodedBody = new EncodedBody();
const WHOLE: ByteWriter = new ByteWriter();
const EDITS: HeaderEdits = new HeaderEdits();

/** One check that is under way. */
class Check {
  constructor(
    readonly config: ProviderConfig,
    readonly pool: TokenPool,
    readonly token: i32,
  ) {}
}

/** The checks of one configuration in one worker. */
export class HealthChecks {
  /** When to look again: the timer may fire more often, for the sake of others. */
  private next: i64 = 0;
  private readonly running: Map<u32, Check> = new Map<u32, Check>();

  constructor(private readonly configs: ProviderConfig[]) {}

  /** Milliseconds between two looks; 0: there is nothing to check. */
  period(): i32 {
    let period = 0;
    for (let i = 0; i < this.configs.length; ++i) {
      const pool = this.configs[i].failover;
      if (pool === null) continue;
      const interval = pool.healthCheckInterval;
      period = period == 0 ? interval : min(period, interval);
    }
    return period;
  }

  /** Begins every check that is due at `now` (milliseconds) and that no other worker has begun. */
  begin(now: i64): void {
    if (this.configs.length == 0 || now < this.next) return;
    this.next = now + this.period();
    for (let i = 0; i < this.configs.length; ++i) {
      const config = this.configs[i];
      const pool = config.failover;
      if (pool === null) continue;
      // No more than one check for each token.
      for (let n = 0; n < config.tokens.length; ++n) {
        const state = claimCheck(pool);
        if (state === null) break;
        this.send(new Check(config, pool, pool.hashes.indexOf(state.hash)), state);
      }
    }
  }

  private send(check: Check, state: TokenState): void {
    const exchange = exchangeFor(check, state);
    if (!encode(exchange, check.pool.healthCheckModel)) {
      say(LogLevel.Warn, check.config, check.token, "cannot be checked");
      countFailedCheck(check.pool, check.token);
      return;
    }
    const headers = headersFor(exchange, state);
    const timeout = check.pool.healthCheckTimeout;
    const call = httpCall(state.cluster, StaticArray.fromArray(headers), WHOLE, timeout);
    if (call >= 0) {
      this.running.set(call, check);
      return;
    }
    // The cluster is gone: requests have to tell where the provider is now.
    say(LogLevel.Warn, check.config, check.token, "cannot be checked: its cluster is unknown");
    for (let i = 0; i < check.pool.successThreshold; ++i) {
      giveBack(check.config, check.pool, check.token);
    }
  }

  /** Takes the answer to a call, `headers` 0 where none came. False: the call is none of these. */
  finish(call: u32, headers: u32, bodyLength: u32): bool {
    if (!this.running.has(call)) return false;
    const check = this.running.get(call);
    this.running.delete(call);
    if (headers > 0 && isHealthy(check, bodyLength)) {
      giveBack(check.config, check.pool, check.token);
    } else {
      countFailedCheck(check.pool, check.token);
    }
    return true;
  }
}

function exchangeFor(check: Check, state: TokenState): Exchange {
  const exchange = new Exchange(check.config, 0);
  const call = exchange.call;
  call.capability = Capability.Chat;
  call.method = "POST";
  call.clientPath = state.path.endsWith(CHAT_PATH) ? state.path : CHAT_PATH;
  call.requestedModel = check.pool.healthCheckModel;
  call.model = check.pool.healthCheckModel;
  call.token = check.config.tokens[check.token].value;
  call.created = nowMilliseconds() / 1000;
  call.random = randomBits();
  return exchange;
}

/** The body goes to `WHOLE`. False: the provider cannot be asked. */
function encode(exchange: Exchange, model: string): bool {
  const json = QUESTION;
  json.out.clear();
  json.reset();
  json.beginObject();
  json.keyString("model", model);
  json.key("messages");
  json.beginArray();
  json.beginObject();
  json.keyString("role", "user");
  json.keyString("content", "Say OK.");
  json.endObject();
  json.endArray();
  json.endObject();
  BODY.clear();
  if (!DOC.parse(json.out.ptr, json.out.length)) return false;
  if (exchange.config.provider.encodeRequest(exchange.call, DOC, BODY) !== null) return false;
  WHOLE.clear();
  BODY.writeWhole(json.out.ptr, json.out.length, WHOLE);
  return true;
}

function headersFor(exchange: Exchange, state: TokenState): string[] {
  const host = upstreamHost(exchange);
  const headers: string[] = [":method", "POST", ":path", upstreamTarget(exchange), ":authority"];
  headers.push(host.length > 0 ? host : state.host);
  headers.push("content-type");
  headers.push("application/json");
  EDITS.clear();
  exchange.config.provider.authenticate(exchange.call, EDITS, WHOLE.ptr, WHOLE.length);
  for (let i = 0; i < EDITS.names.length; ++i) {
    if (EDITS.names[i] == "content-type") continue;
    headers.push(EDITS.names[i]);
    headers.push(EDITS.values[i]);
  }
  return headers;
}

/** Whether an answer is 2xx and hides no error. */
function isHealthy(check: Check, bodyLength: u32): bool {
  const status = getHeader(HeaderMapType.HttpCallResponseHeaders, ":status");
  if (status.length != 3 || !status.startsWith("2")) return false;
  const body = getBuffer(BufferType.HttpCallResponseBody, 0, bodyLength);
  if (!DOC.parse(body.ptr, body.length)) return true;
  const call = new Exchange(check.config, 0).call;
  return check.config.provider.findError(call, DOC) === null;
}
