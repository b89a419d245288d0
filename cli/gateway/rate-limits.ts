// What Envoy asks its rate limit service, for limits that several gateways share:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/rate_limit_filter
import { duration, extension, MIB, parseAddress } from "./envoy-parts.ts";
import type { Gateway, RateLimitService } from "./gateway.ts";

/** The cluster of the service. */
const CLUSTER = "rate-limit-service";
const FILTER = "envoy.filters.http.ratelimit";
const DEFAULT_DOMAIN = "envoy-ai-proxy";
const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** The filter behind the plugin, none where no service is configured. */
export function rateLimitFilters({ rateLimitService: service }: Gateway): object[] {
  if (service === undefined) return [];
  return [
    {
      name: FILTER,
      typed_config: {
        "@type": extension("filters.http.ratelimit.v3.RateLimit"),
        domain: service.domain ?? DEFAULT_DOMAIN,
        timeout: duration(service.timeout ?? "100ms"),
        failure_mode_deny: service.failClosed ?? false,
        rate_limit_service: {
          transport_api_version: "V3",
          grpc_service: { envoy_grpc: { cluster_name: CLUSTER } },
        },
      },
    },
  ];
}

/** What is counted: requests by consumer and model, and the tokens when an answer is over. */
export function rateLimits({ rateLimitService: service }: Gateway): object {
  if (service === undefined) return {};
  const unit = (descriptor_value: string) => ({
    generic_key: { descriptor_key: "unit", descriptor_value },
  });
  // The consumer's header is taken off before the answer comes.
  const consumer = {
    extension: {
      name: "envoy.rate_limit_descriptors.expr",
      typed_config: {
        "@type": extension("rate_limit_descriptors.expr.v3.Descriptor"),
        descriptor_key: "consumer",
        text: "filter_state['wasm.llm_consumer']",
      },
    },
  };
  const model = { request_headers: { header_name: "x-llm-model", descriptor_key: "model" } };
  const limits = {
    "@type": extension("filters.http.ratelimit.v3.RateLimitPerRoute"),
    rate_limits: [
      { actions: [unit("requests"), model] },
      { actions: [unit("requests"), consumer] },
      { actions: [unit("requests"), consumer, model] },
      // Asks whether tokens are left, and takes none.
      { actions: [unit("tokens"), consumer], hits_addend: { number: 0 } },
      {
        actions: [unit("tokens"), consumer],
        hits_addend: { format: "%FILTER_STATE(wasm.llm_total_tokens:PLAIN)%" },
        apply_on_stream_done: true,
      },
    ],
  };
  return { typed_per_filter_config: { [FILTER]: limits } };
}

/** The cluster of the service, none where none is configured. */
export function rateLimitClusters({ rateLimitService: service }: Gateway): object[] {
  return service === undefined ? [] : [cluster(service)];
}

function cluster({ address }: RateLimitService): object {
  const socket_address = parseAddress(address);
  const isIp = /^[\d.]+$/.test(socket_address.address) || socket_address.address.includes(":");
  return {
    name: CLUSTER,
    type: isIp ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    per_connection_buffer_limit_bytes: MIB,
    load_assignment: {
      cluster_name: CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address } } }] }],
    },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        "@type": `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}
