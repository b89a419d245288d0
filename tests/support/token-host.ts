// Providers with two tokens on a host in this process.
import assert from "node:assert/strict";
import type { RootContext } from "../../host/root-context.ts";
import type { RunInput, RunResult, UpstreamResponse } from "../../host/run.ts";
import { SharedStore } from "../../host/shared-store.ts";
import type { Vm } from "../../host/vm.ts";
import { WasmHost } from "../../host/wasm-host.ts";
import { PLUGIN } from "./envoy.ts";
import { DONE, event, finishOf, startOf } from "./watched-gateway.ts";

export const encoder = new TextEncoder();
export const JSON_TYPE: [string, string][] = [["content-type", "application/json"]];
export const CLUSTER = { xds: { cluster_name: "providers" } };
export const RETRY = { enabled: true };
export const HELLO = event(startOf("Hello")) + event(finishOf()) + DONE;

/** Counts what the module asks of it. */
export class CountingStore extends SharedStore {
  uses = 0;
  override get(key: string) {
    this.uses += 1;
    return super.get(key);
  }
}

/** A worker of its own. */
export async function vm(shared = new SharedStore()): Promise<Vm> {
  return (await WasmHost.load(PLUGIN)).vm({ shared });
}

/** A provider with two tokens, in a listener. */
export function configure(own: Vm, members: object, type = "groq"): RootContext {
  const root = own.configure({ provider: { type, apiTokens: ["sk-bad", "sk-good"], ...members } });
  assert.ok(root.ok, root.logs.map((line) => line.text).join());
  return root;
}

/** An answer of JSON. */
export function json(
  value: unknown,
  status = 200,
  headers: [string, string][] = [],
): UpstreamResponse {
  return {
    status,
    headers: [...JSON_TYPE, ...headers],
    body: encoder.encode(JSON.stringify(value)),
  };
}

export const REFUSED = json({ error: { message: "No." } }, 401);

/** A small chat; the provider refuses it unless told otherwise. */
export function input(members: object = {}, more: Partial<RunInput> = {}): RunInput {
  const messages = [{ role: "user", content: "Hi" }];
  const body = encoder.encode(JSON.stringify({ model: "m", messages, ...members }));
  const request = { path: "/v1/chat/completions", body, headers: JSON_TYPE };
  return { request, properties: CLUSTER, upstream: () => REFUSED, ...more };
}

/** What the client got, as text. */
export function textOf({ response }: RunResult): string {
  return Buffer.from(response.body).toString("utf8");
}

/** A header that the client got. */
export function headerOf({ response }: RunResult, name: string): string | undefined {
  return response.headers.find(([own]) => own === name)?.[1];
}

/** The token of a request. */
export function tokenOf(call: { header(name: string): string | null }): string {
  return String(call.header("authorization")).replace("Bearer ", "");
}
