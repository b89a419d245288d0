// What operators see of a gateway in a real Envoy: its access log, and a scrape of its metrics.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { healthy } from "./support/gateway-faults.ts";
import { checkQuery, checkVariable, readDashboard } from "./support/dashboard.ts";
import { parseScrape, type Sample } from "./support/scrape.ts";
import {
  type RawProvider,
  type Script,
  startRawProvider,
  stream,
  whole,
} from "./support/raw-provider.ts";
import { chunkOf, COMPLETION, DONE, event, finishOf, startOf } from "./support/watched-gateway.ts";

interface ChatRequest {
  model: string;
  stream?: boolean;
}

const ERROR = (code: string) =>
  JSON.stringify({ error: { message: "No.", type: "server_error", param: null, code } });
const USAGE = {
  prompt_tokens: 9,
  completion_tokens: 5,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 4 },
};
const usageChunk = { ...chunkOf(""), choices: [], usage: USAGE };

/** Answers by the model that is asked for. */
const main: Script = (socket, request) => {
  const { model, stream: streams } = JSON.parse(request.body.toString()) as ChatRequest;
  if (model === "down") return whole(503, ERROR("overloaded"))(socket, request);
  if (model === "wrong") return whole(400, ERROR("bad_thing"))(socket, request);
  if (model === "endless") {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n");
    socket.write(event(startOf("Hel")));
    return;
  }
  if (streams !== true) return whole(200, JSON.stringify(COMPLETION))(socket, request);
  const events = [event(startOf("Hel")), event(chunkOf("lo")), event(finishOf())];
  return stream(...events, event(usageChunk), DONE)(socket, request);
};

