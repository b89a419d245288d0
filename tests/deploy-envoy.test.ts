// The manifests of meshes in a real Envoy: what each control plane makes of them, with a stub behind it.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { type Bootstrap, onThisMachine } from "./support/bootstrap-file.ts";
import { PLUGIN, pluginFilter, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { type HigressWasmPlugin, higressConfig } from "./support/higress.ts";
import {
  type EnvoyFilterSpec,
  type Mesh,
  type PatchOperation,
  withEnvoyFilter,
  withOperation,
} from "./support/mesh.ts";
import { objectsOf, ofKind, theOnly } from "./support/objects.ts";
import { type RawProvider, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION, MESSAGES } from "./support/watched-gateway.ts";

const KEYS = { OPENAI_API_KEY: "sk-o", ANTHROPIC_API_KEY: "sk-c", GROQ_API_KEY: "sk-g" };
const HCM = "envoy.filters.network.http_connection_manager";
const MIB = 1024 * 1024;
const options = { skip: existsSync(PLUGIN) ? false : "the plugin is not built" };

const CLAUDE_MESSAGE = {
  ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5" },
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};

/** The routes of one host or of several, all to one cluster. */
interface VirtualHost {
  domains: string[];
  route: string;
  cluster: string;
  perFilter?: object;
}

function extension(name: string): string {
  return `type.googleapis.com/envoy.extensions.${name}`;
}

function loopback(port_value: number) {
  return { socket_address: { address: "127.0.0.1", port_value } };
}

const ROUTER = {
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

function cluster(name: string, port: number) {
  const lb_endpoints = [{ endpoint: { address: loopback(port) } }];
  const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints }] };
  return { name, type: "STATIC", load_assignment };
}

/** A Higress with a WasmPlugin: routes are named by their Ingress, clusters by their registry. */
function higress(name: string, spec: HigressWasmPlugin, hosts: VirtualHost[]) {
  return listener(name, [pluginFilter(name, higressConfig(spec), KEYS)], hosts);
}

const HIGRESS = "deploy/higress/ai-proxy.yaml";
const NAMESPACE = "higress-system";

