// A provider that fails before its first token: the client gets another one's answer, and never knows.
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import {
  chunk,
  CHUNKS_END,
  head,
  type RawProvider,
  type Script,
  send,
  startRawProvider,
  stream,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";

const KEY_1 = "sk-first-canary";
const KEY_2 = "sk-second-canary";
const STALL = "400ms";
const ERROR = JSON.stringify({ error: { message: "No.", type: "x", param: null, code: null } });
const HTML = { "content-type": "text/html" };

const claudeMessage = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "from the second" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 4 },
};

const event = (type: string, members: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;

const CLAUDE_STREAM = [
  event("message_start", { message: { ...claudeMessage, content: [], stop_reason: null } }),
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ...["from", " the", " second"].map((text) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } }),
  ),
  event("content_block_stop", { index: 0 }),
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
  event("message_stop", {}),
];

/** The second provider is in order. */
const healthy: Script = (socket, request) => {
  const { stream: streams } = JSON.parse(request.body.toString()) as { stream?: boolean };
  if (streams === true) return stream(...CLAUDE_STREAM)(socket, request);
  return whole(200, JSON.stringify(claudeMessage))(socket, request);
};

const never: Script = () => {};
const reset: Script = (socket) => void socket.resetAndDestroy();
const close: Script = (socket) => void socket.end();

/** Begins an answer, and then does something else. */
function after200(type: string, piece: string, then: Script): Script {
  return async (socket, request) => {
    socket.write(head(200, { "content-type": type, "transfer-encoding": "chunked" }));
    if (piece !== "") await send(socket, chunk(piece));
    // What was written shall be there before what follows.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await then(socket, request);
  };
}

const SSE = "text/event-stream";
const JSON_TYPE = "application/json";
const end: Script = (socket) => void socket.end(CHUNKS_END);

/** What becomes of the first provider, for whole answers and streams alike. */
const FAULTS: Record<string, Script> = {
  "401": whole(401, ERROR),
  "402": whole(402, ERROR),
  "403": whole(403, ERROR),
  "408": whole(408, ERROR),
  "429": whole(429, ERROR),
  "429 with retry-after": whole(429, ERROR, { "retry-after": "30" }),
  "500": whole(500, ERROR),
  "502": whole(502, ERROR),
  "503": whole(503, ERROR),
  "503 without a body": whole(503, ""),
  "504": whole(504, ERROR),
  "529": whole(529, ERROR),
  "an HTML error page": whole(502, "<html><h1>Bad Gateway</h1></html>", HTML),
  "an HTML page with 200": whole(200, "<html>Sign in</html>", HTML),
  "an error inside a 200": whole(200, ERROR),
  "an empty 200": whole(200, ""),
  "a 204": (socket) => void socket.end(head(204)),
  "a garbled 200": whole(200, '{"choices": [}'),
  "a 200 of another shape": whole(200, '{"hello": "world"}'),
  "a compressed 200": whole(200, Buffer.from([0x8b, 0x02, 0x80, 0x7b, 0x7d, 0x03]), {
    "content-encoding": "br",
  }),
  "half a body, then a close": (socket) => {
    socket.write(head(200, { "content-type": JSON_TYPE, "content-length": "1000" }));
    socket.end('{"id":');
  },
  "a reset before the head": reset,
  "a close before the head": close,
  "a reset after the head": after200(SSE, "", reset),
  "an error as the first event": stream(`data: ${ERROR}\n\n`),
  "a named error as the first event": stream(`event: error\ndata: ${ERROR}\n\n`),
  "an empty stream": after200(SSE, "", end),
  "a stream of comments": after200(SSE, ": ping\n\n", end),
  "only [DONE]": after200(SSE, "data: [DONE]\n\n", end),
  "half an event, then an end": after200(SSE, 'data: {"id":"chatcmpl-1","cho', end),
  "half an event, then a reset": after200(SSE, 'data: {"id":"chatcmpl-1","cho', reset),
  "a garbled first event": after200(SSE, "data: {nonsense}\n\n", end),
  "a head that is no HTTP": (socket) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
};

