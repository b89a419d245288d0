// Failover and retries on a host in this process: every cut, several workers, the clock in hand, and memory.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpCall } from "../host/http-call.ts";
import type { RootContext } from "../host/root-context.ts";
import { run, type RunInput, type RunResult, type UpstreamResponse } from "../host/run.ts";
import { SharedStore } from "../host/shared-store.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import { COMPLETION, DONE, event, finishOf, startOf } from "./support/watched-gateway.ts";

const encoder = new TextEncoder();
const JSON_TYPE: [string, string][] = [["content-type", "application/json"]];
const CLUSTER = { xds: { cluster_name: "providers" } };
const RETRY = { enabled: true };
const HELLO = event(startOf("Hello")) + event(finishOf()) + DONE;

/** Counts what the module asks of it. */
class CountingStore extends SharedStore {
  uses = 0;
  override get(key: string) {
    this.uses += 1;
    return super.get(key);
  }
}

async function vm(shared = new SharedStore()): Promise<Vm> {
  return (await WasmHost.load(PLUGIN)).vm({ shared });
}

function configure(own: Vm, members: object, type = "groq"): RootContext {
  const root = own.configure({ provider: { type, apiTokens: ["sk-bad", "sk-good"], ...members } });
  assert.ok(root.ok, root.logs.map((line) => line.text).join());
  return root;
}

function json(value: unknown, status = 200, headers: [string, string][] = []): UpstreamResponse {
  return {
    status,
    headers: [...JSON_TYPE, ...headers],
    body: encoder.encode(JSON.stringify(value)),
  };
}

const REFUSED = json({ error: { message: "No." } }, 401);

function input(members: object = {}, more: Partial<RunInput> = {}): RunInput {
  const messages = [{ role: "user", content: "Hi" }];
  const body = encoder.encode(JSON.stringify({ model: "m", messages, ...members }));
  const request = { path: "/v1/chat/completions", body, headers: JSON_TYPE };
  return { request, properties: CLUSTER, upstream: () => REFUSED, ...more };
}

function textOf({ response }: RunResult): string {
  return Buffer.from(response.body).toString("utf8");
}

function headerOf({ response }: RunResult, name: string): string | undefined {
  return response.headers.find(([own]) => own === name)?.[1];
}

function tokenOf(call: { header(name: string): string | null }): string {
  return String(call.header("authorization")).replace("Bearer ", "");
}

describe("without failover and retries", () => {
  test("the host is asked nothing for their sake", async () => {
    const shared = new CountingStore();
    const root = configure(await vm(shared), {});
    assert.equal(run(root, input()).response.status, 401);
    assert.equal(shared.uses, 0);
    assert.equal(root.tickPeriod, 0);
    assert.equal(configure(root.vm, { retryOnFailure: RETRY }).tickPeriod, 0);
    const failover = { enabled: true, cooldownDuration: 5 };
    assert.equal(configure(root.vm, { failover }).tickPeriod, 0);
    assert.equal(shared.uses, 0);
  });
});

