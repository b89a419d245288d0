// Turns envoy/envoy.yaml into one for this machine; everything that is not named here stays as it is.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** The part of a bootstrap that is read or changed here. */
export interface Bootstrap {
  admin: { address: Address };
  static_resources: { listeners: Listener[]; clusters: Cluster[] };
}

export interface Address {
  socket_address: { address: string; port_value: number };
}

export interface Listener {
  name: string;
  address: Address;
  per_connection_buffer_limit_bytes: number;
  filter_chains: [{ filters: [{ typed_config: ConnectionManager }] }];
}

export interface ConnectionManager {
  access_log: object[];
  http_filters: { name: string; typed_config: { config?: PluginConfig } }[];
}

export interface PluginConfig {
  allow_on_headers_stop_iteration: boolean;
  failure_policy: string;
  configuration: { value: string };
  vm_config: {
    vm_id: string;
    code: { local: { filename: string } };
    environment_variables: { host_env_keys: string[] };
  };
}

export interface Cluster {
  name: string;
  type: string;
  per_connection_buffer_limit_bytes: number;
  typed_extension_protocol_options?: object;
  load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: Address } }] }] };
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

export interface LocalOptions {
  /** The plugin's file. */
  plugin: string;
  adminPort: number;
  /** By listener name; a listener that is not named gets a free port. */
  ports: Map<string, number>;
  /** By cluster name: the port on this machine that stands in for it, in plain text. */
  standIns: Map<string, number>;
}

const TEMPLATE = fileURLToPath(new URL("../envoy/envoy.yaml", import.meta.url));

/** Where systems keep the certificates they trust. */
const TRUST_STORES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
  "/etc/ssl/ca-bundle.pem",
];

/** Reads envoy/envoy.yaml. */
export function readTemplate(): Bootstrap {
  return parse(readFileSync(TEMPLATE, "utf8")) as Bootstrap;
}

/** The plugin configurations of a bootstrap, in the order of its listeners. */
export function pluginConfigs(bootstrap: Bootstrap): PluginConfig[] {
  return bootstrap.static_resources.listeners.flatMap((listener) =>
    connectionManager(listener).http_filters.flatMap((filter) => filter.typed_config.config ?? []),
  );
}

/** The HTTP connection manager of a listener. */
export function connectionManager(listener: Listener): ConnectionManager {
  return listener.filter_chains[0].filters[0].typed_config;
}

/** Changes a bootstrap for this machine: loopback only, own plugin file, ports and stand-ins. */
export function localise(bootstrap: Bootstrap, options: LocalOptions): Bootstrap {
  bootstrap.admin.address.socket_address.port_value = options.adminPort;
  for (const listener of bootstrap.static_resources.listeners) {
    const port_value = options.ports.get(listener.name) ?? 0;
    listener.address.socket_address = { address: "127.0.0.1", port_value };
  }
  for (const { vm_config } of pluginConfigs(bootstrap)) {
    vm_config.code.local.filename = options.plugin;
  }
  for (const cluster of bootstrap.static_resources.clusters) {
    const port = options.standIns.get(cluster.name);
    if (port === undefined) useTrustStore(cluster);
    else useStandIn(cluster, port);
  }
  return bootstrap;
}

function useStandIn(cluster: Cluster, port_value: number): void {
  const { endpoint } = cluster.load_assignment.endpoints[0].lb_endpoints[0];
  cluster.type = "STATIC";
  endpoint.address.socket_address = { address: "127.0.0.1", port_value };
  delete cluster.transport_socket;
  // HTTP/2 is agreed on in TLS; plain text is HTTP/1.1.
  delete cluster.typed_extension_protocol_options;
}

function useTrustStore(cluster: Cluster): void {
  const store = [process.env.SSL_CERT_FILE ?? "", ...TRUST_STORES].find(existsSync);
  if (cluster.transport_socket === undefined || store === undefined) return;
  const { common_tls_context } = cluster.transport_socket.typed_config;
  common_tls_context.validation_context.trusted_ca.filename = store;
}
