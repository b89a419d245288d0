// The official SDK's Responses, unchanged but for its base URL, through a gateway to providers that have only chat.
// https://platform.openai.com/docs/api-reference/responses
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import type {
  ResponseCreateParamsNonStreaming,
  ResponseFunctionToolCall,
  ResponseInput,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { startStubProvider, type StubProvider } from "../cli/stub-provider.ts";
import type { TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";
import { startRawProvider, stream, whole, type RawProvider } from "./support/raw-provider.ts";

const EXPECTED = /^You said: “Say hello”\. I am the stub provider/;
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const WEATHER: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "The weather of a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, unit: { type: "string", enum: ["C", "F"] } },
    required: ["city", "unit"],
    additionalProperties: false,
  },
  strict: true,
};
const QUESTION = "What is the weather in Oslo and Paris?";
const ARGUMENTS = [
  { city: "Oslo", unit: "C" },
  { city: "Paris", unit: "C" },
];
const SCHEMA = {
  type: "object",
  properties: { name: { type: "string" } },
  required: ["name"],
  additionalProperties: false,
};

const GEMINI = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hello." }] }, index: 0 }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2, totalTokenCount: 11 },
  modelVersion: "gemini-2.5-flash",
  responseId: "r-1",
};
const ENVELOPE = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1735787045 };
const delta = (own: object, finish_reason: string | null = null): string => {
  const choices = [{ index: 0, delta: own, finish_reason }];
  return `data: ${JSON.stringify({ ...ENVELOPE, model: "m", choices })}\n\n`;
};
const DONE = "data: [DONE]\n\n";

/** Models, each of a provider with a protocol of its own. */
const NATIVE = ["claude-sonnet-4-5", "compatible"];

let stub: StubProvider;
let raw: RawProvider;
let envoy: TestEnvoy;

before(async () => {
  stub = await startStubProvider({ delayMs: 0 });
  raw = await startRawProvider(whole(500, ""));
  const upstream = (port: number) => ({ address: `127.0.0.1:${port}`, tls: false });
  const chat = { type: "openai", capabilities: { "openai/v1/responses": "" } };
  envoy = await startGateway({
    modelList: "provider",
    providers: {
      claude: { type: "claude", apiTokens: ["sk-1"], upstream: upstream(stub.port) },
      compatible: { ...chat, apiTokens: ["sk-2"], upstream: upstream(stub.port) },
      gemini: { type: "gemini", apiTokens: ["sk-3"], upstream: upstream(raw.port) },
      raw: { ...chat, apiTokens: ["sk-4"], upstream: upstream(raw.port) },
      native: { type: "openai", apiTokens: ["sk-5"], upstream: upstream(raw.port) },
    },
    models: [
      { model: "claude-*", providers: ["claude"] },
      { model: "compatible", providers: [{ id: "compatible", model: "gpt-4o" }] },
      { model: "gemini-*", providers: ["gemini"] },
      { model: "raw", providers: ["raw"] },
      { model: "native", providers: ["native"] },
      { model: "alias", providers: [{ id: "native", model: "gpt-5.1" }] },
      { model: "both", providers: ["raw", { id: "claude", model: "claude-sonnet-4-5" }] },
    ],
    consumers: [
      { name: "team", keys: ["sk-team"] },
      {
        name: "few",
        keys: ["sk-few"],
        overrides: { max_tokens: 50 },
        limits: { tokensPerMinute: 40 },
      },
      { name: "one", keys: ["sk-one"], models: ["raw"] },
    ],
  });
});
after(async () => {
  await envoy?.stop();
  await Promise.all([stub?.close(), raw?.close()]);
});

