// The files that start a gateway: envoy/gateway.yaml, what is generated from it, docker-compose.yml, and
// envoy/single.yaml. https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import OpenAI from "openai";
import { parse } from "yaml";
import { findEnvoy } from "../cli/envoy-binary.ts";
import { startStubProvider } from "../cli/stub-provider.ts";
import { type Bootstrap, onThisMachine, pluginConfigs } from "./support/bootstrap-file.ts";
import { PLUGIN, startEnvoyWith } from "./support/envoy.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MIB = 1024 * 1024;
const withoutPlugin = existsSync(PLUGIN) ? false : "the plugin is not built";

interface Compose {
  services: {
    envoy: {
      image: string;
      command: string[];
      environment: Record<string, string>;
      volumes: string[];
      ports: string[];
      healthcheck: { test: [string, string, string, string] };
    };
  };
}

const compose = parse(read("docker-compose.yml")) as Compose;
const { envoy } = compose.services;
const FILES = ["envoy/envoy.yaml", "envoy/single.yaml"];

function bootstrapOf(file: string): Bootstrap {
  return parse(read(file)) as Bootstrap;
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Host path by container path. */
function mounts(): Map<string, string> {
  return new Map(
    envoy.volumes.map((volume) => {
      const [source = "", target = "", mode] = volume.split(":");
      assert.equal(mode, "ro", volume);
      return [target, source];
    }),
  );
}

test("docker-compose.yml follows the compose specification", () => {
  const schema = JSON.parse(read("tests/schemas/compose-spec.json")) as { $schema?: string };
  // Ajv knows draft-07 by its http address only.
  delete schema.$schema;
  const ajv = new Ajv({ strict: false, formats: { duration: true, ports: true, expose: true } });
  const isValid = ajv.validate(schema, compose);
  assert.ok(isValid, ajv.errorsText());
});

test("docker-compose.yml mounts what envoy.yaml asks for", () => {
  const mounted = mounts();
  assert.equal(mounted.get("/etc/envoy/envoy.yaml"), "./envoy/envoy.yaml");
  assert.ok(envoy.command.includes("/etc/envoy/envoy.yaml"));
  for (const { vm_config } of pluginConfigs(bootstrapOf("envoy/envoy.yaml"))) {
    assert.equal(mounted.get(vm_config.code.local.filename), "./build/plugin.wasm");
  }
});

test("docker-compose.yml publishes every listener, on this machine only", () => {
  const { listeners } = bootstrapOf("envoy/envoy.yaml").static_resources;
  const ports = listeners.map(({ address }) => address.socket_address.port_value);
  assert.deepEqual(
    envoy.ports,
    ports.map((port) => `127.0.0.1:${port}:${port}`),
  );
  for (const { address } of listeners) assert.equal(address.socket_address.address, "0.0.0.0");
});

test("docker-compose.yml hands over every key that a plugin configuration names", () => {
  const configs = pluginConfigs(bootstrapOf("envoy/envoy.yaml"));
  const names = configs.flatMap(({ configuration, vm_config }) => {
    const keys = [...configuration.value.matchAll(/\$\{(\w+)\}/g)].map(([, key = ""]) => key);
    for (const key of keys) {
      assert.ok(vm_config.environment_variables.host_env_keys.includes(key), key);
    }
    return keys;
  });
  assert.deepEqual(names.sort(), ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]);
  for (const key of names) {
    assert.match(envoy.environment[key] ?? "", /:-.+\}$/, `${key} needs a default`);
  }
});

test("docker-compose.yml pins the Envoy that npm start installs", async () => {
  const installed = /PACKAGE_VERSION = "([\d.]+)"/.exec(read("cli/envoy-binary.ts"))?.[1];
  assert.equal(envoy.image, `envoyproxy/envoy:v${installed}`);
});

test("the health check of docker-compose.yml asks the gateway", async () => {
  const [listener] = bootstrapOf("envoy/envoy.yaml").static_resources.listeners;
  const { port_value = 0 } = listener?.address.socket_address ?? {};
  const [, shell, flag, script] = envoy.healthcheck.test;
  assert.match(script, new RegExp(`/127\\.0\\.0\\.1/${port_value}\\b[^]*GET /healthz `));
  const check = async (status: string): Promise<boolean> => {
    const server = createServer((socket) => socket.end(`HTTP/1.1 ${status}\r\n\r\n`));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const local = script.replace(String(port_value), String(port));
    const passed = run(shell, [flag, local]).then(
      () => true,
      () => false,
    );
    return passed.finally(() => server.close());
  };
  assert.equal(await check("200 OK"), true);
  assert.equal(await check("503 Service Unavailable"), false);
});

