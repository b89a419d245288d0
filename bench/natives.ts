// Providers that speak a protocol of their own: their configuration, and what they send.
// Each as its reference has it: ../docs/adding-a-provider.md says where those are.
import { event as frame } from "../tests/support/event-stream.ts";
import { DELTAS, WHOLE_ANSWER } from "./workloads.ts";

/** One native provider: small chats and streams that come in one write. */
export interface Native {
  type: string;
  /** The provider's object, without type and tokens. */
  config: object;
  /** The model that OpenAI's is mapped to. */
  model: string;
  /** The whole answer; text where the provider streams even to those who do not. */
  whole: object | string;
  /** The streamed answer; "" where the provider has no streams. */
  stream: string | Buffer;
  streamType?: string;
}

const ID = "0b7e5c31-2d49-4f0a-9a53-c1f6e2d8b740";
const CREATED = 1735787045;

function events(payloads: object[], more = ""): string {
  return payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join("") + more;
}

function named(list: [string, object | string][]): string {
  return list.map(([name, data]) => `event:${name}\ndata:${JSON.stringify(data)}\n\n`).join("");
}

function gemini(text: string, more: object = {}): object {
  const content = { parts: [{ text }], role: "model" };
  return {
    candidates: [{ content, ...more, index: 0 }],
    usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 58, totalTokenCount: 88 },
    modelVersion: "gemini-2.5-flash",
    responseId: "kQx4aL7dMZ3r1MkPm8bB2AU",
  };
}

function qwen(content: string, finish_reason: string): object {
  return {
    output: { choices: [{ message: { role: "assistant", content }, finish_reason }] },
    usage: { input_tokens: 30, output_tokens: 58, total_tokens: 88 },
    request_id: ID,
  };
}

function qwenEvent(content: string, finish: string, index: number): string {
  return `id:${index}\nevent:result\n:HTTP_STATUS/200\ndata:${JSON.stringify(qwen(content, finish))}\n\n`;
}

function hunyuan(choice: object): object {
  return {
    Note: "The above content is AI-generated and does not represent any position.",
    Id: ID,
    Created: CREATED,
    Choices: [choice],
    Usage: { PromptTokens: 30, CompletionTokens: 58, TotalTokens: 88 },
  };
}

function minimaxPro(text: string, more: object, choice: object = {}): object {
  const messages = [{ sender_type: "BOT", sender_name: "MM", text }];
  return {
    request_id: ID,
    created: CREATED,
    model: "abab6.5s-chat",
    choices: [{ ...choice, messages }],
    ...more,
  };
}

const MINIMAX_END = {
  reply: WHOLE_ANSWER,
  usage: { total_tokens: 88 },
  base_resp: { status_code: 0, status_msg: "" },
};

function cohereStream(): string {
  const start = { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [] } };
  const usage = { tokens: { input_tokens: 30, output_tokens: 100 } };
  const all: [string, object][] = [
    ["message-start", { id: ID, type: "message-start", delta: start }],
    ["content-start", content("content-start", { type: "text", text: "" })],
    ...DELTAS.map((text): [string, object] => [
      "content-delta",
      content("content-delta", { text }),
    ]),
    ["content-end", { type: "content-end", index: 0 }],
    ["message-end", { type: "message-end", delta: { finish_reason: "COMPLETE", usage } }],
  ];
  return all.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
}

function content(type: string, inner: object): object {
  return { type, index: 0, delta: { message: { content: inner } } };
}

function coze(texts: readonly string[]): string {
  const chat = {
    id: "7382159487131697202",
    conversation_id: "7381473525342978089",
    bot_id: "73794",
  };
  const message = (text: string) => ({
    ...{ id: "7382159494123470858", conversation_id: chat.conversation_id, bot_id: chat.bot_id },
    ...{ chat_id: chat.id, role: "assistant", type: "answer", content: text, content_type: "text" },
  });
  const usage = { token_count: 88, output_count: 58, input_count: 30 };
  return named([
    ["conversation.chat.created", { ...chat, status: "created", created_at: CREATED }],
    ["conversation.chat.in_progress", { ...chat, status: "in_progress" }],
    ...texts.map((text): [string, object] => ["conversation.message.delta", message(text)]),
    ["conversation.message.completed", message(texts.join(""))],
    ["conversation.chat.completed", { ...chat, status: "completed", usage }],
    ["done", "[DONE]"],
  ]);
}

const DIFY_IDS = { task_id: ID, id: ID, message_id: ID, conversation_id: ID, created_at: CREATED };
const DIFY_END = {
  metadata: { usage: { prompt_tokens: 30, completion_tokens: 58, total_tokens: 88 } },
};

function ollama(text: string, more: object): object {
  const message = { role: "assistant", content: text };
  return { model: "llama3.2", created_at: "2025-01-02T03:04:05.678901234Z", message, ...more };
}

const OLLAMA_END = {
  done_reason: "stop",
  done: true,
  total_duration: 4883583458,
  load_duration: 1334875,
  prompt_eval_count: 30,
  prompt_eval_duration: 342546000,
  eval_count: 58,
  eval_duration: 4535599000,
};

