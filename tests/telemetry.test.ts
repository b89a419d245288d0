// What requests leave for the access log and for metrics, on the host: as much as the client is told.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fixture, loadFixtures } from "./fixture-runner/fixture.ts";
import { runInput } from "./fixture-runner/host-run.ts";
import { run } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import {
  chunk,
  COMPLETION,
  data,
  JSON_HEADERS,
  keysOf,
  SSE_HEADERS,
  textOf,
  typed,
} from "./support/telemetry.ts";

const PLUGIN =
  process.env.PLUGIN ?? fileURLToPath(new URL("../build/plugin.wasm", import.meta.url));
const FOLDER = fileURLToPath(new URL("fixtures", import.meta.url));
const FIXTURES = loadFixtures(FOLDER, process.env.FIXTURE, (name, error) =>
  test(name, () => {
    throw error;
  }),
);

/** Runs a fixture with a configuration that asks for telemetry; null where it is refused. */
function runLogged(vm: Vm, fixture: Fixture, telemetry: object) {
  const config = { ...(fixture.content.config as object), ...telemetry };
  const root = vm.configure(config);
  if (!root.ok) return null;
  const filterState = new Map<string, Uint8Array>();
  const { response } = run(root, { ...runInput(fixture), filterState });
  root.delete();
  return { status: response.status, body: textOf(response.body), keys: keysOf(filterState) };
}

/** The last value that an answer tells under a name. */
function told(body: string, name: string): string | undefined {
  const values = [...body.matchAll(new RegExp(`"${name}":\\s*(?:"([^"]*)"|(\\d+))`, "g"))];
  const last = values[values.length - 1];
  return last?.[1] ?? last?.[2];
}

/** Answers in OpenAI's format, not compressed. */
function isReadable({ content }: Fixture): boolean {
  const { provider } = content.config as { provider?: { protocol?: string } };
  const path = content.request?.path ?? "/v1/chat/completions";
  return (
    provider !== undefined &&
    provider.protocol !== "original" &&
    /\/(completions|embeddings)$/.test(path)
  );
}

let vm: Vm;
before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

