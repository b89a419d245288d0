// A gateway as one static bootstrap: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/bootstrap/v3/bootstrap.proto
import { cluster, endpointOf } from "./clusters.ts";
import { composites } from "./composites.ts";
import { type PluginOptions, socketAddress } from "./envoy-parts.ts";
import { DEFAULT_ADMIN, type Gateway } from "./gateway.ts";
import { listener } from "./listener.ts";
import { withPlayground } from "./playground-routes.ts";
import { rateLimitClusters } from "./rate-limits.ts";
import { routeConfig } from "./routes.ts";
import { statsConfig } from "./stats.ts";

/** Host and port, as the plugin writes them into requests, of each provider by its id. */
export type Authorities = ReadonlyMap<string, string>;

/** All that Envoy needs; secrets stay names of environment variables. */
export function staticBootstrap(
  gateway: Gateway,
  authorities: Authorities,
  options: PluginOptions,
) {
  const routes = withPlayground(routeConfig(gateway, options.envoy), gateway, options);
  return {
    admin: { address: socketAddress(gateway.admin ?? DEFAULT_ADMIN) },
    stats_config: statsConfig(),
    static_resources: {
      listeners: [listener(gateway, { route_config: routes }, options)],
      clusters: clusters(gateway, authorities, options),
    },
  };
}

/** The clusters of all providers, of rules, and of the rate limit service. */
export function clusters(gateway: Gateway, authorities: Authorities, options: PluginOptions) {
  const providers = Object.keys(gateway.providers).map((id) =>
    cluster(gateway, id, endpointOf(gateway, id, authorities.get(id) ?? ""), options),
  );
  return [...providers, ...composites(gateway, options), ...rateLimitClusters(gateway)];
}