describe("a retry", () => {
  /** Answers the one call, which must be the first request with the other token. */
  function again(answer: object, seen: HttpCall[] = []): (call: HttpCall) => object {
    return (call) => {
      seen.push(call);
      assert.equal(call.cluster, "providers");
      assert.equal(call.timeout, 60_000);
      assert.equal(call.header(":path"), "/openai/v1/chat/completions");
      assert.equal(call.header("content-type"), "application/json");
      return answer;
    };
  }

  const body = REFUSED.body ?? new Uint8Array(0);
  const cuts = Array.from({ length: body.length }, (_, i) => [i]);

  test("takes the place of the answer, wherever that is cut", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    for (const own of cuts) {
      for (const endAlone of [false, true]) {
        const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) });
        const responseArrival = { cuts: own, endAlone };
        const result = run(root, input({}, { answer, responseArrival }));
        assert.equal(result.response.status, 200);
        assert.deepEqual(JSON.parse(textOf(result)), COMPLETION);
      }
    }
    assert.equal(root.vm.contexts.size, 1);
  });

  test("sends the same body with the other token", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY, modelMapping: { m: "mapped" } });
    const seen: HttpCall[] = [];
    const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) }, seen);
    const result = run(root, input({ seed: 1 }, { answer }));
    const first = result.upstreamRequest;
    assert.deepEqual(Buffer.from(seen[0]?.body ?? []), Buffer.from(first?.body ?? []));
    assert.match(Buffer.from(seen[0]?.body ?? []).toString(), /"mapped"/);
    const tokens = [new Map(first?.headers).get("authorization"), seen[0]?.header("authorization")];
    assert.deepEqual(tokens.sort(), ["Bearer sk-bad", "Bearer sk-good"]);
  });

  test("of a stream", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const type: [string, string][] = [["content-type", "text/event-stream"]];
    const answer = again({ headers: type, body: HELLO });
    const result = run(root, input({ stream: true }, { answer }));
    assert.equal(textOf(result), HELLO);
    assert.equal(headerOf(result, "content-type"), "text/event-stream");
  });

  test("of a stream that is cut off itself is an error and no half answer", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const type: [string, string][] = [["content-type", "text/event-stream"]];
    const answer = again({ headers: type, body: event(startOf("Hel")) });
    const result = run(root, input({ stream: true }, { answer }));
    assert.equal(result.response.status, 502);
    assert.match(textOf(result), /stream_incomplete/);
    assert.equal(headerOf(result, "content-type"), "application/json");
  });

  test("that fails tells its own error, or where it has no answer the one before", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const last = { status: 500, headers: JSON_TYPE, body: '{"error":{"message":"Last."}}' };
    const failed = run(root, input({}, { answer: again(last) }));
    assert.equal(failed.response.status, 500);
    assert.match(textOf(failed), /"Last."/);
    for (const upstream of [REFUSED, { status: 401 }]) {
      for (const answer of [() => null, () => ({ status: 504, body: "timeout" })]) {
        const lost = run(root, input({}, { answer, upstream: () => upstream }));
        assert.equal(lost.response.status, 401);
        assert.equal(headerOf(lost, "content-type"), "application/json");
        assert.match(textOf(lost), /"error"/);
      }
    }
  });

  test("is not made for replies of Envoy's own, uploads, or where no token is left", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const properties = { ...CLUSTER, response: { code_details: "upstream_reset" } };
    assert.equal(run(root, { ...input(), properties }).response.status, 401);
    const request = {
      path: "/v1/audio/transcriptions",
      headers: [["content-type", "multipart/form-data"]] as [string, string][],
      body: encoder.encode("x"),
    };
    const openai = configure(root.vm, { retryOnFailure: RETRY }, "openai");
    assert.equal(run(openai, { ...input(), request }).response.status, 401);
    const single = configure(root.vm, { retryOnFailure: RETRY, apiTokens: ["sk-only"] });
    assert.equal(run(single, input()).response.status, 401);
  });

  test("keeps no memory, and none where clients leave", async () => {
    const root = configure(await vm(), { retryOnFailure: RETRY });
    const content = "x".repeat(200_000);
    const messages = [{ role: "user", content }];
    let pages = 0;
    for (let i = 0; i < 3000; ++i) {
      const large = i % 10 === 0 ? { messages } : {};
      const answer = again({ headers: JSON_TYPE, body: JSON.stringify(COMPLETION) });
      run(root, input(large, { answer }));
      const { request } = input(large);
      const gone = root.exchange({ properties: CLUSTER });
      const names = { ":authority": "a", ":path": request.path, ":method": "POST" };
      gone.requestHeaders(Object.entries(names), false);
      gone.requestBody(request.body ?? new Uint8Array(0), true);
      gone.responseHeaders([[":status", "401"], ...JSON_TYPE], false);
      gone.responseBody(body, true);
      gone.disconnect();
      root.calls[0]?.respond({ headers: JSON_TYPE, body: "{}" });
      root.vm.logs.length = 0;
      if (i === 600) pages = root.vm.memorySize;
    }
    assert.equal(root.vm.memorySize, pages);
  });
});

