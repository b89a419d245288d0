// A thousand requests of many kinds at once, while a provider dies in every way it can and comes back, and keys of the
// others run dry: no client sees an error, and every answer is the right one.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import OpenAI from "openai";
import { startGateway } from "./support/gateway.ts";
import {
  chunk,
  CHUNKS_END,
  head,
  type RawRequest,
  type Script,
  send,
  stream,
  whole,
} from "./support/raw-provider.ts";

const REQUESTS = 1000;
const CONNECTIONS = 32;
/** What the first provider does from which request on. */
const LIFE: [number, Mood][] = [
  [0, "well"],
  [100, "busy"],
  [220, "well"],
  [320, "resetting"],
  [440, "well"],
  [520, "stalling"],
  [600, "well"],
  [680, "refusing"],
  [800, "well"],
];
type Mood = "well" | "busy" | "resetting" | "stalling" | "refusing";

const MODELS = ["chain", "turns", "other"];

interface Asked {
  model: string;
  stream?: boolean;
  messages: { content: string }[];
}

const OVERLOADED = JSON.stringify({ error: { message: "Busy.", code: "overloaded" } });
const sse = (value: object) => `data: ${JSON.stringify(value)}\n\n`;

/** Answers with the question and its own name, in OpenAI's format. */
function openAi(name: string): Script {
  return (socket, request) => {
    const { model, stream: streams, messages } = JSON.parse(request.body.toString()) as Asked;
    const content = `${messages[0]?.content} by ${name}`;
    const base = { id: "chatcmpl-1", created: 1, model };
    if (streams !== true) {
      const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
      const answer = { ...base, object: "chat.completion", choices: [choice] };
      return whole(200, JSON.stringify(answer))(socket, request);
    }
    const piece = (delta: object, finish_reason: string | null = null) =>
      sse({
        ...base,
        object: "chat.completion.chunk",
        choices: [{ index: 0, delta, finish_reason }],
      });
    const texts = content.match(/.{1,3}/g) ?? [];
    return stream(
      piece({ role: "assistant", content: "" }),
      ...texts.map((text) => piece({ content: text })),
      piece({}, "stop") + "data: [DONE]\n\n",
    )(socket, request);
  };
}

/** The same in Claude's format. */
function claude(name: string): Script {
  return (socket, request) => {
    const { model, stream: streams, messages } = JSON.parse(request.body.toString()) as Asked;
    const text = `${messages[0]?.content} by ${name}`;
    const base = { id: "msg_1", type: "message", role: "assistant", model };
    const usage = { input_tokens: 1, output_tokens: 1 };
    if (streams !== true) {
      const content = [{ type: "text", text }];
      const answer = { ...base, content, stop_reason: "end_turn", usage };
      return whole(200, JSON.stringify(answer))(socket, request);
    }
    const named = (type: string, members: object) => `event: ${type}\n${sse({ type, ...members })}`;
    return stream(
      named("message_start", { message: { ...base, content: [], usage } }),
      named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      ...(text.match(/.{1,3}/g) ?? []).map((part) =>
        named("content_block_delta", { index: 0, delta: { type: "text_delta", text: part } }),
      ),
      named("content_block_stop", { index: 0 }),
      named("message_delta", { delta: { stop_reason: "end_turn" }, usage }),
      named("message_stop", {}),
    )(socket, request);
  };
}

/** A provider whose door can be shut: who is inside is served to the end. */
class Provider {
  port = 0;
  mood: Mood = "well";
  /** Key of each request, oldest first. */
  readonly keys: string[] = [];
  private server: Server | null = null;

  constructor(private readonly script: Script) {}

  async open(): Promise<void> {
    if (this.server !== null) return;
    const server = createServer((request) => {
      const { method = "", url = "", headers, rawHeaders, socket } = request;
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("error", () => {});
      socket.on("error", () => {});
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        const raw: RawRequest = { method, path: url, headers, rawHeaders, body };
        this.keys.push(String(headers["x-api-key"] ?? headers.authorization).slice(-1));
        void this.scriptNow()(socket, raw);
      });
    });
    this.server = server;
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = (server.address() as AddressInfo).port;
  }

  shut(): void {
    this.server?.close();
    this.server?.closeIdleConnections();
    this.server = null;
  }

  private scriptNow(): Script {
    const turn = this.keys.length % 3;
    switch (this.mood) {
      case "busy":
        return whole(503, OVERLOADED);
      case "resetting":
        return [RESET, RESET_AFTER_HEAD, RESET_IN_EVENT][turn] ?? RESET;
      case "stalling":
        return [STALL, STALL_AFTER_HEAD, STALL_IN_EVENT][turn] ?? STALL;
      default:
        return this.script;
    }
  }
}

