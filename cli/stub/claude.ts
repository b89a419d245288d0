// Anthropic's side of the stub provider: routing, checks and errors, as strict as the real API.
// https://docs.claude.com/en/api/messages
import { randomUUID } from "node:crypto";
import { writeMessage, type MessageRequest } from "./claude-messages.ts";
import {
  FAILING_MODEL,
  NativeError,
  parseObject,
  sendJson,
  UNKNOWN_MODEL,
  type Call,
} from "./http.ts";

const MODELS = ["claude-sonnet-4-5", "claude-haiku-4-5"];

/** Top-level fields of a message request; any other is refused, as Anthropic does. */
const FIELDS = new Set([
  "cache_control",
  "container",
  "context_management",
  "inference_geo",
  "max_tokens",
  "mcp_servers",
  "messages",
  "metadata",
  "model",
  "output_config",
  "service_tier",
  "stop_sequences",
  "stream",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
]);

/** Answers one request as Anthropic would. */
export async function serveClaude(call: Call): Promise<void> {
  const requestId = `req_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  call.response.setHeader("request-id", requestId);
  checkHeaders(call);
  const route = `${call.method} ${call.path}`;
  if (route === "GET /v1/models") return sendModels(call);
  if (route !== "POST /v1/messages") throw claudeError(404, "not_found_error", "Not found");
  return writeMessage(call, messageRequest(call));
}

/** An error in Anthropic's shape. */
export function claudeError(status: number, type: string, message: string): NativeError {
  const request_id = `req_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
  return new NativeError(status, { type: "error", error: { type, message }, request_id });
}

function invalid(message: string): NativeError {
  return claudeError(400, "invalid_request_error", message);
}

function checkHeaders(call: Call): void {
  const bearer = /^Bearer\s+(\S+)$/i.exec(call.headers.authorization ?? "")?.[1];
  const key = call.headers["x-api-key"] ?? bearer;
  if (key === undefined) {
    throw claudeError(401, "authentication_error", "x-api-key header is required");
  }
  if (key === "wrong") throw claudeError(401, "authentication_error", "invalid x-api-key");
  if (call.headers["anthropic-version"] === undefined) {
    throw invalid("anthropic-version: header is required");
  }
}

function messageRequest(call: Call): MessageRequest {
  const body = parseObject(call.body);
  if (typeof body === "string") throw invalid(`The request body is not valid JSON: ${body}`);
  for (const name of Object.keys(body)) {
    if (!FIELDS.has(name)) throw invalid(`${name}: Extra inputs are not permitted`);
  }
  for (const name of ["model", "max_tokens", "messages"]) {
    if (body[name] === undefined) throw invalid(`${name}: Field required`);
  }
  const request = body as unknown as MessageRequest;
  if (request.model.endsWith(FAILING_MODEL)) {
    throw claudeError(529, "overloaded_error", "Overloaded");
  }
  if (request.model.endsWith(UNKNOWN_MODEL)) {
    throw claudeError(404, "not_found_error", `model: ${request.model}`);
  }
  checkMessages(request);
  return request;
}

function checkMessages({ messages }: MessageRequest): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid("messages: at least one message is required");
  }
  if (messages[0]?.role !== "user") throw invalid("messages: first message must use the user role");
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== "user" && role !== "assistant") {
      throw invalid(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
    if (content === undefined) throw invalid(`messages.${index}.content: Field required`);
    const mayBeEmpty = role === "assistant" && index === messages.length - 1;
    if (content.length === 0 && !mayBeEmpty) {
      throw invalid(`messages.${index}: all messages must have non-empty content`);
    }
    const isEmptyText = (block: { type: string; text?: string }) =>
      block.type === "text" && block.text === "";
    if (Array.isArray(content) && content.some(isEmptyText)) {
      throw invalid("messages: text content blocks must be non-empty");
    }
  }
  checkToolResults(messages);
}

/** Each tool use is answered in the next message, and each answer has its use. */
function checkToolResults(messages: MessageRequest["messages"]): void {
  let expected: string[] = [];
  for (const [index, { content }] of messages.entries()) {
    const blocks = Array.isArray(content) ? content : [];
    const results = blocks.filter((block) => block.type === "tool_result");
    const given = results.map((block) => block.tool_use_id ?? "");
    const missing = expected.filter((id) => !given.includes(id));
    const unknown = given.filter((id) => !expected.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks ` +
          `immediately after: ${missing.join(", ")}.`,
      );
    }
    if (unknown.length > 0) {
      throw invalid(`messages.${index}: unexpected \`tool_use_id\`: ${unknown.join(", ")}.`);
    }
    const uses = blocks.filter((block) => block.type === "tool_use");
    expected = uses.map((block) => block.id ?? "");
  }
}

function sendModels(call: Call): void {
  const data = MODELS.map((id) => ({
    type: "model",
    id,
    display_name: id,
    created_at: "2025-09-29T00:00:00Z",
  }));
  const [first_id, last_id] = [MODELS[0], MODELS[MODELS.length - 1]];
  sendJson(call.response, 200, { data, has_more: false, first_id, last_id });
}
