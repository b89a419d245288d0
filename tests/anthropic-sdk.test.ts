// The official Anthropic SDK, unchanged but for its base URL, through Envoy to providers that do not speak its protocol.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { startStubProvider, type StubProvider } from "../cli/stub-provider.ts";
import { startEnvoy, type TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import {
  chunk,
  head,
  send,
  startRawProvider,
  stream,
  STREAM_HEAD,
  whole,
  type RawProvider,
} from "./support/raw-provider.ts";

const MODEL = "gpt-4o";
const HELLO = {
  model: MODEL,
  max_tokens: 1000,
  messages: [{ role: "user" as const, content: "Say hello" }],
};
const EXPECTED = /^You said: “Say hello”\. I am the stub provider/;
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WEATHER: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather of a city",
  input_schema: {
    type: "object",
    properties: { city: { type: "string" }, unit: { type: "string", enum: ["C", "F"] } },
    required: ["city", "unit"],
  },
};
const CITIES = {
  ...HELLO,
  messages: [{ role: "user" as const, content: "What is the weather in Oslo and Paris?" }],
  tools: [WEATHER],
};
const INPUTS = [
  { city: "Oslo", unit: "C" },
  { city: "Paris", unit: "C" },
];

function clientOf(port: number | undefined): Anthropic {
  return new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: "sk-client", maxRetries: 0 });
}

const textOf = (message: Anthropic.Message): string =>
  message.content.map((block) => (block.type === "text" ? block.text : "")).join("");

const callsOf = (message: Anthropic.Message): Anthropic.ToolUseBlock[] =>
  message.content.filter((block) => block.type === "tool_use");

/** A stream whose events are exactly those that Anthropic's clients count on. */
async function eventsOf(
  client: Anthropic,
  request: Anthropic.MessageCreateParamsNonStreaming,
): Promise<Anthropic.RawMessageStreamEvent[]> {
  const events: Anthropic.RawMessageStreamEvent[] = [];
  for await (const event of await client.messages.create({ ...request, stream: true })) {
    events.push(event);
  }
  let open = -1;
  let next = 0;
  for (const event of events.slice(1, -2)) {
    if (event.type === "content_block_start") {
      assert.equal(open, -1, "a block begins within another");
      assert.equal(event.index, next++);
      open = event.index;
    } else if (event.type === "content_block_delta") {
      assert.equal(event.index, open);
    } else {
      assert.equal(event.type, "content_block_stop");
      open = -1;
    }
  }
  assert.equal(open, -1);
  assert.equal(events[0]?.type, "message_start");
  assert.deepEqual(
    events.slice(-2).map((event) => event.type),
    ["message_delta", "message_stop"],
  );
  return events;
}

