// deploy/kubernetes: an Envoy of its own. The kinds are Kubernetes' own, so that what has to fit is looked at here.
// https://kubernetes.io/docs/reference/kubernetes-api/
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { type Bootstrap, onThisMachine, pluginConfigs } from "./support/bootstrap-file.ts";
import { PLUGIN, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { objectsOf, theOnly } from "./support/objects.ts";
import { chunk, CHUNKS_END, send, startRawProvider, STREAM_HEAD } from "./support/raw-provider.ts";
import { DONE, event, finishOf, startOf } from "./support/watched-gateway.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = "deploy/kubernetes";
const withoutPlugin = existsSync(PLUGIN) ? false : "the plugin is not built";

type Labels = Record<string, string>;

interface Probe {
  httpGet?: { path: string; port: string };
  tcpSocket?: { port: string };
  periodSeconds: number;
}

interface Container {
  image: string;
  command: string[];
  args: string[];
  env: { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
  ports: { name: string; containerPort: number }[];
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
  lifecycle: { preStop: { exec: { command: [string, string, string] } } };
  resources: { requests: Labels; limits: Labels };
  securityContext: object;
  volumeMounts: { name: string; mountPath: string; readOnly: boolean }[];
}

type Volume = { name: string } & Record<string, unknown>;

interface PodSpec {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: Record<string, unknown>;
  containers: [Container];
  volumes: Volume[];
}

interface DeploymentSpec {
  replicas?: number;
  selector: { matchLabels: Labels };
  template: { metadata: { labels: Labels }; spec: PodSpec };
}

const { resources } = parse(read("kustomization.yaml")) as { resources: string[] };
const objects = resources.flatMap((file) => objectsOf(`${FOLDER}/${file}`));
const deployment = theOnly<DeploymentSpec>(objects, "Deployment");
const pod = deployment.spec.template.spec;
const [envoy] = pod.containers;

function read(file: string): string {
  return readFileSync(join(ROOT, FOLDER, file), "utf8");
}

function configMap(): { metadata: { name: string }; data: { "envoy.yaml": string } } {
  return theOnly(objects, "ConfigMap") as unknown as ReturnType<typeof configMap>;
}

/** What Envoy is started with. */
function bootstrap(): Bootstrap {
  return parse(configMap().data["envoy.yaml"]) as Bootstrap;
}

/** Bytes of `256Mi` or `1Gi`. */
function bytes(quantity: string | undefined): number {
  const [, number, unit = ""] = /^(\d+)([MG]i)$/.exec(quantity ?? "") ?? [];
  return Number(number) * ({ Mi: 2 ** 20, Gi: 2 ** 30 }[unit] ?? NaN);
}

describe("the Deployment", () => {
  test("has pods that its selector, the Service and the budget find", () => {
    const { labels } = deployment.spec.template.metadata;
    const service = theOnly<{ selector: Labels }>(objects, "Service").spec;
    type Budget = { selector: { matchLabels: Labels }; maxUnavailable: number };
    const budget = theOnly<Budget>(objects, "PodDisruptionBudget").spec;
    const selectors = [
      deployment.spec.selector.matchLabels,
      service.selector,
      budget.selector.matchLabels,
    ];
    for (const selector of selectors) {
      assert.ok(Object.keys(selector).length > 0);
      for (const [name, value] of Object.entries(selector)) assert.equal(labels[name], value);
    }
    assert.equal(budget.maxUnavailable, 1);
  });

  test("leaves the number of its pods to the autoscaler, which finds it", () => {
    type Scaler = { scaleTargetRef: object; minReplicas: number; maxReplicas: number };
    const { spec } = theOnly<Scaler>(objects, "HorizontalPodAutoscaler");
    const { apiVersion, kind, metadata } = deployment;
    assert.deepEqual(spec.scaleTargetRef, { apiVersion, kind, name: metadata.name });
    assert.equal(deployment.spec.replicas, undefined);
    // One may go at a time, and another is still there.
    assert.ok(spec.minReplicas >= 2 && spec.maxReplicas > spec.minReplicas);
  });

  test("runs the Envoy that the configuration is for, on the file of the ConfigMap", () => {
    const compose = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
    assert.ok(compose.includes(`image: ${envoy.image}\n`), envoy.image);
    const config = pod.volumes.find(({ name }) => name === "config");
    assert.deepEqual(config?.["configMap"], { name: configMap().metadata.name });
    const path = envoy.args[envoy.args.indexOf("--config-path") + 1];
    const mount = envoy.volumeMounts.find(({ name }) => name === "config")?.mountPath;
    assert.equal(path, `${mount}/envoy.yaml`);
    const concurrency = envoy.args[envoy.args.indexOf("--concurrency") + 1];
    assert.equal(concurrency, envoy.resources.limits["cpu"]);
  });

  test("brings the plugin where the configuration looks for it, from an image or a ConfigMap", () => {
    const mount = envoy.volumeMounts.find(({ name }) => name === "plugin")?.mountPath;
    for (const { vm_config } of pluginConfigs(bootstrap())) {
      assert.equal(vm_config.code.local.filename, `${mount}/plugin.wasm`);
    }
    const [patch] = objectsOf(`${FOLDER}/plugin-from-configmap.yaml`) as unknown as [
      { kind: string; metadata: object; spec: { template: { spec: { volumes: [Volume] } } } },
    ];
    const own = pod.volumes.find(({ name }) => name === "plugin");
    const [other] = patch.spec.template.spec.volumes;
    assert.deepEqual(patch.metadata, { name: deployment.metadata.name });
    // A volume is of one kind: null takes the other one away.
    const merged = Object.entries({ ...own, ...other }).filter(([, value]) => value !== null);
    assert.deepEqual(Object.fromEntries(merged), {
      name: "plugin",
      configMap: { name: "ai-proxy-plugin" },
    });
    assert.deepEqual(Object.keys(own ?? {}), ["name", "image"]);
    // What a ConfigMap holds at most, in base64.
    assert.ok(existsSync(PLUGIN) === false || readFileSync(PLUGIN).length * (4 / 3) < 2 ** 20);
  });

  test("hands over every variable, from keys that the Secret has", () => {
    const [secret] = objectsOf(`${FOLDER}/secret.yaml`) as unknown as [
      { metadata: { name: string }; stringData: Labels },
    ];
    assert.ok(!resources.includes("secret.yaml"), "it would take the place of real keys");
    const { name } = secret.metadata;
    for (const own of envoy.env) {
      assert.deepEqual(own.valueFrom.secretKeyRef, { name, key: own.name });
      assert.ok(own.name in secret.stringData, own.name);
    }
    const names = envoy.env.map((own) => own.name).sort();
    for (const { vm_config } of pluginConfigs(bootstrap())) {
      assert.deepEqual(vm_config.environment_variables.host_env_keys, names);
    }
  });

  test("is probed and served at the listener's port", () => {
    const [listener] = bootstrap().static_resources.listeners;
    const [port] = envoy.ports;
    assert.deepEqual(listener?.address, {
      socket_address: { address: "0.0.0.0", port_value: port?.containerPort },
    });
    for (const { httpGet } of [envoy.startupProbe, envoy.readinessProbe]) {
      assert.deepEqual(httpGet, { path: "/healthz", port: port?.name });
    }
    assert.deepEqual(envoy.livenessProbe.tcpSocket, { port: port?.name });
    type Service = { ports: { targetPort: string }[] };
    const { ports } = theOnly<Service>(objects, "Service").spec;
    assert.deepEqual(
      ports.map(({ targetPort }) => targetPort),
      [port?.name],
    );
  });

  test("may do nothing that Envoy does not need", () => {
    assert.equal(pod.securityContext["runAsNonRoot"], true);
    assert.ok(Number(pod.securityContext["runAsUser"]) > 0);
    assert.deepEqual(pod.securityContext["seccompProfile"], { type: "RuntimeDefault" });
    assert.deepEqual(envoy.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.ok(envoy.volumeMounts.every(({ readOnly }) => readOnly));
    const account = theOnly(objects, "ServiceAccount");
    assert.equal(pod.serviceAccountName, account.metadata.name);
    assert.equal(pod.automountServiceAccountToken, false);
    const { requests, limits } = envoy.resources;
    assert.ok(bytes(requests["memory"]) <= bytes(limits["memory"]));
    // The image's entry point starts as root to become somebody else.
    assert.deepEqual(envoy.command, ["envoy"]);
  });
});

test("the configuration is that of docker-compose.yml, but for the plugin's place", () => {
  const other = parse(readFileSync(join(ROOT, "envoy/envoy.yaml"), "utf8")) as Bootstrap;
  for (const { vm_config } of pluginConfigs(other)) {
    vm_config.code.local.filename = "/opt/ai-proxy/plugin.wasm";
  }
  assert.deepEqual(bootstrap(), other);
});

/** The script that ends a pod, against the admin interface of a test, and without the wait for services. */
function preStop(adminPort: number): Promise<unknown> {
  const [shell, flag, script] = envoy.lifecycle.preStop.exec.command;
  assert.equal(bootstrap().admin.address.socket_address.port_value, 9901);
  const local = script.replace("/9901", `/${adminPort}`).replace(/^sleep 15$/m, "");
  assert.notEqual(local, script.replace("/9901", `/${adminPort}`));
  return run(shell, [flag, local]);
}

/** A stream that is under way: it has begun and has not ended. */
async function openStream(port: number): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-4o-mini",
      stream: true,
      messages: [{ role: "user", content: "Say hello" }],
    }),
  });
  assert.equal(answer.status, 200);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  return reader;
}

