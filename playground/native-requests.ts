// What the gateway would make of a request, attempt by attempt; `envoy-ai-proxy explain` for the page.
import type { GatewayOfPage } from "../cli/gateway/playground-routes.ts";
import type { RunResult } from "../host/run.ts";
import { type Plugin, requestText } from "./plugin.ts";

/** Who is asked for a request, in order, and with what. */
export interface NativeRequests {
  /** Whether chance may have another order for the real request. */
  isByChance: boolean;
  attempts: { id: string; text: string }[];
}

/** The native requests of a chat request; the gateway's own answer where it asks nobody. */
export async function nativeRequests(
  plugin: Plugin,
  gateway: GatewayOfPage,
  request: string,
): Promise<NativeRequests | string> {
  const body = new TextEncoder().encode(request);
  const path = "/v1/chat/completions";
  const chosen = await plugin.exchange(gateway.listener, "listener", { path, body });
  const { upstreamRequest } = chosen;
  if (upstreamRequest === null) return requestText(chosen);
  const header = (name: string) => upstreamRequest.headers.find(([own]) => own === name)?.[1] ?? "";
  const rule = gateway.listener.models.find((own) => nameOf(own) === header("x-llm-route"));
  const ids = (rule?.providers ?? []).map(({ id }) => id);
  const first = Math.max(0, ids.indexOf(header("x-llm-provider")));
  const order = [...ids.slice(first), ...ids.slice(0, first)];
  const models: [string, string][] =
    header("x-llm-models") === "" ? [] : [["x-llm-models", header("x-llm-models")]];
  const sent = { path, headers: models, body: upstreamRequest.body };
  const attempts = order.map(async (id) => ({ id, text: await attemptText(id, sent) }));
  const byChance = ["weighted", "round-robin", "random"];
  return {
    isByChance: byChance.includes(rule?.strategy ?? ""),
    attempts: await Promise.all(attempts),
  };

  async function attemptText(id: string, own: typeof sent): Promise<string> {
    return plugin.exchange(gateway.providers[id], "cluster", own).then(
      (result: RunResult) => requestText(result),
      (error: unknown) => `Not to be told here: ${String(error)}`,
    );
  }
}

/** The name of a rule, as the plugin has it. */
export function nameOf({ name, model }: GatewayOfPage["listener"]["models"][number]): string {
  return name ?? [model ?? []].flat()[0] ?? "default";
}