describe("what a gateway tells its operators", () => {
  let providers: RawProvider[] = [];
  let envoy: TestEnvoy;

  before(async () => {
    providers = [await startRawProvider(main), await startRawProvider(healthy)];
    const [first, second] = providers.map(({ port }) => ({
      address: `127.0.0.1:${port}`,
      tls: false,
    }));
    envoy = await startGateway({
      providers: {
        main: { type: "openai", apiTokens: ["sk-a", "sk-b"], upstream: first ?? {} },
        gone: {
          type: "openai",
          apiTokens: ["sk-c"],
          upstream: { address: "127.0.0.1:1", tls: false },
        },
        second: { type: "claude", apiTokens: ["sk-provider"], upstream: second ?? {} },
      },
      models: [
        { model: ["chat", "down"], providers: ["main", { id: "second", model: "claude-x" }] },
        { name: "gone", model: "gone", providers: ["gone"] },
        { name: "lonely", model: ["wrong", "endless", "odd*"], providers: ["main"] },
      ],
      consumers: [{ name: "team-a", keys: ["key-a"] }],
      logging: { aiLog: "json" },
    });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all(providers.map((provider) => provider.close()));
  });

  function ask(body: object, headers: Record<string, string> = {}, signal?: AbortSignal) {
    const messages = [{ role: "user", content: "Hi" }];
    return fetch(`http://127.0.0.1:${envoy.ports[0]}/v1/chat/completions`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: "Bearer key-a",
        ...headers,
      },
      body: JSON.stringify({ model: "chat", messages, ...body }),
      signal: signal ?? null,
    });
  }

  /** Sends a request, reads all of the answer, and returns its line of the access log. */
  async function logged(body: object, headers: Record<string, string> = {}) {
    const count = lines().length;
    await (await ask(body, headers)).text();
    return lineAfter(count);
  }

  function lines(): Record<string, unknown>[] {
    const text = envoy.log().split("\n");
    const json = text.filter((line) => line.startsWith("{") && line.endsWith("}"));
    return json.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async function lineAfter(count: number): Promise<Record<string, unknown>> {
    for (let i = 0; i < 200 && lines().length <= count; ++i) await sleep(10);
    return lines()[count] ?? {};
  }

  async function scrape(): Promise<Sample[]> {
    const answer = await fetch(`http://127.0.0.1:${envoy.adminPort}/stats/prometheus`);
    return parseScrape(await answer.text());
  }

  test("a whole answer", async () => {
    const line = await logged({});
    assert.deepEqual(
      [line["type"], line["requested_model"], line["model"], line["provider"], line["status"]],
      ["ai_chat", "chat", "llama-3", "main", 200],
    );
    assert.deepEqual(
      [line["prompt_tokens"], line["completion_tokens"], line["tokens"]],
      ["1", "2", "3"],
    );
    assert.deepEqual(
      [line["finish_reason"], line["extraction_status"], line["consumer"], line["error"]],
      ["stop", "complete", "team-a", undefined],
    );
    const log = JSON.parse(String(line["ai_log"])) as Record<string, unknown>;
    assert.deepEqual([log["input_token"], log["output_token"]], [1, 2]);
  });

  test("a stream that was not asked for its usage", async () => {
    const line = await logged({ stream: true });
    assert.deepEqual(
      [line["type"], line["tokens"], line["cached_tokens"], line["extraction_status"]],
      ["ai_stream", "14", "4", "complete"],
    );
  });

  for (const streams of [false, true]) {
    test(`an answer of the second provider, ${streams ? "streamed" : "whole"}`, async () => {
      const line = await logged({ model: "down", stream: streams });
      assert.deepEqual(
        [line["provider"], line["failed"], line["attempts"], line["error"], line["tokens"]],
        ["second", "main 503", 2, "", "7"],
      );
      assert.deepEqual(
        [line["requested_model"], line["model"], line["finish_reason"]],
        ["down", "claude-sonnet-4-5", "stop"],
      );
      assert.match(String(line["ai_log"]), /"fallback_from":"main"/);
    });
  }

  test("an error of a provider", async () => {
    const line = await logged({ model: "wrong" });
    assert.deepEqual(
      [line["status"], line["error"], line["tokens"]],
      [400, "bad_thing", undefined],
    );
  });

  test("a provider that is not there", async () => {
    const line = await logged({ model: "gone" });
    assert.deepEqual(
      [line["status"], line["error"], line["failed"]],
      [503, "upstream_unavailable", "gone no answer"],
    );
  });

  test("what the gateway refuses", async () => {
    const unknown = await logged({ model: "missing" });
    assert.deepEqual(
      [unknown["status"], unknown["error"], unknown["requested_model"], unknown["consumer"]],
      [404, "model_not_found", "missing", "team-a"],
    );
    const stranger = await logged({}, { authorization: "Bearer none" });
    assert.deepEqual(
      [stranger["status"], stranger["error"], stranger["type"]],
      [401, "invalid_api_key", "ai_chat"],
    );
  });

  test("a client that leaves", async () => {
    const count = lines().length;
    const stop = new AbortController();
    const answer = await ask({ model: "endless", stream: true }, {}, stop.signal);
    await answer.body?.getReader().read();
    stop.abort();
    const line = await lineAfter(count);
    assert.deepEqual(
      [line["type"], line["extraction_status"], line["model"], line["tokens"]],
      ["ai_stream", "partial", "llama-3", undefined],
    );
  });

  test("no credential", async () => {
    await logged({ model: 'odd"},x=y,name' });
    for (const secret of ["key-a", "sk-a", "sk-b", "sk-provider"]) {
      assert.ok(!envoy.log().includes(secret), secret);
    }
  });

  describe("in a scrape", () => {
    let samples: Sample[];

    before(async () => {
      // Envoy merges histograms every five seconds.
      for (let i = 0; i < 100; ++i) {
        samples = await scrape();
        if (samples.some(isLast)) return;
        await sleep(100);
      }
    });

    const isLast = ({ name, labels, value }: Sample) =>
      name === "gen_ai_client_operation_duration_count" &&
      labels["gen_ai_request_model"]?.startsWith("odd") === true &&
      value > 0;

    /** The sum of the samples of a name with these labels. */
    function total(name: string, labels: Record<string, string> = {}): number {
      const wanted = Object.entries(labels);
      return samples
        .filter((one) => one.name === name)
        .filter((one) => wanted.every(([label, value]) => one.labels[label] === value))
        .reduce((sum, { value }) => sum + value, 0);
    }

    test("requests, errors, fallbacks and keys", () => {
      assert.equal(total("ai_proxy_requests"), 10);
      assert.equal(total("ai_proxy_requests", { gen_ai_request_model: "chat" }), 2);
      assert.equal(total("ai_proxy_fallbacks", { gen_ai_provider_name: "second" }), 2);
      const errors = (error_type: string) => total("ai_proxy_errors", { error_type });
      assert.equal(errors("overloaded"), 2);
      assert.equal(errors("bad_thing"), 1);
      assert.equal(errors("no_answer"), 1);
      assert.equal(errors("cancelled"), 1);
      assert.equal(errors("model_not_found"), 1);
      assert.equal(errors("invalid_api_key"), 1);
      const keys = (state: string) =>
        total("ai_proxy_keys", { gen_ai_provider_name: "main", state });
      assert.equal(keys("in_use") + keys("paused"), 2);
      assert.ok(keys("paused") > 0);
      assert.equal(keys("refused"), 0);
    });

    test("tokens, exactly and by request", () => {
      const labels = { gen_ai_request_model: "chat", consumer: "team-a" };
      const tokens = (gen_ai_token_type: string) =>
        total("ai_proxy_tokens", { ...labels, gen_ai_token_type });
      assert.deepEqual([tokens("input"), tokens("output")], [10, 7]);
      const usage = { ...labels, gen_ai_token_type: "input" };
      assert.equal(total("gen_ai_client_token_usage_count", usage), 2);
      assert.equal(total("gen_ai_client_token_usage_bucket", { ...usage, le: "1024" }), 2);
      assert.equal(total("gen_ai_client_token_usage_bucket", { ...usage, le: "4" }), 1);
    });

    test("times of streams", () => {
      for (const name of ["time_to_first_token", "time_per_output_token"]) {
        const count = `gen_ai_server_${name}_count`;
        assert.equal(total(count, { gen_ai_provider_name: "main" }), 1, name);
        assert.equal(total(count, { gen_ai_provider_name: "second" }), 1, name);
      }
    });

    test("no label of a client's making", () => {
      const odd = samples.filter(({ labels }) => /odd/.test(labels["gen_ai_request_model"] ?? ""));
      assert.ok(odd.length > 0);
      for (const { labels } of odd) assert.equal(labels["gen_ai_request_model"], "odd___x_y_name");
      const names = new Set(samples.map(({ name }) => name));
      for (const name of names) {
        if (/^(gen_ai|ai_proxy)/.test(name)) assert.match(name, /^[a-z_]+$/);
      }
    });

    const dashboard = readDashboard();

    for (const panel of dashboard.panels) {
      test(`all that the panel "${panel.title}" asks for`, () => {
        assert.ok(panel.targets.length > 0);
        for (const { expr } of panel.targets) checkQuery(expr, samples);
      });
    }

    test("the values of the dashboard's variables", () => {
      for (const { query } of dashboard.templating.list) checkVariable(query, samples);
    });
  });
});
