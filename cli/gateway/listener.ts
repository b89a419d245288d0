// The one listener of a gateway:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/listener/v3/listener.proto
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

const ACCESS_LOG = {
  name: "envoy.access_loggers.stdout",
  typed_config: {
    "@type": extension("access_loggers.stream.v3.StdoutAccessLog"),
    log_format: {
      omit_empty_values: true,
      json_format: {
        time: "%START_TIME%",
        id: "%STREAM_ID%",
        method: "%REQ(:METHOD)%",
        path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
        status: "%RESPONSE_CODE%",
        flags: "%RESPONSE_FLAGS%",
        details: "%RESPONSE_CODE_DETAILS%",
        route: "%ROUTE_NAME%",
        model: "%FILTER_STATE(wasm.llm_model:PLAIN)%",
        provider: "%FILTER_STATE(wasm.llm_provider:PLAIN)%",
        attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
        failed: "%FILTER_STATE(wasm.llm_attempts:PLAIN)%",
        consumer: "%FILTER_STATE(wasm.llm_consumer:PLAIN)%",
        tokens: "%FILTER_STATE(wasm.llm_total_tokens:PLAIN)%",
        upstream: "%UPSTREAM_HOST%",
        bytes_received: "%BYTES_RECEIVED%",
        bytes_sent: "%BYTES_SENT%",
        duration_ms: "%DURATION%",
        first_byte_ms: "%RESPONSE_DURATION%",
      },
    },
  },
};

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
              // Realtime sessions.
              upgrade_configs: [{ upgrade_type: "websocket" }],
              access_log: [ACCESS_LOG],
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
