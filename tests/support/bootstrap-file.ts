// Envoy's configuration files as far as tests read or change them:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/bootstrap/v3/bootstrap.proto
import { PLUGIN } from "./envoy.ts";

interface Address {
  socket_address: { address: string; port_value: number };
}

export interface PluginConfig {
  allow_on_headers_stop_iteration: boolean;
  failure_policy: string;
  configuration: { value: string };
  vm_config: {
    code: { local: { filename: string } };
    environment_variables: { host_env_keys: string[] };
  };
}

interface Filter {
  name: string;
  typed_config: { config?: PluginConfig };
}

interface Listener {
  name: string;
  address: Address;
  per_connection_buffer_limit_bytes: number;
  filter_chains: [
    { filters: [{ typed_config: { access_log: object[]; http_filters: Filter[] } }] },
  ];
}

interface Cluster {
  name: string;
  type: string;
  per_connection_buffer_limit_bytes: number;
  typed_extension_protocol_options?: Record<string, { http_filters?: Filter[] }>;
  /** Clusters of clusters have none. */
  load_assignment?: { endpoints: [{ lb_endpoints: [{ endpoint: { address: Address } }] }] };
  transport_socket?: {
    typed_config: {
      sni: string;
      common_tls_context: {
        validation_context: {
          trusted_ca: { filename: string };
          match_typed_subject_alt_names: object[];
        };
      };
    };
  };
}

export interface Bootstrap {
  admin: { address: Address };
  static_resources: { listeners: Listener[]; clusters: Cluster[] };
}

/** Every configuration of the plugin: of listeners, and of clusters. */
export function pluginConfigs({
  static_resources: { listeners, clusters },
}: Bootstrap): PluginConfig[] {
  const filters = [
    ...listeners.flatMap((own) => own.filter_chains[0].filters[0].typed_config.http_filters),
    ...clusters
      .flatMap((own) => Object.values(own.typed_extension_protocol_options ?? {}))
      .flatMap((options) => options.http_filters ?? []),
  ];
  return filters.flatMap(({ typed_config: { config } }) => config ?? []);
}

/** The same with free ports, the plugin under test, and a stub in place of every provider. */
export function onThisMachine(bootstrap: Bootstrap, port_value: number): Bootstrap {
  bootstrap.admin.address.socket_address.port_value = 0;
  for (const { address } of bootstrap.static_resources.listeners) {
    address.socket_address = { address: "127.0.0.1", port_value: 0 };
  }
  for (const cluster of bootstrap.static_resources.clusters) {
    const endpoints = cluster.load_assignment?.endpoints ?? [];
    if (endpoints.length > 0) cluster.type = "STATIC";
    for (const { lb_endpoints } of endpoints) {
      lb_endpoints[0].endpoint.address.socket_address = { address: "127.0.0.1", port_value };
    }
    delete cluster.transport_socket;
    for (const options of Object.values(cluster.typed_extension_protocol_options ?? {})) {
      // HTTP/2 is agreed on in TLS; plain text is HTTP/1.1.
      const plain = { explicit_http_config: { http_protocol_options: {} } };
      Object.assign(options, { auto_config: undefined, ...plain });
    }
  }
  for (const { vm_config } of pluginConfigs(bootstrap)) vm_config.code.local.filename = PLUGIN;
  return bootstrap;
}
