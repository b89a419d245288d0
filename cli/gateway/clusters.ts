// A cluster per provider, with the plugin in its filter chain:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/cluster/v3/cluster.proto
import { existsSync } from "node:fs";
import {
  duration,
  extension,
  MIB,
  parseAddress,
  type PluginOptions,
  upstreamFilters,
} from "./envoy-parts.ts";
import {
  clusterConfig,
  DEFAULT_BODY_LIMIT,
  type Gateway,
  type Upstream,
  upgrades,
} from "./gateway.ts";

/** Where a provider's servers are. */
export interface Endpoint {
  host: string;
  port: number;
  tls: boolean;
}

/** Where systems keep the certificates they trust. */
const CA_FILES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

export const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** The cluster of one provider. */
export function cluster(gateway: Gateway, id: string, endpoint: Endpoint, options: PluginOptions) {
  const upstream = gateway.providers[id]?.upstream ?? {};
  const limit = (gateway.requestBodyLimit ?? DEFAULT_BODY_LIMIT) + MIB;
  return {
    name: id,
    ...discovery(endpoint, upstream),
    connect_timeout: duration(upstream.connectTimeout ?? "5s"),
    per_connection_buffer_limit_bytes: limit,
    load_assignment: {
      cluster_name: id,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: {
                  socket_address: { address: endpoint.host, port_value: endpoint.port },
                },
              },
              // Where several providers share one filter chain, it goes by this.
              metadata: { filter_metadata: { "ai-proxy": { provider: id } } },
            },
          ],
        },
      ],
    },
    circuit_breakers: { thresholds: [thresholds(upstream)] },
    ...outlierDetection(upstream),
    ...(endpoint.tls ? { transport_socket: tls(gateway, upstream, endpoint) } : {}),
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        "@type": `type.googleapis.com/${HTTP_OPTIONS}`,
        ...(upgrades(gateway.providers[id]) ? HTTP_1 : protocol(upstream, endpoint)),
        // Shorter than the providers' own, so that no request meets a connection just being closed.
        common_http_protocol_options: { idle_timeout: "55s" },
        http_filters: upstreamFilters(id, clusterConfig(gateway, id), options),
      },
    },
  };
}

/** With outlier detection each address of a name is an endpoint of its own, so that a bad one can be left out. */
function discovery({ host }: Endpoint, { outlierDetection: own }: Upstream): object {
  if (isIp(host)) return { type: "STATIC" };
  return { type: own ? "STRICT_DNS" : "LOGICAL_DNS", dns_lookup_family: "V4_PREFERRED" };
}

function isIp(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(":");
}

/** A WebSocket begins as a request of HTTP/1.1. */
const HTTP_1 = { explicit_http_config: { http_protocol_options: {} } };

/** HTTP/2 where the provider offers it over TLS, else HTTP/1.1. */
function protocol(upstream: Upstream, endpoint: Endpoint): object {
  if (endpoint.tls && upstream.http2 !== false) return { auto_config: {} };
  const kind = upstream.http2 === true ? "http2_protocol_options" : "http_protocol_options";
  return { explicit_http_config: { [kind]: {} } };
}

function thresholds(upstream: Upstream): object {
  return {
    max_connections: upstream.maxConnections ?? 1024,
    max_requests: upstream.maxRequests ?? 1024,
    max_pending_requests: upstream.maxPendingRequests ?? 1024,
    // Fallbacks are retries to Envoy: they are bounded by the requests there are.
    max_retries: upstream.maxRequests ?? 1024,
  };
}

/** Among several addresses; where most of them are bad, Envoy tries them all the same. */
function outlierDetection({ outlierDetection: own }: Upstream): object {
  if (own === false || own === undefined) return {};
  return {
    outlier_detection: {
      consecutive_5xx: own.consecutiveFailures ?? 5,
      consecutive_gateway_failure: own.consecutiveFailures ?? 5,
      interval: duration(own.interval ?? "5s"),
      base_ejection_time: duration(own.ejectionTime ?? "15s"),
      max_ejection_percent: 100,
    },
  };
}

function tls(gateway: Gateway, upstream: Upstream, endpoint: Endpoint) {
  const own = typeof upstream.tls === "object" ? upstream.tls : {};
  const sni = own.sni ?? endpoint.host;
  const filename = own.caFile ?? gateway.caFile ?? systemCaFile();
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": extension("transport_sockets.tls.v3.UpstreamTlsContext"),
      sni,
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename },
          match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: sni } }],
        },
      },
    },
  };
}

function systemCaFile(): string {
  return CA_FILES.find((file) => existsSync(file)) ?? "/etc/ssl/certs/ca-certificates.crt";
}

/** Where a provider is: as its `upstream` says, else where the plugin sends its requests. */
export function endpointOf(gateway: Gateway, id: string, authority: string): Endpoint {
  const entry = gateway.providers[id];
  const upstream = entry?.upstream ?? {};
  const isPlain = Object.values(entry ?? {}).some(
    (value) => typeof value === "string" && value.startsWith("http://"),
  );
  const tls = upstream.tls === undefined ? !isPlain : upstream.tls !== false;
  const text = upstream.address ?? authority;
  const hasPort = /(^|[^:]):\d+$/.test(text) || /\]:\d+$/.test(text);
  const { address, port_value } = parseAddress(hasPort ? text : `${text}:${tls ? 443 : 80}`);
  return { host: address, port: port_value, tls };
}
