// Errors of providers as the official OpenAI SDK raises them, from either wire format.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import OpenAI from "openai";
import { startEnvoy, type TestEnvoy } from "./support/envoy.ts";
import {
  chunk,
  send,
  startRawProvider,
  stream,
  STREAM_HEAD,
  whole,
  type RawProvider,
} from "./support/raw-provider.ts";

const REQUEST = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };

let provider: RawProvider;
let envoy: TestEnvoy;

before(async () => {
  provider = await startRawProvider(whole(500, ""));
  const listeners = ["openai", "claude"].map((type) => ({
    config: { provider: { type, apiTokens: ["sk-configured"] } },
    upstreamPort: provider.port,
  }));
  envoy = await startEnvoy({ listeners });
});
after(async () => {
  await envoy.stop();
  await provider.close();
});
beforeEach(() => {
  provider.requests.length = 0;
});

function client(listener: number): OpenAI {
  const baseURL = `http://127.0.0.1:${envoy.ports[listener]}/v1`;
  return new OpenAI({ baseURL, apiKey: "sk-of-the-client", maxRetries: 0 });
}

type ErrorClass = new (...args: never[]) => InstanceType<typeof OpenAI.APIError>;

/** A class, and for either provider the error's type as it names it, and OpenAI's type and code. */
const CLASSES: [number, ErrorClass, string, string, string, string | null][] = [
  [
    400,
    OpenAI.BadRequestError,
    "invalid_request_error",
    "invalid_request_error",
    "invalid_request_error",
    null,
  ],
  [
    401,
    OpenAI.AuthenticationError,
    "invalid_request_error",
    "authentication_error",
    "invalid_request_error",
    "invalid_api_key",
  ],
  [
    403,
    OpenAI.PermissionDeniedError,
    "invalid_request_error",
    "permission_error",
    "invalid_request_error",
    "permission_denied",
  ],
  [
    404,
    OpenAI.NotFoundError,
    "invalid_request_error",
    "not_found_error",
    "invalid_request_error",
    null,
  ],
  [409, OpenAI.ConflictError, "conflict_error", "conflict_error", "invalid_request_error", null],
  [
    422,
    OpenAI.UnprocessableEntityError,
    "invalid_request_error",
    "invalid_request_error",
    "invalid_request_error",
    null,
  ],
  [
    429,
    OpenAI.RateLimitError,
    "tokens",
    "rate_limit_error",
    "rate_limit_error",
    "rate_limit_exceeded",
  ],
  [500, OpenAI.InternalServerError, "server_error", "api_error", "server_error", null],
  [503, OpenAI.InternalServerError, "server_error", "api_error", "server_error", "overloaded"],
  [
    529,
    OpenAI.InternalServerError,
    "server_error",
    "overloaded_error",
    "server_error",
    "overloaded",
  ],
];

/** What the SDK raises for a request. */
async function raised(
  listener: number,
  isStream: boolean,
): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    const answer = await client(listener).chat.completions.create({ ...REQUEST, stream: isStream });
    assert.fail(`an answer: ${JSON.stringify(answer)}`);
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }
}

for (const [status, ErrorType, ownType, claudeType, type, code] of CLASSES) {
  test(`${status} of OpenAI is a ${ErrorType.name}`, async () => {
    const error = { message: "It is so.", type: ownType, param: "messages", code: "native_code" };
    provider.script = whole(status, JSON.stringify({ error }), { "x-request-id": "req_1" });
    for (const isStream of [false, true]) {
      const found = await raised(0, isStream);
      assert.equal(found.constructor, ErrorType);
      assert.equal(found.status, status);
      assert.equal(found.message, `${status} It is so.`);
      assert.deepEqual(found.error, error);
      assert.equal(found.requestID, "req_1");
    }
  });

  test(`${status} of Anthropic is a ${ErrorType.name}`, async () => {
    const error = { type: claudeType, message: "It is so." };
    const body = { type: "error", error, request_id: "req_1" };
    provider.script = whole(status, JSON.stringify(body), { "request-id": "req_1" });
    for (const isStream of [false, true]) {
      const found = await raised(1, isStream);
      assert.equal(found.constructor, ErrorType);
      assert.equal(found.status, status);
      assert.equal(found.message, `${status} It is so.`);
      assert.deepEqual([found.type, found.param, found.code], [type, null, code]);
    }
  });
}