/** Letters of different number, which hide how long a text is. */
function padded(payload: object, at = 0): object {
  return { ...payload, p: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ".slice(0, 1 + ((at * 7) % 36)) };
}

function bedrockStream(): Buffer {
  const block = { contentBlockIndex: 0 };
  const usage = { inputTokens: 30, outputTokens: 100, totalTokens: 130 };
  return Buffer.concat([
    frame("messageStart", padded({ role: "assistant" })),
    ...DELTAS.map((text, i) =>
      frame("contentBlockDelta", padded({ ...block, delta: { text } }, i)),
    ),
    frame("contentBlockStop", padded(block)),
    frame("messageStop", padded({ stopReason: "end_turn" })),
    frame("metadata", padded({ metrics: { latencyMs: 512 }, usage })),
  ]);
}

function lines(payloads: object[]): string {
  return payloads.map((payload) => `${JSON.stringify(payload)}\n`).join("");
}

function triton(text_output: string): object {
  return { model_name: "llama", model_version: "1", text_output };
}

export const NATIVES: readonly Native[] = [
  {
    type: "bedrock",
    config: {
      // A key would go before the signature.
      apiTokens: undefined,
      awsAccessKey: "AKIDEXAMPLE",
      awsSecretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      awsRegion: "us-east-1",
    },
    model: "us.amazon.nova-lite-v1:0",
    whole: {
      metrics: { latencyMs: 512 },
      output: { message: { content: [{ text: WHOLE_ANSWER }], role: "assistant" } },
      stopReason: "end_turn",
      usage: { inputTokens: 30, outputTokens: 58, totalTokens: 88 },
    },
    stream: bedrockStream(),
    streamType: "application/vnd.amazon.eventstream",
  },
  {
    type: "gemini",
    config: {},
    model: "gemini-2.5-flash",
    whole: gemini(WHOLE_ANSWER, { finishReason: "STOP" }),
    stream:
      events(DELTAS.map((text) => gemini(text))) + events([gemini("", { finishReason: "STOP" })]),
  },
  {
    type: "qwen",
    config: { qwenEnableCompatible: false },
    model: "qwen-plus",
    whole: qwen(WHOLE_ANSWER, "stop"),
    stream:
      DELTAS.map((text, i) => qwenEvent(text, "null", i + 1)).join("") + qwenEvent("", "stop", 101),
  },
  {
    type: "hunyuan",
    config: { hunyuanAuthId: "A".repeat(36), hunyuanAuthKey: "B".repeat(32) },
    model: "hunyuan-turbos-latest",
    whole: {
      Response: {
        RequestId: ID,
        ...hunyuan({
          Index: 0,
          Message: { Role: "assistant", Content: WHOLE_ANSWER },
          FinishReason: "stop",
        }),
      },
    },
    stream: events([
      ...DELTAS.map((text) =>
        hunyuan({ Index: 0, Delta: { Role: "assistant", Content: text }, FinishReason: "" }),
      ),
      hunyuan({ Index: 0, Delta: { Role: "assistant", Content: "" }, FinishReason: "stop" }),
    ]),
  },
  {
    type: "minimax",
    config: { minimaxApiType: "pro", minimaxGroupId: "1700000000000000001" },
    model: "abab6.5s-chat",
    whole: minimaxPro(WHOLE_ANSWER, { id: ID, ...MINIMAX_END }, { finish_reason: "stop" }),
    stream: events([
      ...DELTAS.map((text) => minimaxPro(text, {})),
      minimaxPro(
        DELTAS.join(""),
        { ...MINIMAX_END, reply: DELTAS.join("") },
        { finish_reason: "stop" },
      ),
    ]),
  },
  {
    type: "cohere",
    config: {},
    model: "command-a-03-2025",
    whole: {
      id: ID,
      finish_reason: "COMPLETE",
      message: { role: "assistant", content: [{ type: "text", text: WHOLE_ANSWER }] },
      usage: { tokens: { input_tokens: 30, output_tokens: 58 } },
    },
    stream: cohereStream(),
  },
  {
    type: "coze",
    config: {},
    model: "7379462189365190000",
    whole: coze([WHOLE_ANSWER]),
    stream: coze(DELTAS),
  },
  {
    type: "dify",
    config: { botType: "Chat" },
    model: "dify",
    whole: { event: "message", ...DIFY_IDS, mode: "chat", answer: WHOLE_ANSWER, ...DIFY_END },
    stream: events([
      ...DELTAS.map((answer) => ({ event: "message", ...DIFY_IDS, answer })),
      { event: "message_end", ...DIFY_IDS, ...DIFY_END },
    ]),
  },
  {
    type: "ollama",
    config: { ollamaServerHost: "ollama.test", ollamaApiType: "native" },
    model: "llama3.2",
    whole: ollama(WHOLE_ANSWER, OLLAMA_END),
    stream: lines([...DELTAS.map((text) => ollama(text, { done: false })), ollama("", OLLAMA_END)]),
    streamType: "application/x-ndjson",
  },
  {
    type: "deepl",
    config: { targetLang: "EN" },
    model: "Free",
    whole: { translations: [{ detected_source_language: "EN", text: WHOLE_ANSWER }] },
    stream: "",
  },
  {
    type: "vertex",
    config: {},
    model: "gemini-2.5-flash",
    whole: gemini(WHOLE_ANSWER, { finishReason: "STOP" }),
    stream:
      events(DELTAS.map((text) => gemini(text))) + events([gemini("", { finishReason: "STOP" })]),
  },
  {
    type: "triton",
    config: { tritonDomain: "triton.test" },
    model: "llama",
    whole: triton(WHOLE_ANSWER),
    stream: events(DELTAS.map((text) => triton(text))),
  },
];
