// A client of Responses at every provider that has none of its own: it gets what a chat client would get, said as a
// response. https://platform.openai.com/docs/api-reference/responses
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { events } from "./fixture-runner/compare-sse.ts";
import { text, type Fixture } from "./fixture-runner/fixture.ts";
import type { RunResult } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import { answerOf, providerSamples, runWith } from "./support/provider-samples.ts";

/** No provider's own Responses are used. */
const CAPABILITIES = { "openai/v1/responses": "" };

interface Completion {
  readonly choices: readonly {
    readonly index: number;
    readonly message?: { readonly content?: string | null };
    readonly delta?: { readonly content?: string | null };
  }[];
  readonly usage?: { readonly completion_tokens?: number } | null;
}

async function ask(fixture: Fixture, stream: boolean): Promise<RunResult> {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  const { provider } = fixture.content.config as { provider: object & { capabilities?: object } };
  const capabilities = { ...provider.capabilities, ...CAPABILITIES };
  const root = vm.configure({ provider: { ...provider, capabilities } });
  assert.ok(root.ok, "the configuration is refused");
  const { model } = JSON.parse(text(fixture.request ?? { name: "", bytes: Buffer.from("{}") })) as {
    model?: string;
  };
  const body = { model: model ?? "m", input: "Hi", ...(stream ? { stream } : {}) };
  const headers: [string, string][] = [
    ...Object.entries(fixture.content.request?.headers ?? {}),
    ["content-type", "application/json"],
  ];
  return runWith(root, fixture, answerOf(fixture), {
    request: { path: "/v1/responses", headers, body: Buffer.from(JSON.stringify(body)) },
  });
}

const bodyOf = (result: RunResult): string => Buffer.from(result.response.body).toString();

const said = (response: Response): string =>
  response.output
    .flatMap((item) => (item.type === "message" ? item.content : []))
    .map((part) => (part.type === "output_text" ? part.text : ""))
    .join("");

describe("clients of Responses at every provider", () => {
  for (const { type, chat, stream } of providerSamples()) {
    if (chat !== null) {
      test(`${type}: a response (${chat.name})`, async () => {
        const result = await ask(chat, false);
        assert.equal(result.response.status, 200, bodyOf(result));
        assert.doesNotMatch(result.upstreamRequest?.path ?? "", /responses/);
        const response = JSON.parse(bodyOf(result)) as Response;
        const completion = JSON.parse(
          text(chat.response as NonNullable<Fixture["response"]>),
        ) as Completion;
        assert.equal(response.object, "response");
        assert.equal(said(response), completion.choices[0]?.message?.content ?? "");
        assert.ok(["completed", "incomplete"].includes(response.status ?? ""));
        assert.equal(response.usage?.output_tokens, completion.usage?.completion_tokens);
      });
    }
    if (stream !== null) {
      test(`${type}: a stream (${stream.name})`, async () => {
        const result = await ask(stream, true);
        assert.equal(result.response.status, 200, bodyOf(result));
        const got = events(bodyOf(result));
        assert.ok(typeof got !== "string", `${String(got)}`);
        const told = got.map((payload) => JSON.parse(payload) as ResponseStreamEvent);
        let response: Response | undefined;
        let before = "";
        for (const [place, event] of told.entries()) {
          assert.equal(event.sequence_number, place);
          if (place === told.length - 1) before = said(response as Response);
          response = accumulateResponse(event, response);
        }
        const last = told.at(-1);
        assert.ok(last?.type === "response.completed" || last?.type === "response.incomplete");
        const chunks = events(text(stream.response as NonNullable<Fixture["response"]>));
        assert.ok(typeof chunks !== "string");
        const deltas = chunks
          .filter((payload) => payload !== "[DONE]")
          .flatMap((payload) => (JSON.parse(payload) as Completion).choices)
          .map(({ index, delta }) => (index === 0 ? (delta?.content ?? "") : ""));
        assert.equal(before, deltas.join(""));
        assert.equal(said(last.response), before);
      });
    }
  }
});