describe("answers", () => {
  let stub: StubProvider;
  let envoy: TestEnvoy;
  let client: Anthropic;

  before(async () => {
    stub = await startStubProvider({ delayMs: 0 });
    const config = { provider: { type: "openai", apiTokens: ["sk-configured"] } };
    envoy = await startEnvoy({ listeners: [{ config, upstreamPort: stub.port }] });
    client = clientOf(envoy.ports[0]);
  });
  after(async () => {
    await envoy.stop();
    await stub.close();
  });

  const lastBody = (): { messages: { role: string; content: unknown }[] } & Record<
    string,
    unknown
  > => JSON.parse(stub.requests.at(-1)?.body ?? "");

  test("a message", async () => {
    const message = await client.messages.create({ ...HELLO, system: "Be brief." });
    assert.equal(message.type, "message");
    assert.equal(message.role, "assistant");
    assert.match(message.id, /^msg_/);
    assert.equal(message.stop_reason, "end_turn");
    assert.match(textOf(message), EXPECTED);
    assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
    assert.equal(stub.requests.at(-1)?.path, "/v1/chat/completions");
    assert.doesNotMatch(
      JSON.stringify(stub.requests.at(-1)?.headers),
      /sk-client|anthropic-version/,
    );
    assert.deepEqual(lastBody().messages[0], { role: "system", content: "Be brief." });
  });

  test("a stream, and the message that it is", async () => {
    const whole = await client.messages.create(HELLO);
    const streamed = client.messages.stream(HELLO);
    let text = "";
    streamed.on("text", (piece) => (text += piece));
    const message = await streamed.finalMessage();
    assert.equal(text, textOf(whole));
    assert.deepEqual(message.content, whole.content);
    assert.equal(message.stop_reason, "end_turn");
    assert.deepEqual(message.usage, whole.usage);
    assert.ok((await eventsOf(client, HELLO)).length > 10);
  });

  test("an answer that is cut short", async () => {
    const message = await client.messages.create({ ...HELLO, max_tokens: 3 });
    assert.equal(message.stop_reason, "max_tokens");
    const streamed = await client.messages.stream({ ...HELLO, max_tokens: 3 }).finalMessage();
    assert.equal(streamed.stop_reason, "max_tokens");
  });

  test("tools, and their results", async () => {
    const message = await client.messages.create(CITIES);
    assert.equal(message.stop_reason, "tool_use");
    assert.deepEqual(
      callsOf(message).map((call) => call.input),
      INPUTS,
    );
    const streamed = await client.messages.stream(CITIES).finalMessage();
    assert.deepEqual(
      callsOf(streamed).map((call) => call.input),
      INPUTS,
    );
    assert.equal(streamed.stop_reason, "tool_use");
    await eventsOf(client, CITIES);
    const results = callsOf(message).map((call) => ({
      type: "tool_result" as const,
      tool_use_id: call.id,
      content: [{ type: "text" as const, text: `Sun in ${JSON.stringify(call.input)}` }],
    }));
    const answer = await client.messages.create({
      ...CITIES,
      messages: [
        ...CITIES.messages,
        { role: "assistant", content: message.content },
        { role: "user", content: results },
      ],
    });
    assert.equal(answer.stop_reason, "end_turn");
    const roles = lastBody().messages.map((own) => own.role);
    assert.deepEqual(roles, ["user", "assistant", "tool", "tool"]);
  });

  test("a tool by its name, one at a time", async () => {
    const tool_choice = {
      type: "tool" as const,
      name: "get_weather",
      disable_parallel_tool_use: true,
    };
    const message = await client.messages.create({ ...CITIES, tool_choice });
    assert.equal(callsOf(message).length, 1);
    const none = await client.messages.create({ ...CITIES, tool_choice: { type: "none" } });
    assert.equal(callsOf(none).length, 0);
  });

  test("images and documents", async () => {
    const content: Anthropic.ContentBlockParam[] = [
      { type: "text", text: "Say hello" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "Notes." } },
    ];
    await client.messages.create({ ...HELLO, messages: [{ role: "user", content }] });
    assert.deepEqual(lastBody().messages[0]?.content, [
      { type: "text", text: "Say hello" },
      { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: "text", text: "Notes." },
    ]);
  });

  test("what cannot be done is told in Anthropic's words", async () => {
    const { max_tokens: _, ...unlimited } = HELLO;
    const bad = client.messages.create(unlimited as typeof HELLO);
    await assert.rejects(bad, (error: unknown) => {
      assert.ok(error instanceof Anthropic.BadRequestError);
      assert.equal(error.type, "invalid_request_error");
      return true;
    });
    await assert.rejects(client.messages.countTokens(HELLO), (error: unknown) => {
      assert.ok(error instanceof Anthropic.NotFoundError);
      assert.equal(error.type, "not_found_error");
      return true;
    });
  });
});

