// The files that start a gateway: docker-compose.yml and envoy/envoy.yaml.
// https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Ajv } from "ajv";
import { parse, stringify } from "yaml";
import { findEnvoy } from "../cli/envoy-binary.ts";
import { connectionManager, localise, pluginConfigs, readTemplate } from "../cli/local-config.ts";
import { PLUGIN } from "./support/envoy.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MIB = 1024 * 1024;

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
const { listeners, clusters } = readTemplate().static_resources;

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
  assert.ok(existsSync(join(ROOT, "envoy/envoy.yaml")));
  for (const { vm_config } of pluginConfigs(readTemplate())) {
    assert.equal(mounted.get(vm_config.code.local.filename), "./build/plugin.wasm");
  }
});

test("docker-compose.yml publishes every listener, on this machine only", () => {
  const ports = listeners.map(({ address }) => address.socket_address.port_value);
  assert.deepEqual(
    envoy.ports,
    ports.map((port) => `127.0.0.1:${port}:${port}`),
  );
  for (const { address } of listeners) assert.equal(address.socket_address.address, "0.0.0.0");
});

test("docker-compose.yml hands over every key that a plugin configuration names", () => {
  for (const { configuration, vm_config } of pluginConfigs(readTemplate())) {
    const keys = [...configuration.value.matchAll(/\$\{(\w+)\}/g)].map(([, key = ""]) => key);
    assert.ok(keys.length > 0);
    for (const key of keys) {
      assert.ok(vm_config.environment_variables.host_env_keys.includes(key), key);
      assert.match(envoy.environment[key] ?? "", /:-.+\}$/, `${key} needs a default`);
    }
  }
});

test("docker-compose.yml pins the Envoy that npm start installs", async () => {
  const installed = /PACKAGE_VERSION = "([\d.]+)"/.exec(read("cli/envoy-binary.ts"))?.[1];
  assert.equal(envoy.image, `envoyproxy/envoy:v${installed}`);
});

test("the health check of docker-compose.yml asks the admin of envoy.yaml", async () => {
  const { port_value } = readTemplate().admin.address.socket_address;
  const [, shell, flag, script] = envoy.healthcheck.test;
  assert.match(script, new RegExp(`/127\\.0\\.0\\.1/${port_value}\\b`));
  const check = async (body: string): Promise<boolean> => {
    const server = createServer((socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}\n`));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const local = script.replace(String(port_value), String(port));
    const passed = run(shell, [flag, local]).then(
      () => true,
      () => false,
    );
    return passed.finally(() => server.close());
  };
  assert.equal(await check("LIVE"), true);
  assert.equal(await check("DRAINING"), false);
});

test("envoy.yaml lets the plugin hold headers, survive a trap and buffer 32 MiB", () => {
  const configs = pluginConfigs(readTemplate());
  assert.equal(configs.length, listeners.length);
  for (const config of configs) {
    assert.equal(config.allow_on_headers_stop_iteration, true);
    assert.equal(config.failure_policy, "FAIL_RELOAD");
    assert.doesNotThrow(() => JSON.parse(config.configuration.value) as unknown);
    assert.deepEqual(config.vm_config, configs[0]?.vm_config, "one VM for all");
  }
  for (const part of [...listeners, ...clusters]) {
    assert.equal(part.per_connection_buffer_limit_bytes, 32 * MIB, part.name);
  }
});

test("envoy.yaml logs every access and keeps the admin on the loopback interface", () => {
  assert.equal(readTemplate().admin.address.socket_address.address, "127.0.0.1");
  for (const listener of listeners) {
    const log = JSON.stringify(connectionManager(listener).access_log);
    assert.match(log, /%UPSTREAM_CLUSTER%/);
    assert.match(log, /%RESPONSE_CODE%/);
  }
});

test("envoy.yaml checks the certificate of each provider", () => {
  for (const { name, load_assignment, transport_socket } of clusters) {
    const { endpoint } = load_assignment.endpoints[0].lb_endpoints[0];
    const host = endpoint.address.socket_address.address;
    const tls = transport_socket?.typed_config;
    const { validation_context } = tls?.common_tls_context ?? {};
    assert.equal(tls?.sni, host, name);
    assert.deepEqual(validation_context?.match_typed_subject_alt_names, [
      { san_type: "DNS", matcher: { exact: host } },
    ]);
    assert.ok(validation_context?.trusted_ca.filename);
  }
});

const withoutPlugin = existsSync(PLUGIN) ? false : "the plugin is not built";

test(
  "Envoy accepts envoy.yaml, with the providers and with stand-ins",
  { skip: withoutPlugin },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "manifests-"));
    const keys = { OPENAI_API_KEY: "sk-test", ANTHROPIC_API_KEY: "sk-test" };
    try {
      for (const standIns of [
        new Map<string, number>(),
        new Map([
          ["openai", 1],
          ["anthropic", 1],
        ]),
      ]) {
        const file = join(folder, "envoy.yaml");
        const options = {
          plugin: PLUGIN,
          adminPort: 0,
          ports: new Map<string, number>(),
          standIns,
        };
        writeFileSync(file, stringify(localise(readTemplate(), options)));
        const args = ["--mode", "validate", "--log-level", "error", "--config-path", file];
        const { stdout } = await run(await findEnvoy(), args, { env: { ...process.env, ...keys } });
        assert.match(stdout, /OK/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
