// The gateway placement: what the generator makes of a gateway file, without its access log, which no other variant has.
import { stringify } from "yaml";
import { staticBootstrap } from "../cli/gateway/bootstrap.ts";
import { readGatewayFile } from "../cli/gateway/gateway-file.ts";
import type { Gateway } from "../cli/gateway/gateway.ts";
import { checkGateway } from "../cli/gateway/plugin-vm.ts";
import { PLUGIN } from "../tests/support/envoy.ts";
import type { Variant } from "./variants.ts";
import { MODEL } from "./workloads.ts";

/** Two providers, of which the first one answers. `tells`: as it is unless one says otherwise, with keys and metrics. */
function gatewayOf(type: string, model: string, port: number, tells = false): Gateway {
  const upstream = { address: `127.0.0.1:${port}`, tls: false };
  const provider = { type, apiTokens: ["sk-upstream"], upstream };
  return {
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    providers: { first: provider, second: provider },
    models: [{ model: MODEL, providers: [{ id: "first", model }, "second"] }],
    ...(tells ? {} : { logging: { keys: false }, metrics: false }),
  };
}

async function bootstrapOf(gateway: Gateway) {
  const checked = await checkGateway(readGatewayFile(stringify(gateway), "bench.yaml"), PLUGIN);
  const bootstrap = staticBootstrap(gateway, checked.authorities, {
    plugin: PLUGIN,
    variables: [],
  });
  const isKept = (key: string) => key !== "access_log";
  return JSON.parse(
    JSON.stringify(bootstrap, (key, value: unknown) => (isKept(key) ? value : undefined)),
  ) as typeof bootstrap;
}

/** A gateway with keys for its access log, and metrics. */
export const TELLING_VARIANT: Variant = {
  name: "gateway-telling",
  title: "gateway, OpenAI, with keys and metrics",
  dialect: "openai",
  filters: [],
  route: {},
  bootstrap: (port) => bootstrapOf(gatewayOf("openai", "gpt-4o-2024-08-06", port, true)),
};

export const GATEWAY_VARIANTS: readonly Variant[] = [
  {
    name: "gateway-openai",
    title: "gateway, OpenAI",
    dialect: "openai",
    filters: [],
    route: {},
    bootstrap: (port) => bootstrapOf(gatewayOf("openai", "gpt-4o-2024-08-06", port)),
  },
  {
    name: "gateway-claude",
    title: "gateway, Claude",
    dialect: "anthropic",
    filters: [],
    route: {},
    bootstrap: (port) => bootstrapOf(gatewayOf("claude", "claude-sonnet-4-5", port)),
  },
];
