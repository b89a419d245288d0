// The manifests in deploy/: kinds by their schemas, references, and every plugin configuration by the plugin.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { WasmHost } from "../host/wasm-host.ts";
import { manifests } from "../release/manifests.ts";
import { PLUGIN } from "./support/envoy.ts";
import { type HigressWasmPlugin, higressConfig } from "./support/higress.ts";
import { objectsOf, ofKind, problemsWith, schemaOf, theOnly } from "./support/objects.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const withoutPlugin = existsSync(PLUGIN) ? false : "the plugin is not built";
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
};

const FILES = readdirSync(join(ROOT, "deploy"), { recursive: true })
  .map((name) => `deploy/${String(name)}`)
  // Prometheus and Grafana read files of their own kinds.
  .filter((name) => name.endsWith(".yaml") && !/^deploy\/(grafana|prometheus)\//.test(name))
  .sort();

test("every file is objects with names, each once", () => {
  assert.ok(FILES.length >= 10);
  for (const file of FILES.filter((name) => !name.endsWith("kustomization.yaml"))) {
    const ids = objectsOf(file).map(({ apiVersion, kind, metadata }) => {
      assert.match(apiVersion, /^([a-z0-9.-]+\/)?v\d+(alpha\d|beta\d)?$/, file);
      assert.match(metadata.name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, file);
      return `${kind}/${metadata.name}`;
    });
    assert.equal(new Set(ids).size, ids.length, file);
  }
});

test("every image of the plugin is the one of this version", () => {
  const tags = FILES.flatMap((file) => [
    ...readFileSync(join(ROOT, file), "utf8").matchAll(/envoy-ai-proxy:([\w.-]+)/g),
  ]).map(([, tag]) => tag);
  assert.deepEqual(new Set(tags), new Set([version, `${version}-volume`]));
});

test(
  "the gateway's manifests are what comes of gateway.yaml",
  { skip: withoutPlugin },
  async () => {
    for (const [file, text] of await manifests()) {
      const why = "npm run generate:deploy, and read the difference";
      assert.equal(readFileSync(join(ROOT, file), "utf8"), text, `${file}: ${why}`);
    }
  },
);

test("the schemas know the objects, and refuse what they do not know", () => {
  const plugin = theOnly<object>(objectsOf("deploy/higress/ai-proxy.yaml"), "WasmPlugin");
  const gateway = objectsOf("deploy/envoy-gateway/ai-proxy.yaml");
  const policy = theOnly<object>(gateway, "EnvoyExtensionPolicy");
  const higress = "higress-wasmplugin-crd.yaml";
  const envoyGateway = "envoy-gateway-envoyextensionpolicy-crd.yaml";
  assert.equal(problemsWith(plugin, higress), "");
  assert.equal(problemsWith(policy, envoyGateway), "");
  const misspelt = { ...plugin, spec: { ...plugin.spec, matchRule: [] } };
  assert.match(problemsWith(misspelt, higress), /additional properties/);
  assert.match(problemsWith({ ...plugin, apiVersion: "x/v1" }, higress), /is not v1alpha1/);
  const wrong = { ...policy, spec: { ...policy.spec, wasm: [{ name: "no code" }] } };
  assert.match(problemsWith(wrong, envoyGateway), /must have required property 'code'/);
});

test("neither Istio nor Envoy Gateway can let a plugin hold headers without a patch", () => {
  // Where one can, the patch of the manifest and its page are to go.
  for (const kind of ["istio-wasmplugin", "envoy-gateway-envoyextensionpolicy"]) {
    const { schema } = schemaOf(`${kind}-crd.yaml`);
    assert.doesNotMatch(JSON.stringify(schema), /stop.?iteration/i, kind);
  }
});

interface Configured {
  file: string;
  config: object | string;
  /** Variables that the plugin can read there. */
  variables: string[];
  cluster?: boolean;
}

function higress(): Configured {
  const file = "deploy/higress/ai-proxy.yaml";
  const { spec } = theOnly<HigressWasmPlugin>(objectsOf(file), "WasmPlugin");
  const variables = spec.vmConfig?.env.map(({ name, valueFrom }) => {
    assert.equal(valueFrom, "HOST", "a key has no place in an object that is no Secret");
    return name;
  });
  return { file, config: higressConfig(spec) ?? {}, variables: variables ?? [] };
}

function envoyGateway(): Configured {
  const file = "deploy/envoy-gateway/ai-proxy.yaml";
  type Wasm = { config: object; env: { hostKeys: string[] } };
  const { spec } = theOnly<{ wasm: [Wasm] }>(objectsOf(file), "EnvoyExtensionPolicy");
  const [{ config, env }] = spec.wasm;
  return { file, config, variables: env.hostKeys };
}

/** Every Wasm filter anywhere in a file, also inside the YAML that a ConfigMap holds. */
function filters(file: string): Configured[] {
  const found: Configured[] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value === "string" && path.endsWith("/envoy.yaml")) visit(parse(value), path);
    if (typeof value !== "object" || value === null) return;
    const config = value as {
      configuration?: { value: string };
      vm_config?: { environment_variables: { host_env_keys: string[] } };
    };
    if (config.vm_config !== undefined) {
      const variables = config.vm_config.environment_variables.host_env_keys;
      const cluster = path.includes("typed_extension_protocol_options");
      found.push({ file, config: config.configuration?.value ?? "", variables, cluster });
    }
    for (const [key, own] of Object.entries(value)) visit(own, `${path}/${key}`);
  };
  visit(objectsOf(file), "");
  return found;
}

