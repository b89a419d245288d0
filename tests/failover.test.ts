// Failing tokens leave use on all workers and come back, in a real Envoy with two workers.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pluginFilter, startEnvoy, type TestEnvoy } from "./support/envoy.ts";
import { UpdatedEnvoy } from "./support/listener-file.ts";
import { startRawProvider, stream, whole } from "./support/raw-provider.ts";
import type { RawProvider, RawRequest, Script } from "./support/raw-provider.ts";
import { COMPLETION, DONE, event, finishOf, startOf } from "./support/watched-gateway.ts";

const [BAD, GOOD] = ["sk-canary-bad", "sk-canary-good"];
const TOKENS = [BAD, GOOD];

function config(failover: object, members: object = {}): { provider: object } {
  const base = { enabled: true, failureThreshold: 3, ...failover };
  return { provider: { type: "groq", apiTokens: TOKENS, failover: base, ...members } };
}

// Each has an id, since the states of equal providers are one.
const CONFIGS = {
  counting: config({ cooldownDuration: 600_000, failoverOnStatus: ["401", "429"] }, { id: "1" }),
  cooling: config({ cooldownDuration: 300, failureThreshold: 1 }, { id: "2" }),
  pausing: config({ cooldownDuration: 50, failureThreshold: 1 }, { id: "3" }),
  probing: config(
    { healthCheckModel: "probe-model", healthCheckInterval: 60, successThreshold: 2 },
    { id: "4" },
  ),
  claude: config(
    { healthCheckModel: "probe-model", healthCheckInterval: 60, failureThreshold: 1 },
    { id: "5", type: "claude" },
  ),
  retrying: config(
    { cooldownDuration: 600_000, failureThreshold: 2 },
    { id: "6", retryOnFailure: { enabled: true } },
  ),
  affine: { provider: { type: "openai", id: "7", apiTokens: ["t0", "t1", "t2", "t3", "t4"] } },
  hidden: config({ cooldownDuration: 600_000, failureThreshold: 1 }, { id: "8" }),
};
type Name = keyof typeof CONFIGS;
const NAMES = Object.keys(CONFIGS) as Name[];

const FINE = whole(200, JSON.stringify(COMPLETION));
const REFUSED = whole(401, '{"error":{"message":"No."}}');

let provider: RawProvider;
let envoy: TestEnvoy;
let vms: string;

before(async () => {
  provider = await startRawProvider(FINE);
  const upstreamPort = provider.port;
  const listeners = NAMES.map((name) => ({ config: CONFIGS[name], upstreamPort }));
  envoy = await startEnvoy({ listeners, concurrency: 2 });
  vms = await createdVms();
});
beforeEach(() => void (provider.requests.length = 0));
after(async () => {
  assert.equal(await createdVms(), vms, "a VM was made anew");
  await envoy.stop();
  await provider.close();
  assert.doesNotMatch(envoy.log(), /canary|aborted|wasm failed|trap|Uncaught/i);
});

function unlessGood(bad: Script, good: Script = FINE): Script {
  return (socket, request) => (tokenOf(request) === GOOD ? good : bad)(socket, request);
}

function tokenOf({ headers }: RawRequest): string {
  return String(headers["x-api-key"] ?? headers.authorization).replace("Bearer ", "");
}

async function createdVms(): Promise<string> {
  const url = `http://127.0.0.1:${envoy.adminPort}/stats?filter=wasm.*created`;
  return (await fetch(url)).text();
}

interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  stream?: boolean;
}