test("the time until a retry reaches the SDK", async () => {
  const bodies = [
    '{"error":{"message":"Slow down."}}',
    '{"type":"error","error":{"message":"No."}}',
  ];
  for (const [listener, body] of bodies.entries()) {
    provider.script = whole(429, body, { "retry-after": "7", "x-ratelimit-remaining-tokens": "0" });
    const error = await raised(listener, false);
    assert.equal(error.headers?.get("retry-after"), "7");
    assert.equal(error.headers?.get("x-ratelimit-remaining-tokens"), "0");
  }
});

test("the SDK retries what may be retried, and nothing else", async () => {
  const baseURL = `http://127.0.0.1:${envoy.ports[0]}/v1`;
  const patient = new OpenAI({ baseURL, apiKey: "sk", maxRetries: 1 });
  const header = { "retry-after-ms": "1" };
  provider.script = whole(429, '{"error":{"message":"Slow down."}}', header);
  await assert.rejects(patient.chat.completions.create(REQUEST), OpenAI.RateLimitError);
  assert.equal(provider.requests.length, 2);
  provider.script = whole(400, '{"error":{"message":"No."}}', header);
  await assert.rejects(patient.chat.completions.create(REQUEST), OpenAI.BadRequestError);
  assert.equal(provider.requests.length, 3);
});

const openAiEvents = [
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n',
  'data: {"error":{"message":"It broke.","type":"server_error","param":null,"code":null}}\n\n',
];
const claudeEvents = [
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n' +
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}\n\n',
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"It broke."}}\n\n',
];

for (const [listener, [begin = "", failure = ""]] of [openAiEvents, claudeEvents].entries()) {
  const format = listener === 0 ? "OpenAI" : "Anthropic";

  test(`${format}: an error in the middle of a stream is raised there`, async () => {
    for (const pieces of [[begin + failure], [begin, failure], [begin]]) {
      provider.script = stream(...pieces);
      const answer = await client(listener).chat.completions.create({ ...REQUEST, stream: true });
      let text = "";
      const reading = (async () => {
        for await (const { choices } of answer) text += choices[0]?.delta.content ?? "";
      })();
      await assert.rejects(reading, (error) => {
        assert.ok(error instanceof OpenAI.APIError, String(error));
        assert.equal(error.type, "server_error");
        assert.match(
          error.message,
          pieces[0] === begin && pieces.length === 1 ? /ended/ : /It broke/,
        );
        return true;
      });
      assert.equal(text, "Hel");
    }
  });

  test(`${format}: an error as the first event is raised as a status`, async () => {
    provider.script = stream(failure);
    const error = await raised(listener, true);
    assert.equal(error.constructor, OpenAI.InternalServerError);
    assert.match(error.message, /It broke/);
  });

  test(`${format}: a client that stops reading frees the provider, and the next one is served`, async () => {
    const freed = new Promise<void>((resolve) => {
      provider.script = async (socket) => {
        socket.on("close", () => resolve());
        await send(socket, STREAM_HEAD);
        await send(socket, chunk(begin));
      };
    });
    const answer = await client(listener).chat.completions.create({ ...REQUEST, stream: true });
    for await (const { choices } of answer) if (choices[0]?.delta.content) break;
    await freed;
    provider.script = whole(400, '{"error":{"message":"Served."}}');
    assert.match((await raised(listener, false)).message, /Served/);
  });

  test(`${format}: a client that aborts frees the provider`, async () => {
    const freed = new Promise<void>((resolve) => {
      provider.script = (socket) => void socket.on("close", () => resolve());
    });
    const controller = new AbortController();
    const { signal } = controller;
    const failing = client(listener).chat.completions.create(REQUEST, { signal });
    const isRaised = assert.rejects(failing, OpenAI.APIUserAbortError);
    while (provider.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await isRaised;
    await freed;
  });
}