test(
  "the plugin takes every configuration, without a warning",
  { skip: withoutPlugin },
  async () => {
    const all = [
      ...[higress(), envoyGateway(), ...filters("deploy/istio/ai-proxy.yaml")],
      ...["kubernetes", "istio", "envoy-gateway"].flatMap((name) =>
        filters(`deploy/${name}/gateway.yaml`),
      ),
    ];
    assert.ok(all.length >= 12, `${all.length}`);
    const host = await WasmHost.load(PLUGIN);
    for (const { file, config, variables, cluster } of all) {
      const env = Object.fromEntries(variables.map((name) => [name, `sk-${name}`]));
      const vm = await host.vm({ env });
      const root = vm.configure(config, { placement: cluster === true ? "cluster" : "listener" });
      assert.equal(root.ok, true, `${file}: ${root.logs.map(({ text }) => text).join("; ")}`);
      assert.deepEqual(
        root.logs.filter(({ text }) => text.startsWith("configuration")),
        [],
        file,
      );
    }
  },
);

describe("Higress", () => {
  const objects = objectsOf("deploy/higress/ai-proxy.yaml");
  type Bridge = { registries: { name: string; type: string; domain: string; port: number }[] };
  const { registries } = theOnly<Bridge>(objects, "McpBridge").spec;
  const ingresses = ofKind<{ ingressClassName: string; rules: { host: string }[] }>(
    objects,
    "Ingress",
  );

  test("each Ingress leads to a registry, and holds for its host as well", () => {
    assert.equal(ingresses.length, registries.length);
    for (const { metadata, spec } of ingresses) {
      const annotations = metadata.annotations ?? {};
      const destination = annotations["higress.io/destination"];
      const found = registries.find(
        ({ name, type, port }) => destination === `${name}.${type}:${port}`,
      );
      assert.ok(found, destination);
      assert.equal(annotations["higress.io/proxy-ssl-name"], found.domain);
      assert.deepEqual(spec.rules.map(({ host }) => host).slice(1), [found.domain]);
    }
  });

  test("the rules name Ingresses, hosts and services that are there", () => {
    const { matchRules = [] } = theOnly<HigressWasmPlugin>(objects, "WasmPlugin").spec;
    const hosts = ingresses.flatMap(({ spec }) => spec.rules.map(({ host }) => host));
    const names = ingresses.map(({ metadata }) => metadata.name);
    const services = registries.map(({ name, type, port }) => `${name}.${type}:${port}`);
    for (const { ingress = [], domain = [], service = [] } of matchRules) {
      assert.ok(ingress.every((name) => names.includes(name)));
      assert.ok(domain.every((name) => hosts.includes(name)));
      assert.ok(service.every((name) => services.includes(name)));
    }
    assert.equal(matchRules.length, 3);
  });
});

