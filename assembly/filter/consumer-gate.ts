// Who a client is at a gateway, and what it may use:
// https://platform.openai.com/docs/guides/rate-limits
import { ClientDialect } from "../clients/client-dialect";
import { Consumer, Consumers } from "../config/consumer";
import { ApiError, missingApiKey } from "../openai/api-error";
import { Headers, setHeader } from "../proxy-wasm/headers";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { setProperty } from "../proxy-wasm/properties";
import { SharedCounters } from "../proxy-wasm/shared-counters";
import { currentTimeNanoseconds } from "../proxy-wasm/system";
import { HeaderMapType } from "../proxy-wasm/types";
import { Allowance, Budget, durationText } from "../routing/budget";
import { CONSUMER_HEADER } from "../routing/consumer-affinity";
import { errorBody, OWN_DETAILS } from "./local-reply";
import { clientCredential, removeCredentials } from "./request-headers";

/** Waits from here on are not worth a retry within the same request. */
const LONGEST_RETRY: i64 = 60;
/** So often another worker may be quicker before a count is given up. */
const WRITES: i32 = 100;

/** One request of a consumer. */
export class ConsumerGate {
  constructor(readonly consumer: Consumer) {}

  /** Whether a model may be used. */
  allows(model: string): bool {
    const models = this.consumer.models;
    return !models.namesModels || (model.length > 0 && models.takes(model));
  }

  /** Those of some models that may be used. */
  allowed(models: string[]): string[] {
    const kept: string[] = [];
    for (let i = 0; i < models.length; ++i) if (this.allows(models[i])) kept.push(models[i]);
    return kept;
  }

  /** Counts a request for a model. Null: it may go on. */
  admit(model: string): ApiError | null {
    const consumer = this.consumer;
    if (!this.allows(model)) return noAccess(consumer.name, model);
    const budget = consumer.budget;
    if (budget === null) return null;
    const shared = countersOf(consumer.name, budget);
    const now = nowSeconds();
    for (let i = 0; i < WRITES; ++i) {
      shared.read();
      budget.advance(now);
      const exceeded = budget.exceeded(now);
      if (exceeded !== null) return limitReached(consumer.name, exceeded);
      if (budget.requestsPerMinute == 0) break;
      budget.addRequest();
      if (shared.write()) break;
    }
    return null;
  }

  /** Counts tokens of an answer. */
  addTokens(tokens: i64): void {
    const budget = this.consumer.budget;
    if (budget === null) return;
    const shared = countersOf(this.consumer.name, budget);
    const now = nowSeconds();
    for (let i = 0; i < WRITES; ++i) {
      shared.read();
      budget.advance(now);
      budget.addTokens(tokens);
      if (shared.write()) break;
    }
  }

  /** Tells the client of an answer what is left. */
  writeLimits(): void {
    const budget = this.consumer.budget;
    if (budget === null) return;
    const now = nowSeconds();
    countersOf(this.consumer.name, budget).read();
    budget.advance(now);
    const headers = limitHeaders(budget, now);
    for (let i = 0; i < headers.length; i += 2) {
      setHeader(HeaderMapType.ResponseHeaders, headers[i], headers[i + 1]);
    }
  }

  /** Answers with an error of a limit, after `admit`. */
  replyWithLimit(error: ApiError, dialect: ClientDialect): void {
    const headers = ["content-type", "application/json"];
    const wait = error.retryAfter;
    headers.push("retry-after");
    headers.push(wait.toString());
    if (wait > LONGEST_RETRY) {
      headers.push("x-should-retry");
      headers.push("false");
    }
    const budget = this.consumer.budget;
    const all = budget === null ? headers : headers.concat(limitHeaders(budget, nowSeconds()));
    const body = errorBody(error, dialect);
    sendLocalResponse(error.status, OWN_DETAILS + error.code, StaticArray.fromArray(all), body);
  }
}

/** Finds out who sends a request, and takes the key off it. Null: nobody that is known. */
export function openGate(consumers: Consumers, headers: Headers): ConsumerGate | null {
  const key = clientCredential(headers, "");
  const consumer = key.length > 0 ? consumers.find(key) : null;
  if (consumer === null) return null;
  removeCredentials(headers);
  setHeader(HeaderMapType.RequestHeaders, CONSUMER_HEADER, consumer.name);
  setProperty("llm_consumer", consumer.name);
  return new ConsumerGate(consumer);
}

/** The error for a request that `openGate` has no consumer for. */
export function unknownClient(headers: Headers): ApiError {
  if (clientCredential(headers, "").length == 0) return missingApiKey();
  const message = "Incorrect API key provided.";
  return new ApiError(401, "invalid_request_error", "invalid_api_key", message);
}

function noAccess(consumer: string, model: string): ApiError {
  const what = model.length > 0 ? `the model '${model}'` : "requests that name no model";
  const message = `Consumer '${consumer}' does not have access to ${what}.`;
  return new ApiError(403, "invalid_request_error", "model_not_found", message);
}

function limitReached(consumer: string, limit: Allowance): ApiError {
  const message =
    `Rate limit reached for consumer '${consumer}' on ${limit.unit} per ${limit.window}: ` +
    `Limit ${limit.limit}, Used ${limit.used}. Please try again in ${durationText(limit.wait)}.`;
  const error = new ApiError(429, limit.unit, "rate_limit_exceeded", message);
  error.retryAfter = limit.wait;
  return error;
}

/** Names and values in turn. */
function limitHeaders(budget: Budget, now: i64): string[] {
  const headers: string[] = [];
  pushLimit(headers, budget.requests(now));
  pushLimit(headers, budget.tokens(now));
  return headers;
}

function pushLimit(headers: string[], limit: Allowance | null): void {
  if (limit === null) return;
  headers.push("x-ratelimit-limit-" + limit.unit);
  headers.push(limit.limit.toString());
  headers.push("x-ratelimit-remaining-" + limit.unit);
  headers.push(limit.remaining.toString());
  headers.push("x-ratelimit-reset-" + limit.unit);
  headers.push(durationText(limit.wait));
}

function countersOf(name: string, budget: Budget): SharedCounters {
  return new SharedCounters("consumer:" + name, budget.counts);
}

function nowSeconds(): i64 {
  return currentTimeNanoseconds() / 1_000_000_000;
}
