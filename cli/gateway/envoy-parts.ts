// Pieces of Envoy's configuration that listeners and clusters share:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/api

export const MIB = 1024 * 1024;

/** Dynamic metadata: the groups of a route that the plugin names for one request. */
export const ORDER_NAMESPACE = "llm.order";

/** The `@type` of an extension. */
export function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}

const ADDRESS = /^(?:(\[[^\]]+\]|[^:]+):)?(\d+)$/;

export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** `host:port`, `[::1]:port`, or a port alone on the loopback interface. */
export function parseAddress(text: string): { address: string; port_value: number } {
  const match = ADDRESS.exec(text);
  if (match === null) throw new Error(`"${text}" is no address`);
  const [, host = "127.0.0.1", port = "0"] = match;
  return { address: host.replace(/^\[|\]$/g, ""), port_value: Number(port) };
}

export function socketAddress(text: string) {
  return { socket_address: parseAddress(text) };
}

/** `1500ms`, `10s` or `2m` as Envoy has it: seconds. */
export function duration(text: string): string {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no duration`);
  const [, number = "0", unit = "s"] = match;
  const factor = { ms: 0.001, s: 1, m: 60, h: 3600 }[unit] ?? 1;
  return `${Number((Number(number) * factor).toFixed(6))}s`;
}

export interface PluginOptions {
  /** Path of plugin.wasm as Envoy sees it. */
  plugin: string;
  /** Names of the environment variables that the plugin may read. */
  variables: string[];
  /** The Envoy that the configuration is for; the newest that is known unless given. */
  envoy?: EnvoyVersion | undefined;
  /** Where the playground's page finds the endpoint for changes, where there is one. */
  adminUrl?: string | undefined;
}

/** Major and minor. */
export type EnvoyVersion = readonly [number, number];

/** What the configuration is for unless something else is asked for. */
export const NEWEST_ENVOY: EnvoyVersion = [1, 40];
/** The first one with composite clusters, and with retries of answers whose headers a filter held. */
export const OLDEST_ENVOY: EnvoyVersion = [1, 37];

/** Whether a version is `least` or a later one. */
export function isAtLeast([major, minor]: EnvoyVersion, least: EnvoyVersion): boolean {
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

/** The filters of a cluster: the plugin, and what sends the request. */
export function upstreamFilters(name: string, config: object, options: PluginOptions): object[] {
  return [
    pluginFilter(name, config, options),
    {
      name: "envoy.filters.http.upstream_codec",
      typed_config: { "@type": extension("filters.http.upstream_codec.v3.UpstreamCodec") },
    },
  ];
}

/** The plugin as an HTTP filter. The same code and environment everywhere: one VM per worker. */
export function pluginFilter(name: string, config: object, { plugin, variables }: PluginOptions) {
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": extension("filters.http.wasm.v3.Wasm"),
      config: {
        name,
        root_id: name,
        allow_on_headers_stop_iteration: true,
        failure_policy: "FAIL_RELOAD",
        configuration: {
          "@type": "type.googleapis.com/google.protobuf.StringValue",
          value: JSON.stringify(config, null, 2),
        },
        vm_config: {
          vm_id: "ai-proxy",
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: plugin } },
          environment_variables: { host_env_keys: variables },
        },
      },
    },
  };
}
