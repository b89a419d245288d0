// The official OpenAI SDK, unchanged but for its base URL, through Envoy to providers of two wire formats.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { startStubProvider, type StubProvider } from "../cli/stub-provider.ts";
import { startEnvoy, type TestEnvoy } from "./support/envoy.ts";

const HELLO = [{ role: "user" as const, content: "Say hello" }];
const WEATHER = [{ role: "user" as const, content: "What is the weather in Oslo and Paris?" }];
const EXPECTED = /^You said: “Say hello”\. I am the stub provider/;

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather of a city",
      parameters: {
        type: "object",
        properties: { city: { type: "string" }, unit: { type: "string", enum: ["C", "F"] } },
        required: ["city", "unit"],
      },
    },
  },
];
const CALLS = [
  { city: "Oslo", unit: "C" },
  { city: "Paris", unit: "C" },
];

let stub: StubProvider;
let envoy: TestEnvoy;

before(async () => {
  stub = await startStubProvider({ delayMs: 0 });
  const modelMapping = { "gpt-*": "claude-sonnet-4-5", "": "claude-haiku-4-5" };
  const providers = [
    { type: "openai", apiTokens: ["sk-configured"] },
    { type: "claude", apiTokens: ["sk-configured"], modelMapping },
    { type: "openai" },
    { type: "claude", modelMapping },
  ];
  const upstreamPort = stub.port;
  const listeners = providers.map((provider) => ({ config: { provider }, upstreamPort }));
  envoy = await startEnvoy({ listeners });
});
after(async () => {
  await envoy.stop();
  await stub.close();
});

/** A client of a listener. */
function client(listener: number, apiKey = "sk-of-the-client"): OpenAI {
  const baseURL = `http://127.0.0.1:${envoy.ports[listener]}/v1`;
  return new OpenAI({ baseURL, apiKey, maxRetries: 0 });
}

/** Which listener translates to which wire format, and the model that the provider hears for gpt-4o. */
const FORMATS = [
  { format: "OpenAI", configured: 0, keyless: 2, model: "gpt-4o", path: "/v1/chat/completions" },
  {
    format: "Anthropic",
    configured: 1,
    keyless: 3,
    model: "claude-sonnet-4-5",
    path: "/v1/messages",
  },
];

function functionsOf(message: { tool_calls?: OpenAI.ChatCompletionMessageToolCall[] }): unknown[] {
  return (message.tool_calls ?? []).map((call) => {
    assert.equal(call.type, "function");
    assert.ok(call.id.length > 0);
    if (call.type !== "function") return null;
    assert.equal(call.function.name, "get_weather");
    return JSON.parse(call.function.arguments) as unknown;
  });
}

