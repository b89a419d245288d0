// What a gateway file is refused for where it speaks of hedging, and what is generated from it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnvoyVersion } from "../cli/gateway/envoy-parts.ts";
import { GatewayFileError, readGatewayFile } from "../cli/gateway/gateway-file.ts";
import { routeConfig } from "../cli/gateway/routes.ts";

const file = (rule: string) => `providers:
  a: { type: groq }
  b: { type: groq }
models:
  - model: m
    providers: [a, b]
${rule}`;

for (const [what, rule, message] of [
  [
    "a hedged rule without a delay",
    "    strategy: hedge",
    /^gateway\.yaml:5:5: models\[0\]: hedgeDelay is missing$/,
  ],
  [
    "a delay without hedging",
    "    hedgeDelay: 1s",
    /^gateway\.yaml:7:5: models\[0\]\.hedgeDelay: has a meaning only where strategy is hedge$/,
  ],
  [
    "a delay that is none",
    "    strategy: hedge\n    hedgeDelay: soon",
    /hedgeDelay: expected a duration/,
  ],
] as const) {
  test(what, () => {
    assert.throws(
      () => readGatewayFile(file(rule), "gateway.yaml"),
      (error) => error instanceof GatewayFileError && message.test(error.message),
    );
  });
}

function actions(rule: string, envoy?: EnvoyVersion): Record<string, unknown>[] {
  const { gateway } = readGatewayFile(file(rule), "gateway.yaml");
  const { routes } = routeConfig(gateway, envoy).virtual_hosts[0] ?? { routes: [] };
  return (routes as { route: Record<string, unknown> }[]).map(({ route }) => route);
}

test("a rule that is not hedged: priority groups from Envoy 1.40 on, composite clusters before", () => {
  for (const route of actions("")) assert.ok("inline_cluster_specifier_plugin" in route);
  assert.deepEqual(
    actions("", [1, 39]).map(({ cluster }) => cluster),
    ["m/a", "m/b"],
  );
});

test("a hedged rule is a composite cluster per first provider", () => {
  const routes = actions("    strategy: hedge\n    hedgeDelay: 1s");
  assert.deepEqual(
    routes.map(({ cluster }) => cluster),
    ["m/a", "m/b"],
  );
  assert.deepEqual(routes[0]?.["hedge_policy"], { hedge_on_per_try_timeout: true });
});