describe("Istio", () => {
  const objects = objectsOf("deploy/istio/ai-proxy.yaml");

  test("each VirtualService leads to a host with TLS, and holds for that host as well", () => {
    type Service = {
      hosts: string[];
      gateways: string[];
      http: [{ route: [{ destination: { host: string; port: { number: number } } }] }];
    };
    type Gateway = { servers: [{ hosts: string[] }] };
    const gateway = theOnly<Gateway>(objects, "Gateway");
    const entries = ofKind<{ hosts: string[]; ports: [{ number: number }] }>(
      objects,
      "ServiceEntry",
    );
    const rules = ofKind<{ host: string; trafficPolicy: { tls: object } }>(
      objects,
      "DestinationRule",
    );
    const services = ofKind<Service>(objects, "VirtualService");
    assert.equal(services.length, 2);
    for (const { spec } of services) {
      assert.deepEqual(spec.gateways, [gateway.metadata.name]);
      const { host, port } = spec.http[0].route[0].destination;
      assert.ok(spec.hosts.includes(host));
      const served = gateway.spec.servers[0].hosts;
      assert.ok(spec.hosts.every((name) => served.includes(name)));
      const entry = entries.find((own) => own.spec.hosts.includes(host));
      assert.equal(entry?.spec.ports[0].number, port.number);
      const tls = rules.find((own) => own.spec.host === host)?.spec.trafficPolicy.tls;
      assert.deepEqual(tls, { mode: "SIMPLE", sni: host, subjectAltNames: [host] });
    }
  });
});

describe("Envoy Gateway", () => {
  const objects = objectsOf("deploy/envoy-gateway/ai-proxy.yaml");
  const has = ({ kind, name }: { kind: string; name: string }) =>
    objects.some((own) => own.kind === kind && own.metadata.name === name);

  test("every reference is to an object of the file", () => {
    type Ref = { kind: string; name: string };
    const refs: Ref[] = [];
    const visit = (value: unknown, key: string) => {
      if (typeof value !== "object" || value === null) return;
      const ref = value as Ref;
      if (/^(targetRefs?|backendRefs|parametersRef)$/.test(key) && "name" in ref) refs.push(ref);
      for (const [name, own] of Object.entries(value)) {
        visit(own, Array.isArray(value) ? key : name);
      }
    };
    visit(objects, "");
    assert.ok(refs.length >= 9, `${refs.length}`);
    for (const ref of refs) assert.ok(has(ref), `${ref.kind}/${ref.name}`);
    const gateway = theOnly<{ gatewayClassName: string }>(objects, "Gateway");
    assert.ok(has({ kind: "GatewayClass", name: gateway.spec.gatewayClassName }));
    for (const { spec } of ofKind<{ parentRefs: [{ name: string }] }>(objects, "HTTPRoute")) {
      assert.equal(spec.parentRefs[0].name, gateway.metadata.name);
    }
  });

  test("the variables that the plugin reads come from the Secret", () => {
    type Container = { env: { name: string; valueFrom: { secretKeyRef: object } }[] };
    type Proxy = { provider: { kubernetes: { envoyDeployment: { container: Container } } } };
    const { spec } = theOnly<Proxy>(objects, "EnvoyProxy");
    const { env } = spec.provider.kubernetes.envoyDeployment.container;
    assert.deepEqual(env.map(({ name }) => name).sort(), envoyGateway().variables.sort());
    for (const { name, valueFrom } of env) {
      assert.deepEqual(valueFrom.secretKeyRef, { name: "ai-proxy-keys", key: name });
    }
  });

  test("the gateway is Istio's, said in another way", () => {
    type Patches = { configPatches: { patch: { value: object } }[] };
    type Operations = { jsonPatches: { operation: { value: object } }[] };
    const filter = theOnly<Patches>(objectsOf("deploy/istio/gateway.yaml"), "EnvoyFilter");
    const file = "deploy/envoy-gateway/gateway.yaml";
    const policy = theOnly<Operations>(objectsOf(file), "EnvoyPatchPolicy");
    assert.deepEqual(
      policy.spec.jsonPatches.map(({ operation }) => operation.value),
      filter.spec.configPatches.map(({ patch }) => patch.value),
    );
  });
});
