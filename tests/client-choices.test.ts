// What clients may choose where the configuration allows it: a provider of the gateway's, a token, credentials of their own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { run, type RunResult, type UpstreamResponse } from "../host/run.ts";
import { SharedStore } from "../host/shared-store.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { bootstrap, PLUGIN, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { type RawProvider, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION, MESSAGES } from "./support/watched-gateway.ts";

const CHAT = { model: "m", messages: MESSAGES };
const ANSWER = JSON.stringify(COMPLETION);

interface ErrorBody {
  error: { message: string; param: string | null; code: string | null };
}

async function post(port: number | undefined, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe("providerFromRequest of a gateway", () => {
  const names = ["a", "b", "c"];
  let providers: RawProvider[];
  let envoy: TestEnvoy;

  before(async () => {
    providers = await Promise.all(names.map(() => startRawProvider(whole(200, ANSWER))));
    const entries = names.map((name, at) => {
      const upstream = { address: `127.0.0.1:${providers[at]?.port}`, tls: false };
      const tokens = [`sk-${name}-0`, { id: "own", token: `sk-${name}-own` }];
      const failover = { enabled: false };
      const fields = {
        type: "groq",
        apiTokens: tokens,
        tokenFromRequest: true,
        failover,
        upstream,
      };
      return [name, fields] as const;
    });
    envoy = await startGateway({
      providerFromRequest: true,
      providers: Object.fromEntries(entries),
      models: [
        { model: "m", providers: ["a", { id: "b", model: "b-model" }] },
        { name: "other", model: "m", providers: ["c"] },
        { name: "hedged", model: "h", providers: ["a", "b"], strategy: "hedge", hedgeDelay: "10s" },
      ],
    });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all((providers ?? []).map((provider) => provider.close()));
  });

  /** Who was asked, for which model, with which token. */
  async function ask(body: object, headers: Record<string, string> = {}) {
    for (const { requests } of providers) requests.length = 0;
    const { status, text } = await post(envoy.ports[0], { ...CHAT, ...body }, headers);
    const asked = providers.flatMap(({ requests }, at) =>
      requests.map((request) => {
        const sent = JSON.parse(request.body.toString()) as Record<string, unknown>;
        assert.deepEqual(Object.keys(sent).sort(), ["messages", "model"]);
        assert.equal(request.headers["x-auth-id"], undefined);
        return `${names[at]} ${String(sent["model"])} ${request.headers.authorization}`;
      }),
    );
    return { status, text, asked };
  }

  test("the provider is asked that the body names", async () => {
    for (const [provider, expected] of [
      ["a", "a m Bearer sk-a-own"],
      ["b", "b b-model Bearer sk-b-own"],
      ["c", "c m Bearer sk-c-own"],
    ] as const) {
      const { asked, status } = await ask({ provider }, { "x-auth-id": "own" });
      assert.deepEqual(asked, [expected]);
      assert.equal(status, 200);
    }
  });

  test("a body that names none goes to the first, and the token may be named in it", async () => {
    assert.deepEqual((await ask({ index: "own" })).asked, ["a m Bearer sk-a-own"]);
  });

  test("nobody else is asked where it fails", async () => {
    const [, b] = providers;
    assert.ok(b);
    b.script = whole(503, '{"error":{"message":"Busy."}}');
    const { asked, status } = await ask({ provider: "b", index: "own" });
    assert.deepEqual(asked, ["b b-model Bearer sk-b-own"]);
    assert.equal(status, 503);
    const hedged = await ask({ model: "h", provider: "b", index: "own" });
    assert.deepEqual(hedged.asked, ["b h Bearer sk-b-own"]);
    b.script = whole(200, ANSWER);
  });

  for (const provider of ["d", "c"]) {
    test(`a provider that is ${provider === "d" ? "not there" : "none of the model's"}`, async () => {
      const model = provider === "d" ? "m" : "h";
      const { asked, status, text } = await ask({ model, provider });
      const { error } = JSON.parse(text) as ErrorBody;
      assert.deepEqual([status, error.param, error.code], [400, "provider", "invalid_value"]);
      assert.deepEqual(asked, []);
    });
  }
});

describe("providerFromRequest in a listener", () => {
  const config = {
    providers: [
      { id: "a", type: "openai", apiTokens: ["sk-a"] },
      { id: "b", type: "groq", apiTokens: ["sk-b"] },
    ],
    activeProviderId: "a",
    providerFromRequest: true,
    requestBodyLimit: 200,
  };
  const BODY = JSON.stringify({ ...CHAT, provider: "b" });

  /** A request in pieces; `null` in their place: trailers. */
  async function send(pieces: (string | null)[], path = "/v1/chat/completions", length?: number) {
    const root = (await (await WasmHost.load(PLUGIN)).vm()).configure(config);
    assert.ok(root.ok);
    const exchange = root.exchange({});
    const more = length === undefined ? [] : [["content-length", String(length)] as const];
    const head = { ":method": "POST", ":path": path, ":authority": "x", ":scheme": "http" };
    const type = ["content-type", "application/json"] as const;
    exchange.requestHeaders([...Object.entries(head), type, ...more] as [string, string][], false);
    for (const [at, piece] of pieces.entries()) {
      if (piece === null) exchange.requestTrailers([["x-end", "1"]]);
      else exchange.requestBody(Buffer.from(piece), at === pieces.length - 1);
    }
    return {
      host: exchange.upstream.header(":authority"),
      sent: Buffer.from(exchange.upstream.body()).toString(),
      status: exchange.client.header(":status"),
      answer: Buffer.from(exchange.client.body()).toString(),
    };
  }

  test("a body that ends with trailers", async () => {
    const { host, sent } = await send([BODY.slice(0, 20), BODY.slice(20), null]);
    assert.equal(host, "api.groq.com");
    assert.deepEqual(JSON.parse(sent), CHAT);
  });

  test("a body of a length that is known and wrong", async () => {
    assert.equal((await send([BODY], undefined, BODY.length)).host, "api.groq.com");
    const large = `${" ".repeat(200)}${BODY}`;
    assert.equal((await send([large], undefined, large.length)).status, "413");
    assert.equal((await send([large])).status, "413");
  });

  test("a body that is no JSON, or no object, is the active provider's to refuse", async () => {
    for (const text of ["{", "[]", '"b"', ""]) {
      const { status, answer, host } = await send([text]);
      assert.deepEqual([status, host], ["400", null], text);
      assert.match(answer, /could not parse the JSON body/);
    }
  });

  test("Anthropic's clients are told in their own words", async () => {
    const body = JSON.stringify({ ...CHAT, max_tokens: 5, provider: "c" });
    const { status, answer } = await send([body], "/v1/messages");
    assert.equal(status, "400");
    assert.equal((JSON.parse(answer) as { type: string }).type, "error");
    const { host } = await send([body.replace('"c"', '"b"')], "/v1/messages");
    assert.equal(host, "api.groq.com");
  });
});

describe("tokenFromRequest and tokens out of use", () => {
  const REFUSED: UpstreamResponse = {
    status: 401,
    headers: [["content-type", "application/json"]],
    body: Buffer.from('{"error":{"message":"No."}}'),
  };

  test("a token that is out of use is an error, and the others are used on", async () => {
    const vm = await (await WasmHost.load(PLUGIN)).vm({ shared: new SharedStore() });
    const apiTokens = ["a", "b"].map((id) => ({ id, token: `sk-${id}` }));
    const failover = { enabled: true, failureThreshold: 1, cooldownDuration: 60_000 };
    const retryOnFailure = { enabled: true };
    const provider = { type: "groq", apiTokens, failover, retryOnFailure, tokenFromRequest: true };
    const root = vm.configure({ provider });
    assert.ok(root.ok);
    const ask = (id: string, upstream: UpstreamResponse): RunResult => {
      const headers: [string, string][] = [["content-type", "application/json"]];
      if (id !== "") headers.push(["x-auth-id", id]);
      const body = Buffer.from(JSON.stringify(CHAT));
      const request = { path: "/v1/chat/completions", headers, body };
      return run(root, { request, upstream: () => upstream });
    };
    const fine: UpstreamResponse = {
      headers: [["content-type", "application/json"]],
      body: Buffer.from(ANSWER),
    };
    const keyOf = ({ upstreamRequest }: RunResult) =>
      upstreamRequest?.headers.find(([name]) => name === "authorization")?.[1];
    // It is not repeated with another token.
    assert.equal(ask("a", REFUSED).response.status, 401);
    const { response, upstreamRequest } = ask("a", fine);
    assert.equal(upstreamRequest, null);
    assert.equal(response.status, 503);
    const { error } = JSON.parse(Buffer.from(response.body).toString()) as ErrorBody;
    assert.match(
      error.message,
      /^The token 'a' of the provider 'groq' is out of use until 2\d{3}-/,
    );
    assert.deepEqual([error.param, error.code], ["x-auth-id", "token_unavailable"]);
    assert.equal(keyOf(ask("b", fine)), "Bearer sk-b");
    for (let i = 0; i < 5; ++i) assert.equal(keyOf(ask("", fine)), "Bearer sk-b");
  });
});

describe("sparkClientCredentials and names with underscores", () => {
  const ACTIONS = ["ALLOW", "DROP_HEADER", "REJECT_REQUEST"];
  const OWN = { X_APP_ID: "app", X_API_KEY: "key", X_API_SECRET: "secret" };
  let provider: RawProvider;
  let envoy: TestEnvoy;

  before(async () => {
    provider = await startRawProvider(whole(200, ANSWER));
    const config = { provider: { type: "spark", sparkClientCredentials: true } };
    const all = bootstrap({
      listeners: ACTIONS.map(() => ({ config, upstreamPort: provider.port })),
    });
    for (const [at, { filter_chains }] of all.static_resources.listeners.entries()) {
      const options = { headers_with_underscores_action: ACTIONS[at] };
      const [manager] = filter_chains[0]?.filters ?? [];
      Object.assign(manager?.typed_config ?? {}, { common_http_protocol_options: options });
    }
    envoy = await startEnvoyWith(all);
  });

  after(async () => {
    await envoy?.stop();
    await provider?.close();
  });

  for (const [at, action] of ACTIONS.entries()) {
    test(action, async () => {
      provider.requests.length = 0;
      const { status, text } = await post(envoy.ports[at], { ...CHAT, model: "lite" }, OWN);
      const [request] = provider.requests;
      assert.equal(status, [200, 401, 400][at], text);
      assert.equal(request?.headers.authorization, at === 0 ? "Bearer key:secret" : undefined);
      assert.doesNotMatch(JSON.stringify(request?.rawHeaders ?? []), /x_a/i);
    });
  }
});
