// The module's memory stays as large as it was, whatever runs through it: 20,000 exchanges of every kind in one VM.
import assert from "node:assert/strict";
import { test } from "node:test";
import { run, type UpstreamResponse } from "../host/run.ts";
import type { RootContext } from "../host/root-context.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const EXCHANGES = 20_000;
/** By then everything has been seen that the mix holds. */
const WARM = 2_000;
const PAGE = 65_536;
const MIB = 1024 * 1024;

const encoder = new TextEncoder();
const large = "x€\\n".repeat(MIB / 6);
const message = { role: "assistant", content: "Hello there." };

const CHUNKS = Array.from({ length: 30 }, (_, i) => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1735787045,
  model: "m",
  choices: [{ index: 0, delta: { content: `word ${i} ` }, finish_reason: null as string | null }],
}));
const FINISH = { ...CHUNKS[0], choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
const events = (own: object[]) => own.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
const STREAM = events([...CHUNKS, FINISH]) + "data: [DONE]\n\n";

const CLAUDE_USAGE = { input_tokens: 1, output_tokens: 1 };
const CLAUDE_HEAD = { id: "msg_1", type: "message", role: "assistant", model: "c" };
const CLAUDE_EVENTS = [
  { type: "message_start", message: { ...CLAUDE_HEAD, content: [], usage: CLAUDE_USAGE } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  ...CHUNKS.map((_, i) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: `word ${i} ` },
  })),
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: CLAUDE_USAGE },
  { type: "message_stop" },
];
const CLAUDE_STREAM = CLAUDE_EVENTS.map(
  (own) => `event: ${own.type}\ndata: ${JSON.stringify(own)}\n\n`,
).join("");

function json(value: unknown, status = 200): UpstreamResponse {
  const body = encoder.encode(typeof value === "string" ? value : JSON.stringify(value));
  return { status, headers: [["content-type", "application/json"]], body };
}

function eventStream(text: string): UpstreamResponse {
  return { headers: [["content-type", "text/event-stream"]], body: encoder.encode(text) };
}

function completion(content: string): UpstreamResponse {
  const choices = [{ index: 0, message: { ...message, content }, finish_reason: "stop" }];
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  return json({ ...CHUNKS[0], object: "chat.completion", choices, usage });
}

function claudeMessage(text: string): UpstreamResponse {
  const content = [{ type: "text", text }];
  return json({ ...CLAUDE_HEAD, content, stop_reason: "end_turn", usage: CLAUDE_USAGE });
}

interface Kind {
  /** Members of the chat request, or its whole text. */
  request: object | string;
  answers: [openAi: UpstreamResponse, claude: UpstreamResponse];
  /** What the client has to get. */
  status: number;
  /** How many pieces the answer comes in. */
  pieces?: number;
}

const asked = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const broken = { error: { type: "overloaded_error", message: "It broke.", code: null } };
const unfinished: [UpstreamResponse, UpstreamResponse] = [
  eventStream(STREAM.slice(0, 1500)),
  eventStream(CLAUDE_STREAM.slice(0, 1500)),
];

const KINDS: Kind[] = [
  { request: asked, answers: [completion("Hello."), claudeMessage("Hello.")], status: 200 },
  {
    request: { ...asked, stream: true },
    answers: [eventStream(STREAM), eventStream(CLAUDE_STREAM)],
    status: 200,
  },
  {
    request: { ...asked, stream: true, stream_options: { include_usage: true } },
    answers: [eventStream(STREAM), eventStream(CLAUDE_STREAM)],
    status: 200,
    pieces: 90,
  },
  { request: { ...asked, stream: true }, answers: unfinished, status: 200, pieces: 7 },
  {
    request: { ...asked, stream: true },
    answers: [
      { ...unfinished[0], reset: true },
      { ...unfinished[1], reset: true },
    ],
    status: 200,
    pieces: 7,
  },
  { request: asked, answers: [json(broken, 529), json(broken, 529)], status: 529 },
  { request: asked, answers: [json("<html>", 502), json("<html>", 502)], status: 502 },
  { request: asked, answers: [json("{"), json("{")], status: 502 },
  { request: '{"model":', answers: [json(""), json("")], status: 400 },
  { request: { model: "m" }, answers: [json(""), json("")], status: 400 },
];
const LARGE: Kind = {
  request: { ...asked, messages: [{ role: "user", content: large }] },
  answers: [completion(large), claudeMessage(large)],
  status: 200,
  pieces: 16,
};

function exchange(root: RootContext, kind: Kind, isClaude: boolean): void {
  const { request } = kind;
  const body = encoder.encode(typeof request === "string" ? request : JSON.stringify(request));
  const answer = kind.answers[isClaude ? 1 : 0];
  const { response } = run(root, {
    request: { path: "/v1/chat/completions", body, headers: [["cookie", "a=b"]] },
    upstream: () => answer,
    requestArrival: { cuts: cuts(body.length, kind.pieces ?? 1) },
    responseArrival: { cuts: cuts(answer.body?.length ?? 0, kind.pieces ?? 1) },
  });
  assert.equal(response.status, kind.status);
}

/** Where a body is cut into equal pieces. */
function cuts(length: number, pieces: number): number[] {
  return Array.from({ length: pieces - 1 }, (_, i) => Math.floor((length * (i + 1)) / pieces));
}

/** A client that goes away: in the middle of its body, or of the answer. */
function leave(root: RootContext, isLate: boolean): void {
  const own = root.exchange();
  const body = encoder.encode(JSON.stringify({ ...asked, stream: true }));
  const names = { ":authority": "a", ":path": "/v1/chat/completions", ":method": "POST" };
  own.requestHeaders([...Object.entries(names), ["content-length", String(body.length)]], false);
  own.requestBody(isLate ? body : body.subarray(0, 20), isLate);
  if (isLate) {
    own.responseHeaders(
      [
        [":status", "200"],
        ["content-type", "text/event-stream"],
      ],
      false,
    );
    own.responseBody(encoder.encode(STREAM.slice(0, 900)), false);
  }
  own.disconnect();
}

function configure(vm: Vm, type: string): RootContext {
  const config = { provider: { type, apiTokens: ["sk-1"], modelMapping: { "gpt-*": "m" } } };
  const root = vm.configure(config, { bufferLimit: 32 * MIB });
  assert.ok(root.ok);
  return root;
}

test("20,000 exchanges do not let the memory grow", async () => {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  const roots = [configure(vm, "groq"), configure(vm, "claude")];
  let pages = 0;
  for (let i = 0; i < EXCHANGES; ++i) {
    const own = i & 1;
    const kind = i % 499 < 2 ? LARGE : KINDS[(i >> 1) % KINDS.length];
    const root = roots[own];
    assert.ok(kind && root);
    exchange(root, kind, own === 1);
    if (i % 20 < 2) leave(root, i % 40 < 20);
    if (i % 1000 < 2) {
      // An update of the configuration.
      roots[own] = configure(vm, own === 1 ? "claude" : "groq");
      root.delete();
    }
    vm.logs.length = 0;
    if (i === WARM) pages = vm.memorySize / PAGE;
  }
  assert.ok(pages > 0);
  assert.equal(vm.memorySize / PAGE, pages, "pages of 64 KiB");
  assert.equal(vm.contexts.size, roots.length, "contexts were left over");
});