function higressHosts(): VirtualHost[] {
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

/** Rules of every kind, over two services, routes of two namespaces, and hosts. */
const RULES = parse(`
defaultConfig:
  provider: { type: groq, apiTokens: [default] }
matchRules:
  - { ingress: [team/chat], service: ["a.dns"], config: { provider: { type: groq, apiTokens: [both] } } }
  - { domain: ["*.wild.test"], config: { provider: { type: groq, apiTokens: [domain] } } }
  - { service: ["b.dns:443"], config: { provider: { type: groq, apiTokens: [service] } } }
  - { ingress: [disabled], configDisable: true, config: { provider: { type: groq, apiTokens: [never] } } }
  - { domain: [off.test], config: {} }
`) as HigressWasmPlugin;

const RULE_HOSTS: VirtualHost[] = [
  { domains: ["both.test"], route: "team/chat", cluster: "outbound|443||a.dns" },
  { domains: ["x.wild.test"], route: "wild", cluster: "outbound|443||a.dns" },
  { domains: ["service.test"], route: "team/chat", cluster: "outbound|443||b.dns" },
  { domains: ["disabled.test"], route: "disabled", cluster: "outbound|443||a.dns" },
  { domains: ["*"], route: "rest", cluster: "outbound|443||a.dns" },
];

/** Istio's gateway with the EnvoyFilter; what the agent fetches from a registry is the plugin under test. */
function istio(port: number, folder: string): Mesh {
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
  const local = { local: { filename: PLUGIN } };
  const path = join(folder, "extensions.json");
  const ads = '"ads":{}';
  const whole = JSON.stringify(mesh);
  assert.ok(whole.includes(ads));
  const found = JSON.parse(
    whole.replace(ads, `"path_config_source":{"path":${JSON.stringify(path)}}`),
  ) as Mesh;
  const resources = found.extensions.map((own) => {
    const text = JSON.stringify(own);
    const type = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
    const remote = /"code":\{"remote":\{"http_uri":\{"uri":"oci:[^}]+\}\}\}/;
    assert.match(text, remote);
    const config = text.replace(remote, () => `"code":${JSON.stringify(local)}`);
    return { "@type": type, ...(JSON.parse(config) as object) };
  });
  writeFileSync(path, JSON.stringify({ version_info: "1", resources }));
  return found;
}

/** Envoy Gateway: every filter is there for all routes, switched off, and switched on by each. */
function envoyGateway(port: number) {
  const objects = objectsOf("deploy/envoy-gateway/ai-proxy.yaml");
  type Extension = { wasm: [{ name: string; rootID: string; config: object }] };
  const policy = theOnly<Extension>(objects, "EnvoyExtensionPolicy");
  const gateway = theOnly<{ listeners: [{ name: string }] }>(objects, "Gateway");
  const [{ name, rootID, config }] = policy.spec.wasm;
  const id = `envoyextensionpolicy/default/${policy.metadata.name}/wasm/0`;
  const filter = pluginFilter(rootID, config, KEYS);
  const { allow_on_headers_stop_iteration, failure_policy, ...own } = filter.typed_config.config;
  assert.ok(allow_on_headers_stop_iteration && failure_policy, "these are the patch's to set");
  const vm_config = { ...own.vm_config, vm_id: id };
  const typed_config = { ...filter.typed_config, config: { ...own, name, vm_config } };
  const wasm = { name: `envoy.filters.http.wasm/${id}`, disabled: true, typed_config };
  const on = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", config: {} };
  type Route = { hostnames: string[]; rules: [{ backendRefs: [{ name: string }] }] };
  const hosts = ofKind<Route>(objects, "HTTPRoute").map(({ metadata, spec }) => ({
    domains: spec.hostnames,
    route: `httproute/default/${metadata.name}/rule/0`,
    cluster: `httproute/default/${metadata.name}/rule/0`,
    perFilter: { [wasm.name]: on },
  }));
  const listenerName = `default/${gateway.metadata.name}/${gateway.spec.listeners[0].name}`;
  const start = {
    name: listenerName,
    address: loopback(0),
    default_filter_chain: { filters: networkFilters([wasm], hosts) },
  };
  const patches = theOnly<{ jsonPatches: PatchOperation[] }>(objects, "EnvoyPatchPolicy");
  const patched = patches.spec.jsonPatches.reduce((resource, patch) => {
    assert.equal(patch.name, listenerName);
    return withOperation(resource, patch);
  }, start);
  return { listener: patched, clusters: hosts.map((found) => cluster(found.cluster, port)) };
}

/** Sends a chat request to a listener under a host, and tells what came of it. */
function chat(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host, "content-type": "application/json", authorization: "Bearer client" };
    const path = "/v1/chat/completions";
    const sent = request({ port, method: "POST", path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ model: "gpt-4o", messages: MESSAGES }));
  });
}

