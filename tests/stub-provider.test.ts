// The stub provider speaks both wire formats so well that the official SDKs cannot tell.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startStubProvider, type StubProvider } from "../cli/stub-provider.ts";

let stub: StubProvider;
let openai: OpenAI;
let claude: Anthropic;

before(async () => {
  stub = await startStubProvider({ delayMs: 0 });
  const base = `http://127.0.0.1:${stub.port}`;
  openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: "any", maxRetries: 0 });
  claude = new Anthropic({ baseURL: base, apiKey: "any", maxRetries: 0 });
});
after(() => stub.close());

const hello = [{ role: "user" as const, content: "Say hello" }];
const weather = [{ role: "user" as const, content: "What is the weather in Oslo and Paris?" }];
const parameters = {
  type: "object" as const,
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["C", "F"] } },
};
const openAiTool = { type: "function" as const, function: { name: "get_weather", parameters } };
const claudeTool = { name: "get_weather", input_schema: parameters };
const calls = [
  { city: "Oslo", unit: "C" },
  { city: "Paris", unit: "C" },
];

test("OpenAI: an answer, and the request as it was received", async () => {
  const answer = await openai.chat.completions.create({ model: "gpt-4o", messages: hello });
  const [choice] = answer.choices;
  assert.equal(choice?.finish_reason, "stop");
  assert.match(choice?.message.content ?? "", /^You said: “Say hello”\./);
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
  assert.equal(prompt_tokens, 2);
  assert.equal(total_tokens, 2 + (completion_tokens ?? NaN));
  const received = stub.requests.at(-1);
  assert.equal(received?.path, "/v1/chat/completions");
  assert.deepEqual(JSON.parse(received?.body ?? ""), { model: "gpt-4o", messages: hello });
});

