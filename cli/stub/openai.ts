// OpenAI's side of the stub provider: routing, checks, models, embeddings and errors.
// https://platform.openai.com/docs/api-reference
import { randomUUID } from "node:crypto";
import { writeChat, type ChatRequest } from "./openai-chat.ts";
import { answer, countTokens, embed } from "./conversation.ts";
import {
  FAILING_MODEL,
  NativeError,
  parseObject,
  sendEvents,
  sendJson,
  UNKNOWN_MODEL,
  type Call,
} from "./http.ts";

const MODELS = ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small"];

/** Answers one request as OpenAI would. */
export async function serveOpenAi(call: Call): Promise<void> {
  call.response.setHeader("x-request-id", `req_${randomUUID().replaceAll("-", "")}`);
  call.response.setHeader("openai-version", "2020-10-01");
  checkKey(call);
  const route = `${call.method} ${call.path}`;
  if (route === "GET /v1/models") return sendModels(call);
  if (call.method === "GET" && call.path.startsWith("/v1/models/")) return sendModel(call);
  if (route === "POST /v1/chat/completions") return writeChat(call, chatRequest(call));
  if (route === "POST /v1/embeddings") return sendEmbeddings(call);
  if (route === "POST /v1/completions") return sendCompletion(call);
  throw openAiError(404, `Invalid URL (${route})`);
}

/** An error in OpenAI's shape. */
export function openAiError(
  status: number,
  message: string,
  code: string | null = null,
  param: string | null = null,
): NativeError {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return new NativeError(status, { error: { message, type, param, code } });
}

function checkKey(call: Call): void {
  const key = /^Bearer\s+(\S+)$/i.exec(call.headers.authorization ?? "")?.[1];
  if (key === undefined) {
    throw openAiError(
      401,
      "You didn't provide an API key. You need to provide your API key in an Authorization " +
        "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
    );
  }
  if (key === "wrong") {
    const message = `Incorrect API key provided: ${key}.`;
    throw openAiError(401, message, "invalid_api_key");
  }
}

function parse(call: Call): Record<string, unknown> {
  const body = parseObject(call.body);
  if (typeof body === "string") {
    throw openAiError(400, `We could not parse the JSON body of your request. (${body})`);
  }
  if (typeof body.model !== "string" || body.model === "") {
    throw openAiError(400, "you must provide a model parameter");
  }
  checkModel(body.model);
  return body;
}

function checkModel(model: string): void {
  if (model.endsWith(FAILING_MODEL)) {
    const message = "The engine is currently overloaded, please try again later.";
    throw openAiError(503, message);
  }
  if (model.endsWith(UNKNOWN_MODEL)) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    throw openAiError(404, message, "model_not_found");
  }
}

function chatRequest(call: Call): ChatRequest {
  const body = parse(call);
  if (!Array.isArray(body.messages)) {
    const message = "Missing required parameter: 'messages'.";
    throw openAiError(400, message, "missing_required_parameter", "messages");
  }
  if (body.messages.length === 0) {
    const message = "Invalid 'messages': empty array. Expected an array with minimum length 1.";
    throw openAiError(400, message, "empty_array", "messages");
  }
  if (body.stream_options && body.stream !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw openAiError(400, message, null, "stream_options");
  }
  return body as unknown as ChatRequest;
}

function sendModels(call: Call): void {
  sendJson(call.response, 200, { object: "list", data: MODELS.map(modelObject) });
}

function sendModel(call: Call): void {
  const id = decodeURIComponent(call.path.slice("/v1/models/".length));
  checkModel(id);
  sendJson(call.response, 200, modelObject(id));
}

function modelObject(id: string): object {
  return { id, object: "model", created: 1721172741, owned_by: "system" };
}

function sendEmbeddings(call: Call): void {
  const body = parse(call);
  const inputs = embeddingInputs(body.input);
  const dimensions = typeof body.dimensions === "number" ? body.dimensions : 1536;
  const inBase64 = body.encoding_format === "base64";
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  sendJson(call.response, 200, {
    object: "list",
    data: inputs.map((input, index) => {
      const vector = embed(input, dimensions);
      return { object: "embedding", index, embedding: inBase64 ? toBase64(vector) : vector };
    }),
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** One text per vector; token arrays are spelled out. */
function embeddingInputs(input: unknown): string[] {
  const isTokens = Array.isArray(input) && typeof input[0] === "number";
  const items: unknown[] = Array.isArray(input) && !isTokens ? input : [input];
  const texts = items.map((item) => (Array.isArray(item) ? item.join(" ") : item));
  if (texts.length === 0 || texts.some((text) => typeof text !== "string" || text === "")) {
    throw openAiError(400, "'$.input' is invalid.", null, "input");
  }
  return texts as string[];
}

/** Little-endian 32-bit floats in base64. */
function toBase64(vector: number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString("base64");
}

function sendCompletion(call: Call): void | Promise<void> {
  const body = parse(call);
  const prompt = Array.isArray(body.prompt) ? String(body.prompt[0]) : String(body.prompt ?? "");
  const maxWords = typeof body.max_tokens === "number" ? body.max_tokens : 16;
  const question = { text: prompt, toolResult: null, tools: [], mustCall: false, schema: null };
  const { words, truncated } = answer({ ...question, maxWords });
  const finish = truncated ? "length" : "stop";
  const head = {
    id: `cmpl-${randomUUID()}`,
    object: "text_completion",
    created: Math.floor(Date.now() / 1000),
    model: body.model,
  };
  const choice = (text: string, finish_reason: string | null) => ({
    ...head,
    choices: [{ text, index: 0, logprobs: null, finish_reason }],
  });
  if (body.stream === true) {
    const chunks = [...words.map((word) => choice(word, null)), choice("", finish)];
    const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
    return sendEvents(call, [...events, "data: [DONE]\n\n"]);
  }
  const usage = usageOf(countTokens(prompt), words.length);
  sendJson(call.response, 200, { ...choice(words.join(""), finish), usage });
}

function usageOf(prompt: number, completion: number): object {
  const total_tokens = prompt + completion;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens };
}