describe("a mesh's manifest in Envoy", options, () => {
  const folder = mkdtempSync(join(tmpdir(), "mesh-"));
  let provider: RawProvider;
  let envoy: TestEnvoy;
  let mesh: Mesh;

  before(async () => {
    provider = await startRawProvider((socket, received) => {
      const isClaude = received.path === "/v1/messages";
      const answer = JSON.stringify(isClaude ? CLAUDE_MESSAGE : COMPLETION);
      return whole(200, answer)(socket, received);
    });
    const { port } = provider;
    const hosts = higressHosts();
    const { spec } = theOnly<HigressWasmPlugin>(objectsOf(HIGRESS), "WasmPlugin");
    mesh = istio(port, folder);
    const gateway = envoyGateway(port);
    const rest = { domains: ["*"], route: "rest", cluster: "outbound|443||a.dns" };
    const names = [
      ...hosts.map((own) => own.cluster),
      "outbound|443||a.dns",
      "outbound|443||b.dns",
    ];
    envoy = await startEnvoyWith(
      {
        admin: { address: loopback(0) },
        node: { id: "test", cluster: "test" },
        static_resources: {
          listeners: [
            higress("higress", spec, [...hosts, rest]),
            higress("rules", RULES, RULE_HOSTS),
            ...mesh.listeners,
            gateway.listener,
          ],
          clusters: [
            ...names.map((name) => cluster(name, port)),
            ...mesh.clusters,
            ...gateway.clusters,
          ],
        },
      } as Parameters<typeof startEnvoyWith>[0],
      { environment: KEYS },
    );
  });

  after(async () => {
    await envoy?.stop();
    await provider?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Host, path and credential that the provider got. */
  async function received(listenerIndex: number, host: string): Promise<string> {
    const count = provider.requests.length;
    assert.equal(await chat(envoy.ports[listenerIndex] ?? 0, host), 200, host);
    const [own, ...others] = provider.requests.slice(count);
    assert.equal(others.length, 0);
    const { headers, path } = own as (typeof provider.requests)[0];
    return `${headers.host}${path} ${headers["x-api-key"] ?? headers.authorization}`;
  }

  const OPENAI = "api.openai.com/v1/chat/completions Bearer sk-o";
  const CLAUDE = "api.anthropic.com/v1/messages sk-c";
  const GROQ = "api.groq.com/openai/v1/chat/completions Bearer";

  test("Higress: each host and route gets the provider of its rule, others pass", async () => {
    assert.equal(await received(0, "llm.example.com"), OPENAI);
    assert.equal(await received(0, "claude.llm.example.com"), CLAUDE);
    assert.equal(await received(0, "groq.llm.example.com:80"), `${GROQ} sk-g`);
    const untouched = "other.test/v1/chat/completions Bearer client";
    assert.equal(await received(0, "other.test"), untouched);
  });

  test("Higress: rules by route and service, by domain, by service, disabled, switched off", async () => {
    assert.equal(await received(1, "both.test"), `${GROQ} both`);
    assert.equal(await received(1, "x.wild.test"), `${GROQ} domain`);
    assert.equal(await received(1, "service.test"), `${GROQ} service`);
    assert.equal(await received(1, "disabled.test"), `${GROQ} default`);
    assert.equal(await received(1, "any.test"), `${GROQ} default`);
    assert.equal(await received(1, "off.test"), "off.test/v1/chat/completions Bearer client");
  });

  test("Istio: each host gets the provider of its rule", async () => {
    assert.equal(await received(2, "llm.example.com"), OPENAI);
    assert.equal(await received(2, "claude.llm.example.com"), CLAUDE);
  });

  test("Istio: listener and clusters buffer what the plugin does", () => {
    for (const part of [...mesh.listeners, ...mesh.clusters]) {
      const { per_connection_buffer_limit_bytes } = part as unknown as Record<string, number>;
      assert.equal(per_connection_buffer_limit_bytes, 32 * MIB, part.name);
    }
    const [filter] = mesh.listeners[0]?.filter_chains[0]?.filters ?? [];
    const names = filter?.typed_config.http_filters.map(({ name }) => name);
    assert.deepEqual(names, ["ai-proxy", ROUTER.name]);
    assert.match(JSON.stringify(filter), /"stream_idle_timeout":"1800s"/);
  });

  test("Envoy Gateway: each host gets the provider of its rule", async () => {
    assert.equal(await received(3, "llm.example.com"), OPENAI);
    assert.equal(await received(3, "claude.llm.example.com"), CLAUDE);
  });
});

test("the gateway's EnvoyFilter in Envoy: the next provider answers", options, async () => {
  const { spec } = theOnly<EnvoyFilterSpec>(objectsOf("deploy/istio/gateway.yaml"), "EnvoyFilter");
  const { listeners, clusters } = withEnvoyFilter(
    { listeners: [], clusters: [], extensions: [] },
    spec,
  );
  const provider = await startRawProvider((socket, received) =>
    received.path === "/v1/messages"
      ? whole(200, JSON.stringify(CLAUDE_MESSAGE))(socket, received)
      : whole(503, '{"error":{"message":"no"}}')(socket, received),
  );
  const admin = { address: loopback(0) };
  const parts = { admin, static_resources: { listeners, clusters } } as unknown as Bootstrap;
  const envoy = await startEnvoyWith(onThisMachine(parts, provider.port), { environment: KEYS });
  try {
    assert.equal(await chat(envoy.ports[0] ?? 0, "llm.example.com"), 200);
    assert.deepEqual(
      provider.requests.map(({ headers, path }) => `${headers.host}${path}`),
      ["api.openai.com/v1/chat/completions", "api.anthropic.com/v1/messages"],
    );
  } finally {
    await envoy.stop();
    await provider.close();
  }
});
