// Chat completions of the stub provider, whole and streamed.
// https://platform.openai.com/docs/api-reference/chat
import { randomUUID } from "node:crypto";
import { answer, countTokens, type Answer, type Question, type Schema } from "./conversation.ts";
import { sendEvents, sendJson, type Call } from "./http.ts";

/** The part of a chat request that the stub reads. */
export interface ChatRequest {
  model: string;
  messages: { role: string; content?: string | { type: string; text?: string }[] | null }[];
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean } | null;
  n?: number | null;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;
  tools?: { type: string; function?: { name: string; parameters?: Schema } }[];
  tool_choice?: string | { type: string; function?: { name: string } };
  parallel_tool_calls?: boolean;
  response_format?: { type: string; json_schema?: { schema?: Schema } };
}

/** Writes the answer to a checked request. */
export function writeChat(call: Call, request: ChatRequest): void | Promise<void> {
  const reply = answer(questionOf(request));
  if (request.parallel_tool_calls === false) reply.toolCalls.splice(1);
  if (request.stream === true) return sendEvents(call, streamEvents(request, reply));
  sendJson(call.response, 200, completion(request, reply));
}

function questionOf(request: ChatRequest): Question {
  const last = request.messages.at(-1);
  const lastUser = request.messages.findLast((message) => message.role === "user");
  const choice = request.tool_choice ?? "auto";
  const named = typeof choice === "object" ? choice.function?.name : undefined;
  const functions = (request.tools ?? []).flatMap((tool) => tool.function ?? []);
  const format = request.response_format;
  return {
    text: textOf(lastUser?.content),
    toolResult: last?.role === "tool" ? textOf(last.content) : null,
    tools: functions
      .filter((tool) => choice !== "none" && (named === undefined || tool.name === named))
      .map(({ name, parameters }) => ({ name, parameters: parameters ?? { type: "object" } })),
    mustCall: choice === "required" || named !== undefined,
    schema: format && format.type !== "text" ? (format.json_schema?.schema ?? ANY_OBJECT) : null,
    maxWords: request.max_completion_tokens ?? request.max_tokens ?? null,
  };
}

const ANY_OBJECT: Schema = { type: "object", properties: { answer: { type: "string" } } };

function textOf(content: ChatRequest["messages"][number]["content"]): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("");
}

function completion(request: ChatRequest, reply: Answer): object {
  const message = {
    role: "assistant",
    content: reply.toolCalls.length > 0 ? null : reply.words.join(""),
    refusal: null,
    annotations: [],
    ...(reply.toolCalls.length > 0 && { tool_calls: toolCalls(reply) }),
  };
  const finish_reason = finishReason(reply);
  const choices = Array.from({ length: choiceCount(request) }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason,
  }));
  return { ...head(request, "chat.completion"), choices, usage: usage(request, reply), ...TAIL };
}

const TAIL = { service_tier: "default", system_fingerprint: "fp_stub" };

function head(request: ChatRequest, object: string) {
  const created = Math.floor(Date.now() / 1000);
  return { id: `chatcmpl-${randomUUID()}`, object, created, model: request.model };
}

function choiceCount(request: ChatRequest): number {
  return request.n ?? 1;
}

function finishReason(reply: Answer): string {
  if (reply.toolCalls.length > 0) return "tool_calls";
  return reply.truncated ? "length" : "stop";
}

function toolCalls(reply: Answer) {
  return reply.toolCalls.map((call) => ({
    id: `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
}

function usage(request: ChatRequest, reply: Answer): object {
  const texts = request.messages.map((message) => textOf(message.content));
  const prompt = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const calls = reply.toolCalls.map((call) => countTokens(JSON.stringify(call.arguments)) + 1);
  const each = reply.words.length + calls.reduce((sum, count) => sum + count, 0);
  const completionTokens = each * choiceCount(request);
  return {
    prompt_tokens: prompt,
    completion_tokens: completionTokens,
    total_tokens: prompt + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function* streamEvents(request: ChatRequest, reply: Answer): Generator<string> {
  const common = { ...head(request, "chat.completion.chunk"), ...TAIL };
  const withUsage = request.stream_options?.include_usage === true;
  const event = (members: object) => `data: ${JSON.stringify({ ...common, ...members })}\n\n`;
  for (let index = 0; index < choiceCount(request); index++) {
    const chunk = (delta: object, finish_reason: string | null) =>
      event({
        choices: [{ index, delta, logprobs: null, finish_reason }],
        ...(withUsage && { usage: null }),
      });
    for (const delta of deltas(reply)) yield chunk(delta, null);
    yield chunk({}, finishReason(reply));
  }
  if (withUsage) yield event({ choices: [], usage: usage(request, reply) });
  yield "data: [DONE]\n\n";
}

function* deltas(reply: Answer): Generator<object> {
  yield { role: "assistant", content: reply.toolCalls.length > 0 ? null : "", refusal: null };
  for (const content of reply.words) yield { content };
  for (const [index, call] of toolCalls(reply).entries()) {
    const { name, arguments: text } = call.function;
    yield { tool_calls: [{ ...call, index, function: { name, arguments: "" } }] };
    for (const piece of text.match(/.{1,8}/gsu) ?? []) {
      yield { tool_calls: [{ index, function: { arguments: piece } }] };
    }
  }
}
