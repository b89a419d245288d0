// Messages of the stub provider, whole and as Anthropic's stream events.
// https://docs.claude.com/en/docs/build-with-claude/streaming
import { randomUUID } from "node:crypto";
import { answer, countTokens, type Answer, type Question, type Schema } from "./conversation.ts";
import { sendEvents, sendJson, type Call } from "./http.ts";

interface Block {
  type: string;
  text?: string;
  id?: string;
  tool_use_id?: string;
  content?: string | Block[];
}

/** The part of a message request that the stub reads. */
export interface MessageRequest {
  model: string;
  max_tokens: number;
  system?: string | Block[];
  messages: { role: string; content: string | Block[] }[];
  stream?: boolean;
  tools?: { name: string; input_schema?: Schema }[];
  tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean };
  output_config?: { format?: { type: string; schema?: Schema } };
}

/** Writes the answer to a checked request. */
export function writeMessage(call: Call, request: MessageRequest): void | Promise<void> {
  const reply = answer(questionOf(request));
  if (request.tool_choice?.disable_parallel_tool_use === true) reply.toolCalls.splice(1);
  if (request.stream === true) return sendEvents(call, streamEvents(request, reply));
  sendJson(call.response, 200, {
    ...head(request),
    content: contentBlocks(reply),
    stop_reason: stopReason(reply),
    stop_sequence: null,
    usage: { ...inputUsage(request), output_tokens: outputTokens(reply) },
  });
}

function questionOf(request: MessageRequest): Question {
  const last = request.messages.at(-1);
  const lastUser = request.messages.findLast((message) => message.role === "user");
  const blocks = Array.isArray(last?.content) ? last.content : [];
  const results = blocks.filter((block) => block.type === "tool_result");
  const choice = request.tool_choice ?? { type: "auto" };
  return {
    text: textOf(lastUser?.content),
    toolResult: results.length > 0 ? results.map((r) => textOf(r.content)).join(", ") : null,
    tools: (request.tools ?? [])
      .filter((tool) => choice.type !== "none" && (!choice.name || tool.name === choice.name))
      .map((tool) => ({ name: tool.name, parameters: tool.input_schema ?? { type: "object" } })),
    mustCall: choice.type === "any" || choice.type === "tool",
    schema: request.output_config?.format?.schema ?? null,
    maxWords: request.max_tokens,
  };
}

function textOf(content: string | Block[] | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((block) => block.text ?? "").join("");
}

function head(request: MessageRequest) {
  const id = `msg_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  return { id, type: "message", role: "assistant", model: request.model };
}

function contentBlocks(reply: Answer): object[] {
  if (reply.toolCalls.length === 0) return [{ type: "text", text: reply.words.join("") }];
  return reply.toolCalls.map((call) => ({ ...toolUse(call.name), input: call.arguments }));
}

function toolUse(name: string): object {
  const id = `toolu_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  return { type: "tool_use", id, name, input: {} };
}

function stopReason(reply: Answer): string {
  if (reply.toolCalls.length > 0) return "tool_use";
  return reply.truncated ? "max_tokens" : "end_turn";
}

function inputUsage(request: MessageRequest) {
  const texts = [textOf(request.system), ...request.messages.map((m) => textOf(m.content))];
  return {
    input_tokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    service_tier: "standard",
  };
}

function outputTokens(reply: Answer): number {
  const calls = reply.toolCalls.map((call) => countTokens(JSON.stringify(call.arguments)) + 1);
  return reply.words.length + calls.reduce((sum, count) => sum + count, 0);
}

function* streamEvents(request: MessageRequest, reply: Answer): Generator<string> {
  const usage = { ...inputUsage(request), output_tokens: 1 };
  const empty = { content: [], stop_reason: null, stop_sequence: null };
  yield event("message_start", { message: { ...head(request), ...empty, usage } });
  yield* blockEvents(reply);
  yield event("message_delta", {
    delta: { stop_reason: stopReason(reply), stop_sequence: null },
    usage: { output_tokens: outputTokens(reply) },
  });
  yield event("message_stop", {});
}

function* blockEvents(reply: Answer): Generator<string> {
  if (reply.toolCalls.length === 0) {
    yield event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
    yield event("ping", {});
    for (const text of reply.words) yield blockDelta(0, { type: "text_delta", text });
    yield event("content_block_stop", { index: 0 });
  }
  for (const [index, call] of reply.toolCalls.entries()) {
    yield event("content_block_start", { index, content_block: toolUse(call.name) });
    if (index === 0) yield event("ping", {});
    const pieces = JSON.stringify(call.arguments).match(/.{1,8}/gsu) ?? [];
    for (const partial_json of ["", ...pieces]) {
      yield blockDelta(index, { type: "input_json_delta", partial_json });
    }
    yield event("content_block_stop", { index });
  }
}

function blockDelta(index: number, delta: object): string {
  return event("content_block_delta", { index, delta });
}

function event(type: string, members: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}
