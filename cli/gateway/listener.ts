// The one listener of a gateway:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/listener/v3/listener.proto
import { accessLog } from "./access-log.ts";
import {
  extension,
  MIB,
  ORDER_NAMESPACE,
  pluginFilter,
  type PluginOptions,
  socketAddress,
} from "./envoy-parts.ts";
import { DEFAULT_BODY_LIMIT, DEFAULT_LISTEN, type Gateway, listenerConfig } from "./gateway.ts";
import { rateLimitFilters } from "./rate-limits.ts";

/** Answers for probes of the gateway itself. */
const HEALTH_CHECK = {
  name: "envoy.filters.http.health_check",
  typed_config: {
    "@type": extension("filters.http.health_check.v3.HealthCheck"),
    pass_through_mode: false,
    headers: [{ name: ":path", string_match: { exact: "/healthz" } }],
  },
};

/** Where providers are left out, the plugin names the groups of the route that are asked. */
const ORDER = {
  name: "envoy.filters.http.header_to_metadata",
  typed_config: {
    "@type": extension("filters.http.header_to_metadata.v3.Config"),
    request_rules: [
      {
        header: "x-llm-order",
        on_header_present: {
          metadata_namespace: ORDER_NAMESPACE,
          key: "priority_groups",
          type: "PROTOBUF_VALUE",
          encode: "BASE64",
        },
        remove: true,
      },
    ],
  },
};

const ROUTER = {
  name: "envoy.filters.http.router",
  typed_config: {
    "@type": extension("filters.http.router.v3.Router"),
    suppress_envoy_headers: true,
  },
};

/** The listener; `routes` is the member that says where its routes are. */
export function listener(gateway: Gateway, routes: object, options: PluginOptions) {
  const limit = (gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT) + MIB;
  return {
    name: "gateway",
    address: socketAddress(gateway.listen ?? DEFAULT_LISTEN),
    per_connection_buffer_limit_bytes: limit,
    filter_chains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: {
              "@type": extension(
                "filters.network.http_connection_manager.v3.HttpConnectionManager",
              ),
              stat_prefix: "gateway",
              codec_type: "AUTO",
              // A model may think for minutes before its first byte.
              stream_idle_timeout: "1800s",
              scheme_header_transformation: { match_upstream: true },
              access_log: [accessLog(gateway)],
              http_filters: [
                HEALTH_CHECK,
                pluginFilter("gateway", listenerConfig(gateway), options),
                ORDER,
                ...rateLimitFilters(gateway),
                ROUTER,
              ],
              ...routes,
            },
          },
        ],
      },
    ],
  };
}
