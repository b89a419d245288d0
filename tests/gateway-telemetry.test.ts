// What operators see of a gateway in a real Envoy: its access log, and a scrape of its metrics.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { healthy } from "./support/gateway-faults.ts";
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
        second: { type: "claude", apiTokens: ["sk-provider"], upstream: second ?? {} },
      },
      models: [
        { model: ["chat", "down"], providers: ["main", { id: "second", model: "claude-x" }] },
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
    console.log(line);
    console.log(await logged({ stream: true }));
    console.log(await logged({ model: "down" }));
    console.log(await logged({ model: "down", stream: true }));
    console.log(await logged({ model: "wrong" }));
    console.log(await logged({ model: 'odd"},x=y,\nname' }));
    console.log(await logged({ model: "missing" }));
    console.log(await logged({}, { authorization: "Bearer none" }));
    const count = lines().length;
    const stop = new AbortController();
    const answer = await ask({ model: "endless", stream: true }, {}, stop.signal);
    await answer.body?.getReader().read();
    stop.abort();
    console.log(await lineAfter(count));
    await sleep(6000);
    const text = await (await fetch(`http://127.0.0.1:${envoy.adminPort}/stats/prometheus`)).text();
    console.log(
      text
        .split("\n")
        .filter((l) => /gen_ai|ai_proxy/.test(l) && !/bucket/.test(l))
        .join("\n"),
    );
  });
});
