// What telemetry writes where it is asked for, and what it costs.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run, type RunInput } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { countedVm } from "./support/host-calls.ts";
import {
  chunk,
  COMPLETION,
  JSON_HEADERS,
  type Keys,
  keysOf,
  SSE_HEADERS,
  typed,
} from "./support/telemetry.ts";

const PLUGIN =
  process.env.PLUGIN ?? fileURLToPath(new URL("../build/plugin.wasm", import.meta.url));

let vm: Vm;
before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

/** One exchange with a provider of OpenAI's API. */
function chat(config: object, how: Partial<RunInput> & { status?: number; body?: object } = {}) {
  const { status = 200, body = {}, ...more } = how;
  const root = vm.configure({ provider: { type: "openai", apiTokens: ["sk-1"] }, ...config });
  assert.ok(root.ok, root.logs.map(({ text }) => text).join("\n"));
  const filterState = new Map<string, Uint8Array>();
  const messages = [{ role: "user", content: "Hi" }];
  run(root, {
    request: {
      path: "/v1/chat/completions",
      headers: JSON_HEADERS,
      body: Buffer.from(JSON.stringify({ model: "gpt-4o", messages, ...body })),
    },
    upstream: () => ({
      status,
      headers: JSON_HEADERS,
      body: Buffer.from(
        JSON.stringify(status < 400 ? COMPLETION : { error: { message: "No.", code: "odd" } }),
      ),
    }),
    ...more,
    filterState,
  });
  root.delete();
  return keysOf(filterState);
}

