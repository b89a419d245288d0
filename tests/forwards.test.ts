// envoy/forwards.yaml in Envoy: chats whose body names the provider, and the providers' own APIs below paths of their own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { type Bootstrap, onThisMachine } from "./support/bootstrap-file.ts";
import { startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import {
  type RawProvider,
  type RawRequest,
  startRawProvider,
  whole,
} from "./support/raw-provider.ts";

const FILE = new URL("../envoy/forwards.yaml", import.meta.url);
const ANSWER = '{"own": 1.0, "error": null}';
const MESSAGES = [{ role: "user", content: "Hi" }];

/** The clusters, each with a provider of its own. */
const HOSTS: Readonly<Record<string, string>> = {
  anthropic: "api.anthropic.com",
  google: "generativelanguage.googleapis.com",
  openai: "api.openai.com",
};

const providers = new Map<string, RawProvider>();
let envoy: TestEnvoy;

before(async () => {
  const bootstrap = onThisMachine(parse(readFileSync(FILE, "utf8")) as Bootstrap, 0);
  for (const { name, load_assignment } of bootstrap.static_resources.clusters) {
    const provider = await startRawProvider(whole(200, ANSWER));
    providers.set(name, provider);
    const at = load_assignment?.endpoints[0].lb_endpoints[0].endpoint.address.socket_address;
    assert.ok(at !== undefined, `${name} has no address`);
    at.port_value = provider.port;
  }
  const environment = {
    OPENAI_API_KEY: "sk-o",
    ANTHROPIC_API_KEY: "sk-a",
    GEMINI_API_KEY: "key-g",
  };
  envoy = await startEnvoyWith(bootstrap, { environment });
});

after(async () => {
  await envoy?.stop();
  await Promise.all([...providers.values()].map((provider) => provider.close()));
});

/** What the provider got, and the client. */
async function ask(path: string, body?: object | string) {
  for (const { requests } of providers.values()) requests.length = 0;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`http://127.0.0.1:${envoy.ports[0]}${path}`, {
    headers: { "content-type": "application/json", authorization: "Bearer sk-client" },
    ...(body === undefined ? {} : { method: "POST", body: text }),
  });
  const answer = await response.text();
  const [[name, { requests }] = ["", { requests: [] as RawRequest[] }]] = [...providers].filter(
    ([, own]) => own.requests.length > 0,
  );
  const [request] = requests;
  assert.equal(request?.headers.host, HOSTS[name], "the wrong cluster was asked");
  const key = ["authorization", "x-api-key", "x-goog-api-key"].flatMap(
    (name) => request?.headers[name] ?? [],
  );
  const got = `${request?.method} ${request?.headers.host}${request?.path} ${key.join()}`;
  return { status: response.status, answer, got, body: request?.body.toString() ?? "" };
}

const RAW = '{ "model" : "m", "own": 1.0 }';

for (const [path, body, expected] of [
  ["/claude/api/v1/messages?beta=true", RAW, "POST api.anthropic.com/v1/messages?beta=true sk-a"],
  ["/claude/api/v1/models", undefined, "GET api.anthropic.com/v1/models sk-a"],
  [
    "/gemini/v1beta/models/g:streamGenerateContent?alt=sse",
    RAW,
    "POST generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse key-g",
  ],
  ["/v1/vector_stores", RAW, "POST api.openai.com/v1/vector_stores Bearer sk-o"],
  ["/v1/chat/completions", RAW, "POST api.openai.com/v1/chat/completions Bearer sk-o"],
] as const) {
  test(`${path} passes as it is`, async () => {
    const { status, answer, got, body: sent } = await ask(path, body);
    assert.equal(got, expected);
    assert.equal(sent, body ?? "");
    assert.equal(status, 200);
    assert.equal(answer, ANSWER);
  });
}

const CHAT = { model: "m", messages: MESSAGES };
const CLAUDE = "POST api.anthropic.com/v1/messages sk-a";
const GEMINI = "POST generativelanguage.googleapis.com/v1beta/models/m:generateContent key-g";

for (const [path, more, expected] of [
  ["/claude/api/openai", {}, CLAUDE],
  ["/gemini/openai", {}, GEMINI],
  ["/c/v1/chat/completions", {}, "POST api.openai.com/v1/chat/completions Bearer sk-o"],
  ["/c/v1/chat/completions", { provider: "claude" }, CLAUDE],
  ["/c/v1/chat/completions", { provider: "gemini" }, GEMINI],
] as const) {
  test(`a chat at ${path} ${JSON.stringify(more)}`, async () => {
    const { got, body } = await ask(path, { ...more, ...CHAT });
    assert.equal(got, expected);
    assert.equal("provider" in (JSON.parse(body) as object), false);
    assert.match(body, /Hi/);
  });
}

test("a provider that is not there", async () => {
  const { status, answer, got } = await ask("/c/v1/chat/completions", {
    ...CHAT,
    provider: "bing",
  });
  assert.equal(status, 400);
  assert.equal((JSON.parse(answer) as { error: { param: string } }).error.param, "provider");
  assert.match(got, /^undefined/);
});
