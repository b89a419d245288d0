// Native paths that name the model: the gateway's rules and its model for a provider are about them, too.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { HeaderPairs } from "../host/header-map.ts";
import { run } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const BODY = Buffer.from('{"contents":[{"parts":[{"text":"Hi"}]}]}');
const JSON_TYPE: HeaderPairs = [["content-type", "application/json"]];
const GEMINI = "/v1beta/models/gemini-2.5-flash";
const PROJECT = "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro";

let vm: Vm;

before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

/** What goes on from a gateway with rules for the models; null: nothing. */
function route(path: string): Map<string, string> | null {
  const root = vm.configure({
    models: [
      { name: "flash", model: "gemini-2.5-flash", providers: [{ id: "g", model: "other" }] },
      { name: "pro", model: "gemini-2.5-pro", providers: ["v"] },
    ],
  });
  assert.ok(root.ok, root.logs.map((line) => line.text).join());
  const { upstreamRequest } = run(root, { request: { path, headers: JSON_TYPE, body: BODY } });
  root.delete();
  return upstreamRequest === null ? null : new Map(upstreamRequest.headers);
}

test("the first rule that takes the model of the path decides", () => {
  const headers = route(`${GEMINI}:generateContent`);
  assert.equal(headers?.get("x-llm-route"), "flash");
  assert.equal(headers?.get("x-llm-model"), "gemini-2.5-flash");
  assert.equal(headers?.get("x-llm-stream"), undefined);
  assert.equal(route(`${PROJECT}:generateContent`)?.get("x-llm-route"), "pro");
  assert.equal(route(`${PROJECT}:rawPredict`)?.get("x-llm-route"), "pro");
});

test("a stream is one for the routes", () => {
  assert.equal(route(`${GEMINI}:streamGenerateContent?alt=sse`)?.get("x-llm-stream"), "true");
});

test("a model that no rule is about", () => {
  assert.equal(route("/v1beta/models/gemini-1.0:generateContent"), null);
});

/** The path that a provider's cluster sends an attempt to. */
function pathOf(models: string): string | undefined {
  const provider = { type: "gemini", id: "g", apiTokens: ["k"], modelMapping: { "*": "mapped" } };
  const root = vm.configure({ provider, placement: "cluster" }, { placement: "cluster" });
  assert.ok(root.ok, root.logs.map((line) => line.text).join());
  const headers: HeaderPairs = [...JSON_TYPE, ["x-llm-models", models]];
  const request = { path: `${GEMINI}:generateContent`, headers, body: BODY };
  const { upstreamRequest } = run(root, { request, upstream: () => ({ status: 204 }) });
  root.delete();
  return upstreamRequest?.path;
}

test("the rule's model for the provider takes the place of the one in the path", () => {
  assert.equal(pathOf("g=routed"), "/v1beta/models/routed:generateContent");
  assert.equal(pathOf("other=routed"), "/v1beta/models/mapped:generateContent");
});
