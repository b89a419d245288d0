// Files that are put into conversations, in a real Envoy: requests wait for a call of the plugin's own.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { request as httpRequest } from "node:http";
import { bootstrap, pluginFilter, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { startRawProvider, whole, type RawProvider, type Script } from "./support/raw-provider.ts";
import { COMPLETION, errorOf, MESSAGES, type Answer } from "./support/watched-gateway.ts";

const LIFETIME_MS = 300;
const OUTBOUND = "outbound|8080||knowledge.internal";

let files: RawProvider;
let provider: RawProvider;
let envoy: TestEnvoy;
let listeners: string[];

/** The configuration of a provider with a context of its own. */
function configOf(context: object, members: object = {}): object {
  const file = { fileUrl: "http://files.test/a.txt", serviceName: "files", servicePort: 80 };
  const type = { type: "groq", apiTokens: ["sk-context-1"] };
  return { provider: { ...type, ...members, context: { ...file, ...context } } };
}

// Each test has a listener of its own, since a worker keeps what it has fetched.
const CONFIGS: Record<string, object> = {
  shared: configOf({ fileUrl: "https://files.test:8443/shared.txt?a=1&b=%20" }),
  outbound: configOf({ serviceName: "knowledge.internal", servicePort: 8080 }),
  unknown: configOf({ serviceName: "nowhere" }),
  closed: configOf({ serviceName: "closed" }),
  slow: configOf({}, { timeout: 200 }),
  leaving: configOf({}),
  alone: configOf({}),
  refreshed: configOf({ lifetime: LIFETIME_MS }),
  failing: configOf({ lifetime: 4 * LIFETIME_MS }),
  large: configOf({}, { type: "claude" }),
  invalid: configOf({}),
  updated: configOf({}, { hiclawMode: true }),
  // Those in the filter chain of the provider's cluster.
  upstream: configOf({}, { firstByteTimeout: 200 }),
};
const IN_CLUSTER = ["upstream"];

/** A listener whose plugin does nothing, before a cluster with the configured one. */
function behindCluster(config: object, upstreamPort: number) {
  const name = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const type = "type.googleapis.com/envoy.extensions";
  const codec = { "@type": `${type}.filters.http.upstream_codec.v3.UpstreamCodec` };
  const options = {
    "@type": `${type}.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [pluginFilter("upstream", config), { name: "codec", typed_config: codec }],
  };
  return {
    config: {},
    upstreamPort,
    cluster: { typed_extension_protocol_options: { [name]: options } },
  };
}

before(async () => {
  files = await startRawProvider(text("A file."));
  provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
  listeners = Object.keys(CONFIGS);
  const upstreamPort = provider.port;
  const config = bootstrap({
    listeners: listeners.map((name) => {
      const config = CONFIGS[name] ?? {};
      return IN_CLUSTER.includes(name)
        ? behindCluster(config, upstreamPort)
        : { config, upstreamPort };
    }),
  });
  const ports = { files: files.port, [OUTBOUND]: files.port, closed: 1 };
  const clusters = config.static_resources.clusters as object[];
  clusters.push(...Object.entries(ports).map(([name, port]) => clusterOf(name, port)));
  envoy = await startEnvoyWith(config, { concurrency: 1 });
});
after(async () => {
  await envoy.stop();
  await files.close();
  await provider.close();
  assert.doesNotMatch(envoy.log(), /wasm failed|trap|proxy_on_\w+ failed|sk-context/i);
});
beforeEach(() => {
  files.requests.length = 0;
  provider.requests.length = 0;
});

function clusterOf(name: string, port_value: number): object {
  const address = { socket_address: { address: "127.0.0.1", port_value } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
  return { name, type: "STATIC", load_assignment: { cluster_name: name, endpoints } };
}

function text(content: string): Script {
  return whole(200, content, { "content-type": "text/plain" });
}

function portOf(name: string): number {
  return envoy.ports[listeners.indexOf(name)] ?? 0;
}

function chat(name: string, members: object = {}): Promise<Answer> {
  const body = JSON.stringify({ model: "m", messages: MESSAGES, ...members });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const path = "/v1/chat/completions";
  return new Promise((resolve, reject) => {
    const options = { port: portOf(name), method: "POST", path, headers, agent: false };
    const request = httpRequest(options, async (response) => {
      const chunks: Buffer[] = [];
      for await (const bytes of response) chunks.push(bytes as Buffer);
      const body = Buffer.concat(chunks);
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body, text: body.toString("utf8"), isBroken: false });
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** The first text of each request that the provider has got. */
function contexts(): unknown[] {
  return provider.requests.map(({ body }) => {
    const { messages } = JSON.parse(body.toString()) as { messages: { content: unknown }[] };
    return messages[0]?.content;
  });
}

/** Answers once it is told to. */
function held(script: Script): { script: Script; asked: Promise<void>; goOn: () => void } {
  let goOn = () => {};
  const released = new Promise<void>((resolve) => (goOn = resolve));
  let tell = () => {};
  const asked = new Promise<void>((resolve) => (tell = resolve));
  return {
    asked,
    goOn: () => goOn(),
    script: async (socket, request) => {
      tell();
      await released;
      await script(socket, request);
    },
  };
}

test("requests that come at the same time wait for one fetch, and later ones for none", async () => {
  const fetch = held(text("Shared."));
  files.script = fetch.script;
  const asked = [chat("shared"), chat("shared"), chat("shared")];
  await fetch.asked;
  await sleep(50);
  assert.equal(provider.requests.length, 0);
  fetch.goOn();
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200, answer.text);
  assert.equal((await chat("shared")).status, 200);
  assert.deepEqual(contexts(), ["Shared.", "Shared.", "Shared.", "Shared."]);
  assert.equal(files.requests.length, 1);
  const [request] = files.requests;
  assert.equal(request?.path, "/shared.txt?a=1&b=%20");
  assert.equal(request?.headers.host, "files.test:8443");
  assert.equal(request?.headers.authorization, undefined);
});

test("a service of a mesh is found by its name and port", async () => {
  files.script = text("Outbound.");
  assert.equal((await chat("outbound")).status, 200);
  assert.deepEqual(contexts(), ["Outbound."]);
});

for (const name of ["unknown", "closed"]) {
  test(`a cluster that is ${name}`, async () => {
    const error = errorOf(await chat(name), 502);
    assert.equal(error.type, "server_error");
    assert.equal(error.code, "context_unavailable");
    assert.equal(provider.requests.length, 0);
  });
}

test("a server that does not answer in time, and then does", async () => {
  files.script = () => {};
  const [first, second] = await Promise.all([chat("slow"), chat("slow")]);
  assert.match(errorOf(first, 502).message, /could not fetch the context/);
  errorOf(second, 502);
  files.script = text("At last.");
  assert.equal((await chat("slow")).status, 200);
  assert.deepEqual(contexts(), ["At last."]);
});

test("a client that leaves while it waits takes nobody with it", async () => {
  const fetch = held(text("Left."));
  files.script = fetch.script;
  const socket = connect(portOf("leaving"), "127.0.0.1");
  const body = JSON.stringify({ model: "m", messages: MESSAGES });
  const length = `content-length: ${body.length}`;
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n${body}`);
  await fetch.asked;
  const other = chat("leaving");
  await sleep(50);
  socket.destroy();
  await sleep(50);
  fetch.goOn();
  assert.equal((await other).status, 200);
  assert.deepEqual(contexts(), ["Left."]);
});

