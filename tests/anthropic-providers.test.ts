// A client of Anthropic's at every provider that has no messages of its own: it gets what an OpenAI client would get, said in
// its own words. https://docs.claude.com/en/api/messages
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { events } from "./fixture-runner/compare-sse.ts";
import { text, type Fixture } from "./fixture-runner/fixture.ts";
import type { RunResult } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import { answerOf, providerSamples, runWith } from "./support/provider-samples.ts";

/** These have Anthropic's messages themselves, or, of a generic server, may have. */
const NATIVE = new Set(
  "claude deepseek generic longcat minimax moonshot ollama qwen zhipuai".split(" "),
);

/** Where the model decides: one without messages, whose answers are like the sample's. */
const OTHER_MODELS: Readonly<Record<string, string>> = { bedrock: "amazon.nova-lite-v1:0" };

interface Usage {
  readonly completion_tokens?: number;
  readonly output_tokens?: number;
}

interface Completion {
  readonly choices: readonly {
    readonly index: number;
    readonly message?: { readonly content?: string | null };
    readonly delta?: { readonly content?: string | null };
  }[];
  readonly usage?: Usage | null;
}

interface MessageEvent {
  readonly type: string;
  readonly index?: number;
  readonly delta?: { readonly text?: string };
  readonly usage?: Usage;
}

async function ask(type: string, fixture: Fixture, stream: boolean): Promise<RunResult> {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  const root = vm.configure(fixture.content.config);
  assert.ok(root.ok, "the configuration is refused");
  const { model } = JSON.parse(text(fixture.request ?? { name: "", bytes: Buffer.from("{}") })) as {
    model?: string;
  };
  const messages = [{ role: "user", content: [{ type: "text", text: "Hi" }] }];
  const named = OTHER_MODELS[type] ?? model ?? "m";
  const body = { model: named, max_tokens: 100, messages, ...(stream ? { stream } : {}) };
  const own = fixture.content.request?.headers ?? {};
  const path = "/v1/messages?beta=true";
  const headers: [string, string][] = [
    ...Object.entries(own),
    ["content-type", "application/json"],
    ["anthropic-version", "2023-06-01"],
  ];
  return runWith(root, fixture, answerOf(fixture), {
    request: { path, headers, body: Buffer.from(JSON.stringify(body)) },
  });
}

const bodyOf = (result: RunResult): string => Buffer.from(result.response.body).toString();

describe("Anthropic's clients at every provider", () => {
  for (const { type, chat, stream } of providerSamples()) {
    if (NATIVE.has(type)) continue;
    if (chat !== null) {
      test(`${type}: a message (${chat.name})`, async () => {
        const result = await ask(type, chat, false);
        assert.equal(result.response.status, 200, bodyOf(result));
        const names = result.upstreamRequest?.headers.map(([name]) => name) ?? [];
        assert.ok(!names.some((name) => name.startsWith("anthropic-")));
        assert.doesNotMatch(result.upstreamRequest?.path ?? "", /messages|beta=true/);
        const message = JSON.parse(bodyOf(result)) as {
          type: string;
          content: { type: string; text?: string }[];
          stop_reason: string;
          usage: Usage;
        };
        const completion = JSON.parse(
          text(chat.response as NonNullable<Fixture["response"]>),
        ) as Completion;
        assert.equal(message.type, "message");
        const said = message.content.map((block) => block.text ?? "").join("");
        assert.equal(said, completion.choices[0]?.message?.content ?? "");
        assert.ok(["end_turn", "max_tokens", "tool_use", "refusal"].includes(message.stop_reason));
        assert.equal(message.usage.output_tokens, completion.usage?.completion_tokens ?? 0);
      });
    }
    if (stream !== null) {
      test(`${type}: a stream (${stream.name})`, async () => {
        const result = await ask(type, stream, true);
        assert.equal(result.response.status, 200, bodyOf(result));
        const got = events(bodyOf(result));
        assert.ok(typeof got !== "string", `${String(got)}`);
        const told = got.map((payload) => JSON.parse(payload) as MessageEvent);
        assert.equal(told[0]?.type, "message_start");
        assert.deepEqual(
          told.slice(-2).map((event) => event.type),
          ["message_delta", "message_stop"],
        );
        const chunks = events(text(stream.response as NonNullable<Fixture["response"]>));
        assert.ok(typeof chunks !== "string");
        const deltas = chunks
          .filter((payload) => payload !== "[DONE]")
          .flatMap((payload) => (JSON.parse(payload) as Completion).choices)
          .map(({ index, delta }) => (index === 0 ? (delta?.content ?? "") : ""));
        assert.equal(told.map((event) => event.delta?.text ?? "").join(""), deltas.join(""));
      });
    }
  }
});
