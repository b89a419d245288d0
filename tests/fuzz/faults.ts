// What may never happen, whatever was damaged.
import { LogLevel } from "../../host/abi.ts";
import type { RunResult } from "../../host/run.ts";
import { completionFault, errorFault, readStream } from "../support/openai-shape.ts";
import type { FuzzCase } from "./case.ts";
import type { Seed } from "./seeds.ts";

/** These have Anthropic's messages themselves, at least for some models, and what they say passes as it is. */
const NATIVE_MESSAGES = new Set(
  "bedrock claude deepseek generic longcat minimax moonshot ollama qwen vertex zhipuai".split(" "),
);
const MESSAGE_EVENTS = new Set(
  (
    "message_start content_block_start content_block_delta content_block_stop message_delta " +
    "message_stop ping error"
  ).split(" "),
);

/** In whose words the client has to be answered; null: the provider's own words pass. */
function clientOf(seed: Seed, one: FuzzCase): "chat" | "message" | null {
  const { request, isConfigDamaged, isGateway } = one;
  if (seed.isOriginal || isConfigDamaged || isGateway || request.method !== "POST") return null;
  const path = request.path.split("?")[0];
  if (path === "/v1/chat/completions") return "chat";
  return path === "/v1/messages" && !NATIVE_MESSAGES.has(seed.type) ? "message" : null;
}

/** Envoy's own words, which `local_reply_config` makes an OpenAI error where the filter cannot. */
const ENVOYS_OWN = /^upstream_reset|^(request|response)_payload_too_large/;

/** What is wrong with a run, or "". */
export function faultOf(seed: Seed, one: FuzzCase, result: RunResult): string {
  if (ENVOYS_OWN.test(result.localReply?.details ?? "")) return "";
  const client = clientOf(seed, one);
  return leak(one, result, client !== null) || answerFault(client, one, result);
}

/** Errors in a provider's own protocol pass unread, with whatever the provider says in them. */
function leak({ secrets }: FuzzCase, result: RunResult, isTranslated: boolean): string {
  const { response, localReply, logs } = result;
  const critical = logs.find((line) => line.level >= LogLevel.Critical);
  if (critical !== undefined) return `logged as critical: ${critical.text}`;
  const broken = logs.find((line) => /[\r\n]/.test(line.text));
  if (broken !== undefined) return `a line break in the log: ${JSON.stringify(broken.text)}`;
  for (const secret of secrets) {
    const line = logs.find(({ text }) => text.includes(secret));
    if (line !== undefined) return `a secret in the log: ${line.text}`;
    if (JSON.stringify(response.headers).includes(secret)) return "a secret in the headers";
    if (
      localReply !== null &&
      JSON.stringify([localReply.body, localReply.details]).includes(secret)
    )
      return "a secret in a local reply";
    // A key that the provider was not sent is none that it knows.
    const wasSent = JSON.stringify(result.upstreamRequest).includes(secret);
    const isError = response.status >= 400 && isTranslated && wasSent;
    if (isError && textOf(result).includes(secret)) return "a secret in an error";
  }
  return "";
}

function textOf({ response }: RunResult): string {
  return Buffer.from(response.body).toString("utf8");
}

type Client = ReturnType<typeof clientOf>;

function answerFault(client: Client, one: FuzzCase, result: RunResult): string {
  const { response } = result;
  const { status, reset } = response;
  // Nobody has asked these to switch protocols, and Envoy lets no such answer through.
  if (client === null || status === 101 || (status >= 300 && status < 400)) return "";
  const has = (name: string): boolean => response.headers.some(([own]) => own === name);
  // What the client's own coding passes is not looked into.
  if (has("content-encoding")) return "";
  const type = response.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  // A provider's comments keep its line ends.
  const text = textOf(result).replace(/\r\n?/g, "\n");
  if (status >= 400) {
    // An attempt's error without a body gets one from the gateway in front.
    if (one.placement === "cluster" && text === "") return "";
    if (type !== "application/json") return `an error of type ${type}`;
    return client === "chat" ? chatErrorFault(text) : messageErrorFault(text);
  }
  const isStream = type.startsWith("text/event-stream");
  if (client === "message") {
    return isStream ? messageStreamFault(text, reset !== null) : messageFault(text);
  }
  if (isStream) return chatStreamFault(text, reset !== null, has("content-length"));
  const fault = parsed(text, (value) => completionFault(value));
  // A request that names no model, as deployments allow, has none to put in where the answer lacks it.
  return fault === 'model is ""' ? "" : fault;
}

/** A provider may have types of its own. */
function chatErrorFault(text: string): string {
  const fault = errorFault(text);
  return fault.startsWith("the type ") ? "" : fault;
}

function parsed(text: string, check: (value: unknown) => string): string {
  try {
    return check(JSON.parse(text));
  } catch {
    return `no JSON: ${text.slice(0, 200)}`;
  }
}

/** A broken connection may end a stream anywhere between two events. */
function chatStreamFault(text: string, isBroken: boolean, wasWhole: boolean): string {
  if (!text.endsWith("\n\n") && text !== "") return `half an event: ${text.slice(-100)}`;
  if (isBroken && !text.endsWith("data: [DONE]\n\n")) return "";
  const { fault } = readStream(text);
  // Choices that a whole answer numbers twice are told twice.
  if (wasWhole && fault.startsWith("a second finish reason")) return "";
  // Half a character in a name is sent on at first, and said with a replacement later.
  return fault.endsWith(" changes") && /\\ud[89a-f]/i.test(text) ? "" : fault;
}

function messageErrorFault(text: string): string {
  return parsed(text, (value) => {
    const { type, error } = value as { type?: unknown; error?: Record<string, unknown> };
    const isShaped =
      type === "error" &&
      typeof error?.["type"] === "string" &&
      typeof error["message"] === "string";
    return isShaped ? "" : `the error ${text.slice(0, 300)}`;
  });
}

function messageFault(text: string): string {
  return parsed(text, (value) => {
    const { type, role, content } = value as Record<string, unknown>;
    const isMessage = type === "message" && role === "assistant" && Array.isArray(content);
    return isMessage ? "" : `the message ${text.slice(0, 300)}`;
  });
}

function messageStreamFault(text: string, isBroken: boolean): string {
  const events = text.split("\n\n");
  if (events.pop() !== "") return `half an event: ${text.slice(-100)}`;
  let last = "";
  for (const event of events) {
    if (event.startsWith(":")) continue;
    const [, name, payload] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(event) ?? [];
    if (name === undefined || !MESSAGE_EVENTS.has(name)) return `the event ${event}`;
    if (last === "message_stop" || last === "error") return `${name} behind ${last}`;
    const wrong = parsed(payload ?? "", (value) => {
      return (value as { type?: unknown }).type === name ? "" : `the payload ${payload}`;
    });
    if (wrong !== "") return wrong;
    last = name;
  }
  return isBroken || last === "message_stop" || last === "error" ? "" : `an end without ${last}`;
}