describe("the keys of an answer say what the client is told", () => {
  let checked = 0;
  for (const fixture of FIXTURES.filter(isReadable)) {
    test(fixture.name, () => {
      const result = runLogged(vm, fixture, { logging: { keys: true, aiLog: "json" } });
      if (result === null) return;
      const { status, body, keys } = result;
      const error = /"error":\s*\{/.test(body);
      if (status !== 200 || error) {
        if (status >= 400 || error) assert.ok(keys["llm_error"], "an error without a word");
        return;
      }
      if (body.startsWith("\x1f")) return;
      assert.equal(keys["llm_error"], undefined);
      const prompt = told(body, "prompt_tokens");
      const model = told(body, "model");
      if (keys["llm_extraction_status"] === "failed") {
        assert.ok(prompt === undefined || prompt === "0", "the client is told more");
      } else if (prompt !== undefined) {
        assert.equal(keys["llm_prompt_tokens"], prompt);
        assert.equal(keys["llm_completion_tokens"], told(body, "completion_tokens") ?? "0");
        assert.equal(keys["llm_extraction_status"], "complete");
        checked += 1;
      }
      const finishes = [...body.matchAll(/"finish_reason":\s*"(\w+)"/g)].map((found) => found[1]);
      assert.equal(keys["llm_finish_reason"], finishes[0]);
      if (model !== undefined) assert.equal(keys["llm_model"], model);
    });
  }

  test("of enough providers", () => {
    assert.ok(checked > 300 || process.env.FIXTURE !== undefined, String(checked));
  });
});

/** A stream in pieces, and what is known when the client leaves behind each. */
interface EarlyLeave {
  provider: object;
  events: readonly string[];
  /** Prompt and completion tokens behind each piece; null: none are known. */
  counts: readonly (readonly [number, number] | null)[];
}

const MESSAGE = { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5" };
const textDelta = { index: 0, delta: { type: "text_delta", text: "Hello" } };

const EARLY: Record<string, EarlyLeave> = {
  openai: {
    provider: { type: "openai" },
    events: [
      chunk({ role: "assistant", content: "He" }),
      chunk({}, { finish_reason: "stop" }),
      data({ ...COMPLETION, object: "chat.completion.chunk", choices: [] }),
    ],
    counts: [null, null, [9, 5]],
  },
  claude: {
    provider: { type: "claude" },
    events: [
      typed("message_start", {
        message: { ...MESSAGE, content: [], usage: { input_tokens: 7, output_tokens: 1 } },
      }),
      typed("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
        typed("content_block_delta", textDelta),
      typed("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 4 } }),
    ],
    counts: [
      [7, 1],
      [7, 1],
      [7, 4],
    ],
  },
  gemini: {
    provider: { type: "gemini" },
    events: [
      data({
        candidates: [{ content: { role: "model", parts: [{ text: "Hel" }] } }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 },
        modelVersion: "gemini-2.5-flash",
      }),
    ],
    counts: [[3, 1]],
  },
  cohere: {
    provider: { type: "cohere" },
    events: [
      typed("message-start", { id: "x", delta: { message: { role: "assistant" } } }) +
        typed("content-delta", { index: 0, delta: { message: { content: { text: "Hel" } } } }),
      typed("message-end", {
        delta: {
          finish_reason: "COMPLETE",
          usage: { tokens: { input_tokens: 5, output_tokens: 6 } },
        },
      }),
    ],
    counts: [null, [5, 6]],
  },
  // Its answers pass unread.
  original: {
    provider: { type: "openai", protocol: "original" },
    events: [
      chunk({ role: "assistant", content: "He" }),
      data({ ...COMPLETION, object: "chat.completion.chunk", choices: [] }),
    ],
    counts: [null, [9, 5]],
  },
  "Gemini's own": {
    provider: { type: "gemini", protocol: "original" },
    events: [
      data({
        candidates: [{ content: { parts: [{ text: "Hel" }] }, finishReason: "STOP" }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, thoughtsTokenCount: 2 },
      }),
    ],
    counts: [[3, 3]],
  },
};

describe("a client that leaves early", () => {
  for (const [name, { provider, events, counts }] of Object.entries(EARLY)) {
    for (const [at, known] of counts.entries()) {
      test(`${name}, behind piece ${at + 1}`, () => {
        const { exchange, root } = begin({ ...provider, apiTokens: ["sk-1"] });
        exchange.responseHeaders([[":status", "200"], ...SSE_HEADERS], false);
        for (const piece of events.slice(0, at + 1)) {
          exchange.responseBody(Buffer.from(piece), false);
        }
        const keys = keysOf(exchange.filterState);
        exchange.disconnect();
        assert.equal(keys["request_type"], "ai_stream");
        assert.equal(keys["llm_prompt_tokens"], known?.[0].toString());
        assert.equal(keys["llm_completion_tokens"], known?.[1].toString());
        const log = JSON.parse(keys["ai_log"] ?? "{}") as Record<string, unknown>;
        assert.equal(log["output_token"], known?.[1]);
        assert.equal(log["response_type"], "stream");
        assert.ok(keys["llm_extraction_status"] !== "failed");
        root.delete();
      });
    }
  }

  /** A streaming chat request on its way to a provider, a second ago. */
  function begin(provider: object) {
    const config = { provider, logging: { keys: true, aiLog: "json" } };
    const root = vm.configure(config);
    const exchange = root.exchange();
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    const streamed = Buffer.from(body.replace("{", '{"stream":true,'));
    const pairs: [string, string][] = [
      [":authority", "gateway.test"],
      [":path", "/v1/chat/completions"],
      [":method", "POST"],
      ...JSON_HEADERS,
    ];
    exchange.requestHeaders(pairs, false);
    exchange.requestBody(streamed, true);
    return { exchange, root };
  }
});
