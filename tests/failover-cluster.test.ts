// The health of tokens in a provider's cluster, on a host in this process: pauses, what is shared, and what it costs.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RootContext } from "../host/root-context.ts";
import { run, type UpstreamResponse } from "../host/run.ts";
import { SharedStore } from "../host/shared-store.ts";
import type { Vm } from "../host/vm.ts";
import {
  encoder,
  CountingStore,
  vm,
  configure,
  json,
  REFUSED,
  input,
} from "./support/token-host.ts";
import { COMPLETION } from "./support/watched-gateway.ts";

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

  test("a provider's code cannot break a line of the log", async () => {
    const body = { code: 'a\u0000\n"é b', msg: "No." };
    const said = outcome(await cluster({ type: "coze" }), json(body, 500));
    assert.match(said, /the provider wants a pause \(500 a_____b\)$/);
  });

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