async function drained(envoyProcess: TestEnvoy, resume: () => void): Promise<string[]> {
  const [port = 0] = envoyProcess.ports;
  const health = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
  assert.equal(await health(), 200);
  const reader = await openStream(port);
  const events: string[] = [];
  const ended = preStop(envoyProcess.adminPort).then(() => events.push("script ended"));
  // The probe fails from now on, and the stream goes on.
  while ((await health()) !== 503);
  assert.equal(events.length, 0);
  resume();
  while (!(await reader.read()).done);
  events.push("stream ended");
  await ended;
  return events;
}

test("a pod that ends lets its streams end first", { skip: withoutPlugin }, async () => {
  let resume = (): void => {};
  const gate = new Promise<void>((resolve) => (resume = resolve));
  const provider = await startRawProvider(async (socket) => {
    await send(socket, Buffer.concat([Buffer.from(STREAM_HEAD), chunk(event(startOf("He")))]));
    await gate;
    socket.end(Buffer.concat([chunk(event(finishOf()) + DONE), Buffer.from(CHUNKS_END)]));
  });
  const environment = { OPENAI_API_KEY: "sk-one", ANTHROPIC_API_KEY: "sk-two" };
  const local = onThisMachine(bootstrap(), provider.port);
  const started = await startEnvoyWith(local, { environment });
  try {
    assert.deepEqual(await drained(started, resume), ["stream ended", "script ended"]);
  } finally {
    resume();
    await started.stop();
    await provider.close();
  }
});
