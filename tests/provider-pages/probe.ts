// What the plugin does with a provider, asked from the plugin itself: which endpoints it has, and what becomes of the
// fields of a chat request. https://platform.openai.com/docs/api-reference/chat/create
import { readFileSync } from "node:fs";
import { run, type RunResult } from "../../host/run.ts";
import type { RootContext } from "../../host/root-context.ts";

const TABLE = new URL("../../assembly/routing/endpoint-table.ts", import.meta.url);
const MOST_PLACES = 3;

/** An endpoint of the client's, and where it goes. */
export interface Served {
  readonly methods: string;
  readonly client: string;
  readonly provider: string;
}

interface Endpoint {
  readonly client: string;
  readonly methods: readonly string[];
}

/** Paths that do not stand behind `/v1`. */
const OTHER_PREFIXES: readonly [RegExp, string][] = [
  [/^\/services\/aigc|^\/tasks/, "/api/v1"],
  [/^\/\{version\}/, ""],
  [/^\/publishers/, "/v1/projects/{project}/locations/{location}"],
  [/^\/reranks/, "/compatible-api/v1"],
];

/** All endpoints, as the plugin's table has them. */
function endpoints(): Endpoint[] {
  const source = readFileSync(TABLE, "utf8");
  const rows = source.matchAll(
    /new Endpoint\(\s*Capability\.\w+,\s*"[^"]+",\s*"([^"]+)",\s*"([^"]+)"/g,
  );
  return [...rows].map(([, path = "", methods = ""]) => {
    const prefix = OTHER_PREFIXES.find(([pattern]) => pattern.test(path))?.[1] ?? "/v1";
    return { client: prefix + path, methods: methods.split(" ") };
  });
}

/** A body that most endpoints take; a `prompt` of the Responses API is a stored one. */
function bodyOf(model: string, path: string): Record<string, unknown> {
  const messages = [{ role: "user", content: "Hi" }];
  const prompt = path.endsWith("/responses") ? {} : { prompt: "Hi" };
  const texts = { input: "Hi", ...prompt, query: "Hi", documents: ["a"], voice: "alloy" };
  return { model, messages, max_tokens: 10, ...texts, contents: [{ parts: [{ text: "Hi" }] }] };
}

/** What is uploaded in forms. */
const FORMS = /audio\/tran|images\/(edits|variations)$/;

function ask(
  root: RootContext,
  method: string,
  path: string,
  body: { model?: unknown },
): RunResult {
  const isForm = FORMS.test(path);
  const type = isForm ? "multipart/form-data; boundary=b" : "application/json";
  const headers: [string, string][] = [["content-type", type]];
  headers.push(["authorization", "Bearer client-key-0001"]);
  const form = `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${body.model}\r\n--b--\r\n`;
  const text = isForm ? form : JSON.stringify(body);
  const bytes = method === "POST" ? { body: Buffer.from(text) } : {};
  return run(root, {
    request: { method, path, headers, ...bytes },
    answer: () => ({ body: '{"access_token":"a","expires_in":3600}' }),
  });
}

/** The endpoints that a provider has, each with the path that its request goes to. */
export function servedBy(root: RootContext, model: string): Served[] {
  return endpoints().flatMap(({ client, methods }) => {
    const method = methods.includes("POST") ? "POST" : (methods[0] ?? "GET");
    const path = client.replace(/\{(\w+)\}/g, (_, name: string) => marks(name));
    const { upstreamRequest, response } = ask(root, method, path, bodyOf(model, path));
    const isMissing = Buffer.from(response.body).includes('"unsupported_endpoint"');
    if (isMissing || response.status === 404) return [];
    const provider = upstreamRequest === null ? "" : named(upstreamRequest.path, model);
    return [{ methods: methods.join(", "), client, provider }];
  });
}

/** Stands in a path for a parameter. */
function marks(name: string): string {
  return name === "version" ? "v1beta" : `mark-${name}`;
}

function named(path: string, model: string): string {
  return path
    .split("?")[0]!
    .replaceAll(encodeURIComponent(model).replaceAll("%3A", ":").replaceAll("%40", "@"), "{model}")
    .replaceAll(encodeURIComponent(model), "{model}")
    .replaceAll(model, "{model}")
    .replace(/mark-(\w+?)(?=[/:]|$)/g, "{$1}");
}

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object" } } };
const SCHEMA = { name: "a", strict: true, schema: { type: "object", properties: {} } };
const part = (own: object): Record<string, unknown> => ({
  messages: [{ role: "user", content: [{ type: "text", text: "Hi" }, own] }],
});
const PIXEL = "data:image/png;base64,iVBORw0KGgo=";

