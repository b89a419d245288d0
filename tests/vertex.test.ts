// Access tokens of a service account in a real Envoy, which signs: requests wait for a call of the plugin's own.
// https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { jwtVerify } from "jose";
import { WasmHost } from "../host/wasm-host.ts";
import {
  bootstrap,
  PLUGIN,
  pluginFilter,
  startEnvoyWith,
  type TestEnvoy,
} from "./support/envoy.ts";
import { startRawProvider, whole, type RawProvider, type Script } from "./support/raw-provider.ts";
import { MESSAGES } from "./support/watched-gateway.ts";

const OUTBOUND = "outbound|443||google-auth.dns";
const MIB = 1024 * 1024;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ACCOUNT = {
  type: "service_account",
  project_id: "project-of-the-key",
  private_key_id: "key-1",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
  client_email: "svc@project-of-the-key.iam.gserviceaccount.com",
  token_uri: "https://oauth2.googleapis.com/token",
};
const ANSWER = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hello." }] }, finishReason: "STOP" }],
  modelVersion: "gemini-2.5-flash",
};
const REFUSED = { error: { code: 401, message: "Expired.", status: "UNAUTHENTICATED" } };

function configOf(members: object = {}): object {
  const key = { vertexAuthKey: JSON.stringify(ACCOUNT), vertexRegion: "us-central1" };
  const service = { vertexAuthServiceName: "token-server" };
  return { provider: { type: "vertex", ...key, ...service, ...members } };
}

// Each test has a listener of its own, since a worker keeps its token.
const CONFIGS: Record<string, object> = {
  shared: configOf(),
  outbound: configOf({ vertexAuthServiceName: "google-auth" }),
  environment: configOf({ vertexAuthKey: "${GCP_SA_JSON}" }),
  renewed: configOf({ vertexTokenRefreshAhead: 3600 }),
  failing: configOf({ vertexTokenRefreshAhead: 3600 }),
  short: configOf(),
  refused: configOf(),
  denied: configOf(),
  unknown: configOf({ vertexAuthServiceName: "nowhere" }),
  closed: configOf({ vertexAuthServiceName: "closed" }),
  slow: configOf({ timeout: 200 }),
  broken: configOf({ vertexAuthKey: JSON.stringify({ ...ACCOUNT, private_key: pemOf("AAAA") }) }),
  leaving: configOf(),
  original: configOf({ protocol: "original" }),
  models: configOf(),
  // In the filter chain of the provider's cluster.
  upstream: configOf(),
};
const IN_CLUSTER = "upstream";

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
  const cluster = { typed_extension_protocol_options: { [name]: options } };
  return { config: {}, upstreamPort, cluster };
}

let tokens: RawProvider;
let provider: RawProvider;
let envoy: TestEnvoy;

before(async () => {
  tokens = await startRawProvider(token("first"));
  provider = await startRawProvider(whole(200, JSON.stringify(ANSWER)));
  const config = bootstrap({
    listeners: Object.entries(CONFIGS).map(([name, config]) =>
      name === IN_CLUSTER
        ? behindCluster(config, provider.port)
        : { config, upstreamPort: provider.port },
    ),
    bufferLimit: MIB,
    environment: { GCP_SA_JSON: JSON.stringify(ACCOUNT, null, 2) },
  });
  const ports = { "token-server": tokens.port, [OUTBOUND]: tokens.port, closed: 1 };
  const clusters = config.static_resources.clusters as object[];
  clusters.push(...Object.entries(ports).map(([name, port]) => clusterOf(name, port)));
  envoy = await startEnvoyWith(config, { concurrency: 1 });
});
after(async () => {
  await envoy.stop();
  await tokens.close();
  await provider.close();
  assert.doesNotMatch(envoy.log(), /wasm failed|trap|proxy_on_\w+ failed|BEGIN|ya29/);
});
beforeEach(() => {
  tokens.requests.length = 0;
  tokens.script = token("first");
  provider.requests.length = 0;
  provider.script = whole(200, JSON.stringify(ANSWER));
});