describe("logging", () => {
  test("nothing unless it is asked for", () => {
    assert.deepEqual(chat({}), {});
  });

  test("only keys that say something", () => {
    assert.deepEqual(chat({ logging: { keys: true } }), {
      request_type: "ai_chat",
      request_llm_model: "gpt-4o",
      llm_model: "gpt-4o-2024-08-06",
      llm_provider: "openai",
      llm_prompt_tokens: "9",
      llm_completion_tokens: "5",
      llm_total_tokens: "14",
      llm_finish_reason: "stop",
      llm_extraction_status: "complete",
    });
  });

  test("an error", () => {
    const keys = chat({ logging: { keys: true, aiLog: "json" } }, { status: 429 });
    assert.equal(keys["llm_error"], "rate_limit_exceeded");
    assert.equal(keys["llm_prompt_tokens"], undefined);
    assert.match(keys["ai_log"] ?? "", /"error":"rate_limit_exceeded"/);
  });

  test("aiLog as it stands between quotes", () => {
    const escaped = chat({ logging: { aiLog: "escaped" } })["ai_log"] ?? "";
    const plain = chat({ logging: { aiLog: "json" } })["ai_log"] ?? "";
    assert.equal(JSON.parse(`"${escaped}"`), plain);
    const { api, model, input_token, output_token, response_type } = JSON.parse(plain) as Keys;
    assert.deepEqual(
      [api, model, input_token, output_token, response_type],
      ["openai", "gpt-4o-2024-08-06", 9, 5, "normal"],
    );
  });

  test("summaries", () => {
    const summary = chat({ logging: { summaries: true } })["llm_summary"] ?? "";
    assert.deepEqual(JSON.parse(summary), {
      model: "gpt-4o-2024-08-06",
      duration: 0,
      prompt_tokens: 9,
      completion_tokens: 5,
      upstream_response_time: 0,
    });
  });

  test("payloads without credentials and files, and of bounded length", () => {
    const content = [
      { type: "text", text: "My key is sk-1-and-longer and Bearer abcdefghijkl." },
      { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(9000)}` } },
      { type: "text", text: "ü".repeat(3000) },
    ];
    const logging = { payloads: true, payloadBytes: 1000 };
    const provider = { type: "openai", apiTokens: ["sk-1-and-longer"] };
    const messages = [{ role: "user", content }];
    const keys = chat({ provider, logging }, { body: { messages } });
    const request = keys["llm_request"] ?? "";
    assert.match(request, /My key is \*\*\* and Bearer \*\*\*/);
    assert.match(request, /base64,A{32}… \(9000 bytes\)/);
    assert.ok(Buffer.byteLength(request) < 1100, String(request.length));
    assert.match(request, /ü…$/);
    assert.equal(keys["llm_response_text"], "Hello.");
  });

  test("the text of a streamed answer", () => {
    const events = [chunk({ role: "assistant", content: "Hel" }), chunk({ content: "lo" })];
    const body = `${events.join("")}${chunk({}, { finish_reason: "stop" })}data: [DONE]\n\n`;
    for (let cut = 1; cut < body.length; cut += 7) {
      const keys = chat(
        { logging: { payloads: true } },
        {
          body: { stream: true },
          upstream: () => ({ headers: SSE_HEADERS, body: Buffer.from(body) }),
          responseArrival: { cuts: [cut], endAlone: true },
        },
      );
      assert.equal(keys["llm_response_text"], "Hello");
    }
  });
});

describe("attempts in a cluster", () => {
  test("a failed one leaves its tokens beside those of the answer", () => {
    const filterState = new Map<string, Uint8Array>();
    const attempt = (provider: object, upstream: RunInput["upstream"]) => {
      const config = { placement: "cluster", provider, logging: { keys: true, aiLog: "json" } };
      const root = vm.configure(config, { placement: "cluster" });
      const body = { model: "m", messages: [{ role: "user", content: "Hi" }] };
      run(root, {
        request: {
          path: "/v1/chat/completions",
          headers: JSON_HEADERS,
          body: Buffer.from(JSON.stringify(body)),
        },
        upstream,
        filterState,
      });
      root.delete();
      return keysOf(filterState);
    };
    const message = { id: "msg_1", role: "assistant", content: [], usage: { input_tokens: 7 } };
    // A stream in place of the whole answer that was asked for is held to its end.
    const broken =
      typed("message_start", { message }) + typed("error", { error: { type: "overloaded_error" } });
    const claude = { id: "first", type: "claude", apiTokens: ["a"] };
    const before = attempt(claude, () => ({ headers: SSE_HEADERS, body: Buffer.from(broken) }));
    assert.equal(before["llm_error"], "overloaded");
    assert.equal(before["llm_prompt_tokens"], "7");
    const silent = { ...COMPLETION, usage: undefined };
    const after = attempt({ id: "second", type: "openai", apiTokens: ["b"] }, () => ({
      headers: JSON_HEADERS,
      body: Buffer.from(JSON.stringify(silent)),
    }));
    assert.equal(after["llm_failed_attempt_tokens"], "7");
    assert.equal(after["llm_attempts"], "first 503");
    assert.equal(after["llm_provider"], "second");
    assert.equal(after["llm_error"], "");
    assert.equal(after["llm_prompt_tokens"], "");
    assert.equal(after["llm_finish_reason"], "stop");
    assert.match(after["ai_log"] ?? "", /"fallback_from":"first"/);
  });
});

describe("what telemetry costs", () => {
  const stream = [
    chunk({ role: "assistant", content: "He" }),
    chunk({ content: "llo" }),
    `${chunk({}, { finish_reason: "stop" })}data: [DONE]\n\n`,
  ];

  /** Host calls of the second of two chats: ids of metrics are asked for once. */
  async function cost(config: object, streams: boolean): Promise<Record<string, number>> {
    const { vm: own, take } = await countedVm(PLUGIN);
    const root = own.configure({ provider: { type: "openai", apiTokens: ["sk-1"] }, ...config });
    const body = { model: "m", stream: streams, messages: [{ role: "user", content: "Hi" }] };
    const cuts = [stream[0]?.length ?? 0, (stream[0]?.length ?? 0) + (stream[1]?.length ?? 0)];
    for (let i = 0; i < 2; ++i) {
      take();
      run(root, {
        request: {
          path: "/v1/chat/completions",
          headers: JSON_HEADERS,
          body: Buffer.from(JSON.stringify(body)),
        },
        upstream: () =>
          streams
            ? { headers: SSE_HEADERS, body: Buffer.from(stream.join("")) }
            : { headers: JSON_HEADERS, body: Buffer.from(JSON.stringify(COMPLETION)) },
        responseArrival: streams ? { cuts } : {},
      });
    }
    return take();
  }

  const sum = (calls: Record<string, number>) =>
    Object.values(calls).reduce((all, own) => all + own, 0);

  test("nothing unless it is asked for", async () => {
    const whole = await cost({}, false);
    assert.equal(sum(whole), 7, JSON.stringify(whole));
    const streamed = await cost({}, true);
    assert.equal(sum(streamed), 11, JSON.stringify(streamed));
    assert.equal(whole["proxy_set_property"], undefined);
  });

  test("one property twice for aiLog, and the clock once", async () => {
    const calls = await cost({ logging: { aiLog: "json" } }, false);
    assert.equal(calls["proxy_set_property"], 2);
    assert.equal(sum(calls), 7 + 3, JSON.stringify(calls));
  });

  test("no call per event", async () => {
    const calls = await cost({ logging: { keys: true } }, true);
    assert.ok(sum(calls) <= 11 + 10, JSON.stringify(calls));
  });

  test("a call for each metric, and none for its name", async () => {
    const calls = await cost({ metrics: true }, false);
    assert.equal(calls["proxy_define_metric"], undefined);
    assert.equal((calls["proxy_record_metric"] ?? 0) + (calls["proxy_increment_metric"] ?? 0), 6);
    assert.equal(calls["proxy_set_property"], undefined);
  });
});

describe("metrics", () => {
  test("models that nobody has answered for cannot fill the table", async () => {
    const own = await (await WasmHost.load(PLUGIN)).vm();
    const root = own.configure({
      provider: { type: "openai", apiTokens: ["sk-1"] },
      metrics: true,
    });
    const ask = (model: string, status: number) =>
      run(root, {
        request: {
          path: "/v1/chat/completions",
          headers: JSON_HEADERS,
          body: Buffer.from(JSON.stringify({ model, messages: [] })),
        },
        upstream: () => ({
          status,
          headers: JSON_HEADERS,
          body: Buffer.from(JSON.stringify(status < 400 ? COMPLETION : { error: {} })),
        }),
      });
    for (let i = 0; i < 300; ++i) ask(`made-up-${i}`, 404);
    ask("gpt-4o", 200);
    const of = (model: string) => own.metrics.value(`ai_proxy.requests,provider=openai${model}`);
    assert.equal(of(",model=other"), 250);
    assert.equal(of(",model=gpt-4o"), 1);
    for (let i = 0; i < 300; ++i) ask(`real-${i}`, 200);
    const names = own.metrics.names().filter((name) => name.startsWith("ai_proxy.requests"));
    assert.equal(names.length, 101);
  });

  test("nothing in a name ends a label", async () => {
    const own = await (await WasmHost.load(PLUGIN)).vm();
    const root = own.configure({ provider: { type: "openai" }, metrics: true });
    const model = 'a,provider=evil\n"}{=';
    run(root, {
      request: {
        path: "/v1/chat/completions",
        headers: [...JSON_HEADERS, ["authorization", "Bearer x"]],
        body: Buffer.from(JSON.stringify({ model, messages: [] })),
      },
      upstream: () => ({
        headers: JSON_HEADERS,
        body: Buffer.from(JSON.stringify({ ...COMPLETION, model })),
      }),
    });
    for (const name of own.metrics.names()) {
      assert.match(name, /^[\w.]+(,[a-z_]+=[-\w./@+:]+)*$/);
      assert.doesNotMatch(name, /provider=evil/);
    }
  });
});
