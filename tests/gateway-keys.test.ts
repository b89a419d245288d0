// The keys of a gateway's providers in real Envoys with two workers: which failures take a key out of use, for whom, for
// how long, and what becomes of requests meanwhile.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { stringify } from "yaml";
import { findEnvoy } from "../cli/envoy-binary.ts";
import { RunningGateway } from "../cli/gateway/running.ts";
import type { Gateway } from "../cli/gateway/gateway.ts";
import { PLUGIN, type TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { type RawProvider, type RawRequest, type Script } from "./support/raw-provider.ts";
import { startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION } from "./support/watched-gateway.ts";

const FINE = whole(200, JSON.stringify(COMPLETION));
const MESSAGES = [{ role: "user" as const, content: "Hi" }];
const LONG = "600";

function failing(status: number, code: string, headers: Record<string, string> = {}): Script {
  const error = { message: "No.", type: "t", param: null, code };
  return whole(status, JSON.stringify({ error }), headers);
}

function keyOf({ headers }: RawRequest): string {
  return String(headers["x-api-key"] ?? headers.authorization).replace("Bearer ", "");
}

/** Answers by the key of a request; any other key is fine. */
function byKey(scripts: Record<string, Script>): Script {
  return (socket, request) => (scripts[keyOf(request)] ?? FINE)(socket, request);
}

/** What one key meets, and whether it is out of use then: `refused` for long, `paused`, or `kept`. */
const FAULTS: [string, Script, "refused" | "paused" | "kept"][] = [
  ["401", failing(401, "invalid_api_key"), "refused"],
  ["401 without a body", whole(401, ""), "refused"],
  ["402", failing(402, "payment_required"), "refused"],
  ["no quota", failing(429, "insufficient_quota"), "refused"],
  ["a closed account", failing(403, "account_deactivated"), "refused"],
  ["429", failing(429, "rate_limit_exceeded"), "paused"],
  ["503", failing(503, "overloaded"), "paused"],
  ["500 without a body", whole(500, ""), "paused"],
  ["an error in a 200", whole(200, '{"error":{"message":"Slow down.","code":429}}'), "paused"],
  ["400", failing(400, "invalid_value"), "kept"],
  ["404", failing(404, "model_not_found"), "kept"],
  ["422", failing(422, "invalid_value"), "kept"],
  ["a model that is not allowed", failing(403, "model_not_found"), "kept"],
  ["blocked content", failing(400, "content_filter"), "kept"],
];

describe("keys of a provider", () => {
  let a: RawProvider;
  let b: RawProvider;
  let envoy: TestEnvoy;

  const names = FAULTS.map((_, at) => `fault-${at}`);

  before(async () => {
    a = await startRawProvider(FINE);
    b = await startRawProvider(FINE);
    const at = ({ port }: RawProvider) => ({ address: `127.0.0.1:${port}`, tls: false });
    const two = (name: string, more: object = {}) => ({
      type: "groq",
      apiTokens: [
        { id: "one", token: `sk-canary-${name}-1` },
        { id: "two", token: `sk-canary-${name}-2` },
      ],
      upstream: at(a),
      ...more,
    });
    const turns = { tokenStrategy: "round-robin" };
    const providers: Gateway["providers"] = {
      // Round robin per worker: neither key is left out by chance.
      ...Object.fromEntries(names.map((name) => [name, two(name, turns)])),
      pausing: two("pausing"),
      cooling: two("cooling", { failover: { cooldownDuration: 150 } }),
      oldest: two("oldest", {
        tokenStrategy: "least-recently-failed",
        failover: { cooldownDuration: 1 },
      }),
      native: two("native", { type: "claude", ...turns }),
      twice: two("twice"),
      empty: two("empty", { apiTokens: ["sk-canary-empty"] }),
      gone: two("gone", { apiTokens: ["sk-canary-gone"] }),
      last: { type: "groq", apiTokens: ["sk-canary-last"], upstream: at(b) },
      off: two("off", { failover: { enabled: false } }),
    };
    const alone = [...names, "pausing", "cooling", "oldest", "native", "off"];
    envoy = await startGateway(
      {
        providers,
        models: [
          ...alone.map((id) => ({ model: id, providers: [id] })),
          { model: "twice", providers: [{ id: "twice", attempts: 2 }, "last"] },
          { model: "twice-off", providers: [{ id: "off", attempts: 2 }, "last"] },
          { model: "chain", providers: ["empty", "last"] },
          { model: "middle", providers: ["twice", "gone", "last"] },
          { model: "only", providers: ["gone"] },
        ],
      },
      {},
      2,
    );
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([a?.close(), b?.close()]);
    assert.doesNotMatch(envoy.log(), /canary|aborted|wasm failed|trap|Uncaught/i);
  });

  /** Many at once have connections of their own, so that any worker may get them. */
  async function ask(model: string, more: object = {}): Promise<number> {
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client",
      maxRetries: 0,
    });
    const asked = client.chat.completions.create({ model, messages: MESSAGES, ...more });
    return asked.then(
      () => 200,
      (error: unknown) => (error as { status?: number }).status ?? 0,
    );
  }

  const askMany = (model: string, count = 24) =>
    Promise.all(Array.from({ length: count }, () => ask(model)));

  const used = ({ requests }: RawProvider = a) => requests.map(keyOf);

  /** Asks until a key was used. */
  async function useUp(model: string, key: string): Promise<void> {
    while (!used().includes(key)) await ask(model);
  }

  function begin(script: Script = FINE): void {
    a.script = script;
    b.script = FINE;
    a.requests.length = 0;
    b.requests.length = 0;
  }

  for (const [at, [name, script, verdict]] of FAULTS.entries()) {
    test(`${name}: the key is ${verdict}`, async () => {
      const id = `fault-${at}`;
      const [bad, good] = [`sk-canary-${id}-1`, `sk-canary-${id}-2`];
      begin(byKey({ [bad]: script }));
      await useUp(id, bad);
      const line = new RegExp(`provider '${id}': token 'one' is out of use for (\\d+) ms, until `);
      const [, wait] = line.exec(envoy.log()) ?? [];
      if (verdict === "kept") {
        assert.equal(wait, undefined);
        begin();
        await useUp(id, bad);
        return;
      }
      assert.equal(wait, verdict === "refused" ? "3600000" : "1000");
      if (verdict === "paused") return;
      begin();
      assert.deepEqual(new Set(await askMany(id)), new Set([200]));
      assert.deepEqual(new Set(used()), new Set([good]), "no worker uses it again");
    });
  }

  test("an error in the provider's own protocol is read, and passes as it is", async () => {
    const error = { type: "error", error: { type: "authentication_error", message: "No." } };
    const bad = "sk-canary-native-1";
    const message = { type: "message", content: [], usage: {} };
    begin((socket, request) => {
      const answer = keyOf(request) === bad ? whole(401, JSON.stringify(error)) : FINE_MESSAGE;
      return answer(socket, request);
    });
    const FINE_MESSAGE = whole(200, JSON.stringify(message));
    const body = JSON.stringify({ model: "native", max_tokens: 5, messages: MESSAGES });
    const url = `http://127.0.0.1:${envoy.ports[0]}/v1/messages`;
    const post = () =>
      fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });
    while (!used().includes(bad)) {
      const response = await post();
      const isBad = response.status === 401;
      assert.deepEqual(await response.json(), isBad ? error : message);
    }
    begin(FINE_MESSAGE);
    for (let i = 0; i < 12; ++i) assert.equal((await post()).status, 200);
    assert.ok(!used().includes(bad));
  });

  test("retry-after holds for all workers", async () => {
    const bad = "sk-canary-pausing-1";
    begin(byKey({ [bad]: failing(429, "rate_limit_exceeded", { "retry-after": LONG }) }));
    await useUp("pausing", bad);
    assert.match(
      envoy.log(),
      /provider 'pausing': token 'one' is out of use for 600000 ms, until \S+Z: the provider wants a pause \(429 rate_limit_exceeded\)/,
    );
    begin();
    assert.deepEqual(new Set(await askMany("pausing")), new Set([200]));
    assert.deepEqual(new Set(used()), new Set(["sk-canary-pausing-2"]));
  });

  test("a key is back after its cool-down", async () => {
    const bad = "sk-canary-cooling-1";
    begin(byKey({ [bad]: failing(503, "overloaded") }));
    await useUp("cooling", bad);
    begin();
    await useUp("cooling", bad);
    while (!/provider 'cooling': token 'one' is in use again/.test(envoy.log())) await sleep(5);
  });

  test("the key whose last failure is the longest ago", async () => {
    const [one, two] = ["sk-canary-oldest-1", "sk-canary-oldest-2"];
    begin(byKey({ [one]: failing(503, "overloaded") }));
    await useUp("oldest", one);
    await sleep(20);
    begin();
    await askMany("oldest");
    assert.deepEqual(new Set(used()), new Set([two]), "one has failed, two never");
    begin(byKey({ [two]: failing(503, "overloaded") }));
    await useUp("oldest", two);
    await sleep(20);
    begin();
    await askMany("oldest");
    assert.deepEqual(new Set(used()), new Set([one]));
  });

  test("a retry at the same provider takes another key", async () => {
    // Wrong for the request, and nothing to hold against a key: both stay in use.
    const script: Script = (socket, request) =>
      a.requests.length % 2 === 1 ? void socket.destroy() : FINE(socket, request);
    for (const model of ["twice", "twice-off"]) {
      for (let i = 0; i < 10; ++i) {
        begin(script);
        assert.equal(await ask(model), 200);
        assert.equal(new Set(used()).size, 2, used().join());
        assert.equal(b.requests.length, 0);
      }
    }
  });

  test("where all keys of a provider are out the next provider is first", async () => {
    begin(failing(401, "invalid_api_key"));
    assert.equal(await ask("chain"), 200);
    assert.deepEqual([a.requests.length, b.requests.length], [1, 1]);
    begin();
    assert.deepEqual(new Set(await askMany("chain")), new Set([200]));
    assert.deepEqual([a.requests.length, b.requests.length], [0, 24]);
    assert.match(
      envoy.log(),
      /rule 'chain': provider 'empty' is left out for \d+ ms, since no token is in use; 'last' is first/,
    );
  });

  test("a provider without a key in use is left out in later attempts too", async () => {
    begin(failing(401, "invalid_api_key"));
    assert.equal(await ask("only"), 401);
    begin((socket) => void socket.destroy());
    assert.equal(await ask("middle"), 200);
    assert.deepEqual([used().length, b.requests.length], [1, 1]);
    assert.match(used()[0] ?? "", /twice/);
    for (const { headers } of [...a.requests, ...b.requests]) {
      assert.doesNotMatch(Object.keys(headers).join(), /x-llm|x-envoy/);
    }
    // The last of those that are left is asked no more than once.
    begin((socket) => void socket.destroy());
    b.script = failing(503, "overloaded");
    assert.equal(await ask("middle"), 503);
    assert.deepEqual([used().length, b.requests.length], [1, 1]);
  });

  test("a provider without another one is asked all the same, and may recover", async () => {
    begin();
    assert.equal(await ask("only"), 200);
    while (!/provider 'gone': token '0' is in use again/.test(envoy.log())) await sleep(5);
    assert.match(envoy.log(), /provider 'gone': token '0' is used although all tokens are out/);
  });

  test("clients have no say in the order", async () => {
    begin();
    const headers = { "x-llm-order": "MgA=", "x-llm-provider": "last", "x-llm-failed": "x" };
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client",
      maxRetries: 0,
    });
    const body = { model: "twice", messages: MESSAGES };
    await client.chat.completions.create(body, { headers });
    assert.equal(a.requests.length, 1);
    assert.ok(!("x-llm-order" in (a.requests[0]?.headers ?? {})));
  });
});