test("a client that leaves alone leaves the file to the next one", async () => {
  const fetch = held(text("Alone."));
  files.script = fetch.script;
  const socket = connect(portOf("alone"), "127.0.0.1");
  const body = JSON.stringify({ model: "m", messages: MESSAGES });
  const length = `content-length: ${body.length}`;
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n${body}`);
  await fetch.asked;
  socket.destroy();
  await sleep(50);
  fetch.goOn();
  await sleep(50);
  assert.equal((await chat("alone")).status, 200);
  assert.deepEqual(contexts(), ["Alone."]);
  assert.equal(files.requests.length, 1);
});

test("a file is fetched anew after its lifetime", async () => {
  files.script = text("Old.");
  await chat("refreshed");
  files.script = text("New.");
  await sleep(LIFETIME_MS + 100);
  await chat("refreshed");
  assert.deepEqual(contexts(), ["Old.", "New."]);
});

test("the old text stays where a new one cannot be fetched", async () => {
  files.script = text("Old.");
  await chat("failing");
  files.script = whole(503, "busy");
  await sleep(4 * LIFETIME_MS + 100);
  for (let i = 0; i < 3; ++i) assert.equal((await chat("failing")).status, 200);
  assert.deepEqual(contexts(), ["Old.", "Old.", "Old.", "Old."]);
  // The failure counts for a while: nobody waits again at once.
  assert.equal(files.requests.length, 2);
  await sleep(4 * LIFETIME_MS + 100);
  files.script = text("New.");
  await chat("failing");
  assert.equal(contexts()[4], "New.");
});

test("a large conversation is held and translated with a large file", async () => {
  const content = 'ä"\n'.repeat(300_000);
  files.script = text(content);
  const answer = { type: "message", role: "assistant", content: [], usage: {} };
  provider.script = whole(200, JSON.stringify({ ...answer, id: "m", model: "c" }));
  const question = "Wie? ".repeat(200_000);
  const messages = [{ role: "user", content: question }];
  assert.equal((await chat("large", { messages })).status, 200);
  const [request] = provider.requests;
  const body = JSON.parse(request?.body.toString() ?? "") as { system: string };
  assert.equal(body.system, content);
  assert.equal(contexts()[0], question);
  assert.equal(request?.headers["content-length"], String(request?.body.length));
  provider.script = whole(200, JSON.stringify(COMPLETION));
});

test("a request that cannot be sent is refused once the file is there", async () => {
  files.script = text("A file.");
  const error = errorOf(await chat("invalid", { messages: "none" }), 400);
  assert.equal(error.param, "messages");
  assert.equal(provider.requests.length, 0);
});

test("the file comes after cleaning and joining, which it takes no part in", async () => {
  files.script = text("A file.");
  const messages = [...MESSAGES, { role: "user", content: "There" }];
  assert.equal((await chat("updated", { messages })).status, 200);
  const sent = JSON.parse(provider.requests[0]?.body.toString() ?? "") as object;
  const file = { role: "system", content: "A file." };
  assert.deepEqual(sent, {
    model: "m",
    messages: [file, { role: "user", content: "Hi\n\nThere" }],
  });
});

test("in the filter chain of a cluster requests wait, too", async () => {
  files.script = whole(404, "gone");
  errorOf(await chat("upstream"), 502);
  const fetch = held(text("Upstream."));
  files.script = fetch.script;
  const asked = [chat("upstream"), chat("upstream")];
  await fetch.asked;
  fetch.goOn();
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(contexts(), ["Upstream.", "Upstream."]);
  provider.script = () => {};
  assert.equal(errorOf(await chat("upstream", { stream: true }), 504).code, "timeout");
  provider.script = whole(200, JSON.stringify(COMPLETION));
});