for (const { format, configured, keyless, model, path } of FORMATS) {
  test(`${format}: an answer`, async () => {
    const request = { model: "gpt-4o", messages: HELLO };
    const answer = await client(configured).chat.completions.create(request);
    assert.equal(answer.object, "chat.completion");
    assert.equal(answer.choices.length, 1);
    assert.equal(answer.choices[0]?.finish_reason, "stop");
    assert.equal(answer.choices[0]?.message.role, "assistant");
    assert.match(answer.choices[0]?.message.content ?? "", EXPECTED);
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0 } = answer.usage ?? {};
    assert.equal(prompt_tokens, 2);
    assert.equal(total_tokens, prompt_tokens + completion_tokens);
    const received = stub.requests.at(-1);
    assert.equal(received?.path, path);
    assert.equal((JSON.parse(received?.body ?? "") as { model: string }).model, model);
    assert.doesNotMatch(JSON.stringify(received?.headers), /sk-of-the-client/);
  });

  test(`${format}: a stream`, async () => {
    const request = { model: "gpt-4o", messages: HELLO };
    const whole = await client(configured).chat.completions.create(request);
    const stream = await client(configured).chat.completions.create({ ...request, stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const choices = chunks.map((chunk) => chunk.choices[0]);
    assert.ok(chunks.length > 5, "the stream came in one piece");
    assert.equal(choices[0]?.delta.role, "assistant");
    const text = choices.map((choice) => choice?.delta.content ?? "").join("");
    assert.equal(text, whole.choices[0]?.message.content);
    const reasons = choices.map((choice) => choice?.finish_reason).filter((reason) => reason);
    assert.deepEqual(reasons, ["stop"]);
    assert.equal(new Set(chunks.map((chunk) => chunk.id + chunk.created + chunk.model)).size, 1);
    const isUsage = (chunk: OpenAI.ChatCompletionChunk) => Boolean(chunk.usage);
    assert.ok(!chunks.some(isUsage), "usage that nobody asked for");
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1));
  });

  test(`${format}: a stream with usage`, async () => {
    const request = { model: "gpt-4o", messages: HELLO };
    const whole = await client(configured).chat.completions.create(request);
    const stream = await client(configured).chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const last = chunks.pop();
    assert.deepEqual(last?.choices, []);
    assert.equal(last?.usage?.total_tokens, whole.usage?.total_tokens);
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1 && chunk.usage === null));
  });

  test(`${format}: tools, whole and streamed, and their results`, async () => {
    const api = client(configured).chat.completions;
    const request = { model: "gpt-4o", messages: WEATHER, tools };
    const whole = await api.create(request);
    const streamed = await api.stream(request).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      assert.equal(choices[0]?.finish_reason, "tool_calls");
      assert.deepEqual(choices[0] && functionsOf(choices[0].message), CALLS);
    }
    const message = whole.choices[0]?.message;
    assert.ok(message);
    const results = (message.tool_calls ?? []).map(({ id }, index) => ({
      role: "tool" as const,
      tool_call_id: id,
      content: `${index} degrees`,
    }));
    const messages = [...WEATHER, message, ...results];
    const answer = await api.create({ model: "gpt-4o", messages, tools });
    assert.match(answer.choices[0]?.message.content ?? "", /^The tool answered: .*1 degrees/);
  });

  test(`${format}: one tool call at a time`, async () => {
    const answer = await client(configured).chat.completions.create({
      model: "gpt-4o",
      messages: WEATHER,
      tools,
      tool_choice: { type: "function", function: { name: "get_weather" } },
      parallel_tool_calls: false,
    });
    assert.deepEqual(answer.choices[0] && functionsOf(answer.choices[0].message), [CALLS[0]]);
  });

  test(`${format}: an answer that follows a schema`, async () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    };
    const answer = await client(configured).chat.completions.create({
      model: "gpt-4o",
      messages: HELLO,
      response_format: { type: "json_schema", json_schema: { name: "city", schema, strict: true } },
    });
    const content = JSON.parse(answer.choices[0]?.message.content ?? "") as object;
    assert.deepEqual(content, { city: "Oslo" });
  });

  test(`${format}: an answer that the limit cuts`, async () => {
    const request = { model: "gpt-4o", messages: HELLO, max_completion_tokens: 3 };
    const answer = await client(configured).chat.completions.create(request);
    assert.equal(answer.choices[0]?.finish_reason, "length");
    assert.equal(answer.choices[0]?.message.content?.trim(), "You said: “Say");
  });

  test(`${format}: the list of models`, async () => {
    const ids: string[] = [];
    for await (const found of client(configured).models.list()) {
      assert.equal(found.object, "model");
      ids.push(found.id);
    }
    assert.ok(ids.includes(model), ids.join(", "));
  });

  test(`${format}: the key of the client, where none is configured`, async () => {
    const request = { model: "gpt-4o", messages: HELLO };
    const answer = await client(keyless).chat.completions.create(request);
    assert.match(answer.choices[0]?.message.content ?? "", EXPECTED);
    const headers = stub.requests.at(-1)?.headers;
    const keys = [headers?.authorization, headers?.["x-api-key"]].filter((key) => key);
    assert.deepEqual(keys, [format === "OpenAI" ? "Bearer sk-of-the-client" : "sk-of-the-client"]);
  });

  test(`${format}: a wrong key of the client, and none`, async () => {
    const request = { model: "gpt-4o", messages: HELLO };
    await assert.rejects(
      client(keyless, "wrong").chat.completions.create(request),
      OpenAI.AuthenticationError,
    );
    const count = stub.requests.length;
    const headers = { authorization: null };
    await assert.rejects(
      client(keyless).chat.completions.create(request, { headers }),
      OpenAI.AuthenticationError,
    );
    assert.equal(stub.requests.length, count, "a request without a key went out");
  });

  test(`${format}: a model that does not exist`, async () => {
    const request = { model: "no-such-model", messages: HELLO };
    const failed = client(configured).chat.completions.create(request);
    // Without a mapping for it the name reaches the provider.
    await assert.rejects(failed, (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.equal(error.code, "model_not_found");
      return true;
    });
  });
}

test("OpenAI: embeddings, in the SDK's base64 and as numbers", async () => {
  const request = { model: "text-embedding-3-small", input: ["one", "two"], dimensions: 8 };
  const decoded = await client(0).embeddings.create(request);
  assert.match(stub.requests.at(-1)?.body ?? "", /"encoding_format":"base64"/);
  const plain = await client(0).embeddings.create({ ...request, encoding_format: "float" });
  assert.equal(decoded.data.length, 2);
  assert.equal(decoded.data[0]?.embedding.length, 8);
  assert.deepEqual(decoded, plain);
  assert.equal(decoded.usage.total_tokens, 2);
});

test("OpenAI: text completions, whole and streamed", async () => {
  const request = { model: "gpt-4o", prompt: "Say hello", max_tokens: 100 };
  const whole = await client(0).completions.create(request);
  const pieces: string[] = [];
  for await (const chunk of await client(0).completions.create({ ...request, stream: true })) {
    pieces.push(chunk.choices[0]?.text ?? "");
  }
  assert.match(whole.choices[0]?.text ?? "", EXPECTED);
  assert.equal(pieces.join(""), whole.choices[0]?.text);
});

test("Anthropic: embeddings do not exist", async () => {
  const request = { model: "text-embedding-3-small", input: "one" };
  await assert.rejects(client(1).embeddings.create(request), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "unsupported_endpoint");
    return true;
  });
});
