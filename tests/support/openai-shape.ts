// What OpenAI's clients rely on in answers, streams and errors:
// https://platform.openai.com/docs/api-reference/chat
import { events } from "../fixture-runner/compare-sse.ts";

type Members = Record<string, unknown>;

const FINISH_REASONS = ["stop", "length", "tool_calls", "content_filter", "function_call"];
const ERROR_TYPES = [
  ...["invalid_request_error", "rate_limit_error", "insufficient_quota", "server_error"],
  ...["request_forbidden", "requests", "tokens", "conflict_error", "service_unavailable_error"],
];

function membersOf(value: unknown): Members {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Members) : {};
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0;
}

function isTextOrNull(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "string";
}

/** What is wrong with the members around the choices, or "". */
function envelopeFault({ id, object, created, model, choices }: Members, kind: string): string {
  if (!isText(id)) return `id is ${JSON.stringify(id)}`;
  if (object !== kind) return `object is ${JSON.stringify(object)}`;
  if (!Number.isInteger(created)) return `created is ${JSON.stringify(created)}`;
  if (!isText(model)) return `model is ${JSON.stringify(model)}`;
  return Array.isArray(choices) ? "" : `choices is ${JSON.stringify(choices)}`;
}

/** What is wrong with a message or a delta, or "". */
function messageFault(message: Members, isWhole: boolean): string {
  const { role, content, refusal, reasoning_content: reasoning, tool_calls: calls } = message;
  if (role !== "assistant" && (isWhole || role !== undefined)) return `role is ${String(role)}`;
  if (isWhole && content === undefined) return "there is no content";
  if (![content, refusal, reasoning].every(isTextOrNull)) {
    return `texts are ${JSON.stringify([content, refusal, reasoning])}`;
  }
  if (calls === undefined || calls === null) return "";
  if (!Array.isArray(calls)) return `tool_calls is ${JSON.stringify(calls)}`;
  return calls.map((call) => callFault(membersOf(call), isWhole)).find((own) => own !== "") ?? "";
}

function callFault(call: Members, isWhole: boolean): string {
  const target = membersOf(call["function"] ?? call["custom"]);
  const input = target["arguments"] ?? target["input"];
  const texts = [call["id"], call["type"], target["name"]];
  const isCall = isWhole
    ? texts.slice(0, 2).every(isText) && typeof texts[2] === "string" && typeof input === "string"
    : [...texts, input].every(isTextOrNull) && Number.isInteger(call["index"]);
  return isCall ? "" : `the tool call ${JSON.stringify(call)}`;
}

function usageFault(usage: unknown): string {
  if (usage === undefined || usage === null) return "";
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens } = membersOf(usage);
  const counts = [prompt, completion, total_tokens];
  return counts.every(Number.isInteger) ? "" : `usage is ${JSON.stringify(usage)}`;
}

/** What is wrong with a whole chat completion, or "". */
export function completionFault(answer: unknown): string {
  const completion = membersOf(answer);
  const around = envelopeFault(completion, "chat.completion");
  if (around !== "") return around;
  for (const own of completion["choices"] as unknown[]) {
    const choice = membersOf(own);
    if (!Number.isInteger(choice["index"])) return `index is ${String(choice["index"])}`;
    const reason = choice["finish_reason"];
    if (!FINISH_REASONS.includes(String(reason))) return `finish_reason is ${String(reason)}`;
    const fault = messageFault(membersOf(choice["message"]), true);
    if (fault !== "") return fault;
  }
  return usageFault(completion["usage"]);
}

/** What a stream says: its text, and whether it is complete. */
export interface StreamContent {
  readonly fault: string;
  readonly isComplete: boolean;
  readonly text: string;
}

/** Reads a stream of chat chunks to its end. */
export function readStream(body: string): StreamContent {
  const payloads = events(
    body
      .split("\n\n")
      .filter((own) => !own.startsWith(":"))
      .join("\n\n"),
  );
  if (typeof payloads === "string") return broken(payloads);
  const last = payloads.pop() ?? "";
  const isComplete = last === "[DONE]";
  if (!isComplete) {
    const wrong = errorFault(last);
    if (wrong !== "") return broken(`it ends without [DONE] and without an error: ${wrong}`);
  }
  const chunks = payloads.map((own) => membersOf(JSON.parse(own)));
  const fault = chunksFault(chunks, isComplete);
  const text = chunks.map(deltasOf).join("");
  return { fault, isComplete, text };
}

function broken(fault: string): StreamContent {
  return { fault, isComplete: false, text: "" };
}

/** The texts and the arguments of a chunk. */
function deltasOf(chunk: Members): string {
  const choices = (chunk["choices"] ?? []) as unknown[];
  const deltas = choices.map((choice) => membersOf(membersOf(choice)["delta"]));
  return deltas
    .map(({ content, tool_calls: calls }) => {
      const called = Array.isArray(calls) ? calls.map((call) => membersOf(call)["function"]) : [];
      const said = called.map((own) => membersOf(own)["arguments"]);
      return [content, ...said].filter((own) => typeof own === "string").join("");
    })
    .join("");
}

function chunksFault(chunks: readonly Members[], isComplete: boolean): string {
  const begun = new Set<unknown>();
  const ended = new Set<unknown>();
  for (const chunk of chunks) {
    const around = envelopeFault(chunk, "chat.completion.chunk");
    if (around !== "") return around;
    for (const name of ["id", "created", "model"]) {
      if (chunk[name] !== chunks[0]?.[name]) return `${name} changes`;
    }
    for (const own of chunk["choices"] as unknown[]) {
      const choice = membersOf(own);
      const fault = choiceFault(choice, begun, ended);
      if (fault !== "") return `${fault} in ${JSON.stringify(chunk)}`;
    }
    const fault = usageFault(chunk["usage"]);
    if (fault !== "") return fault;
  }
  if (!isComplete) return "";
  if (begun.size === 0) return "it is complete and says nothing";
  return [...begun].every((index) => ended.has(index)) ? "" : "a choice has no finish reason";
}

function choiceFault(choice: Members, begun: Set<unknown>, ended: Set<unknown>): string {
  const index = choice["index"];
  if (!Number.isInteger(index)) return `index is ${String(index)}`;
  if (typeof choice["delta"] !== "object" || choice["delta"] === null) return "no delta";
  const delta = membersOf(choice["delta"]);
  if (!begun.has(index) && delta["role"] !== "assistant") return "it begins without a role";
  begun.add(index);
  const reason = choice["finish_reason"];
  if (reason !== undefined && reason !== null) {
    if (!FINISH_REASONS.includes(String(reason))) return `finish_reason is ${String(reason)}`;
    if (ended.has(index)) return "a second finish reason";
    ended.add(index);
  }
  return messageFault(delta, false);
}

/** What is wrong with an error's body, or "". */
export function errorFault(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return `it is no JSON: ${body.slice(0, 200)}`;
  }
  const { error, ...others } = membersOf(value);
  if (Object.keys(others).length > 0) return `more than an error: ${body.slice(0, 300)}`;
  const { message, type, param, code, ...rest } = membersOf(error);
  const isShaped =
    isText(message) && isText(type) && [param, code].every((own) => own === null || isText(own));
  if (!isShaped || Object.keys(rest).length > 0) return `the error ${body.slice(0, 300)}`;
  return ERROR_TYPES.includes(String(type)) ? "" : `the type ${String(type)}`;
}
