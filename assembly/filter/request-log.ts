// What a request leaves for the access log, in filter state: keys with APISIX's names, and the object that
// Higress's dashboards read. https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/substitution_formatter
import { TelemetrySettings } from "../config/telemetry-settings";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { getProperty, setProperty, setPropertyBytes } from "../proxy-wasm/properties";
import { Capability } from "../routing/capability";
import { operationOf } from "../routing/operation";
import { ByteWriter } from "../text/byte-writer";
import { pastAttempts } from "./attempt";
import { Exchange } from "./exchange";
import { errorWord, Telemetry } from "./telemetry";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());
const ESCAPED: JsonWriter = new JsonWriter(new ByteWriter());

/** Tokens of attempts that have failed. */
const FAILED_ATTEMPT_TOKENS: string = "llm_failed_attempt_tokens";

/** In the order of `Key`. */
// @ts-ignore: decorator
@lazy
const KEYS: StaticArray<string> = [
  "request_type",
  "request_llm_model",
  "llm_model",
  "llm_provider",
  "llm_prompt_tokens",
  "llm_completion_tokens",
  "llm_total_tokens",
  "llm_cache_read_input_tokens",
  "llm_cache_creation_input_tokens",
  "llm_reasoning_tokens",
  "llm_time_to_first_token",
  "llm_finish_reason",
  "llm_consumer",
  "llm_error",
  "llm_extraction_status",
];

const enum Key {
  RequestType,
  RequestModel,
  Model,
  Provider,
  Prompt,
  Completion,
  Total,
  CacheRead,
  CacheCreation,
  Reasoning,
  FirstToken,
  Finish,
  Consumer,
  Error,
  Extraction,
}

/** Writes what is known of one request, again whenever more is. */
export class RequestLog {
  /** What each key says; a key that says nothing is not there. */
  private readonly said: string[] = [];

  constructor(private readonly settings: TelemetrySettings) {}

  write(exchange: Exchange, telemetry: Telemetry): void {
    const settings = this.settings;
    if (settings.writesKeys) this.writeKeys(exchange, telemetry);
    if (settings.writesAiLog) this.writeAiLog(exchange, telemetry);
    if (settings.writesSummaries && telemetry.isOver) writeSummary(exchange, telemetry);
  }

  private writeKeys(exchange: Exchange, telemetry: Telemetry): void {
    const call = exchange.call;
    const usage = call.usage;
    this.say(Key.RequestType, telemetry.requestType);
    this.say(Key.RequestModel, call.requestedModel);
    this.say(Key.Model, telemetry.model);
    // Of several attempts the one counts that is answered, and the consumer is the gateway's to tell.
    if (!exchange.isAttempt) {
      this.say(Key.Provider, exchange.config.name);
      this.say(Key.Consumer, telemetry.consumer);
    }
    if (usage.isKnown) {
      this.say(Key.Prompt, usage.prompt.toString());
      this.say(Key.Completion, usage.completion.toString());
      if (!exchange.isAttempt) this.say(Key.Total, usage.total().toString());
      this.sayCount(Key.CacheRead, usage.cached);
      this.sayCount(Key.CacheCreation, usage.cacheWrite);
      this.sayCount(Key.Reasoning, usage.reasoning);
    }
    this.sayCount(Key.FirstToken, telemetry.firstTokenMs);
    this.say(Key.Finish, telemetry.finishReason);
    this.say(Key.Error, telemetry.error);
    this.say(Key.Extraction, telemetry.extractionStatus);
  }

  private sayCount(key: Key, count: i64): void {
    if (count > 0) this.say(key, count.toString());
  }

  private say(key: Key, text: string): void {
    while (this.said.length < KEYS.length) this.said.push("");
    if (this.said[key] == text) return;
    this.said[key] = text;
    setProperty(KEYS[key], text);
  }

  /** Takes back what an earlier attempt has said, or this one before it failed. */
  forget(): void {
    if (!this.settings.writesKeys) return;
    for (let key = Key.Prompt; key <= Key.Extraction; ++key) {
      if (key == Key.Consumer || key == Key.Total) continue;
      if (getProperty(KEYS[key]).length > 0) setProperty(KEYS[key], "");
    }
    this.said.length = 0;
  }

