// The gateway in front of several providers: who is asked, what clients are told, what the log says.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { APIError, NotFoundError } from "openai";
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

function answer(content: string, model: string): string {
  const message = { role: "assistant", content };
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
}

/** Says who it is, and what it was asked for. */
function named(name: string): Script {
  return (socket, request) => {
    const { model } = JSON.parse(request.body.toString()) as { model: string };
    return whole(200, answer(`${name}: ${model}`, model))(socket, request);
  };
}

const failing = (status: number, message = "No.") =>
  whole(status, JSON.stringify({ error: { message, type: "t", param: null, code: "c" } }));

const chunkOf = (content: string) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })}\n\n`;

describe("the gateway", () => {
  let a: RawProvider;
  let b: RawProvider;
  let c: RawProvider;
  let envoy: TestEnvoy;
  let client: OpenAI;

  before(async () => {
    [a, b, c] = (await Promise.all([named("a"), named("b"), named("c")].map(startRawProvider))) as [
      RawProvider,
      RawProvider,
      RawProvider,
    ];
    const provider = ({ port }: RawProvider, key: string) => ({
      type: "groq",
      apiTokens: [key],
      // Every request is on its own.
      failover: { enabled: false },
      upstream: { address: `127.0.0.1:${port}`, tls: false },
    });
    envoy = await startGateway({
      providers: { a: provider(a, "sk-a"), b: provider(b, "sk-b"), c: provider(c, "sk-c") },
      models: [
        { name: "gold", model: "chat", headers: { "x-tier": "gold" }, providers: ["c"] },
        { name: "eval", model: "chat", body: { "metadata.tier": "eval" }, providers: ["b"] },
        { model: ["chat", "large-*"], providers: ["a", { id: "b", model: "b-model" }, "c"] },
        { model: "turns", providers: ["a", "b"], strategy: "round-robin" },
        {
          model: "shares",
          providers: [
            { id: "a", weight: 3 },
            { id: "b", weight: 1 },
          ],
          strategy: "weighted",
        },
        { name: "families", model: "~^(o1|o3)(-mini)?$", providers: ["b"] },
      ],
    });
    client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client",
      maxRetries: 0,
    });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([a?.close(), b?.close(), c?.close()]);
  });

  async function ask(model: string, more: object = {}, headers: Record<string, string> = {}) {
    const completion = await client.chat.completions.create(
      { model, messages, ...more },
      { headers },
    );
    return completion.choices[0]?.message.content;
  }

  function heal(): void {
    a.script = named("a");
    b.script = named("b");
    c.script = named("c");
  }

  test("the first provider in order", async () => {
    assert.equal(await ask("chat"), "a: chat");
  });

  test("a prefix", async () => {
    assert.equal(await ask("large-2"), "a: large-2");
  });

  test("an expression", async () => {
    assert.equal(await ask("o3-mini"), "b: o3-mini");
    await assert.rejects(ask("o3-maxi"), NotFoundError);
  });

  test("a header decides", async () => {
    assert.equal(await ask("chat", {}, { "x-tier": "gold" }), "c: chat");
  });

  test("a member of the body decides", async () => {
    assert.equal(await ask("chat", { metadata: { tier: "eval" } }), "b: chat");
    assert.equal(await ask("chat", { metadata: { tier: "other" } }), "a: chat");
  });

  test("headers of the gateway's own mean nothing from a client", async () => {
    const forged = { "x-llm-route": "gold", "x-llm-provider": "c", "x-llm-models": "a=forged" };
    assert.equal(await ask("turns", {}, forged), "a: turns");
    assert.equal(await ask("turns", {}, forged), "b: turns");
  });

  test("round robin", async () => {
    const seen: (string | null | undefined)[] = [];
    for (let i = 0; i < 4; ++i) seen.push(await ask("turns"));
    assert.deepEqual(seen, ["a: turns", "b: turns", "a: turns", "b: turns"]);
  });

  test("weights", async () => {
    let count = 0;
    for (let i = 0; i < 80; ++i) if ((await ask("shares")) === "a: shares") count += 1;
    // 60 on average; 6 standard deviations around it.
    assert.ok(count > 36 && count < 80, `${count} of 80`);
  });

  test("a model that nobody serves", async () => {
    await assert.rejects(ask("unknown"), (error) => {
      assert.ok(error instanceof NotFoundError);
      assert.equal(error.code, "model_not_found");
      assert.equal(error.param, "model");
      return true;
    });
  });

  test("the list of models", async () => {
    const { data } = await client.models.list();
    assert.deepEqual(
      data.map(({ id }) => id),
      ["chat", "turns", "shares"],
    );
    assert.equal((await client.models.retrieve("turns")).id, "turns");
    await assert.rejects(client.models.retrieve("none"), NotFoundError);
  });

  test("malformed bodies and unknown paths", async () => {
    const url = `http://127.0.0.1:${envoy.ports[0]}/v1`;
    const headers = { "content-type": "application/json" };
    const post = (path: string, body: string) =>
      fetch(url + path, { method: "POST", headers, body });
    for (const body of ['{"model":', "[]", '{"model":7}', "{}"]) {
      const response = await post("/chat/completions", body);
      const { error } = (await response.json()) as { error: { type: string } };
      assert.equal(response.status, 400, body);
      assert.equal(error.type, "invalid_request_error");
    }
    assert.equal((await post("/nothing", "{}")).status, 404);
    assert.equal((await fetch(`${url}/chat/completions`)).status, 405);
    assert.equal((await fetch(url.replace("/v1", "/healthz"))).status, 200);
  });

  test("the second and the third provider, each with its own model and key", async () => {
    a.script = failing(503);
    b.requests.length = 0;
    assert.equal(await ask("chat"), "b: b-model");
    assert.equal(b.requests[0]?.headers.authorization, "Bearer sk-b");
    b.script = failing(429);
    c.requests.length = 0;
    assert.equal(await ask("chat"), "c: chat");
    assert.equal(c.requests[0]?.headers.authorization, "Bearer sk-c");
    assert.equal(c.requests[0]?.path, "/openai/v1/chat/completions");
    await sleep(200);
    assert.match(envoy.log(), /"failed":"a 503, b 429"/);
    heal();
  });

  test("a request that is wrong for everybody is not asked again", async () => {
    a.script = failing(400, "max_tokens is too large");
    b.requests.length = 0;
    await assert.rejects(ask("chat"), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 400);
      assert.match(error.message, /max_tokens is too large$/);
      return true;
    });
    assert.equal(b.requests.length, 0);
    heal();
  });

  test("all providers fail: the last error, and what was tried", async () => {
    a.script = failing(503);
    b.script = (socket) => void socket.resetAndDestroy();
    c.script = failing(429, "Slow down.");
    await assert.rejects(ask("chat"), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 429);
      assert.match(error.message, /Slow down\. \(tried: a 503, b no answer, c 429\)/);
      return true;
    });
    c.script = (socket) => void socket.resetAndDestroy();
    await assert.rejects(ask("chat"), (error) => {
      assert.ok(error instanceof APIError);
      assert.equal(error.status, 503);
      assert.match(error.message, /tried: a 503, b no answer/);
      return true;
    });
    heal();
  });

  for (const [name, script, message] of [
    [
      "an error event",
      stream(chunkOf("One"), 'data: {"error":{"message":"Broken."}}\n\n'),
      /Broken/,
    ],
    ["an end without [DONE]", stream(chunkOf("One")), /before it was complete/],
  ] as const) {
    test(`${name} behind the first token is an error of the stream`, async () => {
      a.script = script;
      b.requests.length = 0;
      let text = "";
      await assert.rejects(async () => {
        const body = { model: "chat", messages, stream: true as const };
        for await (const { choices } of await client.chat.completions.create(body)) {
          text += choices[0]?.delta.content ?? "";
        }
      }, message);
      assert.equal(text, "One");
      assert.equal(b.requests.length, 0);
      heal();
    });
  }

  test("a reset behind the first token never looks like an end", async () => {
    a.script = async (socket) => {
      await send(socket, STREAM_HEAD);
      await send(socket, chunk(chunkOf("One")));
      await sleep(50);
      socket.resetAndDestroy();
    };
    await assert.rejects(async () => {
      const body = { model: "chat", messages, stream: true as const };
      for await (const one of await client.chat.completions.create(body)) void one;
    });
    heal();
  });
});
