// Reads `failover` and `retryOnFailure` of a provider.
import { JsonKind } from "../json/document";
import { Call } from "../providers/call";
import { Provider } from "../providers/provider";
import { Capability } from "../routing/capability";
import { RetryRules } from "../routing/retry-rules";
import { StatusPatterns } from "../routing/status-patterns";
import { TokenPicker, TokenStrategy } from "../routing/token-picker";
import { TokenPool } from "../routing/token-pool";
import { fnv1a64 } from "../text/fnv";
import { ApiToken } from "./api-token";
import { FieldReader } from "./field-reader";
import { elementPath } from "./json-path";

/**
 * What does not tell providers apart: the tokens, each of which has its own state, and what only
 * concerns single requests.
 */
// @ts-ignore: decorator
@lazy
const NO_IDENTITY: StaticArray<string> = [
  "apiTokens",
  "context",
  "customSettings",
  "failover",
  "firstByteTimeout",
  "logUpstreamErrorResponseBody",
  "modelMapping",
  "responseJsonSchema",
  "retryOnFailure",
  "timeout",
  "tokenStrategy",
];

/** In the order of `TokenStrategy`. */
// @ts-ignore: decorator
@lazy
const STRATEGIES: StaticArray<string> = ["random", "round-robin", "least-recently-failed"];

/** How one of several tokens is chosen. */
export function readPicker(reader: FieldReader): TokenPicker {
  const words = STRATEGIES.slice<string[]>();
  return new TokenPicker(
    <TokenStrategy>words.indexOf(reader.choice("tokenStrategy", words, words[0])),
  );
}

/** Null where it is not switched on. In a cluster it is on unless it is switched off. */
export function readFailover(
  reader: FieldReader,
  tokens: ApiToken[],
  picker: TokenPicker,
): TokenPool | null {
  const object = reader.valueOf("failover", JsonKind.Object);
  const isGraded = reader.source.isCluster;
  const pool = new TokenPool(keyOf(reader), hashesOf(tokens), picker);
  pool.isGraded = isGraded;
  const hasTokens = tokens.length > 0;
  if (object < 0) {
    pool.failureThreshold = 1;
    pool.statuses.add(".*");
    return isGraded ? pool : null;
  }
  const fields = reader.inner(object, reader.pathOf("failover"));
  const isEnabled = fields.bool("enabled", isGraded);
  pool.failureThreshold = positive(fields, "failureThreshold", isGraded ? 1 : 3);
  pool.successThreshold = positive(fields, "successThreshold", 1);
  pool.healthCheckInterval = positive(fields, "healthCheckInterval", 5000);
  pool.healthCheckTimeout = positive(fields, "healthCheckTimeout", 5000);
  pool.healthCheckModel = fields.text("healthCheckModel");
  pool.cooldown = fields.integer("cooldownDuration", 0, i32.MAX_VALUE, 0);
  pool.refusedDuration = positive(fields, "refusedDuration", 3_600_000);
  readStatuses(fields, "failoverOnStatus", pool.statuses);
  fields.warnOfUnknown();
  if (!isEnabled) return null;
  const path = fields.pathOf("healthCheckModel");
  if (isGraded && pool.healthCheckModel.length > 0) {
    // The cluster's own filters would take a health check for a client's request.
    reader.report.fail(path, "a provider in a cluster has no health checks");
  } else if (pool.probes && pool.healthCheckModel.length == 0) {
    reader.report.fail(path, "expected a model for health checks, or cooldownDuration");
  } else if (!pool.probes && pool.healthCheckModel.length > 0) {
    reader.report.warn(path, "has no effect beside cooldownDuration");
  }
  if (hasTokens || isGraded) return pool;
  reader.report.warn(fields.path, "has no effect without apiTokens");
  return null;
}

/** Null where it is not switched on. */
export function readRetry(reader: FieldReader, tokens: ApiToken[]): RetryRules | null {
  const object = reader.valueOf("retryOnFailure", JsonKind.Object);
  if (object < 0) return null;
  const fields = reader.inner(object, reader.pathOf("retryOnFailure"));
  const rules = new RetryRules();
  const isEnabled = fields.bool("enabled", false);
  rules.maxRetries = positive(fields, "maxRetries", 1);
  rules.timeout = positive(fields, "retryTimeout", 60_000);
  readStatuses(fields, "retryOnStatus", rules.statuses);
  fields.warnOfUnknown();
  if (!isEnabled) return null;
  if (tokens.length > 1) return rules;
  reader.report.warn(fields.path, "has no effect without a second token in apiTokens");
  return null;
}

/** Health checks are chat requests: a provider without chat has to go by time. */
export function checkProbes(reader: FieldReader, pool: TokenPool | null, provider: Provider): void {
  if (pool === null || !pool.probes) return;
  const path = reader.pathOf("failover") + ".healthCheckModel";
  if (chatsByWebSocket(provider)) {
    reader.report.fail(
      path,
      "checks go over HTTP, and chats here do not; expected cooldownDuration",
    );
    return;
  }
  if (provider.pathTemplate(Capability.Chat).length > 0) return;
  reader.report.fail(path, "the provider has no chat completions; expected cooldownDuration");
}

/** Whether chats are carried by WebSockets, which the plugin's own calls cannot open. */
export function chatsByWebSocket(provider: Provider): bool {
  const call = new Call();
  call.capability = Capability.Chat;
  return provider.speaksWebSocket(call);
}

function positive(fields: FieldReader, name: string, fallback: i32): i32 {
  return fields.integer(name, 1, i32.MAX_VALUE, fallback);
}

function readStatuses(fields: FieldReader, name: string, statuses: StatusPatterns): void {
  const isThere = fields.value(name) >= 0;
  const patterns = isThere ? fields.stringList(name) : ["4.*", "5.*"];
  for (let i = 0; i < patterns.length; ++i) {
    const wrong = statuses.add(patterns[i]);
    if (wrong.length > 0) fields.report.fail(elementPath(fields.pathOf(name), i), wrong);
  }
}

function hashesOf(tokens: ApiToken[]): string[] {
  const hashes: string[] = [];
  for (let i = 0; i < tokens.length; ++i) hashes.push(fnv1a64(tokens[i].value).toString(16));
  // A provider without tokens is in use or out of use as a whole.
  if (tokens.length == 0) hashes.push("none");
  return hashes;
}

/** Equal for equal providers, however their members are ordered. Secrets stay out of it. */
function keyOf(reader: FieldReader): string {
  const doc = reader.doc;
  let sum: u64 = 0;
  for (let value = doc.first(reader.object); value >= 0; value = doc.next(value)) {
    const name = doc.key(value);
    const counts = doc.get(reader.object, name) == value && !doc.absent(value);
    if (!counts || NO_IDENTITY.includes(name)) continue;
    sum += fnv1a64(reader.raw(value), fnv1a64(name + ":"));
  }
  return "ai-proxy.tokens." + sum.toString(16);
}
