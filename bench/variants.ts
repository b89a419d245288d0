// What is compared: Envoys that differ in their HTTP filters alone.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/ai_protocol_manager_filter
import { pluginFilter, type startEnvoyWith, type TestEnvoy } from "../tests/support/envoy.ts";
import type { Dialect } from "./answers.ts";
import { type Native, NATIVES } from "./natives.ts";
import { MODEL } from "./workloads.ts";

/** `bare`, `openai`, `claude`, `gateway-openai`, `gateway-claude`, `transcoder`, or the type of a native provider. */
export type VariantName = string;

/** Envoy's configuration, as far as it is looked into here. */
type Bootstrap = Parameters<typeof startEnvoyWith>[0];

/** A process between client and provider. */
export type Running = Pick<TestEnvoy, "ports" | "pid" | "log" | "stop">;

export interface Variant {
  name: VariantName;
  title: string;
  /** What the provider speaks. */
  dialect: Dialect;
  /** HTTP filters before the router. */
  filters: object[];
  /** Members added to the route. */
  route: object;
  /** Where it is more than filters and a route: all of Envoy's configuration; `port` is the provider's. */
  bootstrap?: (port: number) => Promise<Bootstrap>;
  /** Starts it where it is no Envoy. */
  start?: (port: number) => Promise<Running>;
  /** What every request has to have besides. */
  headers?: (port: number) => Record<string, string>;
}

/** What the plugin and the transcoder may buffer; the same for every variant. */
const BUFFER_LIMIT = 32 * 1024 * 1024;

function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}

const AI_MANAGER = "filters.http.ai_protocol_manager.v3";

/** OpenAI's protocol is the transcoder's inner one, so one leg is enough. */
const TRANSCODER = {
  name: "envoy.filters.http.ai_protocol_manager",
  typed_config: {
    "@type": extension(`${AI_MANAGER}.AiProtocolManager`),
    request_handling: {},
    filters: [
      {
        name: "envoy.http.ai_filters.transcoder",
        typed_config: {
          "@type": extension("http.ai_filters.transcoder.v3.Transcoder"),
          request_handling: "FROM_IR",
          response_handling: "TO_IR",
        },
      },
    ],
  },
};

/** What the transcoder leaves to the route: path, key and version. */
const TRANSCODER_ROUTE = {
  request_headers_to_remove: ["authorization"],
  request_headers_to_add: [
    header("x-api-key", "sk-upstream"),
    header("anthropic-version", "2023-06-01"),
  ],
  typed_per_filter_config: {
    [TRANSCODER.name]: {
      "@type": extension(`${AI_MANAGER}.AiProtocolManagerPerRoute`),
      request: { llm_protocol: "OPENAI_CHAT_COMPLETIONS" },
      response: { llm_protocol: "ANTHROPIC_MESSAGES" },
    },
  },
};

function header(key: string, value: string) {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

const OPENAI_CONFIG = {
  provider: {
    type: "openai",
    openaiCustomUrl: "http://provider.test/v1",
    apiTokens: ["sk-upstream"],
    // Another name, so that the body is really edited.
    modelMapping: { [MODEL]: "gpt-4o-2024-08-06" },
  },
};

const CLAUDE_CONFIG = {
  provider: {
    type: "claude",
    apiTokens: ["sk-upstream"],
    modelMapping: { [MODEL]: "claude-sonnet-4-5" },
  },
};

function nativeVariant({ type, config, model }: Native): Variant {
  const provider = {
    type,
    apiTokens: ["sk-upstream"],
    ...config,
    modelMapping: { [MODEL]: model },
  };
  const filters = [pluginFilter(type, { provider })];
  return { name: type, title: `plugin, ${type}`, dialect: type, filters, route: {} };
}

/** Native providers beside Claude: small chats and streams in one write only. */
export const NATIVE_VARIANTS: readonly Variant[] = NATIVES.map(nativeVariant);

/** Every variant, in the order of the tables; the first is what the others are compared with. */
export const VARIANTS: readonly Variant[] = [
  { name: "bare", title: "Envoy alone", dialect: "openai", filters: [], route: {} },
  {
    name: "openai",
    title: "plugin, OpenAI",
    dialect: "openai",
    filters: [pluginFilter("openai", OPENAI_CONFIG)],
    route: {},
  },
  {
    name: "claude",
    title: "plugin, Claude",
    dialect: "anthropic",
    filters: [pluginFilter("claude", CLAUDE_CONFIG)],
    route: {},
  },
  {
    name: "transcoder",
    title: "Envoy's transcoder",
    dialect: "anthropic",
    filters: [TRANSCODER],
    route: TRANSCODER_ROUTE,
  },
];

/** The bootstrap of one variant; `upstreamPort` is the provider's on the loopback interface. */
export function bootstrapOf(variant: Variant, upstreamPort: number) {
  const action = { cluster: "provider", timeout: "0s", ...rewriteOf(variant) };
  const routes = [{ match: { prefix: "/" }, route: action, ...variant.route }];
  return {
    admin: { address: loopback(0) },
    stats_flush_on_admin: true,
    static_resources: {
      listeners: [
        {
          name: "gateway",
          address: loopback(0),
          per_connection_buffer_limit_bytes: BUFFER_LIMIT,
          filter_chains: [{ filters: [connectionManager(variant, routes)] }],
        },
      ],
      clusters: [
        {
          name: "provider",
          type: "STATIC",
          connect_timeout: "5s",
          per_connection_buffer_limit_bytes: BUFFER_LIMIT,
          load_assignment: {
            cluster_name: "provider",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: loopback(upstreamPort) } }] }],
          },
        },
      ],
    },
  };
}

function rewriteOf(variant: Variant): object {
  if (variant.name !== "transcoder") return {};
  return { regex_rewrite: { pattern: { regex: "^.*$" }, substitution: "/v1/messages" } };
}

function connectionManager(variant: Variant, routes: object[]) {
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": extension("filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: "gateway",
      http_filters: [
        ...variant.filters,
        {
          name: "envoy.filters.http.router",
          typed_config: { "@type": extension("filters.http.router.v3.Router") },
        },
      ],
      route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
    },
  };
}

function loopback(port_value: number) {
  return { socket_address: { address: "127.0.0.1", port_value } };
}