test("a reload keeps what is known of keys, and a new key is asked at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-keys-"));
  const file = join(folder, "gateway.yaml");
  const a = await startRawProvider(failing(401, "invalid_api_key"));
  const b = await startRawProvider(FINE);
  const write = (key: string, more: object = {}): void => {
    const upstream = ({ port }: RawProvider) => ({ address: `127.0.0.1:${port}`, tls: false });
    const providers = {
      a: { type: "groq", apiTokens: [key], upstream: upstream(a), ...more },
      b: { type: "groq", apiTokens: ["sk-b"], upstream: upstream(b) },
    };
    const models = [{ model: "m", providers: ["a", "b"] }];
    const listen = "127.0.0.1:0";
    writeFileSync(file, stringify({ listen, admin: listen, providers, models }));
  };
  write("sk-a");
  const binary = await findEnvoy();
  const options = { file, folder: join(folder, "state"), binary, plugin: PLUGIN, concurrency: 2 };
  const gateway = await RunningGateway.start(options);
  const ask = async () => {
    const body = JSON.stringify({ model: "m", messages: MESSAGES });
    const headers = { "content-type": "application/json" };
    const url = `http://127.0.0.1:${gateway.envoy.ports.get("gateway")}/v1/chat/completions`;
    const response = await fetch(url, { method: "POST", body, headers });
    await response.text();
    assert.equal(response.status, 200);
  };
  try {
    await ask();
    assert.equal(a.requests.length, 1);
    a.script = FINE;
    write("sk-a", { modelMapping: { "*": "n" } });
    assert.equal(await gateway.reload(), true);
    await Promise.all(Array.from({ length: 12 }, ask));
    assert.equal(a.requests.length, 1, "the key is still out of use");
    write("sk-new", { modelMapping: { "*": "n" } });
    assert.equal(await gateway.reload(), true);
    await Promise.all(Array.from({ length: 12 }, ask));
    assert.equal(a.requests.length, 13);
  } finally {
    await gateway.stop();
    await Promise.all([a.close(), b.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
});
