// The manifests of meshes in a real Envoy: what each control plane makes of them, with a stub behind it.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parse } from "yaml";
import { type Bootstrap, onThisMachine } from "./support/bootstrap-file.ts";
import {
  cluster,
  envoyGateway,
  HIGRESS,
  higress,
  higressHosts,
  istio,
  KEYS,
  loopback,
  ROUTER,
  type VirtualHost,
  writeExtensions,
} from "./support/control-planes.ts";
import { PLUGIN, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import type { HigressWasmPlugin } from "./support/higress.ts";
import { type EnvoyFilterSpec, type Mesh, withEnvoyFilter } from "./support/mesh.ts";
import { objectsOf, theOnly } from "./support/objects.ts";
import {
  chunk,
  CHUNKS_END,
  type RawProvider,
  startRawProvider,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";
import { COMPLETION, DONE, event, finishOf, MESSAGES, startOf } from "./support/watched-gateway.ts";

const MIB = 1024 * 1024;
const options = { skip: existsSync(PLUGIN) ? false : "the plugin is not built" };

const CLAUDE_MESSAGE = {
  ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-haiku-4-5" },
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 1, output_tokens: 1 },
};

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

/** Sends a chat request to a listener under a host; resolves when the answer begins. */
function send(port: number, host: string, stream = false): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { host, "content-type": "application/json", authorization: "Bearer client" };
    const path = "/v1/chat/completions";
    const sent = request({ port, method: "POST", path, headers, agent: false }, resolve);
    sent.on("error", reject);
    sent.end(JSON.stringify({ model: "gpt-4o", messages: MESSAGES, stream }));
  });
}

/** The status of an answer, read to its end. */
async function chat(port: number, host: string): Promise<number> {
  const answer = await send(port, host);
  answer.resume();
  await once(answer, "end");
  return answer.statusCode ?? 0;
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

  test("Istio: a new module is taken up while a stream goes on", async () => {
    const { script } = provider;
    let resume = (): void => {};
    const gate = new Promise<void>((resolve) => (resume = resolve));
    provider.script = async (socket) => {
      socket.write(Buffer.concat([Buffer.from(STREAM_HEAD), chunk(event(startOf("He")))]));
      await gate;
      socket.end(Buffer.concat([chunk(event(finishOf()) + DONE), Buffer.from(CHUNKS_END)]));
    };
    const answer = await send(envoy.ports[2] ?? 0, "llm.example.com", true);
    provider.script = script;
    // A section that says nothing: another module, which does the same.
    const section = Buffer.from([0, 2, 1, 0x78]);
    const next = join(folder, "next.wasm");
    writeFileSync(next, Buffer.concat([readFileSync(PLUGIN), section]));
    const count = await virtualMachines();
    writeExtensions(join(folder, "extensions.json"), mesh, next);
    while ((await virtualMachines()) <= count);
    assert.equal(await received(2, "claude.llm.example.com"), CLAUDE);
    resume();
    const chunks: Buffer[] = await answer.toArray();
    assert.match(Buffer.concat(chunks).toString(), /"He"[^]*"stop"[^]*data: \[DONE\]\n\n$/);
  });

  /** How many there are in Envoy. */
  async function virtualMachines(): Promise<number> {
    const url = `http://127.0.0.1:${envoy.adminPort}/stats?filter=runtime.v8.active`;
    return Number(/: (\d+)$/m.exec(await (await fetch(url)).text())?.[1]);
  }

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
  const admin = { address: loopback(0) };
  const parts = { admin, static_resources: { listeners, clusters } } as unknown as Bootstrap;
  const provider = await startRawProvider((socket, received) =>
    received.path === "/v1/messages"
      ? whole(200, JSON.stringify(CLAUDE_MESSAGE))(socket, received)
      : whole(503, '{"error":{"message":"no"}}')(socket, received),
  );
  let envoy: TestEnvoy | null = null;
  try {
    const local = onThisMachine(parts, provider.port);
    envoy = await startEnvoyWith(local, { environment: KEYS });
    assert.equal(await chat(envoy.ports[0] ?? 0, "llm.example.com"), 200);
    assert.deepEqual(
      provider.requests.map(({ headers, path }) => `${headers.host}${path}`),
      ["api.openai.com/v1/chat/completions", "api.anthropic.com/v1/messages"],
    );
  } finally {
    await envoy?.stop();
    await provider.close();
  }
});
