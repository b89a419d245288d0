// Metrics with the names of OpenTelemetry's conventions for generative AI. A name carries its labels, as `,label=value`
// each, and `stats_tags` of Envoy's configuration take them off again:
// https://github.com/open-telemetry/semantic-conventions-genai
import { ProviderConfig } from "../config/provider-config";
import { ApiError } from "../openai/api-error";
import { defineMetric, incrementMetric, recordMetric } from "../proxy-wasm/metrics";
import { MetricType } from "../proxy-wasm/types";
import { operationOf } from "../routing/operation";
import { PoolState } from "../routing/pool-state";
import { TokenPool } from "../routing/token-pool";
import { LabelValues } from "../text/label-values";
import { Exchange } from "./exchange";
import { errorWord, Telemetry } from "./telemetry";

/** Values that each label may have in one worker. */
const MODELS: i32 = 100;
const CONSUMERS: i32 = 200;
const ERRORS: i32 = 50;

const NANOSECONDS: i64 = 1_000_000;

const models: LabelValues = new LabelValues(MODELS);
const answerModels: LabelValues = new LabelValues(MODELS);
const consumers: LabelValues = new LabelValues(CONSUMERS);
const errors: LabelValues = new LabelValues(ERRORS);
const providers: LabelValues = new LabelValues(i32.MAX_VALUE);

/** Ids by name: the host is asked for each once. */
const ids: Map<string, i32> = new Map<string, i32>();

function idOf(type: MetricType, name: string): i32 {
  if (ids.has(name)) return ids.get(name);
  const id = defineMetric(type, name);
  ids.set(name, id);
  return id;
}

function count(name: string, labels: string): void {
  incrementMetric(idOf(MetricType.Counter, name + labels), 1);
}

function record(name: string, labels: string, value: i64): void {
  recordMetric(idOf(MetricType.Histogram, name + labels), max(value, 0));
}

/** Counts a request, or an attempt, that is over. */
export function recordExchange(exchange: Exchange, telemetry: Telemetry): void {
  const call = exchange.call;
  const operation = operationOf(call.capability);
  if (operation.length == 0) return;
  const isGood = telemetry.error.length == 0;
  const model = models.of(call.requestedModel, isGood);
  const who = label("consumer", consumers.of(telemetry.consumer, isGood));
  const error = isGood ? "" : label("error", errors.of(telemetry.error, true));
  const provider = label("provider", providers.of(exchange.config.name, true));
  const asked = `${provider}${label("model", model)}${who}`;
  count(exchange.isRepeated ? "ai_proxy.fallbacks" : "ai_proxy.requests", asked);
  if (!isGood) count("ai_proxy.errors", asked + error);
  const answered = label("answer_model", answerModels.of(call.usage.model, isGood));
  const labels = `,operation=${operation}${asked}${answered}`;
  record("gen_ai.client.operation.duration", labels + error, telemetry.durationMs);
  recordTokens(exchange, labels);
  if (isGood && telemetry.isStream) recordStream(exchange, telemetry, labels);
}

/** The tokens of failed attempts, too: the provider counts them. */
function recordTokens(exchange: Exchange, labels: string): void {
  const usage = exchange.call.usage;
  if (!usage.isKnown) return;
  const name = "gen_ai.client.token.usage";
  // Envoy's histograms tell sums to within a few percent.
  countTokens(labels + ",type=input", usage.prompt);
  countTokens(labels + ",type=output", usage.completion);
  record(name, labels + ",type=input", usage.prompt);
  record(name, labels + ",type=output", usage.completion);
  // Parts of the two above.
  if (usage.cached > 0) record(name, labels + ",type=cached_input", usage.cached);
  if (usage.cacheWrite > 0) record(name, labels + ",type=cache_creation_input", usage.cacheWrite);
  if (usage.reasoning > 0) record(name, labels + ",type=reasoning", usage.reasoning);
}

function countTokens(labels: string, tokens: i64): void {
  if (tokens > 0) incrementMetric(idOf(MetricType.Counter, "ai_proxy.tokens" + labels), tokens);
}

/** In milliseconds, as Envoy's histograms take integers only. */
function recordStream(exchange: Exchange, telemetry: Telemetry, labels: string): void {
  record("gen_ai.server.time_to_first_token", labels, telemetry.firstTokenMs);
  const more = exchange.call.usage.completion - 1;
  if (more <= 0) return;
  const time = (telemetry.endedAt - telemetry.firstAt) / NANOSECONDS;
  record("gen_ai.server.time_per_output_token", labels, (time + more / 2) / more);
}

/** Counts a request that the gateway itself refuses. */
export function recordRefusal(error: ApiError, consumer: string): void {
  const who = label("consumer", consumers.of(consumer, true));
  count("ai_proxy.requests", who);
  count("ai_proxy.errors", `${who}${label("error", errors.of(errorWord(error), true))}`);
}

/** How many of a provider's keys are in use, paused, and refused, as far as that is known now. */
export function recordKeys(config: ProviderConfig, pool: TokenPool, state: PoolState): void {
  if (!config.isMetered) return;
  const total = pool.hashes.length;
  let paused = 0;
  let refused = 0;
  for (let i = 0; i < total; ++i) {
    const token = state.find(pool.hashes[i]);
    if (token === null || !token.isOut) continue;
    if (token.isRefused) refused += 1;
    else paused += 1;
  }
  const provider = label("provider", providers.of(config.name, true));
  recordState(provider, "in_use", total - paused - refused);
  recordState(provider, "paused", paused);
  recordState(provider, "refused", refused);
}

function recordState(provider: string, state: string, keys: i32): void {
  recordMetric(idOf(MetricType.Gauge, `ai_proxy.keys${provider},state=${state}`), keys);
}

function label(name: string, value: string): string {
  return value.length > 0 ? `,${name}=${value}` : "";
}
