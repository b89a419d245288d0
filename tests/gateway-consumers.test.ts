// Consumers of a gateway: keys, models, what is put into their requests, and what they may use.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, {
  APIError,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import {
  chunk,
  type RawProvider,
  type Script,
  send,
  startRawProvider,
  stream,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const KEYS = {
  a: "canary-key-of-team-a",
  second: "canary-second-key-of-team-a",
  b: "canary-key-of-team-b",
  metered: "canary-key-metered",
  quick: "canary-key-quick",
  minute: "canary-key-minute",
  gold: "canary-key-gold",
  strict: "canary-key-strict",
} as const;

const completion = (prompt = 1, done = 2) =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: prompt, completion_tokens: done, total_tokens: prompt + done },
  });

const event = (payload: object) => `data: ${JSON.stringify(payload)}\n\n`;

function chunkOf(delta: object, finish_reason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason }];
  return event({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices,
  });
}

function usageChunk(prompt_tokens: number, completion_tokens: number): string {
  const usage = {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
  };
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
  return event({ ...head, choices: [], usage });
}

const wholeStream = (prompt: number, done: number): Script =>
  stream(
    chunkOf({ role: "assistant", content: "Hel" }),
    chunkOf({ content: "lo." }),
    chunkOf({}, "stop"),
    usageChunk(prompt, done),
    "data: [DONE]\n\n",
  );

const events = (...list: object[]) =>
  list.map((one) => `event: ${(one as { type: string }).type}\n${event(one)}`);