/** Fields of a chat request, and what a request says to use them. */
const FIELDS: readonly [string, Record<string, unknown>][] = [
  ["max_tokens", { max_tokens: 77 }],
  ["max_completion_tokens", { max_completion_tokens: 77 }],
  ["temperature", { temperature: 0.5 }],
  ["top_p", { top_p: 0.5 }],
  ["stop", { stop: ["END"] }],
  ["n: 2", { n: 2 }],
  ["seed", { seed: 77 }],
  ["presence_penalty", { presence_penalty: 0.5 }],
  ["frequency_penalty", { frequency_penalty: 0.5 }],
  ["logit_bias", { logit_bias: { "77": 1 } }],
  ["logprobs", { logprobs: true, top_logprobs: 2 }],
  ["user", { user: "user-77" }],
  ["tools", { tools: [TOOL] }],
  ["tool_choice: required", { tools: [TOOL], tool_choice: "required" }],
  ["parallel_tool_calls: false", { tools: [TOOL], parallel_tool_calls: false }],
  ["response_format: json_object", { response_format: { type: "json_object" } }],
  [
    "response_format: json_schema",
    { response_format: { type: "json_schema", json_schema: SCHEMA } },
  ],
  ["reasoning_effort", { reasoning_effort: "low" }],
  ["image by URL", part({ type: "image_url", image_url: { url: "https://a.test/b.png" } })],
  ["image as data", part({ type: "image_url", image_url: { url: PIXEL } })],
  [
    "audio in messages",
    part({ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }),
  ],
  [
    "file as data",
    part({
      type: "file",
      file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
    }),
  ],
  ["spoken answer", { modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } }],
  ["prediction", { prediction: { type: "content", content: "Hi" } }],
  ["store", { store: true }],
  ["metadata", { metadata: { a: "77" } }],
  ["service_tier", { service_tier: "flex" }],
];

/** What becomes of each field of a chat request: `sent`, `left out`, where it goes, or `400`. */
export function fieldsOf(root: RootContext, model: string): [string, string][] {
  const base = { model, messages: [{ role: "user", content: "Hi" }] };
  const plain = chatBody(root, base);
  if (typeof plain === "string") return [];
  return FIELDS.map(([name, members]) => {
    // What a field needs beside it, such as the tools of a choice, is no part of it.
    const { tools } = members;
    const around =
      tools === undefined || name === "tools" ? plain : chatBody(root, { ...base, tools });
    const told = chatBody(root, { ...base, ...members });
    if (typeof told === "string") return [name, told];
    return [name, typeof around === "string" ? around : becomes(members, around, told)];
  });
}

type Leaves = ReadonlyMap<string, string>;

/** Every value of the provider's body by its path, or the status of a refusal. */
function chatBody(root: RootContext, request: object): Leaves | string {
  const result = ask(root, "POST", "/v1/chat/completions", request);
  const { upstreamRequest, response } = result;
  if (upstreamRequest === null) return `${response.status}`;
  const leaves = new Map<string, string>();
  collect(JSON.parse(Buffer.from(upstreamRequest.body).toString("utf8")), "", leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    leaves.set(path, JSON.stringify(value));
    return;
  }
  for (const [key, own] of Object.entries(value)) {
    const step = Array.isArray(value) ? "[]" : path === "" ? key : `.${key}`;
    const at = `${path}${step}`;
    collect(own, leaves.has(at) ? `${at}'` : at, leaves);
  }
}

function becomes(members: object, plain: Leaves, told: Leaves): string {
  const fresh = [...told].filter(([path, value]) => plain.get(path) !== value);
  const gone = [...plain.keys()].filter((path) => !told.has(path));
  if (fresh.length === 0) return gone.length === 0 ? "left out" : "changed";
  const wanted = new Map<string, string>();
  collect(members, "", wanted);
  if ([...wanted].every(([path, value]) => told.get(path) === value)) return "sent";
  const places = [...new Set(fresh.map(([path]) => placeOf(path)))];
  const shown = places.slice(0, MOST_PLACES).map((path) => `\`${path}\``);
  return `as ${shown.join(", ")}${places.length > MOST_PLACES ? ", …" : ""}`;
}

/** The first steps of a path: what lies deeper is the value's own affair. */
function placeOf(path: string): string {
  return path.replaceAll("'", "").split(".").slice(0, 2).join(".");
}
