// A gateway that asks Envoy's rate limit service.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { RateLimitError } from "openai";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { type RateLimitServer, startRateLimitService } from "./support/rate-limit-service.ts";
import { type RawProvider, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION } from "./support/watched-gateway.ts";

describe("a gateway with a rate limit service", () => {
  let provider: RawProvider;
  let service: RateLimitServer;
  let envoy: TestEnvoy;
  let client: OpenAI;

  before(async () => {
    provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
    service = await startRateLimitService();
    const upstream = { address: `127.0.0.1:${provider.port}`, tls: false };
    envoy = await startGateway({
      providers: { main: { type: "openai", apiTokens: ["sk-provider"], upstream } },
      models: [{ model: "chat", providers: ["main"] }],
      consumers: [{ name: "team-a", keys: ["key-a"] }],
      rateLimitService: { address: `127.0.0.1:${service.port}`, domain: "llm", timeout: "5s" },
    });
    const baseURL = `http://127.0.0.1:${envoy.ports[0]}/v1`;
    client = new OpenAI({ baseURL, apiKey: "key-a", maxRetries: 0 });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([provider?.close(), service?.close()]);
  });

  const chat = () =>
    client.chat.completions.create({ model: "chat", messages: [{ role: "user", content: "Hi" }] });

  test("tells it of requests, and of tokens when the answer is over", async () => {
    await chat();
    for (let i = 0; i < 100 && service.hits.length < 5; ++i) await sleep(20);
    assert.deepEqual(service.hits, [
      { descriptor: "unit=requests model=chat", hits: 1 },
      { descriptor: "unit=requests consumer=team-a", hits: 1 },
      { descriptor: "unit=requests consumer=team-a model=chat", hits: 1 },
      { descriptor: "unit=tokens consumer=team-a", hits: 0 },
      { descriptor: "unit=tokens consumer=team-a", hits: 3 },
    ]);
    assert.deepEqual(new Set(service.domains), new Set(["llm"]));
  });

  test("tells it of the tokens of an answer that passes unread", async () => {
    service.hits.length = 0;
    const vectors = { object: "list", data: [], model: "chat", usage: { prompt_tokens: 7 } };
    provider.script = whole(200, JSON.stringify(vectors));
    await client.embeddings.create({ model: "chat", input: "Hi", encoding_format: "float" });
    for (let i = 0; i < 100 && service.hits.length < 5; ++i) await sleep(20);
    assert.deepEqual(service.hits[4], { descriptor: "unit=tokens consumer=team-a", hits: 7 });
    provider.script = whole(200, JSON.stringify(COMPLETION));
  });

  test("is an OpenAI error where a limit is reached", async () => {
    provider.requests.length = 0;
    for (const descriptor of ["unit=requests consumer=team-a", "unit=tokens consumer=team-a"]) {
      service.exhausted = [descriptor];
      await assert.rejects(chat(), (error) => {
        assert.ok(error instanceof RateLimitError);
        assert.equal(error.code, "rate_limit_exceeded");
        return true;
      });
    }
    assert.equal(provider.requests.length, 0);
  });
});