function pemOf(base64: string): string {
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

function clusterOf(name: string, port_value: number): object {
  const address = { socket_address: { address: "127.0.0.1", port_value } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
  return { name, type: "STATIC", load_assignment: { cluster_name: name, endpoints } };
}

function token(name: string, expires_in = 3599): Script {
  const access_token = `ya29.${name}..`;
  return whole(200, JSON.stringify({ access_token, expires_in, token_type: "Bearer" }));
}

function portOf(name: string): number {
  return envoy.ports[Object.keys(CONFIGS).indexOf(name)] ?? 0;
}

interface Reply {
  readonly status: number;
  readonly error?: { readonly type: string; readonly code: string; readonly message: string };
}

async function chat(name: string): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${portOf(name)}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-2.5-flash", messages: MESSAGES }),
  });
  const { error } = (await response.json()) as Omit<Reply, "status">;
  return { status: response.status, ...(error === undefined ? {} : { error }) };
}

/** The tokens that the provider has got. */
function bearers(): (string | undefined)[] {
  return provider.requests.map(({ headers }) => headers.authorization);
}

/** Answers once it is told to. */
function held(script: Script): { script: Script; asked: Promise<void>; goOn: () => void } {
  let goOn = (): void => {};
  const released = new Promise<void>((resolve) => (goOn = resolve));
  let tell = (): void => {};
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

test("requests that come at the same time wait for one token, and later ones for none", async () => {
  const fetched = held(token("first"));
  tokens.script = fetched.script;
  const asked = [chat("shared"), chat("shared"), chat("shared")];
  await fetched.asked;
  await sleep(50);
  assert.equal(provider.requests.length, 0);
  fetched.goOn();
  for (const { status } of await Promise.all(asked)) assert.equal(status, 200);
  assert.equal((await chat("shared")).status, 200);
  assert.deepEqual(bearers(), Array(4).fill("Bearer ya29.first.."));
  assert.equal(tokens.requests.length, 1);
  assert.match(
    provider.requests[0]?.path ?? "",
    /^\/v1\/projects\/project-of-the-key\/locations\//,
  );
});

test("the assertion is signed by Envoy and says who asks for what", async () => {
  assert.equal((await chat("outbound")).status, 200);
  const [request] = tokens.requests;
  assert.equal(request?.method, "POST");
  assert.equal(request?.path, "/token");
  assert.equal(request?.headers.host, "oauth2.googleapis.com");
  assert.equal(request?.headers["content-type"], "application/x-www-form-urlencoded");
  const form = new URLSearchParams(request?.body.toString());
  assert.equal(form.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const { payload, protectedHeader } = await jwtVerify(form.get("assertion") ?? "", publicKey, {
    algorithms: ["RS256"],
    issuer: ACCOUNT.client_email,
    audience: ACCOUNT.token_uri,
    maxTokenAge: "1 minute",
  });
  assert.deepEqual(protectedHeader, { alg: "RS256", typ: "JWT", kid: "key-1" });
  assert.equal(payload["scope"], "https://www.googleapis.com/auth/cloud-platform");
  assert.equal(Number(payload.exp) - Number(payload.iat), 3600);
});

test("the key comes from one variable of the environment, line breaks and all", async () => {
  assert.equal((await chat("environment")).status, 200);
  assert.deepEqual(bearers(), ["Bearer ya29.first.."]);
});

test("a token is renewed ahead of its end, while the old one serves", async () => {
  await chat("renewed");
  const next = held(token("second"));
  tokens.script = next.script;
  assert.equal((await chat("renewed")).status, 200);
  await next.asked;
  assert.equal((await chat("renewed")).status, 200);
  assert.equal(tokens.requests.length, 2);
  next.goOn();
  await sleep(100);
  tokens.script = () => {};
  assert.equal((await chat("renewed")).status, 200);
  const [first, second] = ["Bearer ya29.first..", "Bearer ya29.second.."];
  assert.deepEqual(bearers(), [first, first, first, second]);
});

test("a token that cannot be renewed serves as long as it holds", async () => {
  await chat("failing");
  tokens.script = whole(503, "busy");
  for (let i = 0; i < 3; ++i) {
    assert.equal((await chat("failing")).status, 200);
    await sleep(50);
  }
  // The failure counts for a while.
  assert.equal(tokens.requests.length, 2);
});

test("a token that is at its end is of no use to the next request", async () => {
  tokens.script = token("short", 1);
  assert.equal((await chat("short")).status, 200);
  assert.equal((await chat("short")).status, 200);
  assert.equal(tokens.requests.length, 2);
});

test("a token that the provider refuses is forgotten", async () => {
  provider.script = whole(401, JSON.stringify(REFUSED));
  const { status, error } = await chat("refused");
  assert.equal(status, 401);
  assert.equal(error?.code, "invalid_api_key");
  provider.script = whole(200, JSON.stringify(ANSWER));
  tokens.script = token("second");
  assert.equal((await chat("refused")).status, 200);
  assert.equal(tokens.requests.length, 2);
  assert.equal(bearers()[1], "Bearer ya29.second..");
});

test("a refused assertion fails all that wait, and the next one is tried again", async () => {
  const answer = { error: "invalid_grant", error_description: "Invalid JWT Signature." };
  tokens.script = whole(400, JSON.stringify(answer));
  for (const { status, error } of await Promise.all([chat("denied"), chat("denied")])) {
    assert.equal(status, 502);
    assert.equal(error?.type, "server_error");
    assert.equal(error?.code, "upstream_auth_error");
    assert.match(error?.message ?? "", /invalid_grant: Invalid JWT Signature/);
  }
  tokens.script = token("first");
  assert.equal((await chat("denied")).status, 200);
});

for (const name of ["unknown", "closed", "slow", "broken"]) {
  test(`a token server or key that is ${name}`, async () => {
    tokens.script = () => {};
    const { status, error } = await chat(name);
    assert.equal(status, 502);
    assert.equal(error?.code, "upstream_auth_error");
    assert.equal(provider.requests.length, 0);
  });
}

test("a host that cannot sign", async () => {
  const vm = await (await WasmHost.load(PLUGIN)).vm({ sign: undefined });
  const root = vm.configure(configOf());
  assert.ok(root.ok);
  const exchange = root.exchange();
  const headers: [string, string][] = [
    [":authority", "gateway.test"],
    [":path", "/v1/models"],
    [":method", "GET"],
    [":scheme", "http"],
  ];
  exchange.requestHeaders(headers, true);
  assert.equal(exchange.localReply?.status, 502);
  assert.match(Buffer.from(exchange.localReply?.body ?? []).toString(), /no function 'sign'/);
});

test("a client that leaves while it waits leaves the token to the next one", async () => {
  const fetched = held(token("first"));
  tokens.script = fetched.script;
  const socket = await send("leaving", "GET /v1/models HTTP/1.1\r\nhost: a\r\n\r\n");
  await fetched.asked;
  socket.destroy();
  await sleep(50);
  fetched.goOn();
  await sleep(50);
  assert.equal((await chat("leaving")).status, 200);
  assert.equal(tokens.requests.length, 1);
});

test("a body that is not read may be larger than what is buffered while it waits", async () => {
  const fetched = held(token("first"));
  tokens.script = fetched.script;
  provider.script = whole(200, "{}");
  const size = 4 * MIB;
  const path = "/v1/projects/p/locations/eu/publishers/google/models/m:predict";
  const head = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n`;
  const socket = await send("original", head);
  socket.write(Buffer.alloc(size, 0x61));
  await fetched.asked;
  await sleep(100);
  fetched.goOn();
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  assert.match(answer.toString(), /^HTTP\/1\.1 200/);
  const [request] = provider.requests;
  assert.equal(request?.body.length, size);
  assert.equal(request?.path, path);
  assert.equal(request?.headers.host, "aiplatform.eu.rep.googleapis.com");
  assert.deepEqual(bearers(), ["Bearer ya29.first.."]);
});

test("a request without a body waits, too", async () => {
  const model = { name: "publishers/google/models/gemini-2.5-flash" };
  provider.script = whole(200, JSON.stringify({ publisherModels: [model] }));
  const response = await fetch(`http://127.0.0.1:${portOf("models")}/v1/models`);
  const { data } = (await response.json()) as { data: { id: string }[] };
  assert.deepEqual(
    data.map(({ id }) => id),
    ["gemini-2.5-flash"],
  );
  assert.deepEqual(bearers(), ["Bearer ya29.first.."]);
});

test("in the filter chain of a cluster requests wait, too", async () => {
  tokens.script = whole(400, "{}");
  assert.equal((await chat("upstream")).status, 502);
  tokens.script = token("first");
  provider.script = whole(401, JSON.stringify(REFUSED));
  assert.equal((await chat("upstream")).status, 401);
  provider.script = whole(200, JSON.stringify(ANSWER));
  tokens.script = token("second");
  assert.equal((await chat("upstream")).status, 200);
  assert.deepEqual(bearers(), ["Bearer ya29.first..", "Bearer ya29.second.."]);
});

async function send(name: string, text: string): Promise<Socket> {
  const socket = connect(portOf(name), "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(text);
  return socket;
}