  /** Keeps what a failed attempt has cost: the counts of the answer are those of the next one. */
  noteFailedTokens(exchange: Exchange): void {
    const total = exchange.call.usage.total();
    if (!this.settings.writesKeys || !exchange.isAttempt || total == 0) return;
    const before = getProperty(FAILED_ATTEMPT_TOKENS);
    const sum = (before.length > 0 ? I64.parseInt(before) : 0) + total;
    setProperty(FAILED_ATTEMPT_TOKENS, sum.toString());
  }

  private writeAiLog(exchange: Exchange, telemetry: Telemetry): void {
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    const call = exchange.call;
    json.keyString("api", exchange.config.name);
    json.keyString("model", telemetry.model);
    if (call.requestedModel.length > 0) json.keyString("request_model", call.requestedModel);
    json.keyString("response_type", telemetry.isStream ? "stream" : "normal");
    if (telemetry.consumer.length > 0) json.keyString("consumer", telemetry.consumer);
    if (call.usage.isKnown) writeCounts(call.usage.prompt, exchange, json);
    if (telemetry.isStream) keyPositive("llm_first_token_duration", telemetry.firstTokenMs, json);
    if (telemetry.isOver) json.keyInteger("llm_service_duration", telemetry.durationMs);
    keyText("finish_reason", telemetry.finishReason, json);
    keyText("error", telemetry.error, json);
    keyText("extraction_status", telemetry.extractionStatus, json);
    if (exchange.isRepeated) keyText("fallback_from", firstFailed(), json);
    json.endObject();
    writeObject(this.settings);
  }
}

/** Sets `ai_log` to the object that has been written. */
function writeObject(settings: TelemetrySettings): void {
  const text = JSON_TEXT.out;
  if (settings.escapesAiLog) {
    ESCAPED.out.clear();
    ESCAPED.reset();
    ESCAPED.stringBytes(text.ptr, text.length);
    // What is between the quotes: the log's format has quotes of its own.
    text.clear();
    text.bytes(ESCAPED.out.ptr + 1, ESCAPED.out.length - 2);
  }
  setPropertyBytes("ai_log", text);
}

function writeCounts(prompt: i64, exchange: Exchange, json: JsonWriter): void {
  const usage = exchange.call.usage;
  json.keyInteger("input_token", prompt);
  json.keyInteger("output_token", usage.completion);
  json.keyInteger("total_token", usage.total());
  keyPositive("cached_tokens", usage.cached, json);
  keyPositive("cache_creation_tokens", usage.cacheWrite, json);
  keyPositive("reasoning_tokens", usage.reasoning, json);
}

function keyPositive(name: string, count: i64, json: JsonWriter): void {
  if (count > 0) json.keyInteger(name, count);
}

function keyText(name: string, text: string, json: JsonWriter): void {
  if (text.length > 0) json.keyString(name, text);
}

/** The provider that was asked first, of `openai 503, claude 429`. */
function firstFailed(): string {
  return pastAttempts().split(" ")[0];
}

/** Says what the gateway itself has refused. */
export function logRefusal(
  settings: TelemetrySettings,
  error: ApiError,
  capability: Capability,
  model: string,
): void {
  const word = errorWord(error);
  if (settings.writesKeys) {
    const isAi = operationOf(capability).length > 0;
    setProperty(KEYS[Key.RequestType], isAi ? "ai_chat" : "traditional_http");
    if (model.length > 0) setProperty(KEYS[Key.RequestModel], model);
    setProperty(KEYS[Key.Error], word);
  }
  if (!settings.writesAiLog) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginObject();
  keyText("request_model", model, json);
  json.keyString("error", word);
  json.endObject();
  writeObject(settings);
}

/** The short object that APISIX calls so. */
function writeSummary(exchange: Exchange, telemetry: Telemetry): void {
  const json = JSON_TEXT;
  const usage = exchange.call.usage;
  json.out.clear();
  json.reset();
  json.beginObject();
  json.keyString("model", telemetry.model);
  json.keyInteger("duration", telemetry.durationMs);
  json.keyInteger("prompt_tokens", usage.prompt);
  json.keyInteger("completion_tokens", usage.completion);
  json.keyInteger("upstream_response_time", telemetry.firstTokenMs);
  json.endObject();
  setPropertyBytes("llm_summary", json.out);
}
