// One secret of each kind, and a look for it in everything that a run produces: logs at the level trace, access logs, errors,
// answers, statistics and what Envoy shows of its configuration. Both placements. The admin interface stays on loopback.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { staticBootstrap } from "../cli/gateway/bootstrap.ts";
import { readGatewayFile } from "../cli/gateway/gateway-file.ts";
import { type Gateway, variablesOf } from "../cli/gateway/gateway.ts";
import { checkGateway } from "../cli/gateway/plugin-vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { bootstrap, PLUGIN, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { type RawProvider, type Script, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION, MESSAGES } from "./support/watched-gateway.ts";

const SECRETS = {
  CANARY_GATEWAY: "canary-gateway-4b1e77",
  CANARY_LISTENER: "canary-listener-90aa2c",
  CANARY_CONSUMER: "canary-consumer-c3d018",
};
const WRONG_KEY = "canary-wrong-key-55e2f0";
const NAMES = Object.keys(SECRETS);
const SECRET = /canary-/;

const pages = ["stats", "stats/prometheus", "config_dump?include_eds", "clusters", "listeners"];
const ADMIN_PAGES = [...pages, "server_info", "certs", "memory", "runtime", "init_dump"];

/** What a provider may answer, with the key that it was sent in it. */
const ANSWERS: [string, (key: string) => Script][] = [
  ["an answer", () => whole(200, JSON.stringify(COMPLETION))],
  ["a wrong key", (key) => refusal(401, `Incorrect API key provided: ${key}.`, key)],
  ["a limit", (key) => refusal(429, `Too many requests for ${key}`, `key=${key}`)],
  [
    "a failure in markup",
    (key) => whole(500, `<html>${key}</html>`, { "content-type": "text/html" }),
  ],
  ["a failure in a text", (key) => whole(503, `no ${key} here`, { "content-type": "text/plain" })],
  ["an error in a 200", (key) => refusal(200, `Bearer ${key} is not known`, key)],
  ["no JSON", () => whole(200, "nothing")],
  ["a broken connection", () => (socket) => void socket.destroy()],
];

function refusal(status: number, message: string, code: string): Script {
  return whole(status, JSON.stringify({ error: { message, type: "t", param: null, code } }));
}