test("OpenAI: a stream adds up to the whole answer, with usage last", async () => {
  const whole = await openai.chat.completions.create({ model: "gpt-4o", messages: hello });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const stream = await openai.chat.completions.create({
    model: "gpt-4o",
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) chunks.push(chunk);
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  assert.equal(text, whole.choices[0]?.message.content);
  assert.equal(chunks[0]?.choices[0]?.delta.role, "assistant");
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  const last = chunks.pop();
  assert.deepEqual(last?.choices, []);
  assert.deepEqual(last?.usage, whole.usage);
  assert.ok(chunks.every((chunk) => chunk.usage === null));
});

test("OpenAI: parallel tool calls, whole and streamed", async () => {
  const request = { model: "gpt-4o", messages: weather, tools: [openAiTool] };
  const whole = await openai.chat.completions.create(request);
  const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
  for (const { choices } of [whole, streamed]) {
    assert.equal(choices[0]?.finish_reason, "tool_calls");
    assert.equal(choices[0]?.message.content, null);
    const found = choices[0]?.message.tool_calls ?? [];
    const functions = found.map((call) => (call.type === "function" ? call.function : null));
    assert.deepEqual(
      functions.map((call) => JSON.parse(call?.arguments ?? "") as unknown),
      calls,
    );
  }
});

test("OpenAI: a tool's result is answered in words", async () => {
  const call = { name: "get_weather", arguments: "{}" };
  const tool_calls = [{ id: "call_1", type: "function" as const, function: call }];
  const answer = await openai.chat.completions.create({
    model: "gpt-4o",
    tools: [openAiTool],
    messages: [
      ...weather,
      { role: "assistant", tool_calls },
      { role: "tool", tool_call_id: "call_1", content: "rain" },
    ],
  });
  assert.equal(answer.choices[0]?.message.content, "The tool answered: rain");
});

test("OpenAI: limits, schemas and more than one choice", async () => {
  const request = { model: "gpt-4o", messages: hello };
  const cut = await openai.chat.completions.create({ ...request, max_completion_tokens: 2, n: 2 });
  assert.deepEqual(
    cut.choices.map(({ index, finish_reason, message }) => [index, finish_reason, message.content]),
    [0, 1].map((index) => [index, "length", "You said: "]),
  );
  const json = await openai.chat.completions.create({
    ...request,
    response_format: { type: "json_schema", json_schema: { name: "w", schema: parameters } },
  });
  assert.deepEqual(JSON.parse(json.choices[0]?.message.content ?? ""), { city: "Oslo", unit: "C" });
});

test("OpenAI: embeddings are the same numbers in both encodings", async () => {
  const request = { model: "text-embedding-3-small", input: ["one", "two"], dimensions: 4 };
  const decoded = await openai.embeddings.create(request);
  const floats = await openai.embeddings.create({ ...request, encoding_format: "float" });
  assert.deepEqual(decoded.data, floats.data);
  assert.notDeepEqual(floats.data[0]?.embedding, floats.data[1]?.embedding);
});

test("OpenAI: models and legacy completions", async () => {
  const models = await openai.models.list();
  assert.ok(models.data.some((model) => model.id === "gpt-4o"));
  const request = { model: "gpt-3.5-turbo-instruct", prompt: "Say hello", max_tokens: 3 };
  const whole = await openai.completions.create(request);
  assert.equal(whole.choices[0]?.text, "You said: “Say ");
  let text = "";
  for await (const chunk of await openai.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.text;
  }
  assert.equal(text, whole.choices[0]?.text);
});

test("Anthropic: an answer, whole and streamed", async () => {
  const request = { model: "claude-haiku-4-5", max_tokens: 100, messages: hello };
  const whole = await claude.messages.create(request);
  const streamed = await claude.messages.stream(request).finalMessage();
  assert.equal(whole.stop_reason, "end_turn");
  assert.equal(streamed.stop_reason, "end_turn");
  assert.deepEqual(
    streamed.content.map((block) => (block.type === "text" ? block.text : block.type)),
    whole.content.map((block) => (block.type === "text" ? block.text : block.type)),
  );
  assert.equal(streamed.usage.output_tokens, whole.usage.output_tokens);
});

test("Anthropic: tool use, whole and streamed", async () => {
  const messages = weather;
  const request = { model: "claude-haiku-4-5", max_tokens: 100, messages, tools: [claudeTool] };
  const whole = await claude.messages.create(request);
  const streamed = await claude.messages.stream(request).finalMessage();
  for (const { stop_reason, content } of [whole, streamed]) {
    assert.equal(stop_reason, "tool_use");
    assert.deepEqual(
      content.map((block) => (block.type === "tool_use" ? block.input : null)),
      calls,
    );
  }
});

test("Anthropic: what the real API refuses is refused", async () => {
  const good = { model: "claude-haiku-4-5", max_tokens: 10, messages: hello };
  const bad: [object, RegExp][] = [
    [{ ...good, max_tokens: undefined }, /max_tokens: Field required/],
    [{ ...good, n: 1 }, /n: Extra inputs are not permitted/],
    [{ ...good, messages: [{ role: "system", content: "x" }] }, /first message must use the user/],
    [{ ...good, messages: [{ role: "user", content: "" }] }, /non-empty content/],
    [
      {
        ...good,
        messages: [
          ...hello,
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
          ...hello,
        ],
      },
      /`tool_use` ids were found without `tool_result`/,
    ],
  ];
  for (const [request, message] of bad) {
    const sent = claude.messages.create(request as Anthropic.MessageCreateParamsNonStreaming);
    await assert.rejects(sent, (error) => {
      assert.ok(error instanceof Anthropic.BadRequestError);
      assert.match(error.message, message);
      return true;
    });
  }
});

test("wrong keys, unknown models, overload and malformed JSON, each in its provider's shape", async () => {
  const url = `http://127.0.0.1:${stub.port}/v1`;
  const version = { "anthropic-version": "2023-06-01" };
  const unknown = { model: "no-such-model", max_tokens: 1, messages: hello };
  const cases: [string, Record<string, string>, string, number, string | null][] = [
    ["chat/completions", {}, "{}", 401, null],
    ["chat/completions", { authorization: "Bearer wrong" }, "{}", 401, "invalid_api_key"],
    ["chat/completions", { authorization: "Bearer k" }, "{", 400, null],
    [
      "chat/completions",
      { authorization: "Bearer k" },
      JSON.stringify(unknown),
      404,
      "model_not_found",
    ],
    [
      "chat/completions",
      { authorization: "Bearer k" },
      JSON.stringify({ ...unknown, model: "gpt-down" }),
      503,
      null,
    ],
    [
      "messages",
      { ...version, "x-api-key": "k" },
      JSON.stringify({ ...unknown, model: "claude-down" }),
      529,
      "overloaded_error",
    ],
    ["messages", version, "{}", 401, "authentication_error"],
    ["messages", { ...version, "x-api-key": "wrong" }, "{}", 401, "authentication_error"],
    ["messages", { "x-api-key": "k" }, "{}", 400, "invalid_request_error"],
    ["messages", { ...version, "x-api-key": "k" }, "{", 400, "invalid_request_error"],
    ["messages", { ...version, "x-api-key": "k" }, JSON.stringify(unknown), 404, "not_found_error"],
  ];
  for (const [path, headers, body, status, word] of cases) {
    const response = await fetch(`${url}/${path}`, { method: "POST", headers, body });
    const answer = (await response.json()) as { type?: string; error: Record<string, unknown> };
    assert.equal(response.status, status, JSON.stringify(answer));
    if (path === "messages") {
      assert.equal(answer.type, "error");
      assert.equal(answer.error.type, word);
    } else {
      assert.deepEqual(Object.keys(answer.error), ["message", "type", "param", "code"]);
      assert.equal(answer.error.code, word);
    }
  }
});
