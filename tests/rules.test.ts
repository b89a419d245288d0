// Rules that look at routes and clusters, in a real Envoy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrap, startEnvoyWith } from "./support/envoy.ts";
import { startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION, MESSAGES } from "./support/watched-gateway.ts";

/** Sends one request under rules and tells which model the provider heard. */
async function modelUnder(rule: object): Promise<string> {
  const provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
  const named = { type: "groq", apiTokens: ["a"], modelMapping: { "*": "matched" } };
  const other = { type: "groq", apiTokens: ["a"], modelMapping: { "*": "other" } };
  const rules = { provider: other, _rules_: [{ ...rule, provider: named }] };
  const config = bootstrap({ listeners: [{ config: rules, upstreamPort: provider.port }] });
  for (const { filter_chains } of config.static_resources.listeners) {
    for (const { typed_config } of filter_chains.flatMap(({ filters }) => filters)) {
      const [host] = typed_config.route_config.virtual_hosts;
      for (const route of host?.routes ?? []) Object.assign(route, { name: "chat-route" });
    }
  }
  const envoy = await startEnvoyWith(config);
  try {
    const url = `http://127.0.0.1:${envoy.ports[0]}/v1/chat/completions`;
    const body = JSON.stringify({ model: "m", messages: MESSAGES });
    const headers = { "content-type": "application/json" };
    assert.equal((await fetch(url, { method: "POST", headers, body })).status, 200);
    return (JSON.parse(provider.requests[0]?.body.toString() ?? "") as { model: string }).model;
  } finally {
    await envoy.stop();
    await provider.close();
  }
}

test("the name of a route", async () => {
  assert.equal(await modelUnder({ _match_route_: "chat-route" }), "matched");
  assert.equal(await modelUnder({ _match_route_: "chat" }), "other");
});

test("the beginning of a route's name", async () => {
  assert.equal(await modelUnder({ _match_route_prefix_: "chat-" }), "matched");
});

test("the name of a cluster", async () => {
  assert.equal(await modelUnder({ _match_service_: "upstream-0" }), "matched");
  assert.equal(await modelUnder({ _match_service_: "upstream" }), "other");
});
