// What docs/troubleshooting.md says that one sees is what one sees: each message is made here, and looked for there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { run, type RunInput, type UpstreamResponse } from "../host/run.ts";
import type { RootContext, RootOptions } from "../host/root-context.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const PAGE = readFileSync(new URL("../docs/troubleshooting.md", import.meta.url), "utf8");

const GROQ = { type: "groq", apiTokens: ["sk-groq-000001"] };
const CHAT = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const CONSUMER = {
  name: "team",
  keys: ["key-of-team-1"],
  models: ["m"],
  limits: { requestsPerMinute: 1 },
};
const GATEWAY = { models: [{ model: ["m", "n"], providers: ["a"] }] };

interface Symptom {
  readonly provider?: object;
  readonly config?: object;
  readonly body?: object | string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: UpstreamResponse;
  readonly more?: Partial<RunInput>;
  /** The provider's connection breaks before its answer. */
  readonly isLost?: boolean;
  /** How often it is asked; the last answer counts. */
  readonly times?: number;
}

async function see(symptom: Symptom, options: RootOptions = {}): Promise<string> {
  const vm = await (await WasmHost.load(PLUGIN)).vm();
  const root = vm.configure(symptom.config ?? { provider: symptom.provider ?? GROQ }, options);
  assert.ok(root.ok, root.logs.map(({ text }) => text).join("\n"));
  const { body = CHAT, path = "/v1/chat/completions", headers = {}, times = 1 } = symptom;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (symptom.isLost === true) return lost(root, path, text);
  let seen = "";
  for (let i = 0; i < times; ++i) {
    const { response } = run(root, {
      request: {
        path,
        headers: Object.entries({ "content-type": "application/json", ...headers }),
        body: Buffer.from(text),
      },
      upstream: () => symptom.answer ?? {},
      ...symptom.more,
    });
    seen = `${response.status} ${Buffer.from(response.body).toString()}`;
  }
  return seen;
}

function lost(root: RootContext, path: string, body: string): string {
  // What Envoy says of its own answers.
  const details = "upstream_reset_before_response_started{connection_termination}";
  const exchange = root.exchange({ properties: { response: { code_details: details } } });
  const names = { ":authority": "a.test", ":path": path, ":method": "POST", ":scheme": "http" };
  exchange.requestHeaders([...Object.entries(names), ["content-type", "application/json"]], false);
  exchange.requestBody(Buffer.from(body), true);
  exchange.upstreamReset();
  return `${exchange.client.header(":status")} ${exchange.client.text()}`;
}

const page = (status: number, type: string, text: string): UpstreamResponse => ({
  status,
  headers: [["content-type", type]],
  body: Buffer.from(text),
});
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const CHUNK = {
  id: "a",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }],
};

/** Status, what stands on the page, and how to get it. */
const SYMPTOMS: [number, string, Symptom][] = [
  [400, "We could not parse the JSON body of your request", { body: "{" }],
  [
    400,
    "unsupported_parameter",
    {
      provider: { ...GROQ, type: "perplexity" },
      body: { ...CHAT, tools: [{ type: "function", function: { name: "f" } }] },
    },
  ],
  [400, "missing_required_parameter", { body: { messages: CHAT.messages } }],
  [401, "You didn't provide an API key", { provider: { type: "groq" } }],
  [
    401,
    "invalid_api_key",
    { config: { ...GATEWAY, consumers: [CONSUMER] }, headers: bearer("nobody's") },
  ],
  [
    403,
    "model_not_found",
    {
      config: { ...GATEWAY, consumers: [CONSUMER] },
      headers: bearer("key-of-team-1"),
      body: { ...CHAT, model: "n" },
    },
  ],
  [404, "Invalid URL (POST /v1/chat)", { path: "/v1/chat" }],
  [404, "unsupported_endpoint", { path: "/v1/moderations" }],
  [404, "model_not_found", { config: GATEWAY, body: { ...CHAT, model: "other" } }],
  [413, "request_too_large", { config: { provider: GROQ, requestBodyLimit: 10 } }],
  [415, "unsupported_content_type", { headers: { "content-encoding": "gzip" } }],
  [
    429,
    "rate_limit_exceeded",
    { config: { ...GATEWAY, consumers: [CONSUMER] }, headers: bearer("key-of-team-1"), times: 2 },
  ],
  [502, "invalid_upstream_response", { answer: page(200, "text/html", "<html>") }],
  [503, "upstream_unavailable", { isLost: true }],
  [
    200,
    "stream_incomplete",
    {
      body: { ...CHAT, stream: true },
      answer: page(200, "text/event-stream", `data: ${JSON.stringify(CHUNK)}\n\n`),
    },
  ],
  [
    502,
    "context_unavailable",
    {
      provider: {
        ...GROQ,
        context: { fileUrl: "https://a.test/b", serviceName: "a", servicePort: 443 },
      },
      more: { answer: () => null },
    },
  ],
];

describe("what clients see", () => {
  for (const [status, message, symptom] of SYMPTOMS) {
    test(`${status} ${message}`, async () => {
      const seen = await see(symptom);
      assert.ok(seen.startsWith(`${status} `), seen);
      assert.ok(seen.includes(message), seen);
      assert.ok(PAGE.includes(`\`${message}\``), "the page does not say so");
    });
  }
});

/** Configurations, and how what is logged of them begins. */
const CONFIGURATIONS: [string, boolean, unknown][] = [
  [
    "configuration refused: provider.apiTokens[0]: the environment variable MY_KEY is not set",
    false,
    { provider: { type: "groq", apiTokens: ["${MY_KEY}"] } },
  ],
  [
    'configuration refused: provider.type: unknown provider type "gorq"',
    false,
    { provider: { type: "gorq" } },
  ],
  ["configuration refused: line 1, column 14", false, '{"provider": groq}'],
  ["configuration: provider.apiToken: unknown key", true, { provider: { ...GROQ, apiToken: "a" } }],
];

describe("what the log says of configurations", () => {
  for (const [message, isTaken, config] of CONFIGURATIONS) {
    test(message, async () => {
      const vm = await (await WasmHost.load(PLUGIN)).vm();
      const root = vm.configure(config);
      assert.equal(root.ok, isTaken);
      const lines = root.logs.map(({ text }) => text);
      assert.ok(
        lines.some((line) => line.startsWith(message)),
        lines.join("\n"),
      );
      assert.ok(PAGE.includes(`\`${message}\``), "the page does not say so");
    });
  }
});

test("a filter that cannot hold headers lets requests hang", async () => {
  await assert.rejects(see({}, { holdsHeaders: false }), /hangs/);
});
