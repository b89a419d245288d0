// What a gateway file says, once it is read: ../../gateway.schema.json has the meaning of each key.

import { duration } from "./envoy-parts.ts";

export interface Gateway {
  listen?: string;
  admin?: string;
  requestBodyLimit?: number;
  modelList?: "configuration" | "provider";
  providerFromRequest?: boolean;
  caFile?: string;
  plugin?: string;
  playground?: boolean | string;
  providers: Record<string, ProviderEntry>;
  models: ModelEntry[];
  consumers?: { name: string; [field: string]: unknown }[] | undefined;
  rateLimitService?: RateLimitService;
  logging?: Logging;
  metrics?: boolean;
}

/** What requests leave for the access log. */
export interface Logging {
  keys?: boolean;
  aiLog?: "none" | "json" | "escaped";
  summaries?: boolean;
  payloads?: boolean;
  payloadBytes?: number;
}

/** Envoy's global rate limit service. */
export interface RateLimitService {
  address: string;
  domain?: string;
  failClosed?: boolean;
  timeout?: string;
}

/** The plugin's own fields of a provider, and how its servers are reached. */
export interface ProviderEntry {
  type: string;
  upstream?: Upstream;
  [field: string]: unknown;
}

export interface Upstream {
  address?: string;
  tls?: boolean | { sni?: string; caFile?: string };
  http2?: boolean;
  connectTimeout?: string;
  maxConnections?: number;
  maxRequests?: number;
  maxPendingRequests?: number;
  outlierDetection?: false | OutlierDetection;
}

export interface OutlierDetection {
  consecutiveFailures?: number;
  interval?: string;
  ejectionTime?: string;
}

export interface ModelEntry {
  name?: string;
  model?: string | string[];
  headers?: Record<string, string>;
  body?: Record<string, string>;
  providers: (string | Target)[];
  strategy?: "priority" | "weighted" | "round-robin" | "random" | "hedge";
  fallbackOn?: (string | number)[];
  firstTokenTimeout?: string;
  answerTimeout?: string;
  hedgeDelay?: string;
}

export interface Target {
  id: string;
  weight?: number;
  model?: string;
  attempts?: number;
}

export const DEFAULT_LISTEN = "127.0.0.1:10000";
export const DEFAULT_ADMIN = "127.0.0.1:9901";
/** 32 MiB. */
export const DEFAULT_BODY_LIMIT = 32 * 1024 * 1024;

/** What sends a request on to the next provider where a rule does not say. */
export const DEFAULT_FALLBACK: readonly (string | number)[] = [
  "5xx",
  "connect-failure",
  "reset",
  "stall",
  401,
  402,
  403,
  408,
  429,
];

export function targetsOf({ providers }: ModelEntry): Target[] {
  return providers.map((one) => (typeof one === "string" ? { id: one } : one));
}

export function nameOf({ name, model }: ModelEntry): string {
  return name ?? [model ?? []].flat()[0] ?? "default";
}

/** What the plugin tells of requests, wherever it stands: the generated access log uses its keys. */
function telemetryConfig({ logging, metrics = true }: Gateway): object {
  return { logging: { keys: true, ...logging }, metrics };
}

/** The plugin's configuration in front of the providers. */
export function listenerConfig(gateway: Gateway): object {
  return {
    requestBodyLimit: gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT,
    ...(gateway.modelList === undefined ? {} : { modelList: gateway.modelList }),
    models: gateway.models.map((entry) => ({
      name: entry.name,
      model: entry.model,
      headers: entry.headers,
      body: entry.body,
      strategy: entry.strategy,
      providers: targetsOf(entry).map(({ id, weight, model, attempts }) => ({
        id,
        weight,
        model,
        attempts,
      })),
    })),
    consumers: gateway.consumers,
    ...telemetryConfig(gateway),
    providerFromRequest: gateway.providerFromRequest,
  };
}

/** The plugin's configuration in a provider's cluster. */
export function clusterConfig(gateway: Gateway, id: string): object {
  const { upstream: _, ...fields } = gateway.providers[id] ?? { type: "" };
  return {
    placement: "cluster",
    requestBodyLimit: gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT,
    provider: { ...fields, id },
    ...telemetryConfig(gateway),
  };
}

/** The plugin's configuration where one filter chain serves all providers of a rule: the host tells which it is. */
export function hostConfig(gateway: Gateway, entry: ModelEntry): object {
  const targets = targetsOf(entry);
  const hedges = entry.strategy === "hedge";
  const attempts = targets.reduce((sum, target) => sum + (target.attempts ?? 1), 0);
  // Envoy's own timer of silence ends with the first hedged attempt.
  const watched = hedges && stalls(entry) ? entry.firstTokenTimeout : undefined;
  const providers = targets.map(({ id }) => {
    const { upstream: _, ...fields } = gateway.providers[id] ?? { type: "" };
    const timeout = watched === undefined ? {} : { firstByteTimeout: milliseconds(watched) };
    return { ...fields, id, ...timeout };
  });
  return {
    placement: "cluster",
    requestBodyLimit: gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT,
    ...(hedges
      ? { hedgedAttempts: attempts, hedgeDelay: milliseconds(entry.hedgeDelay ?? "0s") }
      : {}),
    providers,
    ...telemetryConfig(gateway),
  };
}

/** Whether a stream that does not begin sends a request on. */
export function stalls({ fallbackOn }: ModelEntry): boolean {
  return (fallbackOn ?? DEFAULT_FALLBACK).includes("stall");
}

function milliseconds(text: string): number {
  return Math.round(Number.parseFloat(duration(text)) * 1000);
}

/** Whether requests to a provider become WebSockets. */
export function upgrades(entry: ProviderEntry | undefined): boolean {
  return entry?.type === "spark" && entry.sparkApiType === "websocket";
}

/** The models that the rules ask a provider for. */
export function modelsFor(gateway: Gateway, id: string): string[] {
  return gateway.models.flatMap((entry) =>
    targetsOf(entry)
      .filter((target) => target.id === id)
      .flatMap((target) => target.model ?? entry.model ?? []),
  );
}

/** The environment variables that a gateway file, or a part of one, names. */
export function variablesOf(gateway: object): string[] {
  const found = JSON.stringify(gateway).matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g);
  return [...new Set([...found].map(([, name]) => name ?? ""))].sort();
}