function clientOf(apiKey = "sk-team"): OpenAI {
  return new OpenAI({ baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`, apiKey, maxRetries: 0 });
}

const bodyOf = (body: string | Buffer | undefined): Record<string, unknown> =>
  JSON.parse(body?.toString() ?? "{}") as Record<string, unknown>;

function callsOf(response: OpenAI.Responses.Response): ResponseFunctionToolCall[] {
  return response.output.filter((item) => item.type === "function_call");
}

const argumentsOf = (response: OpenAI.Responses.Response): unknown[] =>
  callsOf(response).map((call) => JSON.parse(call.arguments) as unknown);

/** The events of a stream, each in its place: https://platform.openai.com/docs/api-reference/responses-streaming */
async function eventsOf(request: ResponseCreateParamsNonStreaming): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of await clientOf().responses.create({ ...request, stream: true })) {
    assert.equal(event.sequence_number, events.length);
    events.push(event);
  }
  const open = new Set<number>();
  let items = 0;
  for (const event of events.slice(2, -1)) {
    if (event.type === "response.output_item.added") {
      assert.equal(event.output_index, items++);
      open.add(event.output_index);
    } else {
      assert.ok("output_index" in event && open.has(event.output_index), event.type);
      if (event.type === "response.output_item.done") open.delete(event.output_index);
    }
  }
  assert.equal(open.size, 0);
  assert.deepEqual(
    events.slice(0, 2).map(({ type }) => type),
    ["response.created", "response.in_progress"],
  );
  return events;
}

describe("a provider that has only chat", () => {
  for (const model of NATIVE) {
    test(`${model}: a response`, async () => {
      const response = await clientOf().responses.create({
        model,
        input: "Say hello",
        instructions: "Be brief.",
        metadata: { team: "a" },
        max_output_tokens: 500,
      });
      assert.match(response.id, /^resp_\w/);
      assert.equal(response.object, "response");
      assert.equal(response.status, "completed");
      assert.match(response.output_text, EXPECTED);
      assert.equal(response.instructions, "Be brief.");
      assert.deepEqual(response.metadata, { team: "a" });
      assert.equal(response.max_output_tokens, 500);
      assert.equal(response.error, null);
      assert.deepEqual(response.tools, []);
      const { input_tokens = 0, output_tokens = 0, total_tokens } = response.usage ?? {};
      assert.ok(input_tokens > 0 && output_tokens > 0);
      assert.equal(total_tokens, input_tokens + output_tokens);
      assert.doesNotMatch(JSON.stringify(stub.requests.at(-1)?.headers), /sk-team/);
    });

    test(`${model}: a stream, and the response that it is`, async () => {
      const request = { model, input: "Say hello" };
      const response = await clientOf().responses.create(request);
      const streamed = clientOf().responses.stream(request);
      let text = "";
      streamed.on("response.output_text.delta", (event) => (text += event.delta));
      const final = await streamed.finalResponse();
      assert.equal(text, response.output_text);
      assert.equal(final.output_text, response.output_text);
      assert.deepEqual(final.usage, response.usage);
      assert.equal(final.status, "completed");
      const events = await eventsOf(request);
      assert.equal(events.at(-1)?.type, "response.completed");
    });

    test(`${model}: tools, and their results`, async () => {
      const request = { model, input: QUESTION, tools: [WEATHER] };
      const response = await clientOf().responses.create(request);
      assert.deepEqual(argumentsOf(response), ARGUMENTS);
      assert.equal(response.status, "completed");
      const final = await clientOf().responses.stream(request).finalResponse();
      assert.deepEqual(argumentsOf(final), ARGUMENTS);
      const parsed = final.output.filter((item) => item.type === "function_call");
      assert.deepEqual(
        parsed.map((call) => call.parsed_arguments as unknown),
        ARGUMENTS,
      );
      await eventsOf(request);
      const input: ResponseInput = [
        { role: "user", content: QUESTION },
        ...response.output.filter((item) => item.type === "function_call"),
        ...callsOf(response).map(({ call_id }) => ({
          type: "function_call_output" as const,
          call_id,
          output: "Sun",
        })),
      ];
      const answer = await clientOf().responses.create({ ...request, input });
      assert.equal(answer.status, "completed");
      assert.match(answer.output_text, /Sun/);
    });

    test(`${model}: an answer that is cut short`, async () => {
      const request = { model, input: "Say hello", max_output_tokens: 3 };
      const response = await clientOf().responses.create(request);
      assert.equal(response.status, "incomplete");
      assert.deepEqual(response.incomplete_details, { reason: "max_output_tokens" });
      const events = await eventsOf(request);
      assert.equal(events.at(-1)?.type, "response.incomplete");
    });

    test(`${model}: an answer that fits a schema`, async () => {
      const format = { type: "json_schema" as const, name: "city", schema: SCHEMA, strict: true };
      const request = { model, input: "A city", text: { format } };
      const response = await clientOf().responses.parse(request);
      assert.equal(typeof (response.output_parsed as { name?: unknown } | null)?.name, "string");
      const final = await clientOf().responses.stream(request).finalResponse();
      assert.equal(final.output_text, response.output_text);
    });
  }

  test("images", async () => {
    const content: OpenAI.Responses.ResponseInputContent[] = [
      { type: "input_text", text: "Say hello" },
      { type: "input_image", detail: "auto", image_url: `data:image/png;base64,${PNG}` },
    ];
    const input: ResponseInput = [{ role: "user", content }];
    await clientOf().responses.create({ model: "claude-sonnet-4-5", input });
    const { messages } = bodyOf(stub.requests.at(-1)?.body);
    const parts = (messages as { content: unknown[] }[])[0]?.content;
    assert.deepEqual(parts?.[1], {
      type: "image",
      source: { type: "base64", media_type: "image/png", data: PNG },
    });
  });

  test("Gemini's own protocol", async () => {
    const text = JSON.stringify({
      ...GEMINI,
      candidates: [{ ...GEMINI.candidates[0], finishReason: "STOP" }],
    });
    const request = { model: "gemini-2.5-flash", input: "Hi" };
    raw.script = whole(200, text);
    const response = await clientOf().responses.create(request);
    assert.equal(response.output_text, "Hello.");
    assert.equal(response.usage?.total_tokens, 11);
    raw.script = stream(`data: ${JSON.stringify(GEMINI)}\r\n\r\n`, `data: ${text}\r\n\r\n`);
    const events = await eventsOf(request);
    const last = events.at(-1);
    assert.ok(last?.type === "response.completed");
    assert.equal(last.response.usage?.total_tokens, 11);
  });
});

describe("reasoning", () => {
  const told = stream(
    delta({ role: "assistant", content: "" }),
    delta({ reasoning_content: "They " }),
    delta({ reasoning_content: "greet." }),
    delta({ content: "Hello." }),
    delta({}, "stop"),
    DONE,
  );

  test("as it is", async () => {
    raw.script = told;
    const request = { model: "raw", input: "Hi" };
    const final = await clientOf().responses.stream(request).finalResponse();
    const [first] = final.output;
    assert.ok(first?.type === "reasoning");
    assert.deepEqual(first.content, [{ type: "reasoning_text", text: "They greet." }]);
    assert.equal(final.output_text, "Hello.");
    await eventsOf(request);
  });

  test("as a summary, where one is asked for", async () => {
    raw.script = told;
    const request = { model: "raw", input: "Hi", reasoning: { summary: "auto" as const } };
    const final = await clientOf().responses.stream(request).finalResponse();
    const [first] = final.output;
    assert.ok(first?.type === "reasoning");
    assert.deepEqual(first.summary, [{ type: "summary_text", text: "They greet." }]);
    await eventsOf(request);
  });
});

describe("errors", () => {
  const request = { model: "raw", input: "Hi" };

  test("what cannot be passed on is a bad request", async () => {
    const bad = async (own: object, param: string): Promise<void> => {
      const all = { model: "claude-sonnet-4-5", input: "Hi", ...own };
      await assert.rejects(clientOf().responses.create(all), (error: unknown) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.equal(error.param, param);
        return true;
      });
    };
    await bad({ tools: [{ type: "web_search" }] }, "tools[0].type");
    await bad({ previous_response_id: "resp_1" }, "previous_response_id");
    await bad({ background: true }, "background");
    await bad({ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0].id");
  });

  for (const [status, ErrorClass] of [
    [401, OpenAI.AuthenticationError],
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
  ] as const) {
    test(`an answer of ${status} is raised as ${ErrorClass.name}`, async () => {
      const error = { message: "No.", type: "x", param: null, code: null };
      raw.script = whole(status, JSON.stringify({ error }));
      for (const streams of [false, true]) {
        const answer = clientOf().responses.create({ ...request, stream: streams });
        await assert.rejects(async () => answer, ErrorClass);
      }
    });
  }

  const BROKEN = {
    "a stream that breaks off": stream(delta({ role: "assistant", content: "Hel" })),
    "an error in the middle of a stream": stream(
      delta({ role: "assistant", content: "Hel" }),
      'data: {"error":{"message":"Overloaded.","type":"server_error","code":"overloaded"}}\n\n',
    ),
  };
  for (const [what, script] of Object.entries(BROKEN)) {
    test(what, async () => {
      raw.script = script;
      const types: string[] = [];
      const reading = async (): Promise<void> => {
        const streamed = await clientOf().responses.create({ ...request, stream: true });
        for await (const { type } of streamed) types.push(type);
      };
      await assert.rejects(reading, OpenAI.APIError);
      assert.equal(types.at(-1), "response.output_text.delta");
      await assert.rejects(clientOf().responses.stream(request).finalResponse(), OpenAI.APIError);
    });
  }

  test("responses are not stored", async () => {
    const stored = clientOf().responses;
    await assert.rejects(stored.retrieve("resp_1"), OpenAI.NotFoundError);
    await assert.rejects(stored.delete("resp_1"), OpenAI.NotFoundError);
    await assert.rejects(stored.cancel("resp_1"), OpenAI.NotFoundError);
    await assert.rejects(stored.inputItems.list("resp_1"), /not stored/);
  });
});

describe("in a gateway", () => {
  test("a provider of another protocol takes over", async () => {
    raw.script = whole(503, "");
    const request = { model: "both", input: "Say hello" };
    const response = await clientOf().responses.create(request);
    assert.match(response.output_text, EXPECTED);
    raw.script = stream('data: {"error":{"message":"Overloaded.","type":"server_error"}}\n\n');
    const final = await clientOf().responses.stream(request).finalResponse();
    assert.match(final.output_text, EXPECTED);
    assert.equal(raw.requests.at(-1)?.path, "/v1/chat/completions");
  });

  test("a provider that has responses gets them as they are", async () => {
    raw.script = whole(200, '{"id":"resp_1","object":"response","output":[]}');
    const request = { model: "native", input: "Hi", previous_response_id: "resp_0" };
    const response = await clientOf().responses.create(request);
    assert.equal(response.id, "resp_1");
    assert.equal(raw.requests.at(-1)?.path, "/v1/responses");
    assert.deepEqual(bodyOf(raw.requests.at(-1)?.body), request);
  });

  test("a consumer's settings and limits", async () => {
    const request = { model: "claude-sonnet-4-5", input: "Say hello" };
    const answer = clientOf("sk-few").responses.create(request);
    const { data, response } = await answer.withResponse();
    assert.equal(data.max_output_tokens, 50);
    assert.equal(bodyOf(stub.requests.at(-1)?.body)["max_tokens"], 50);
    assert.equal(response.headers.get("x-ratelimit-limit-tokens"), "40");
    let last: unknown = null;
    for (let i = 0; i < 5 && last === null; ++i) {
      last = await clientOf("sk-few")
        .responses.stream(request)
        .finalResponse()
        .then(() => null)
        .catch((error: unknown) => error);
    }
    assert.ok(last instanceof OpenAI.RateLimitError, String(last));
  });
});

describe("which models there are", () => {
  const idsOf = async (key?: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { id } of clientOf(key).models.list()) ids.push(id);
    return ids;
  };

  test("is told by the providers of the first rule", async () => {
    assert.deepEqual(await idsOf(), ["claude-sonnet-4-5", "claude-haiku-4-5"]);
  });

  test("of one its own rule's providers are asked, by the name that they have for it", async () => {
    const model = { id: "claude-sonnet-4-5", object: "model", created: 1, owned_by: "a" };
    raw.script = whole(200, JSON.stringify(model));
    assert.deepEqual({ ...(await clientOf().models.retrieve("native")) }, { ...model });
    assert.equal(raw.requests.at(-1)?.path, "/v1/models/native");
    await clientOf().models.retrieve("alias");
    assert.equal(raw.requests.at(-1)?.path, "/v1/models/gpt-5.1");
  });

  test("one that is not there is not found", async () => {
    const missing = async (model: string): Promise<void> => {
      await assert.rejects(clientOf().models.retrieve(model), (error: unknown) => {
        assert.ok(error instanceof OpenAI.NotFoundError, String(error));
        assert.equal(error.code, "model_not_found");
        return true;
      });
    };
    await missing("nobody's");
    const error = { message: "No such model", type: "invalid_request_error", param: "model" };
    raw.script = whole(404, JSON.stringify({ error: { ...error, code: "model_not_found" } }));
    await missing("native");
  });

  test("a consumer of certain models is told those", async () => {
    assert.deepEqual(await idsOf("sk-one"), ["raw"]);
  });
});