const ENVELOPE = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1735787045,
  model: "qwen3",
};
const delta = (own: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...ENVELOPE, choices: [{ index: 0, delta: own, finish_reason }] })}\n\n`;

describe("whatever a provider does", () => {
  let provider: RawProvider;
  let envoy: TestEnvoy;
  let client: Anthropic;

  before(async () => {
    provider = await startRawProvider(whole(500, ""));
    const settings = { type: "vllm", vllmServerHost: "vllm.test", apiTokens: ["sk-configured"] };
    const native = { type: "claude", apiTokens: ["sk-configured"] };
    const repeating = {
      type: "groq",
      apiTokens: ["sk-bad", "sk-good"],
      retryOnFailure: { enabled: true, maxRetries: 1 },
    };
    const listeners = [settings, native, repeating].map((own) => ({
      config: { provider: own },
      upstreamPort: provider.port,
    }));
    envoy = await startEnvoy({ listeners });
    client = clientOf(envoy.ports[0]);
  });
  after(async () => {
    await envoy.stop();
    await provider.close();
  });
  beforeEach(() => {
    provider.requests.length = 0;
  });

  test("thinking comes before the text, and back with the next turn", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };
    provider.script = stream(
      delta({ role: "assistant", content: "" }),
      delta({ reasoning_content: "They " }),
      delta({ reasoning_content: "greet." }),
      delta({ content: "Hello." }),
      delta({}, "stop"),
      `data: ${JSON.stringify({ ...ENVELOPE, choices: [], usage })}\n\n`,
      "data: [DONE]\n\n",
    );
    const thinking = { type: "enabled" as const, budget_tokens: 2000 };
    const request = { ...HELLO, max_tokens: 4000, thinking };
    const message = await client.messages.stream(request).finalMessage();
    assert.deepEqual(message.content, [
      { type: "thinking", thinking: "They greet.", signature: "" },
      { type: "text", text: "Hello." },
    ]);
    assert.equal(message.usage.input_tokens, 9);
    assert.equal(message.usage.output_tokens, 7);
    const body = JSON.parse(provider.requests.at(-1)?.body.toString() ?? "") as Record<
      string,
      unknown
    >;
    assert.equal(body["reasoning_effort"], "low");
    await eventsOf(client, request);
  });

  type ErrorClass = new (...args: never[]) => InstanceType<typeof Anthropic.APIError>;
  const ERRORS: [number, ErrorClass, string][] = [
    [400, Anthropic.BadRequestError, "invalid_request_error"],
    [401, Anthropic.AuthenticationError, "authentication_error"],
    [403, Anthropic.PermissionDeniedError, "permission_error"],
    [404, Anthropic.NotFoundError, "not_found_error"],
    [409, Anthropic.ConflictError, "conflict_error"],
    [413, Anthropic.APIError, "request_too_large"],
    [422, Anthropic.UnprocessableEntityError, "invalid_request_error"],
    [429, Anthropic.RateLimitError, "rate_limit_error"],
    [500, Anthropic.InternalServerError, "api_error"],
    [503, Anthropic.InternalServerError, "overloaded_error"],
    [504, Anthropic.InternalServerError, "timeout_error"],
    [529, Anthropic.InternalServerError, "overloaded_error"],
  ];
  for (const [status, ErrorClass, type] of ERRORS) {
    test(`an answer of ${status} is raised as ${ErrorClass.name}`, async () => {
      const body = { error: { message: `It is ${status}.`, type: "x", param: null, code: null } };
      provider.script = whole(status, JSON.stringify(body), { "retry-after": "1" });
      for (const streams of [false, true]) {
        const answer = streams
          ? client.messages.stream(HELLO).finalMessage()
          : client.messages.create(HELLO);
        await assert.rejects(answer, (error: unknown) => {
          assert.ok(error instanceof ErrorClass, String(error));
          assert.equal(error.status, status);
          assert.equal(error.type, type);
          assert.match(error.message, new RegExp(`It is ${status}`));
          assert.equal(error.headers?.get("retry-after"), "1");
          return true;
        });
      }
    });
  }

  test("an error in the middle of a stream", async () => {
    provider.script = stream(
      delta({ role: "assistant", content: "Hel" }),
      'data: {"error":{"message":"Overloaded.","type":"server_error","code":"overloaded"}}\n\n',
    );
    const answer = client.messages.stream(HELLO).finalMessage();
    await assert.rejects(answer, (error: unknown) => {
      assert.ok(error instanceof Anthropic.APIError, String(error));
      assert.equal(error.type, "overloaded_error");
      return true;
    });
  });

  test("a stream that breaks off", async () => {
    provider.script = stream(delta({ role: "assistant", content: "Hel" }));
    const answer = client.messages.stream(HELLO).finalMessage();
    await assert.rejects(answer, (error: unknown) => {
      assert.ok(error instanceof Anthropic.APIError, String(error));
      assert.equal(error.type, "api_error");
      return true;
    });
  });

  test("a piece is told as soon as it comes", async () => {
    let release = (): void => {};
    provider.script = async (socket) => {
      socket.write(STREAM_HEAD);
      await send(socket, chunk(delta({ role: "assistant", content: "Hel" })));
      await new Promise<void>((resolve) => (release = resolve));
      await send(socket, chunk(delta({ content: "lo" }) + delta({}, "stop") + "data: [DONE]\n\n"));
      socket.end("0\r\n\r\n");
    };
    const pieces: string[] = [];
    const streamed = client.messages.stream(HELLO).on("text", (piece) => {
      pieces.push(piece);
      release();
    });
    await streamed.finalMessage();
    assert.deepEqual(pieces, ["Hel", "lo"]);
  });

  test("a request that is repeated with another token", async () => {
    const choice = {
      index: 0,
      message: { role: "assistant", content: "Hi." },
      finish_reason: "stop",
    };
    const completion = { ...ENVELOPE, object: "chat.completion", choices: [choice] };
    provider.script = (socket, request) => {
      if (request.headers.authorization === "Bearer sk-bad") return whole(429, "")(socket, request);
      const { stream: streams } = JSON.parse(request.body.toString()) as { stream?: boolean };
      const told = delta({ role: "assistant", content: "Hi." }) + delta({}, "stop");
      if (streams === true) return stream(told, "data: [DONE]\n\n")(socket, request);
      return whole(200, JSON.stringify(completion))(socket, request);
    };
    const own = clientOf(envoy.ports[2]);
    for (let i = 0; i < 8; ++i) {
      assert.equal(textOf(await own.messages.create(HELLO)), "Hi.");
      assert.equal(textOf(await own.messages.stream(HELLO).finalMessage()), "Hi.");
    }
    const keys = provider.requests.map((request) => request.headers.authorization);
    assert.ok(keys.includes("Bearer sk-bad") && keys.includes("Bearer sk-good"));
  });

  for (const [listener, name] of ["vllm", "claude"].entries()) {
    test(`${name}: a provider that hangs up is an error of the gateway's own`, async () => {
      provider.script = (socket) => void socket.resetAndDestroy();
      const answer = clientOf(envoy.ports[listener]).messages.create(HELLO);
      await assert.rejects(answer, (error: unknown) => {
        assert.ok(error instanceof Anthropic.InternalServerError, String(error));
        assert.equal(error.type, "api_error");
        return true;
      });
    });
  }
});