/** Sends a request on a connection of its own, so that any worker may get it. */
function askPort(port: number, asked: Asked = {}): Promise<number> {
  const { method = "POST", path = "/v1/chat/completions", headers = {} } = asked;
  const messages = [{ role: "user", content: "Hi" }];
  const body = JSON.stringify({ model: "m", messages, stream: asked.stream ?? false });
  return new Promise((resolve, reject) => {
    const options = { port, method, path, agent: false, headers };
    const request = httpRequest(options, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(method === "GET" ? undefined : body);
  });
}

function ask(name: Name, asked: Asked = {}): Promise<number> {
  return askPort(envoy.ports[NAMES.indexOf(name)] ?? 0, asked);
}

function seen(token: string): RawRequest[] {
  return provider.requests.filter((own) => tokenOf(own) === token);
}

/** Asks until a token was used so many times. */
async function useUp(name: Name, token: string, times: number): Promise<void> {
  while (seen(token).length < times) await ask(name);
}

/** Many requests at once, over all workers. */
async function askMany(name: Name, asked: Asked = {}): Promise<number[]> {
  return Promise.all(Array.from({ length: 40 }, () => ask(name, asked)));
}

test("a token that has failed three times is skipped by all workers", async () => {
  provider.script = unlessGood(REFUSED);
  await useUp("counting", BAD, 3);
  assert.match(envoy.log(), /provider '1': token '0' is taken out of use .* status 401/);
  provider.requests.length = 0;
  const statuses = await askMany("counting");
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(seen(BAD).length, 0);
});

test("where all tokens are out one is used all the same", async () => {
  provider.script = REFUSED;
  await useUp("counting", GOOD, 3);
  assert.deepEqual(new Set(await askMany("counting")), new Set([401]));
  assert.match(envoy.log(), /provider '1': token '\d' is used although all tokens are out of use/);
  // Its success counts.
  provider.script = FINE;
  assert.equal(await ask("counting"), 200);
  assert.match(envoy.log(), /provider '1': token '\d' is in use again/);
});

test("a token is back after its cool-down", async () => {
  provider.script = unlessGood(REFUSED);
  await useUp("cooling", BAD, 1);
  provider.requests.length = 0;
  provider.script = FINE;
  await useUp("cooling", BAD, 1);
});

test("a longer retry-after is honoured", async () => {
  provider.script = unlessGood(whole(429, "{}", { "retry-after": "600" }));
  await useUp("pausing", BAD, 1);
  provider.requests.length = 0;
  await sleep(100);
  await askMany("pausing");
  assert.equal(seen(BAD).length, 0);
});

test("health checks give a token back", async () => {
  provider.script = unlessGood(REFUSED);
  await useUp("probing", BAD, 3);
  const checks = () => seen(BAD).filter((own) => own.body.includes("probe-model"));
  while (checks().length < 3) await sleep(5);
  assert.doesNotMatch(envoy.log(), /provider '4': token '0' is in use again/);
  const [check] = checks();
  assert.equal(check?.method, "POST");
  assert.equal(check?.path, "/openai/v1/chat/completions");
  assert.equal(check?.headers.host, "api.groq.com");
  assert.equal(check?.headers["content-type"], "application/json");
  const { model, messages } = JSON.parse(check?.body.toString() ?? "") as Record<string, unknown>;
  assert.equal(model, "probe-model");
  assert.ok(Array.isArray(messages));
  provider.script = FINE;
  while (!/provider '4': token '0' is in use again/.test(envoy.log())) await sleep(5);
  provider.requests.length = 0;
  await useUp("probing", BAD, 1);
  await sleep(200);
  assert.equal(checks().length, 0, "a token in use is not checked");
});

test("health checks speak the provider's protocol", async () => {
  provider.script = unlessGood(REFUSED, whole(529, "{}"));
  await useUp("claude", BAD, 1);
  const checks = () => seen(BAD).filter((own) => own.body.includes("probe-model"));
  while (checks().length < 2) await sleep(5);
  const [check] = checks();
  assert.equal(check?.path, "/v1/messages");
  assert.equal(check?.headers.host, "api.anthropic.com");
  assert.ok(check?.headers["anthropic-version"]);
  const body = JSON.parse(check?.body.toString() ?? "") as Record<string, unknown>;
  assert.ok(body["max_tokens"], "as Anthropic needs it");
  // An error in a 200 is no health.
  const error = { type: "error", error: { type: "overloaded_error", message: "No." } };
  provider.script = whole(200, JSON.stringify(error));
  provider.requests.length = 0;
  while (checks().length < 2) await sleep(5);
  assert.doesNotMatch(envoy.log(), /provider '5': token '0' is in use again/);
  provider.script = whole(200, '{"type":"message","content":[]}');
  while (!/provider '5': token '0' is in use again/.test(envoy.log())) await sleep(5);
});

test("retries count and skip what is out of use", async () => {
  provider.script = unlessGood(REFUSED);
  const statuses = await askMany("retrying");
  assert.deepEqual(new Set(statuses), new Set([200]));
  provider.requests.length = 0;
  assert.deepEqual(new Set(await askMany("retrying")), new Set([200]));
  assert.equal(seen(BAD).length, 0);
  // The one that is left has no other to go to.
  provider.script = REFUSED;
  provider.requests.length = 0;
  assert.equal(await ask("retrying"), 401);
  assert.deepEqual(provider.requests.map(tokenOf), [GOOD]);
});

test("an error in the first event of a stream counts", async () => {
  const error = event({ error: { message: "Too many.", code: 429 } });
  provider.script = unlessGood(
    stream(error),
    stream(event(startOf("Hi")), event(finishOf()), DONE),
  );
  while (seen(BAD).length < 1) await ask("hidden", { stream: true });
  provider.requests.length = 0;
  await askMany("hidden", { stream: true });
  assert.equal(seen(BAD).length, 0);
});

test("a consumer's objects are always at the same token", async () => {
  provider.script = whole(200, "{}");
  const asked = { method: "GET", path: "/v1/files/f1" };
  for (const [consumer, token] of [
    ["consumer1", "t3"],
    ["user-alice", "t3"],
    ["user-bob", "t2"],
  ]) {
    provider.requests.length = 0;
    await askMany("affine", { ...asked, headers: { "x-mse-consumer": consumer ?? "" } });
    assert.deepEqual(new Set(provider.requests.map(tokenOf)), new Set([token]));
  }
  provider.requests.length = 0;
  provider.script = FINE;
  await askMany("affine", { headers: { "x-mse-consumer": "consumer1" } });
  assert.ok(new Set(provider.requests.map(tokenOf)).size > 1, "chats are spread");
});

test("in a cluster's chain Envoy's tries share the state", async () => {
  const failover = { enabled: true, failureThreshold: 1, cooldownDuration: 600_000 };
  const own = { placement: "cluster", provider: { type: "groq", apiTokens: TOKENS, failover } };
  const codec = {
    name: "envoy.filters.http.upstream_codec",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
    },
  };
  const options = {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    explicit_http_config: { http_protocol_options: {} },
    http_filters: [pluginFilter("attempt", own), codec],
  };
  const cluster = {
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options,
    },
  };
  const retry_on = "retriable-status-codes";
  const route = { retry_policy: { retry_on, retriable_status_codes: [401], num_retries: 1 } };
  const listeners = [{ config: {}, upstreamPort: provider.port, route, cluster }];
  const inCluster = await startEnvoy({ listeners, concurrency: 2 });
  try {
    provider.script = unlessGood(REFUSED);
    const port = inCluster.ports[0] ?? 0;
    while (seen(BAD).length < 1) assert.equal(await askPort(port), 200);
    provider.requests.length = 0;
    const asked = Array.from({ length: 40 }, () => askPort(port));
    assert.deepEqual(new Set(await Promise.all(asked)), new Set([200]));
    assert.equal(seen(BAD).length, 0);
  } finally {
    await inCluster.stop();
  }
});

test("an update that keeps the provider keeps the state", async () => {
  const updated = await UpdatedEnvoy.start(CONFIGS.counting, provider.port, { concurrency: 2 });
  try {
    provider.script = unlessGood(REFUSED);
    while (seen(BAD).length < 3) await askPort(await updated.port());
    const { provider: old } = CONFIGS.counting;
    const failover = { enabled: true, failureThreshold: 5, cooldownDuration: 500_000 };
    const apiTokens = [...TOKENS, "sk-canary-new"];
    await updated.update({ provider: { modelMapping: { "*": "n" }, ...old, failover, apiTokens } });
    provider.requests.length = 0;
    provider.script = FINE;
    const port = await updated.port();
    await Promise.all(Array.from({ length: 40 }, () => askPort(port)));
    assert.equal(seen(BAD).length, 0);
    assert.ok(seen("sk-canary-new").length > 0);
    // Another account at the provider has a state of its own.
    await updated.update({ provider: { ...old, id: "other" } });
    const other = await updated.port();
    while (seen(BAD).length < 1) await askPort(other);
  } finally {
    await updated.stop();
  }
});
