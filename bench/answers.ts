// What the providers send: https://platform.openai.com/docs/api-reference/chat/object
// and https://platform.claude.com/docs/en/api/messages
import { type Native, NATIVES } from "./natives.ts";
import { DELTAS, WHOLE_ANSWER, type WorkloadName } from "./workloads.ts";

/** What a provider speaks: one of these two, or the type of a native provider. */
export type Dialect = string;
export const DIALECTS: readonly Dialect[] = [
  "openai",
  "anthropic",
  ...NATIVES.map(({ type }) => type),
];

const OPENAI_MODEL = "gpt-4o-2024-08-06";
const CLAUDE_MODEL = "claude-sonnet-4-5-20250929";

function openAiWhole(): object {
  const message = { role: "assistant", content: WHOLE_ANSWER, refusal: null, annotations: [] };
  return {
    id: "chatcmpl-BxRk3hZqUe7dTNMw2Yc0LfAsP9vJg",
    object: "chat.completion",
    created: 1735787045,
    model: OPENAI_MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 30, completion_tokens: 58, total_tokens: 88 },
    service_tier: "default",
    system_fingerprint: "fp_5f20662549",
  };
}

function openAiEvents(): string[] {
  const chunk = (choices: object[], usage: object | null) =>
    `data: ${JSON.stringify({
      id: "chatcmpl-BxRk3hZqUe7dTNMw2Yc0LfAsP9vJg",
      object: "chat.completion.chunk",
      created: 1735787045,
      model: OPENAI_MODEL,
      service_tier: "default",
      system_fingerprint: "fp_5f20662549",
      choices,
      usage,
    })}\n\n`;
  const choice = (delta: object, finish_reason: string | null) => [
    { index: 0, delta, logprobs: null, finish_reason },
  ];
  const usage = { prompt_tokens: 30, completion_tokens: 100, total_tokens: 130 };
  return [
    chunk(choice({ role: "assistant", content: "", refusal: null }, null), null),
    ...DELTAS.map((content) => chunk(choice({ content }, null), null)),
    `${chunk(choice({}, "stop"), null)}${chunk([], usage)}data: [DONE]\n\n`,
  ];
}

function claudeMessage(content: object[], stop: string | null): object {
  return {
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    type: "message",
    role: "assistant",
    model: CLAUDE_MODEL,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 30, output_tokens: 58 },
  };
}

function claudeEvents(): string[] {
  const event = (type: string, members: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
  const delta = (text: string) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  const start = event("message_start", { message: claudeMessage([], null) });
  const block = { type: "text", text: "" };
  const stop = { stop_reason: "end_turn", stop_sequence: null };
  return [
    `${start}${event("content_block_start", { index: 0, content_block: block })}${event("ping", {})}`,
    ...DELTAS.map(delta),
    event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: stop, usage: { output_tokens: 100 } }) +
      event("message_stop", {}),
  ];
}

const HEAD =
  "HTTP/1.1 200 OK\r\ndate: Thu, 02 Jan 2025 03:04:05 GMT\r\nserver: provider\r\n" +
  "request-id: req_011CPtXQ8ZyJz\r\nx-ratelimit-remaining-requests: 4999\r\n";

const EVENT_STREAM = "text/event-stream; charset=utf-8";

function wholeWrites(body: object): Buffer[] {
  const text = JSON.stringify(body);
  const head = `${HEAD}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}`;
  return [Buffer.from(`${head}\r\n\r\n${text}`)];
}

function httpChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function streamWrites(events: string[], inOne: boolean, type = EVENT_STREAM): Buffer[] {
  const head =
    `${HEAD}content-type: ${type}\r\ncache-control: no-cache\r\n` +
    "transfer-encoding: chunked\r\n\r\n";
  if (inOne) return [Buffer.from(`${head}${httpChunk(events.join(""))}0\r\n\r\n`)];
  const [first = "", ...rest] = events.map(httpChunk);
  const last = rest.pop() ?? "";
  return [head + first, ...rest, `${last}0\r\n\r\n`].map((text) => Buffer.from(text));
}

type Writes = Partial<Record<WorkloadName, Buffer[]>>;

const OWN: Record<Dialect, Writes> = {
  openai: {
    small: wholeWrites(openAiWhole()),
    burst: streamWrites(openAiEvents(), true),
    writes: streamWrites(openAiEvents(), false),
  },
  anthropic: {
    small: wholeWrites(claudeMessage([{ type: "text", text: WHOLE_ANSWER }], "end_turn")),
    burst: streamWrites(claudeEvents(), true),
    writes: streamWrites(claudeEvents(), false),
  },
};
for (const native of NATIVES) OWN[native.type] = nativeWrites(native);

function binaryWrites(stream: Buffer, type: string): Buffer[] {
  const length = stream.length.toString(16);
  const head = `${HEAD}content-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${length}\r\n`;
  return [Buffer.concat([Buffer.from(head), stream, Buffer.from("\r\n0\r\n\r\n")])];
}

function nativeWrites({ whole, stream, streamType }: Native): Writes {
  const small = typeof whole === "string" ? streamWrites([whole], true) : wholeWrites(whole);
  if (Buffer.isBuffer(stream)) return { small, burst: binaryWrites(stream, streamType ?? "") };
  return { small, burst: stream === "" ? small : streamWrites([stream], true, streamType) };
}

/** The answer of a provider to a workload: the bytes of each write. */
export function answerWrites(dialect: Dialect, workload: WorkloadName): readonly Buffer[] {
  const own = OWN[dialect];
  return own?.[workload] ?? own?.small ?? [];
}