describe("failover", () => {
  const failover = {
    enabled: true,
    failureThreshold: 2,
    healthCheckModel: "probe",
    healthCheckInterval: 1000,
    healthCheckTimeout: 500,
  };

  /** The token of each of many requests. */
  function used(root: RootContext, upstream = (): UpstreamResponse => json(COMPLETION)): string[] {
    return Array.from({ length: 30 }, () => {
      const { upstreamRequest } = run(root, input({}, { upstream }));
      return String(new Map(upstreamRequest?.headers).get("authorization")).slice(7);
    });
  }

  /** Lets one token fail until it is out, as the answers to it are errors. */
  function takeOut(root: RootContext): void {
    for (let i = 0; i < 40; ++i) {
      const upstream = (request: { headers: readonly (readonly [string, string])[] }) =>
        new Map(request.headers).get("authorization") === "Bearer sk-bad"
          ? REFUSED
          : json(COMPLETION);
      run(root, input({}, { upstream }));
    }
  }

  function pass(vms: Vm[], milliseconds: number): void {
    for (const own of vms) own.clock += BigInt(milliseconds) * 1_000_000n;
  }

  test("is shared by workers and outlives configurations; one worker checks", async () => {
    const shared = new SharedStore();
    const vms = [await vm(shared), await vm(shared)];
    const roots = vms.map((own) => configure(own, { failover }));
    const [first, second] = roots;
    assert.ok(first && second);
    assert.deepEqual([first.tickPeriod, second.tickPeriod], [1000, 1000]);
    takeOut(first);
    assert.deepEqual(new Set(used(second)), new Set(["sk-good"]));
    const fresh = configure(second.vm, { failover: { ...failover, failureThreshold: 9 } });
    assert.deepEqual(new Set(used(fresh)), new Set(["sk-good"]));
    for (const root of roots) root.tick();
    assert.equal(first.calls.length + second.calls.length, 0, "nothing is due");
    pass(vms, 1000);
    second.tick();
    first.tick();
    assert.deepEqual([second.calls.length, first.calls.length], [1, 0]);
    const [call] = second.calls;
    assert.ok(call);
    assert.deepEqual([call.cluster, call.timeout, tokenOf(call)], ["providers", 500, "sk-bad"]);
    call.fail();
    pass(vms, 999);
    for (const root of roots) root.tick();
    pass(vms, 1);
    first.tick();
    first.calls[0]?.respond({ status: 200, body: JSON.stringify(COMPLETION) });
    assert.deepEqual(new Set(used(fresh)), new Set(["sk-good", "sk-bad"]));
    pass(vms, 9000);
    for (const root of roots) root.tick();
    assert.equal(first.calls.length + second.calls.length, 0, "all are in use");
  });

  test("an unknown cluster gives the token back to requests", async () => {
    const own = await (await WasmHost.load(PLUGIN)).vm({ clusters: [] });
    const root = configure(own, { failover });
    takeOut(root);
    pass([own], 1000);
    root.tick();
    assert.ok(own.logs.some((line) => line.text.includes("its cluster is unknown")));
    assert.deepEqual(new Set(used(root)), new Set(["sk-good", "sk-bad"]));
  });

  test("a state that another program has spoilt is none", async () => {
    const shared = new SharedStore();
    const root = configure(await vm(shared), { failover });
    const keys: string[] = [];
    const get = shared.get.bind(shared);
    shared.get = (key) => {
      keys.push(key);
      return get(key);
    };
    used(root);
    for (const text of ["", "[", "[1]", '{"a":1}', '{"a":{"out":true,"until":"x"}}', "\u0000"]) {
      shared.set(keys[0] ?? "", encoder.encode(text), 0);
      takeOut(root);
      assert.deepEqual(new Set(used(root)), new Set(["sk-good"]));
      root.tick();
    }
  });

  test("neither token nor secret is in what is shared", async () => {
    const shared = new SharedStore();
    const root = configure(await vm(shared), { failover, awsSecretKey: "sk-secret" });
    const written: string[] = [];
    const set = shared.set.bind(shared);
    shared.set = (key, bytes, cas) => {
      written.push(key, Buffer.from(bytes).toString());
      return set(key, bytes, cas);
    };
    takeOut(root);
    assert.ok(written.length > 0);
    assert.doesNotMatch(written.join("\n"), /sk-/);
    assert.doesNotMatch(root.vm.logs.map((line) => line.text).join("\n"), /sk-/);
  });

  test("a provider that is used at the client's path is checked there", async () => {
    const root = configure(await vm(), { failover }, "generic");
    const own = input();
    const request = { ...own.request, path: "/team/v1/chat/completions", host: "llm.internal" };
    for (let i = 0; i < 20; ++i) run(root, { ...own, request });
    pass([root.vm], 1000);
    root.tick();
    assert.equal(root.calls.length, 2);
    for (const call of root.calls) {
      assert.equal(call.header(":path"), "/team/v1/chat/completions");
      assert.equal(call.header(":authority"), "llm.internal");
    }
  });

  test("bound requests go on to the next token in use", async () => {
    const tokens = ["t0", "t1", "t2"];
    const root = configure(await vm(), { failover, apiTokens: tokens }, "openai");
    const headers: [string, string][] = [["x-mse-consumer", "user-alice"]];
    const request = { method: "GET", path: "/v1/files/f", headers };
    const ask = (upstream: UpstreamResponse) => {
      const result = run(root, { request, properties: CLUSTER, upstream: () => upstream });
      return new Map(result.upstreamRequest?.headers).get("authorization");
    };
    assert.equal(ask(json({})), "Bearer t0");
    for (let i = 0; i < 2; ++i) assert.equal(ask(REFUSED), "Bearer t0");
    for (let i = 0; i < 9; ++i) assert.equal(ask(json({})), "Bearer t1");
  });
});