describe("in a gateway", () => {
  const completion = JSON.stringify({
    ...ENVELOPE,
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
  let first: RawProvider;
  let second: RawProvider;
  let envoy: TestEnvoy;

  before(async () => {
    first = await startRawProvider(whole(500, ""));
    second = await startRawProvider(whole(500, ""));
    const local = (port: number) => ({ address: `127.0.0.1:${port}`, tls: false });
    envoy = await startGateway({
      providers: {
        first: { type: "claude", apiTokens: ["sk-1"], upstream: local(first.port) },
        second: { type: "openai", apiTokens: ["sk-2"], upstream: local(second.port) },
      },
      models: [{ model: "claude-*", providers: ["first", { id: "second", model: "gpt-5.1" }] }],
      consumers: [
        { name: "team", keys: ["sk-team"] },
        { name: "slow", keys: ["sk-slow"], limits: { requestsPerMinute: 1 } },
      ],
    });
  });
  after(async () => {
    await envoy?.stop();
    await Promise.all([first?.close(), second?.close()]);
  });

  const client = (apiKey = "sk-team"): Anthropic => {
    const baseURL = `http://127.0.0.1:${envoy.ports[0]}`;
    return new Anthropic({ baseURL, apiKey, maxRetries: 0 });
  };
  const request = { ...HELLO, model: "claude-sonnet-4-5" };

  test("a provider of another protocol takes over", async () => {
    first.script = whole(
      529,
      '{"type":"error","error":{"type":"overloaded_error","message":"No."}}',
    );
    second.script = whole(200, completion);
    const message = await client().messages.create(request);
    assert.equal(textOf(message), "Hello.");
    const { path, body } = second.requests.at(-1) ?? { path: "", body: Buffer.from("{}") };
    assert.equal(path, "/v1/chat/completions");
    assert.equal((JSON.parse(body.toString()) as { model: string }).model, "gpt-5.1");
  });

  test("a stream of another protocol takes over", async () => {
    first.script = (socket) => void socket.end(head(500, { "content-length": "0" }));
    second.script = stream(
      delta({ role: "assistant", content: "Hel" }),
      delta({ content: "lo." }),
      delta({}, "stop"),
      "data: [DONE]\n\n",
    );
    const message = await client().messages.stream(request).finalMessage();
    assert.equal(textOf(message), "Hello.");
  });

  test("errors are Anthropic's, whoever makes them", async () => {
    const rejects = (own: Promise<unknown>, status: number, type: string): Promise<void> =>
      assert.rejects(own, (error: unknown) => {
        assert.ok(error instanceof Anthropic.APIError, String(error));
        assert.equal(error.status, status);
        assert.equal(error.type, type);
        return true;
      });
    first.script = second.script = whole(503, "");
    await rejects(client().messages.create(request), 503, "overloaded_error");
    await rejects(client("sk-slow").messages.create(request), 503, "overloaded_error");
    await rejects(client("sk-slow").messages.create(request), 429, "rate_limit_error");
    await rejects(client("wrong").messages.create(request), 401, "authentication_error");
    await rejects(client().messages.create(HELLO), 404, "not_found_error");
    const unnamed = { ...request, model: undefined } as unknown as typeof request;
    await rejects(client().messages.create(unnamed), 400, "invalid_request_error");
  });
});
