// What the control planes of Higress, Istio and Envoy Gateway make of the manifests in deploy/.
import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PLUGIN, pluginFilter } from "./envoy.ts";
import { type HigressWasmPlugin, higressConfig } from "./higress.ts";
import {
  type EnvoyFilterSpec,
  type Mesh,
  type PatchOperation,
  withEnvoyFilter,
  withOperation,
} from "./mesh.ts";
import { objectsOf, ofKind, theOnly } from "./objects.ts";

/** Keys of the providers, as their containers have them. */
export const KEYS = { OPENAI_API_KEY: "sk-o", ANTHROPIC_API_KEY: "sk-c", GROQ_API_KEY: "sk-g" };
export const HIGRESS = "deploy/higress/ai-proxy.yaml";
const HCM = "envoy.filters.network.http_connection_manager";

/** The routes of one host or of several, all to one cluster. */
export interface VirtualHost {
  domains: string[];
  route: string;
  cluster: string;
  perFilter?: object;
}

function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}

export function loopback(port_value: number) {
  return { socket_address: { address: "127.0.0.1", port_value } };
}

export const ROUTER = {
  name: "envoy.filters.http.router",
  typed_config: { "@type": extension("filters.http.router.v3.Router") },
};

/** The network filters of a listener as control planes make it, with these HTTP filters before the router. */
function networkFilters(httpFilters: object[], hosts: VirtualHost[]) {
  const virtual_hosts = hosts.map(({ domains, route, cluster, perFilter }) => ({
    name: route,
    domains,
    routes: [
      {
        name: route,
        match: { prefix: "/" },
        route: { cluster, timeout: "0s" },
        ...(perFilter === undefined ? {} : { typed_per_filter_config: perFilter }),
      },
    ],
  }));
  const typed_config = {
    "@type": extension("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "mesh",
    http_filters: [...httpFilters, ROUTER] as { name: string }[],
    route_config: { virtual_hosts },
  };
  return [{ name: HCM, typed_config }];
}

function listener(name: string, httpFilters: object[], hosts: VirtualHost[]) {
  const filter_chains = [{ filters: networkFilters(httpFilters, hosts) }];
  return { name, address: loopback(0), filter_chains };
}

export function cluster(name: string, port: number) {
  const lb_endpoints = [{ endpoint: { address: loopback(port) } }];
  const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints }] };
  return { name, type: "STATIC", load_assignment };
}

/** A Higress with a WasmPlugin: routes are named by their Ingress, clusters by their registry. */
export function higress(name: string, spec: HigressWasmPlugin, hosts: VirtualHost[]) {
  return listener(name, [pluginFilter(name, higressConfig(spec), KEYS)], hosts);
}

const NAMESPACE = "higress-system";

export function higressHosts(): VirtualHost[] {
  return ofKind<{ rules: { host: string }[] }>(objectsOf(HIGRESS), "Ingress").map(
    ({ metadata, spec }) => {
      const { name, namespace, annotations } = metadata;
      const [service, port] = (annotations?.["higress.io/destination"] ?? "").split(":");
      const domains = spec.rules.map(({ host }) => host);
      const route = namespace === NAMESPACE ? name : `${namespace}/${name}`;
      return { domains, route, cluster: `outbound|${port}||${service}` };
    },
  );
}