describe("consumers", () => {
  let provider: RawProvider;
  let claude: RawProvider;
  let envoy: TestEnvoy;
  let url: string;

  before(async () => {
    provider = await startRawProvider(whole(200, completion()));
    claude = await startRawProvider(whole(500, "{}"));
    const to = ({ port }: RawProvider) => ({ address: `127.0.0.1:${port}`, tls: false });
    const limits = { tokensPerDay: 1000 };
    envoy = await startGateway(
      {
        providers: {
          main: { type: "openai", apiTokens: ["sk-provider"], upstream: to(provider) },
          claude: { type: "claude", apiTokens: ["sk-claude"], upstream: to(claude) },
          bare: { type: "openai", upstream: to(provider) },
        },
        models: [
          { name: "golden", headers: { "x-mse-consumer": "gold" }, providers: ["claude"] },
          { model: ["chat", "other", "large-*", "embed"], providers: ["main"] },
          { model: "claude", providers: ["claude"] },
          { model: "both", providers: ["claude", "main"] },
          { model: "bare", providers: ["bare"] },
        ],
        consumers: [
          {
            name: "team-a",
            keys: ["${TEAM_A}", `sha256:${createHash("sha256").update(KEYS.second).digest("hex")}`],
          },
          {
            name: "team-b",
            keys: KEYS.b,
            models: ["chat", "large-*"],
            defaults: { max_tokens: 10, temperature: 0.5 },
            overrides: { user: "team-b", "metadata.team": "b" },
          },
          { name: "metered", keys: [KEYS.metered], limits },
          { name: "quick", keys: [KEYS.quick], limits: { requestsPerMinute: 2 } },
          {
            name: "minute",
            keys: [KEYS.minute],
            limits: { tokensPerMinute: 5, tokensPerDay: 1000 },
          },
          { name: "gold", keys: [KEYS.gold] },
          { name: "strict", keys: [KEYS.strict], overrides: { max_tokens: 20 } },
        ],
      },
      { TEAM_A: KEYS.a },
      2,
    );
    url = `http://127.0.0.1:${envoy.ports[0]}/v1`;
  });

  beforeEach(() => {
    provider.script = whole(200, completion());
    provider.requests.length = 0;
    claude.script = whole(500, "{}");
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([provider?.close(), claude?.close()]);
    assert.ok(!/canary/i.test(envoy.log()), "the log shows a key");
  });

  const clientOf = (apiKey: string) => new OpenAI({ baseURL: url, apiKey, maxRetries: 0 });

  function chat(key: string, model = "chat", more: object = {}) {
    return clientOf(key)
      .chat.completions.create({ model, messages, ...more })
      .withResponse();
  }

  /** What is left to a consumer, by an answer that costs nothing. */
  async function remaining(key: string, unit = "tokens"): Promise<number> {
    provider.script = whole(200, completion(0, 0));
    const { response } = await chat(key);
    return Number(response.headers.get(`x-ratelimit-remaining-${unit}`));
  }

  /** Waits until a count is there. */
  async function settled(count: () => Promise<number>, expected: number): Promise<void> {
    for (let i = 0; i < 100 && (await count()) !== expected; ++i) await sleep(20);
    assert.equal(await count(), expected);
  }

  /** A window of the clock shall not end within a test. */
  async function withinMinute(): Promise<void> {
    const second = (Date.now() / 1000) % 60;
    if (second > 50) await sleep((61 - second) * 1000);
  }

  test("no key and a wrong one", async () => {
    const response = await fetch(`${url}/models`);
    assert.equal(response.status, 401);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    assert.deepEqual([error.type, error.code, error.param], ["invalid_request_error", null, null]);
    for (const wrong of ["canary-unknown", KEYS.a.slice(0, -1), `${KEYS.a}x`, `sha256:${KEYS.a}`]) {
      await assert.rejects(chat(wrong), (error) => {
        assert.ok(error instanceof AuthenticationError);
        assert.equal(error.code, "invalid_api_key");
        assert.equal(error.type, "invalid_request_error");
        assert.doesNotMatch(error.message, /canary/);
        return true;
      });
    }
    assert.equal(provider.requests.length, 0);
  });

  test("a key in any header that clients use, and none of it for the provider", async () => {
    const headers: Record<string, string>[] = [
      { authorization: `Bearer ${KEYS.a}` },
      { "x-api-key": KEYS.a },
      { "api-key": KEYS.second },
      { "x-goog-api-key": KEYS.second },
    ];
    for (const own of headers) {
      const response = await fetch(`${url}/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-mse-consumer": "gold", ...own },
        body: JSON.stringify({ model: "chat", messages }),
      });
      assert.equal(response.status, 200, await response.text());
    }
    assert.equal(provider.requests.length, 4);
    for (const { headers: sent, rawHeaders } of provider.requests) {
      assert.equal(sent.authorization, "Bearer sk-provider");
      assert.equal(sent["x-mse-consumer"], undefined);
      assert.doesNotMatch(rawHeaders.join("\n"), /canary|x-llm/);
    }
  });

  test("a provider without a key of its own never gets the client's", async () => {
    await assert.rejects(chat(KEYS.a, "bare"), AuthenticationError);
    assert.equal(provider.requests.length, 0);
  });

  test("models that a consumer may not use", async () => {
    await chat(KEYS.b, "chat");
    await chat(KEYS.b, "large-1");
    await assert.rejects(chat(KEYS.b, "other"), (error) => {
      assert.ok(error instanceof PermissionDeniedError);
      assert.equal(error.code, "model_not_found");
      assert.match(error.message, /'team-b' does not have access to the model 'other'/);
      return true;
    });
    await assert.rejects(chat(KEYS.b, "nobody"), NotFoundError);
    const names = async (key: string) => {
      const { data } = await clientOf(key).models.list();
      return data.map(({ id }) => id);
    };
    assert.deepEqual(await names(KEYS.b), ["chat"]);
    assert.deepEqual(await names(KEYS.a), ["chat", "other", "embed", "claude", "both", "bare"]);
    assert.equal((await clientOf(KEYS.b).models.retrieve("chat")).id, "chat");
    await assert.rejects(clientOf(KEYS.b).models.retrieve("other"), NotFoundError);
  });

  test("defaults and overrides", async () => {
    await chat(KEYS.b, "chat", { temperature: 1, user: "me", metadata: { a: "1" } });
    const request = provider.requests[0];
    assert.deepEqual(JSON.parse(request?.body.toString() ?? ""), {
      model: "chat",
      messages,
      max_tokens: 10,
      temperature: 1,
      user: "team-b",
      metadata: { a: "1", team: "b" },
    });
    assert.equal(Number(request?.headers["content-length"]), request?.body.length);
  });

  test("the limit on an answer's tokens by each of its names", async () => {
    const limits = (place: number) => {
      const body = JSON.parse(provider.requests[place]?.body.toString() ?? "") as object;
      return Object.entries(body).filter(([name]) => /^max_|^user$/.test(name));
    };
    await chat(KEYS.strict, "chat", { max_completion_tokens: 500 });
    assert.deepEqual(limits(0), [["max_completion_tokens", 20]]);
    await chat(KEYS.b, "chat", { max_completion_tokens: 500 });
    assert.deepEqual(limits(1).sort(), [
      ["max_completion_tokens", 500],
      ["user", "team-b"],
    ]);
    await clientOf(KEYS.strict).responses.create({ model: "chat", input: "Hi" });
    assert.deepEqual(limits(2), [["max_output_tokens", 20]]);
    const input = { model: "chat", input: "Hi", encoding_format: "float" as const };
    await clientOf(KEYS.strict)
      .embeddings.create(input)
      .catch(() => {});
    assert.deepEqual(limits(3), []);
  });

  test("rules by consumer", async () => {
    claude.script = whole(
      200,
      JSON.stringify({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "c",
        content: [{ type: "text", text: "Golden." }],
        stop_reason: "end_turn",
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    );
    const { data } = await chat(KEYS.gold);
    assert.equal(data.choices[0]?.message.content, "Golden.");
    const forged = { headers: { "x-mse-consumer": "gold" } };
    const other = await clientOf(KEYS.a).chat.completions.create(
      { model: "chat", messages },
      forged,
    );
    assert.equal(other.choices[0]?.message.content, "Hello.");
  });

  test("requests per minute", async () => {
    await withinMinute();
    const first = await chat(KEYS.quick);
    assert.equal(first.response.headers.get("x-ratelimit-limit-requests"), "2");
    assert.equal(first.response.headers.get("x-ratelimit-remaining-requests"), "1");
    assert.match(
      first.response.headers.get("x-ratelimit-reset-requests") ?? "",
      /^(1m0s|\d{1,2}s)$/,
    );
    await chat(KEYS.quick);
    await assert.rejects(chat(KEYS.quick), (error) => {
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.code, "rate_limit_exceeded");
      assert.equal(error.type, "requests");
      assert.equal(error.headers?.get("x-ratelimit-remaining-requests"), "0");
      assert.match(error.headers?.get("retry-after") ?? "", /^\d{1,2}$/);
      return true;
    });
    assert.equal(provider.requests.length, 2);
    // The list of models costs nothing.
    await clientOf(KEYS.quick).models.list();
  });

  test("tokens per minute", async () => {
    await withinMinute();
    await chat(KEYS.minute);
    await chat(KEYS.minute);
    await assert.rejects(chat(KEYS.minute), (error) => {
      assert.ok(error instanceof RateLimitError);
      assert.equal(error.type, "tokens");
      assert.match(error.message, /tokens per min: Limit 5, Used 6\. Please try again in \d+s/);
      assert.equal(error.headers?.get("x-ratelimit-limit-tokens"), "5");
      assert.equal(error.headers?.get("x-should-retry"), null);
      return true;
    });
  });

  describe("tokens", () => {
    let left = 1000;

    /** Runs a request that costs so much, and looks at what is left. */
    async function costs(tokens: number, request: () => Promise<unknown>): Promise<void> {
      await request();
      left -= tokens;
      await settled(() => remaining(KEYS.metered), left);
    }

    async function read(key: string, model: string, more: object = {}): Promise<string> {
      let text = "";
      const body = { model, messages, stream: true as const, ...more };
      for await (const { choices } of await clientOf(key).chat.completions.create(body)) {
        text += choices[0]?.delta.content ?? "";
      }
      return text;
    }

    test("of whole answers, from both workers at once", async () => {
      provider.script = whole(200, completion(2, 3));
      await costs(100, async () => {
        const requests = Array.from({ length: 20 }, () => chat(KEYS.metered));
        await Promise.all(requests);
      });
      const stats = `http://127.0.0.1:${envoy.adminPort}/stats?filter=worker_.*downstream_cx_total`;
      const counts = [...(await (await fetch(stats)).text()).matchAll(/: (\d+)/g)];
      assert.ok(counts.filter(([, count]) => count !== "0").length >= 2, String(counts));
    });

    test("of a stream, whether the client asked for them or not", async () => {
      for (const more of [{}, { stream_options: { include_usage: true } }]) {
        provider.script = wholeStream(4, 6);
        await costs(10, async () => assert.equal(await read(KEYS.metered, "chat", more), "Hello."));
      }
    });

    test("of embeddings, which pass unread", async () => {
      const body = JSON.stringify({
        object: "list",
        data: [{ object: "embedding", index: 0, embedding: [0.25, 1] }],
        model: "embed",
        usage: { prompt_tokens: 7, total_tokens: 7 },
      });
      provider.script = whole(200, body);
      await costs(7, async () => {
        const input = { model: "embed", input: "Hi", encoding_format: "float" as const };
        const { data } = await clientOf(KEYS.metered).embeddings.create(input);
        assert.deepEqual(data[0]?.embedding, [0.25, 1]);
      });
    });

    test("of responses in events", async () => {
      const response = { id: "resp_1", object: "response", status: "completed", output: [] };
      const usage = { input_tokens: 5, output_tokens: 4, total_tokens: 9 };
      provider.script = stream(
        ...events(
          { type: "response.created", response: { ...response, usage: null } },
          { type: "response.output_text.delta", delta: '{"usage": {"input_tokens": 500}}' },
          { type: "response.completed", response: { ...response, usage } },
        ),
      );
      await costs(9, async () => {
        const body = { model: "chat", input: "Hi", stream: true as const };
        for await (const one of await clientOf(KEYS.metered).responses.create(body)) void one;
      });
    });

    test("of the attempt that succeeds", async () => {
      const error = { type: "overloaded_error", message: "Overloaded" };
      claude.script = stream(...events({ type: "error", error }));
      provider.script = wholeStream(1, 1);
      await costs(2, () => read(KEYS.metered, "both"));
    });

    test("of a client that leaves early: what is known by then", async () => {
      claude.script = async (socket) => {
        await send(socket, STREAM_HEAD);
        const usage = { input_tokens: 25, output_tokens: 1 };
        for (const one of events(
          { type: "message_start", message: { id: "m", role: "assistant", usage } },
          { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
          { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "A" } },
        )) {
          await send(socket, chunk(one));
        }
      };
      await costs(26, async () => {
        const body = { model: "claude", messages, stream: true as const };
        for await (const one of await clientOf(KEYS.metered).chat.completions.create(body)) {
          if (one.choices[0]?.delta.content === "A") break;
        }
      });
    });

    test("of errors: none", async () => {
      provider.script = whole(400, JSON.stringify({ error: { message: "No.", type: "t" } }));
      await costs(0, () => assert.rejects(chat(KEYS.metered), APIError));
    });

    test("until they are used up for the day", async () => {
      provider.script = whole(200, completion(left, 5));
      await chat(KEYS.metered);
      const count = provider.requests.length;
      const retrying = new OpenAI({ baseURL: url, apiKey: KEYS.metered, maxRetries: 2 });
      await assert.rejects(
        retrying.chat.completions.create({ model: "chat", messages }),
        (error) => {
          assert.ok(error instanceof RateLimitError);
          assert.equal(error.code, "rate_limit_exceeded");
          assert.equal(error.type, "tokens");
          assert.match(error.message, /tokens per day: Limit 1000, Used 1005/);
          assert.equal(error.headers?.get("x-ratelimit-limit-tokens"), "1000");
          assert.equal(error.headers?.get("x-ratelimit-remaining-tokens"), "0");
          assert.match(
            error.headers?.get("x-ratelimit-reset-tokens") ?? "",
            /^(\d+h\d+m\d+s|\d+m\d+s|\d+s)$/,
          );
          assert.match(error.headers?.get("retry-after") ?? "", /^\d+$/);
          return true;
        },
      );
      assert.equal(provider.requests.length, count);
      await chat(KEYS.a);
    });
  });

  test("the log says who it was and how many tokens, and no key", async () => {
    await settled(async () => Number(/"consumer":"team-a"/.test(envoy.log())), 1);
    const log = envoy.log();
    for (const said of [/"tokens":"3"/, /"details":"ai_proxy_invalid_api_key"/]) {
      assert.ok(said.test(log), String(said));
    }
    assert.ok(!/canary/i.test(log));
  });
});

test("without consumers a client's own key goes to a provider that has none", async () => {
  const provider = await startRawProvider(whole(200, completion()));
  const upstream = { address: `127.0.0.1:${provider.port}`, tls: false };
  const envoy = await startGateway({
    providers: { main: { type: "openai", upstream } },
    models: [{ model: "chat", providers: ["main"] }],
  });
  try {
    const baseURL = `http://127.0.0.1:${envoy.ports[0]}/v1`;
    const client = new OpenAI({ baseURL, apiKey: "sk-client", maxRetries: 0 });
    const answer = await client.chat.completions.create({ model: "chat", messages }).withResponse();
    assert.equal(provider.requests[0]?.headers.authorization, "Bearer sk-client");
    assert.equal(answer.response.headers.get("x-ratelimit-remaining-tokens"), null);
  } finally {
    await envoy.stop();
    await provider.close();
  }
});
