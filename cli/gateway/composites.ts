// Clusters that are several: attempt by attempt the next member. The one filter chain is theirs, not the members'.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/upstream/composite_cluster
import { HTTP_OPTIONS } from "./clusters.ts";
import {
  type EnvoyVersion,
  extension,
  isAtLeast,
  NEWEST_ENVOY,
  type PluginOptions,
  upstreamFilters,
} from "./envoy-parts.ts";
import { type Gateway, hostConfig, type ModelEntry, nameOf, type Target } from "./gateway.ts";
import { attemptsOf, ordersOf } from "./orders.ts";

/** The first Envoy whose routes choose another cluster for each retry. */
const PRIORITY_GROUPS: EnvoyVersion = [1, 40];

/** Whether a rule goes to one composite cluster per first provider. A hedged attempt stays in its cluster. */
export function isComposite(entry: ModelEntry, envoy: EnvoyVersion = NEWEST_ENVOY): boolean {
  return entry.strategy === "hedge" || !isAtLeast(envoy, PRIORITY_GROUPS);
}

/** The name of a rule's cluster. No id of a provider has a slash. */
export function compositeName(entry: ModelEntry, [first]: Target[]): string {
  return `${nameOf(entry)}/${first?.id}`;
}

/** The composite clusters of all rules. */
export function composites(gateway: Gateway, options: PluginOptions): object[] {
  const entries = gateway.models.filter((entry) => isComposite(entry, options.envoy));
  return entries.flatMap((entry) =>
    ordersOf(entry).map((order) => composite(gateway, entry, order, options)),
  );
}

function composite(gateway: Gateway, entry: ModelEntry, order: Target[], options: PluginOptions) {
  const name = compositeName(entry, order);
  const most = order.map(({ id }) => gateway.providers[id]?.upstream?.maxRequests ?? 1024);
  return {
    name,
    connect_timeout: "5s",
    lb_policy: "CLUSTER_PROVIDED",
    cluster_type: {
      name: "envoy.clusters.composite",
      typed_config: {
        "@type": extension("clusters.composite.v3.ClusterConfig"),
        clusters: attemptsOf(order).map(({ id }) => ({ name: id })),
      },
    },
    // What is asked again counts here; connections and requests count at the members.
    circuit_breakers: { thresholds: [{ max_retries: Math.max(...most) }] },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        "@type": `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: { http_protocol_options: {} },
        http_filters: upstreamFilters(name, hostConfig(gateway, entry), options),
      },
    },
  };
}