/** Istio's gateway with the EnvoyFilter; what the agent fetches from a registry is the plugin under test. */
export function istio(port: number, folder: string): Mesh {
  const objects = objectsOf("deploy/istio/ai-proxy.yaml");
  type Service = {
    hosts: string[];
    http: [{ name: string; route: [{ destination: { host: string; port: { number: number } } }] }];
  };
  const hosts = ofKind<Service>(objects, "VirtualService").map(({ spec }) => {
    const [{ name, route }] = spec.http;
    const {
      host,
      port: { number },
    } = route[0].destination;
    return { domains: spec.hosts, route: name, cluster: `outbound|${number}||${host}` };
  });
  const start = {
    listeners: [listener("istio", [], hosts)],
    clusters: hosts.map((own) => cluster(own.cluster, port)),
    extensions: [],
  };
  const { spec } = theOnly<EnvoyFilterSpec>(objects, "EnvoyFilter");
  const mesh = withEnvoyFilter(start, spec);
  const path = join(folder, "extensions.json");
  writeExtensions(path, mesh, PLUGIN);
  const ads = '"ads":{}';
  const text = JSON.stringify(mesh);
  assert.ok(text.includes(ads));
  const source = JSON.stringify({ path_config_source: { path } }).slice(1, -1);
  return JSON.parse(text.replace(ads, () => source)) as Mesh;
}

/** Hands a mesh's extensions to Envoy as the agent does: with a module in a file, in place of where it is fetched from. */
export function writeExtensions(path: string, { extensions }: Mesh, filename: string): void {
  const resources = extensions.map((own) => {
    const remote = /"code":\{"remote":\{"http_uri":\{"uri":"oci:[^}]+\}\}\}/;
    assert.match(JSON.stringify(own), remote);
    const code = JSON.stringify({ local: { filename } });
    const config = JSON.stringify(own).replace(remote, () => `"code":${code}`);
    const type = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
    return { "@type": type, ...(JSON.parse(config) as object) };
  });
  writeFileSync(`${path}.new`, JSON.stringify({ version_info: filename, resources }));
  renameSync(`${path}.new`, path);
}

/** Envoy Gateway: every filter is there for all routes, switched off, and switched on by each. */
export function envoyGateway(port: number) {
  const objects = objectsOf("deploy/envoy-gateway/ai-proxy.yaml");
  const gateway = theOnly<{ listeners: [{ name: string }] }>(objects, "Gateway");
  const wasm = gatewayFilter();
  const on = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: {} };
  type Route = { hostnames: string[]; rules: [{ backendRefs: [{ name: string }] }] };
  const hosts = ofKind<Route>(objects, "HTTPRoute").map(({ metadata, spec }) => ({
    domains: spec.hostnames,
    route: `httproute/default/${metadata.name}/rule/0`,
    cluster: `httproute/default/${metadata.name}/rule/0`,
    perFilter: { [wasm.name]: on },
  }));
  const name = `default/${gateway.metadata.name}/${gateway.spec.listeners[0].name}`;
  const default_filter_chain = { filters: networkFilters([wasm], hosts) };
  const start = { name, address: loopback(0), default_filter_chain };
  const patches = theOnly<{ jsonPatches: PatchOperation[] }>(objects, "EnvoyPatchPolicy");
  const patched = patches.spec.jsonPatches.reduce((resource, patch) => {
    assert.equal(patch.name, name);
    return withOperation(resource, patch);
  }, start);
  return { listener: patched, clusters: hosts.map((found) => cluster(found.cluster, port)) };
}

/** The filter as Envoy Gateway makes it, without what only a patch can set. */
function gatewayFilter() {
  const objects = objectsOf("deploy/envoy-gateway/ai-proxy.yaml");
  type Extension = { wasm: [{ name: string; rootID: string; config: object }] };
  const policy = theOnly<Extension>(objects, "EnvoyExtensionPolicy");
  const [{ name, rootID, config }] = policy.spec.wasm;
  const id = `envoyextensionpolicy/default/${policy.metadata.name}/wasm/0`;
  const { typed_config } = pluginFilter(rootID, config, KEYS);
  const { allow_on_headers_stop_iteration, failure_policy, ...own } = typed_config.config;
  assert.ok(allow_on_headers_stop_iteration && failure_policy, "these are the patch's to set");
  const vm_config = { ...own.vm_config, vm_id: id };
  return {
    name: `envoy.filters.http.wasm/${id}`,
    disabled: true,
    typed_config: { ...typed_config, config: { ...own, name, vm_config } },
  };
}
