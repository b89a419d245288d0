// Providers that do not answer at all: the next requests do not wait for them, until they are back.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { type RawProvider, REFUSED_PORT, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION } from "./support/watched-gateway.ts";

const FINE = whole(200, JSON.stringify(COMPLETION));
const STALL = () => {};
const FIRST_PAUSE = 1000;

describe("providers that do not answer", () => {
  let first: RawProvider;
  let second: RawProvider;
  let envoy: TestEnvoy;

  before(async () => {
    first = await startRawProvider(STALL);
    second = await startRawProvider(FINE);
    const at = (port: number) => ({ address: `127.0.0.1:${port}`, tls: false });
    const apiTokens = ["sk-one"];
    envoy = await startGateway({
      providers: {
        refusing: { type: "groq", apiTokens, upstream: at(REFUSED_PORT) },
        tokenless: { type: "groq", upstream: at(REFUSED_PORT) },
        silent: { type: "groq", apiTokens, upstream: at(first.port) },
        left: { type: "groq", apiTokens, upstream: at(first.port) },
        open: { type: "groq", upstream: at(first.port) },
        last: { type: "groq", apiTokens, upstream: at(second.port) },
      },
      models: [
        ...["refusing", "tokenless", "left", "open"].map((model) => ({
          model,
          providers: [model, "last"],
        })),
        { model: "silent", providers: ["silent", "last"], answerTimeout: "150ms" },
      ],
    });
  });

  beforeEach(() => {
    first.requests = [];
    first.script = STALL;
  });

  after(async () => {
    await envoy?.stop();
    await first?.close();
    await second?.close();
  });

  function body(model: string): string {
    return JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] });
  }

  /** The answer's status, and how the access log says that it came about. */
  async function chat(model: string): Promise<string> {
    const lines = envoy.log().length;
    const response = await fetch(`http://127.0.0.1:${envoy.ports[0]}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-own" },
      body: body(model),
    });
    await response.text();
    const failed = await logged(lines, /"failed":"([^"]*)"/);
    return `${response.status} ${failed}`.trim();
  }

  async function logged(from: number, pattern: RegExp): Promise<string> {
    for (let i = 0; i < 300; ++i) {
      const text = envoy.log().slice(from);
      if (text.includes('"duration_ms"')) return pattern.exec(text)?.[1] ?? "";
      await sleep(10);
    }
    throw new Error("no line in the access log");
  }

  for (const model of ["refusing", "tokenless", "silent"]) {
    test(`${model}: asked three times, left out, and asked again`, async () => {
      for (let i = 0; i < 3; ++i) assert.equal(await chat(model), `200 ${model} no answer`);
      assert.equal(await chat(model), "200");
      assert.equal(await chat(model), "200");
      await sleep(FIRST_PAUSE + 100);
      assert.equal(await chat(model), `200 ${model} no answer`);
      assert.equal(await chat(model), "200");
    });
  }

  test("a provider that is back is asked again", async () => {
    await sleep(2 * FIRST_PAUSE + 100);
    first.script = FINE;
    assert.equal(await chat("silent"), "200");
    assert.equal(await chat("silent"), "200");
    assert.equal(first.requests.length, 2);
  });

  async function leave(): Promise<void> {
    first.requests = [];
    const from = envoy.log().length;
    const socket = connect(envoy.ports[0] ?? 0, "127.0.0.1");
    await once(socket, "connect");
    const text = body("left");
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: gateway.test\r\ncontent-length: ${text.length}`;
    socket.write(`${head}\r\n\r\n${text}`);
    while (first.requests.length === 0) await sleep(5);
    socket.destroy();
    assert.equal(await logged(from, /"flags":"([^"]*)"/), "DC");
  }

  test("clients that go do not take their provider out of use", async () => {
    for (let i = 0; i < 4; ++i) await leave();
    first.script = FINE;
    first.requests = [];
    assert.equal(await chat("left"), "200");
    assert.equal(first.requests.length, 1);
  });

  test("a client's own key that is refused says nothing of the provider", async () => {
    first.script = whole(401, '{"error":{"message":"No."}}');
    for (let i = 0; i < 4; ++i) assert.equal(await chat("open"), "200 open 401");
  });
});