describe("a secret", () => {
  let provider: RawProvider;
  let envoy: TestEnvoy;
  const seen: string[] = [];

  before(async () => {
    provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
    envoy = await startEnvoyWith(await bothPlacements(provider.port), {
      environment: SECRETS,
      pluginLogLevel: "trace",
    });
  });
  after(async () => {
    await envoy?.stop();
    await provider?.close();
  });

  async function ask(placement: number, key: string, members: object = {}): Promise<string> {
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    const body = JSON.stringify({ model: "chat", messages: MESSAGES, ...members });
    const url = `http://127.0.0.1:${envoy.ports[placement]}/v1/chat/completions`;
    const response = await fetch(url, { method: "POST", headers, body });
    const text = await response.text().catch(String);
    seen.push(JSON.stringify([...response.headers]), text);
    return text;
  }

  for (const [placement, name, key] of [
    [0, "gateway and cluster", SECRETS.CANARY_CONSUMER],
    [1, "listener", "client"],
  ] as const) {
    const sent = placement === 0 ? SECRETS.CANARY_GATEWAY : SECRETS.CANARY_LISTENER;
    for (const [shows, script] of ANSWERS) {
      test(`${name}: ${shows}`, async () => {
        provider.requests.length = 0;
        for (const stream of [false, true]) {
          provider.script = script(sent);
          await ask(placement, key, { stream });
        }
        assert.ok(provider.requests.length >= 2);
        for (const { headers, rawHeaders } of provider.requests) {
          assert.equal(headers.authorization, `Bearer ${sent}`);
          const others = rawHeaders.join("\n").replaceAll(sent, "");
          assert.doesNotMatch(others, SECRET, "the client's key went on");
        }
      });
    }
    test(`${name}: a wrong request`, async () => {
      await ask(placement, key, { model: 7 });
      await ask(placement, key, { messages: sent });
    });
  }

  test("a key that nobody has", async () => {
    provider.requests.length = 0;
    assert.match(await ask(0, WRONG_KEY), /invalid_api_key/);
    assert.equal(provider.requests.length, 0);
  });

  test("a path with a fragment is refused by Envoy itself", async () => {
    const { request } = await import("node:http");
    const status = await new Promise((resolve, reject) => {
      const port = envoy.ports[1];
      request({ port, path: "/v1/files/a#b", agent: false }, ({ statusCode }) =>
        resolve(statusCode),
      )
        .on("error", reject)
        .end();
    });
    assert.equal(status, 400);
  });

  test("is in no answer, no log, no statistic and no dump", async () => {
    for (const page of ADMIN_PAGES) {
      const response = await fetch(`http://127.0.0.1:${envoy.adminPort}/${page}`);
      assert.equal(response.status, 200, page);
      const text = await response.text();
      assert.doesNotMatch(text, SECRET, page);
      if (page.startsWith("config_dump")) {
        for (const name of NAMES) assert.ok(text.includes(`\${${name}}`), `${name} is not used`);
      }
    }
    assert.doesNotMatch(seen.join("\n"), SECRET);
    const log = envoy.log();
    assert.match(log, /"status"|response_code|\{"/, "there is no access log");
    assert.doesNotMatch(log, SECRET);
  });
});

/** A gateway with its cluster, and beside it the plugin alone in a listener; keys stand in the environment. */
async function bothPlacements(port: number) {
  const gateway = {
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    providers: {
      a: {
        type: "groq",
        apiTokens: ["${CANARY_GATEWAY}"],
        failover: { enabled: false },
        logUpstreamErrorResponseBody: true,
        upstream: { address: `127.0.0.1:${port}`, tls: false },
      },
    },
    models: [{ model: "chat", providers: ["a"] }],
    consumers: [{ name: "team", keys: ["${CANARY_CONSUMER}"] }],
  } as unknown as Gateway;
  const file = readGatewayFile(stringify(gateway), "gateway.yaml");
  const { authorities } = await checkGateway(file, PLUGIN);
  const variables = variablesOf(gateway);
  const whole = staticBootstrap(gateway, authorities, { plugin: PLUGIN, variables });
  const provider = {
    type: "openai",
    apiTokens: ["${CANARY_LISTENER}"],
    logUpstreamErrorResponseBody: true,
  };
  const own = bootstrap({
    listeners: [{ config: { provider }, upstreamPort: port }],
    environment: {},
  });
  // Variables by name, as in every configuration that is not a test's.
  const listeners = JSON.parse(
    JSON.stringify(own.static_resources.listeners).replace(
      '"environment_variables":{"key_values":{}}',
      `"environment_variables":{"host_env_keys":${JSON.stringify(NAMES)}}`,
    ),
  ) as typeof own.static_resources.listeners;
  return {
    ...whole,
    static_resources: {
      listeners: [...whole.static_resources.listeners, ...listeners] as { name: string }[],
      clusters: [...whole.static_resources.clusters, ...own.static_resources.clusters],
    },
  };
}

/** Configurations that are refused although their token is fine. */
const REFUSED: [string, object][] = [
  ["an unknown type", { type: "gorq" }],
  ["a wrong number", { type: "groq", timeout: -1 }],
  ["a second token of another type", { type: "groq", apiTokens: [WRONG_KEY, 5] }],
  ["a token with a line break", { type: "groq", apiTokens: [`${WRONG_KEY}\n`] }],
  ["an unknown variable", { type: "groq", apiTokens: [`${WRONG_KEY}\${NONE}`] }],
  ["a key without its region", { type: "bedrock", awsSecretKey: WRONG_KEY, awsAccessKey: "A" }],
  ["a service account that is none", { type: "vertex", apiTokens: [], vertexAuthKey: WRONG_KEY }],
];

describe("a configuration that is refused", () => {
  for (const [name, members] of REFUSED) {
    test(name, async () => {
      const vm = await (await WasmHost.load(PLUGIN)).vm();
      const root = vm.configure({ provider: { apiTokens: [WRONG_KEY], ...members } });
      assert.equal(root.ok, false);
      assert.ok(root.logs.length > 0);
      assert.doesNotMatch(JSON.stringify(vm.logs), SECRET);
    });
  }
});

describe("the admin interface", () => {
  const folder = fileURLToPath(new URL("../envoy", import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  for (const name of files) {
    test(`of envoy/${name} listens on loopback only`, () => {
      const config = parse(readFileSync(`${folder}/${name}`, "utf8")) as Parameters<
        typeof admin
      >[0];
      if ("providers" in config) {
        assert.match(
          String(config.admin ?? "127.0.0.1:9901"),
          /^(127\.0\.0\.1|\[::1\]|localhost):/,
        );
      } else {
        assert.equal(admin(config), "127.0.0.1");
      }
    });
  }

  test("of what is generated does too, unless a file says otherwise", () => {
    const gateway = { providers: { a: { type: "groq" } }, models: [] } as unknown as Gateway;
    const made = staticBootstrap(gateway, new Map([["a", "a.test"]]), {
      plugin: PLUGIN,
      variables: [],
    });
    assert.equal(admin(made as unknown as Parameters<typeof admin>[0]), "127.0.0.1");
  });

  test("is published by no container", () => {
    const compose = readFileSync(new URL("../docker-compose.yml", import.meta.url), "utf8");
    assert.doesNotMatch(compose, /9901/);
  });
});

function admin(config: { admin?: { address: { socket_address: { address: string } } } }) {
  return config.admin?.address.socket_address.address;
}