/** Only streams have a time in which the first token is due. */
const STALLS: Record<string, Script> = {
  "silence before the head": never,
  "silence after the head": after200(SSE, "", never),
  "silence within the first event": after200(SSE, 'data: {"id":"chat', never),
};

/** A port that nobody listens at. */
function refusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

describe("fallback before the first token", () => {
  let first: RawProvider;
  let second: RawProvider;
  let envoy: TestEnvoy;
  let client: OpenAI;

  before(async () => {
    first = await startRawProvider(never);
    second = await startRawProvider(healthy);
    const local = (port: number) => ({ address: `127.0.0.1:${port}`, tls: false });
    // Every request finds the first provider's key in use.
    const failover = { enabled: false };
    const gateway = {
      providers: {
        first: { type: "openai", apiTokens: [KEY_1], failover, upstream: local(first.port) },
        refusing: {
          type: "groq",
          apiTokens: [KEY_1],
          failover,
          upstream: local(await refusedPort()),
        },
        // Speaks no TLS, although it is asked to.
        plain: {
          type: "groq",
          apiTokens: [KEY_1],
          failover,
          upstream: { address: `127.0.0.1:${first.port}`, tls: true },
        },
        second: { type: "claude", apiTokens: [KEY_2], upstream: local(second.port) },
      },
      models: ["first", "refusing", "plain"].map((id) => ({
        model: id,
        providers: [id, { id: "second", model: "claude-sonnet-4-5" }],
        firstTokenTimeout: STALL,
      })),
    };
    envoy = await startGateway(gateway);
    client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client-canary",
      maxRetries: 0,
    });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([first?.close(), second?.close()]);
  });

  const messages = [{ role: "user" as const, content: "Hi" }];

  async function assertWhole(model: string): Promise<void> {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 50 });
    assert.equal(answer.choices[0]?.message.content, "from the second");
    assert.equal(answer.usage?.total_tokens, 7);
    assertSecond(false);
  }

  async function assertStream(model: string): Promise<void> {
    const body = { model, messages, max_tokens: 50, stream: true as const };
    let text = "";
    let finish = "";
    for await (const { choices } of await client.chat.completions.create(body)) {
      text += choices[0]?.delta.content ?? "";
      finish += choices[0]?.finish_reason ?? "";
    }
    assert.equal(text, "from the second");
    assert.equal(finish, "stop");
    assertSecond(true);
  }

  /** The second provider got its own request, and nothing of the first one's. */
  function assertSecond(streams: boolean): void {
    const request = second.requests.at(-1);
    assert.ok(request);
    assert.equal(second.requests.length, 1);
    assert.equal(`${request.method} ${request.path}`, "POST /v1/messages");
    assert.deepEqual(JSON.parse(request.body.toString()), {
      model: "claude-sonnet-4-5",
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 50,
      ...(streams ? { stream: true } : {}),
    });
    assert.equal(request.headers["x-api-key"], KEY_2);
    assert.equal(request.headers.host, "api.anthropic.com");
    const names = Object.keys(request.headers);
    assert.deepEqual(
      names.filter((name) => name === "authorization" || /^x-(llm|envoy)|^cookie$/.test(name)),
      [],
    );
    assert.doesNotMatch(request.rawHeaders.join("\n"), /sk-first|sk-client/);
  }

  for (const [name, script] of Object.entries(FAULTS)) {
    test(`${name}: a whole answer`, async () => {
      first.script = script;
      second.requests.length = 0;
      await assertWhole("first");
    });
    test(`${name}: a stream`, async () => {
      first.script = script;
      second.requests.length = 0;
      await assertStream("first");
    });
  }

  for (const [name, script] of Object.entries(STALLS)) {
    test(`${name}: a stream`, async () => {
      first.script = script;
      second.requests.length = 0;
      await assertStream("first");
    });
  }

  for (const model of ["refusing", "plain"]) {
    test(`a ${model} provider`, async () => {
      second.requests.length = 0;
      await assertWhole(model);
      second.requests.length = 0;
      await assertStream(model);
    });
  }
});