describe("in a cluster", () => {
  const NOW = Date.UTC(2025, 0, 2, 3, 4, 5);
  const TOKENS = ["sk-bad", "sk-good"];

  async function cluster(members: object = {}, shared = new SharedStore()): Promise<RootContext> {
    const own = await vm(shared);
    own.clock = BigInt(NOW) * 1_000_000n;
    return configureCluster(own, members);
  }

  function configureCluster(own: Vm, members: object = {}): RootContext {
    const provider = { type: "groq", id: "g", apiTokens: TOKENS, ...members };
    const root = own.configure({ placement: "cluster", provider }, { placement: "cluster" });
    assert.ok(root.ok, root.logs.map((line) => line.text).join());
    return root;
  }

  /** What is logged of the tokens after one failure. */
  function outcome(root: RootContext, failure: UpstreamResponse): string {
    root.vm.logs.length = 0;
    run(root, input({}, { upstream: () => failure }));
    return root.vm.logs.map((line) => line.text).join("\n");
  }

  const at = (milliseconds: number) => new Date(NOW + milliseconds);
  const seconds = (milliseconds: number) => String(at(milliseconds).getTime() / 1000);
  const none: [string, string][] = [];
  const PAUSES: [string, number, [string, string][], number][] = [
    ["nothing", 429, none, 1000],
    ["nothing of a 503", 503, none, 1000],
    ["retry-after in seconds", 429, [["retry-after", "7"]], 7000],
    ["retry-after of a 503", 503, [["retry-after", "7"]], 7000],
    ["a part of a second", 429, [["retry-after", "0.5"]], 500],
    ["retry-after as a date", 429, [["retry-after", at(90_000).toUTCString()]], 90_000],
    ["a date that is past", 429, [["retry-after", at(-90_000).toUTCString()]], 1000],
    ["no time", 429, [["retry-after", "soon"]], 1000],
    ["retry-after of 0", 429, [["retry-after", "0"]], 1000],
    ["a year", 429, [["retry-after", "31536000"]], 86_400_000],
    [
      "retry-after-ms before all others",
      429,
      [
        ["retry-after-ms", "1500"],
        ["retry-after", "2"],
      ],
      1500,
    ],
    [
      "the limit of which nothing is left",
      429,
      [
        ["x-ratelimit-remaining-requests", "3"],
        ["x-ratelimit-reset-requests", "120ms"],
        ["x-ratelimit-remaining-tokens", "0"],
        ["x-ratelimit-reset-tokens", "6m0s"],
      ],
      360_000,
    ],
    [
      "the nearest limit, where something is left of all",
      429,
      [
        ["x-ratelimit-reset-requests", "2m59.56s"],
        ["x-ratelimit-reset-tokens", "7.66s"],
      ],
      7660,
    ],
    [
      "Anthropic's limits",
      429,
      [
        ["anthropic-ratelimit-requests-remaining", "9"],
        ["anthropic-ratelimit-requests-reset", at(1000).toISOString()],
        ["anthropic-ratelimit-output-tokens-remaining", "0"],
        ["anthropic-ratelimit-output-tokens-reset", at(42_000).toISOString()],
      ],
      42_000,
    ],
    ["ratelimit-reset", 429, [["ratelimit-reset", "11"]], 11_000],
    ["seconds since 1970", 429, [["x-ratelimit-reset", seconds(13_000)]], 13_000],
    ["milliseconds since 1970", 429, [["x-ratelimit-reset", String(NOW + 14_000)]], 14_000],
    ["limits of what is no 429", 503, [["ratelimit-reset", "11"]], 1000],
  ];
  for (const [shows, status, headers, pause] of PAUSES) {
    test(`a token is paused: ${shows}`, async () => {
      const error = { error: { message: "No.", code: "x" } };
      const said = outcome(await cluster(), json(error, status, headers));
      const end = `${at(pause).toISOString().slice(0, 19)}Z`;
      assert.ok(said.includes(`is out of use for ${pause} ms, until ${end}: `), said);
    });
  }

  test("a pause that stands in the body", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "33.2s" }];
    const error = { code: 429, status: "RESOURCE_EXHAUSTED", message: "No.", details };
    const said = outcome(await cluster({ type: "gemini" }), json({ error }, 429));
    assert.match(said, /is out of use for 34000 ms/);
  });

  const REFUSALS: [string, number, object][] = [
    ["openai", 401, { error: { message: "No.", code: "account_deactivated" } }],
    ["openai", 429, { error: { message: "No.", type: "insufficient_quota" } }],
    [
      "openai",
      429,
      { error: { message: "Your account is not active.", code: "billing_not_active" } },
    ],
    [
      "gemini",
      400,
      {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          message: "API key not valid.",
          details: [{ reason: "API_KEY_INVALID" }],
        },
      },
    ],
    [
      "gemini",
      403,
      {
        error: {
          code: 403,
          status: "PERMISSION_DENIED",
          message: "Your API key was reported as leaked.",
        },
      },
    ],
    [
      "claude",
      400,
      {
        type: "error",
        error: { type: "invalid_request_error", message: "Your credit balance is too low." },
      },
    ],
    ["qwen", 400, { error: { code: "Arrearage", message: "Access denied." } }],
    ["zhipuai", 429, { error: { code: "1113", message: "No." } }],
    ["moonshot", 429, { error: { type: "exceeded_current_quota_error", message: "No." } }],
    ["deepseek", 402, { error: { message: "Insufficient Balance" } }],
    ["minimax", 200, { base_resp: { status_code: 1008, status_msg: "insufficient balance" } }],
  ];
  for (const [type, status, body] of REFUSALS) {
    test(`a token is refused: ${type} ${status} ${JSON.stringify(body)}`, async () => {
      const members = type === "minimax" ? { type, minimaxApiType: "v2" } : { type };
      const said = outcome(await cluster(members), json(body, status));
      assert.match(said, /is out of use for 3600000 ms, until .*: the provider refuses it/);
    });
  }

  test("a healthy token costs one look, and so does one that is alone", async () => {
    for (const apiTokens of [TOKENS, ["sk-only"]]) {
      const shared = new CountingStore();
      const root = await cluster({ apiTokens }, shared);
      shared.uses = 0;
      for (let i = 0; i < 5; ++i) run(root, input({}, { upstream: () => json(COMPLETION) }));
      assert.equal(shared.uses, 5);
    }
  });

  test("no look where it is switched off, one for a provider without tokens", async () => {
    const shared = new CountingStore();
    const off = { failover: { enabled: false } };
    for (const [members, looks] of [[off, 0] as const, [{ apiTokens: [] }, 1] as const]) {
      const root = await cluster(members, shared);
      shared.uses = 0;
      assert.equal(outcome(root, REFUSED), "");
      assert.equal(shared.uses, looks);
    }
  });

  test("the state outlives updates, and the gateway looks once", async () => {
    const shared = new CountingStore();
    const root = await cluster({ apiTokens: ["sk-only"] }, shared);
    outcome(root, REFUSED);
    const models = [{ model: "m", providers: ["g", "h"] }];
    const listener = root.vm.configure({ models });
    const first = () => {
      const result = run(listener, input({}, { upstream: () => json(COMPLETION) }));
      const headers = new Map(result.upstreamRequest?.headers);
      return [headers.get("x-llm-provider"), headers.get("x-envoy-max-retries")];
    };
    shared.uses = 0;
    assert.deepEqual(first(), ["h", "0"]);
    assert.equal(shared.uses, 1);
    const { vm: own } = root;
    configureCluster(own, { apiTokens: ["sk-only"], modelMapping: { "*": "n" } });
    assert.deepEqual(first(), ["h", "0"]);
    // A key that is new is in use, whatever the old configuration still meets.
    configureCluster(own, { apiTokens: ["sk-new"] });
    assert.deepEqual(first(), ["g", undefined]);
    outcome(root, REFUSED);
    assert.deepEqual(first(), ["g", undefined]);
    // The old one again is still refused, until its time is over.
    configureCluster(own, { apiTokens: ["sk-only"] });
    assert.deepEqual(first(), ["h", "0"]);
    own.clock += 3_600_000_000_000n;
    assert.deepEqual(first(), ["g", undefined]);
    shared.uses = 0;
    assert.deepEqual(first(), ["g", undefined]);
    assert.equal(shared.uses, 1);
  });

  test("neither tokens nor a spoilt value break what is shared", async () => {
    const shared = new SharedStore();
    const root = await cluster({ apiTokens: ["sk-only"] }, shared);
    const written: string[] = [];
    const set = shared.set.bind(shared);
    shared.set = (key, bytes, cas) => {
      written.push(key, Buffer.from(bytes).toString());
      return set(key, bytes, cas);
    };
    outcome(root, REFUSED);
    assert.match(written.join("\n"), /ai-proxy\.out/);
    assert.doesNotMatch(written.join("\n"), /sk-/);
    const listener = root.vm.configure({ models: [{ model: "m", providers: ["g", "h"] }] });
    for (const text of ["", "[", "{}", '["g"]', '["g","x"]', "[1,2]", "\u0000"]) {
      set("ai-proxy.out", encoder.encode(text), 0);
      const result = run(listener, input({}, { upstream: () => json(COMPLETION) }));
      assert.equal(new Map(result.upstreamRequest?.headers).get("x-llm-provider"), "g");
    }
  });
});