test("envoy.yaml is what comes of gateway.yaml", { skip: withoutPlugin }, async () => {
  const { generate = "" } = (JSON.parse(read("package.json")) as { scripts: { generate?: string } })
    .scripts;
  const [command = "", target] = generate.split(" > ");
  assert.equal(target, "envoy/envoy.yaml");
  // Whatever this machine has set, the file does not depend on it.
  const env = { PATH: process.env.PATH, OPENAI_API_KEY: "sk-of-this-machine" };
  const { stdout } = await run("sh", ["-c", command], { cwd: ROOT, env });
  assert.equal(stdout, read("envoy/envoy.yaml"), "npm run generate, and read the difference");
});

for (const file of FILES) {
  const bootstrap = bootstrapOf(file);
  const { listeners, clusters } = bootstrap.static_resources;

  test(`${file} lets the plugin hold headers, survive a trap and buffer 32 MiB`, () => {
    const configs = pluginConfigs(bootstrap);
    assert.ok(configs.length > 0);
    for (const config of configs) {
      assert.equal(config.allow_on_headers_stop_iteration, true);
      assert.equal(config.failure_policy, "FAIL_RELOAD");
      assert.doesNotThrow(() => JSON.parse(config.configuration.value) as unknown);
      assert.deepEqual(config.vm_config, configs[0]?.vm_config, "one VM for all");
    }
    for (const part of [...listeners, ...clusters]) {
      assert.ok(part.per_connection_buffer_limit_bytes >= 32 * MIB, part.name);
    }
  });

  test(`${file} logs every access and keeps the admin on the loopback interface`, () => {
    assert.equal(bootstrap.admin.address.socket_address.address, "127.0.0.1");
    for (const listener of listeners) {
      const log = JSON.stringify(listener.filter_chains[0].filters[0].typed_config.access_log);
      assert.match(log, /%UPSTREAM_CLUSTER%|wasm.llm_provider/);
      assert.match(log, /%RESPONSE_CODE%/);
    }
  });

  test(`${file} checks the certificate of each provider`, () => {
    for (const { name, load_assignment, transport_socket } of clusters) {
      const [first] = load_assignment?.endpoints ?? [];
      const host = first?.lb_endpoints[0].endpoint.address.socket_address.address;
      const tls = transport_socket?.typed_config;
      const { validation_context } = tls?.common_tls_context ?? {};
      assert.equal(tls?.sni, host, name);
      assert.deepEqual(validation_context?.match_typed_subject_alt_names, [
        { san_type: "DNS", matcher: { exact: host } },
      ]);
      assert.ok(validation_context?.trusted_ca.filename);
    }
  });

  test(`Envoy accepts ${file}`, { skip: withoutPlugin }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "manifests-"));
    const filename = join(folder, "ca.pem");
    writeFileSync(filename, rootCertificates.join("\n"));
    const own = bootstrapOf(file);
    for (const { vm_config } of pluginConfigs(own)) vm_config.code.local.filename = PLUGIN;
    for (const { transport_socket } of own.static_resources.clusters) {
      const context = transport_socket?.typed_config.common_tls_context.validation_context;
      if (context !== undefined) context.trusted_ca = { filename };
    }
    const config = join(folder, "envoy.json");
    writeFileSync(config, JSON.stringify(own));
    const args = ["--mode", "validate", "--log-level", "error", "--config-path", config];
    const env = { ...process.env, OPENAI_API_KEY: "sk-one", ANTHROPIC_API_KEY: "sk-two" };
    try {
      assert.match((await run(await findEnvoy(), args, { env })).stdout, /OK/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test(`${file} in Envoy, with a stub behind it`, { skip: withoutPlugin }, async () => {
    const stub = await startStubProvider({ delayMs: 0 });
    const keys = { OPENAI_API_KEY: "sk-one", ANTHROPIC_API_KEY: "sk-two" };
    const started = await startEnvoyWith(onThisMachine(bootstrapOf(file), stub.port), {
      environment: keys,
    });
    try {
      const baseURL = `http://127.0.0.1:${started.ports[0]}/v1`;
      const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 });
      const messages = [{ role: "user" as const, content: "Say hello" }];
      for (const model of ["claude-haiku-4-5", "gpt-4o-mini"]) {
        const answer = await client.chat.completions.create({ model, messages });
        assert.match(answer.choices[0]?.message.content ?? "", /^You said: “Say hello”/);
      }
      const keysSeen = stub.requests.map(({ headers }) => headers["x-api-key"]);
      assert.equal(keysSeen[0], "sk-two");
    } finally {
      await started.stop();
      await stub.close();
    }
  });
}