const STREAM_HEAD = head(200, {
  "content-type": "text/event-stream",
  "transfer-encoding": "chunked",
});
const RESET: Script = (socket) => void socket.resetAndDestroy();
const RESET_AFTER_HEAD: Script = async (socket) => {
  await send(socket, STREAM_HEAD);
  socket.resetAndDestroy();
};
const RESET_IN_EVENT: Script = async (socket) => {
  await send(socket, STREAM_HEAD);
  await send(socket, chunk('data: {"id":"chatcmpl-1","cho'));
  socket.resetAndDestroy();
};
const STALL: Script = () => {};
const STALL_AFTER_HEAD: Script = (socket) => void socket.write(STREAM_HEAD);
const STALL_IN_EVENT: Script = async (socket) => {
  await send(socket, STREAM_HEAD);
  await send(socket, chunk('data: {"id":"chatcmpl-1","cho'));
};

test(`${REQUESTS} requests while a provider dies and comes back`, async () => {
  const dying = new Provider(openAi("a"));
  // One of the keys is wrong.
  const wrong = whole(401, JSON.stringify({ error: { message: "No.", type: "x" } }));
  const second = new Provider((socket, request) => {
    const isWrong = String(request.headers["x-api-key"]).endsWith("1");
    return (isWrong ? wrong : claude("b"))(socket, request);
  });
  // One of the keys is over its limit again and again.
  let count = 0;
  const limited = whole(429, OVERLOADED, { "retry-after-ms": "100" });
  const third = new Provider((socket, request) => {
    const isLimited = String(request.headers.authorization).endsWith("1") && ++count % 5 === 0;
    return (isLimited ? limited : openAi("c"))(socket, request);
  });
  for (const provider of [dying, second, third]) await provider.open();
  const entry = (type: string, { port }: Provider, more: object = {}) => ({
    type,
    apiTokens: ["sk-canary-1", "sk-canary-2"],
    upstream: { address: `127.0.0.1:${port}`, tls: false },
    ...more,
  });
  const timeouts = { firstTokenTimeout: "1s", answerTimeout: "1s" };
  const twice = (id: string) => ({ id, attempts: 2 });
  const envoy = await startGateway(
    {
      providers: {
        a: entry("groq", dying, { failover: { cooldownDuration: 50 } }),
        b: entry("claude", second),
        c: entry("groq", third, { tokenStrategy: "round-robin" }),
      },
      models: [
        { model: "chain", providers: ["a", twice("b"), twice("c")], ...timeouts },
        {
          model: "turns",
          providers: [twice("a"), twice("b"), twice("c")],
          strategy: "round-robin",
          ...timeouts,
        },
        { model: "other", providers: ["a", twice("c")], ...timeouts },
      ],
    },
    {},
    2,
  );
  const client = new OpenAI({
    baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
    apiKey: "sk-client",
    maxRetries: 0,
  });

  async function ask(n: number): Promise<void> {
    const model = MODELS[n % MODELS.length] ?? "";
    const content = `question ${n}`;
    const body = { model, messages: [{ role: "user" as const, content }] };
    let text = "";
    let finish = "";
    if (n % 2 === 0) {
      for await (const { choices } of await client.chat.completions.create({
        ...body,
        stream: true,
      })) {
        text += choices[0]?.delta.content ?? "";
        finish += choices[0]?.finish_reason ?? "";
      }
    } else {
      const { choices } = await client.chat.completions.create(body);
      text = choices[0]?.message.content ?? "";
      finish = choices[0]?.finish_reason ?? "";
    }
    assert.match(text, new RegExp(`^${content} by [abc]$`));
    assert.equal(finish, "stop");
    answered.push(text.slice(-1));
  }

  const answered: string[] = [];
  const failures: string[] = [];
  let next = 0;

  async function begin(n: number): Promise<void> {
    const change = LIFE.find(([from]) => from === n);
    if (change === undefined) return;
    const [, mood] = change;
    if (mood === "refusing") dying.shut();
    else await dying.open();
    dying.mood = mood;
  }

  async function askOn(): Promise<void> {
    for (let n = next++; n < REQUESTS; n = next++) {
      await begin(n);
      await ask(n).catch((error: unknown) => failures.push(`${n}: ${String(error)}`));
    }
  }

  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, askOn));
    assert.deepEqual(failures, []);
    assert.equal(answered.length, REQUESTS);
    const last = answered.slice(-50);
    for (const name of ["a", "b", "c"]) assert.ok(last.includes(name), `${name} is in use`);
    const log = envoy.log();
    assert.match(log, /provider 'a': token '\d' is out of use for 50 ms, .*\(503 overloaded\)/);
    assert.match(log, /provider 'a': token '\d' is in use again/);
    assert.match(log, /provider 'c': token '0' is out of use for 100 ms, .*\(429 /);
    assert.match(log, /provider 'c': token '0' is in use again/);
    // Requests that were under way together met the wrong key, and nobody later.
    const refusals = second.keys.filter((key) => key === "1").length;
    assert.ok(refusals > 0 && refusals <= CONNECTIONS, `${refusals} requests with a wrong key`);
    assert.doesNotMatch(log, /canary|aborted|wasm failed|trap|Uncaught/i);
  } finally {
    await envoy.stop();
    for (const provider of [dying, second, third]) provider.shut();
  }
});
