// Many configurations in one VM: none sees another's providers, tokens or models, and an update leaves streams alone.
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bootstrap, startEnvoy, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import {
  chunk,
  CHUNKS_END,
  send,
  startRawProvider,
  stream,
  STREAM_HEAD,
  whole,
  type RawProvider,
  type RawRequest,
  type Script,
} from "./support/raw-provider.ts";
import {
  chunkOf,
  COMPLETION,
  DONE,
  event,
  finishOf,
  startOf,
  textOf,
  type Answer,
} from "./support/watched-gateway.ts";

/** Sends a chat request whose one message is `content`. */
function chat(port: number, content: string, members: object = {}): Promise<Answer> {
  const messages = [{ role: "user", content }];
  const body = JSON.stringify({ model: "any", messages, ...members });
  const path = "/v1/chat/completions";
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, method: "POST", path, headers, agent: false });
    request.on("error", reject);
    request.on("response", async (response) => {
      const chunks: Buffer[] = [];
      for await (const bytes of response) chunks.push(bytes as Buffer);
      const body = Buffer.concat(chunks);
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body, text: body.toString("utf8"), isBroken: false });
    });
    request.end(body);
  });
}

const ACTIVE_VMS = "wasm.envoy.wasm.runtime.v8.active";

interface ChatBody {
  model: string;
  stream?: boolean;
  messages: { content: string }[];
}

function bodyOf(request: RawRequest): ChatBody {
  return JSON.parse(request.body.toString()) as ChatBody;
}

/** Answers as an OpenAI-compatible provider that says its name and what it was asked. */
function echo(name: string): Script {
  return (socket, request) => {
    const { stream: isStream, messages } = bodyOf(request);
    const content = `${name}: ${messages[0]?.content}`;
    if (isStream) {
      return stream(event(startOf(content)), event(finishOf()) + DONE)(socket, request);
    }
    const message = { role: "assistant", content };
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return whole(200, JSON.stringify({ ...COMPLETION, choices }))(socket, request);
  };
}

/** Answers as Anthropic, in the same way. */
function claudeEcho(name: string): Script {
  return (socket, request) => {
    const { stream: isStream, messages } = bodyOf(request);
    const text = `${name}: ${JSON.stringify(messages[0]?.content)}`;
    const usage = { input_tokens: 1, output_tokens: 1 };
    const head = { id: "msg_1", type: "message", role: "assistant", model: "c", usage };
    const content = [{ type: "text", text }];
    const message = { ...head, content, stop_reason: "end_turn" };
    if (!isStream) return whole(200, JSON.stringify(message))(socket, request);
    const events = [
      { type: "message_start", message: { ...head, content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ];
    const texts = events.map((own) => `event: ${own.type}\n${event(own)}`);
    return stream(...texts)(socket, request);
  };
}

function contentOf(answer: Answer, isStream: boolean): string {
  assert.equal(answer.status, 200, answer.text);
  if (isStream) return textOf(answer);
  const { choices } = JSON.parse(answer.text) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? "";
}

test("200 interleaved requests under three configurations of one VM", async () => {
  const providers = [
    await startRawProvider(echo("first")),
    await startRawProvider(claudeEcho("second")),
    await startRawProvider(echo("third")),
  ];
  const types = ["groq", "claude", "deepseek"];
  const listeners = types.map((type, index) => ({
    config: {
      provider: { type, apiTokens: [`token-${index}`], modelMapping: { "*": `model-${index}` } },
    },
    upstreamPort: providers[index]?.port ?? 0,
  }));
  const envoy = await startEnvoy({ listeners });
  try {
    const asked = Array.from({ length: 200 }, async (_, i) => {
      const isStream = i % 7 < 3;
      const own = i % types.length;
      const answer = await chat(envoy.ports[own] ?? 0, `question ${i}.`, { stream: isStream });
      const content = contentOf(answer, isStream);
      assert.ok(content.startsWith(["first", "second", "third"][own] ?? "?"), content);
      assert.ok(content.includes(`question ${i}.`), content);
    });
    await Promise.all(asked);
    for (const [index, { requests }] of providers.entries()) {
      const count = Array.from({ length: 200 }, (_, i) => i).filter((i) => i % 3 === index).length;
      assert.equal(requests.length, count);
      for (const request of requests) {
        assert.equal(bodyOf(request).model, `model-${index}`);
        const { authorization, "x-api-key": apiKey } = request.headers;
        const key = index === 1 ? [undefined, "token-1"] : [`Bearer token-${index}`, undefined];
        assert.deepEqual([authorization, apiKey], key);
      }
    }
    assert.equal(await statistic(envoy, ACTIVE_VMS), vmsOfOne, "the configurations share no VM");
  } finally {
    await envoy.stop();
    for (const provider of providers) await provider.close();
  }
});

/** A number of Envoy's own. */
async function statistic(envoy: TestEnvoy, name: string): Promise<number> {
  const url = `http://127.0.0.1:${envoy.adminPort}/stats?filter=${name}`;
  const text = await (await fetch(url)).text();
  const value = /: (\d+)$/m.exec(text)?.[1];
  assert.ok(value !== undefined, `no statistic ${name}`);
  return Number(value);
}

const folder = mkdtempSync(join(tmpdir(), "isolation-test-"));
const listenerFile = join(folder, "listeners.json");

/** The listener's configuration, swapped in one step, as a control plane on the same machine does. */
function writeListener(config: unknown): object {
  const whole = bootstrap({ listeners: [{ config, upstreamPort: provider.port }] });
  const type = "type.googleapis.com/envoy.config.listener.v3.Listener";
  const resources = whole.static_resources.listeners.map((own) => ({ "@type": type, ...own }));
  const fresh = `${listenerFile}.new`;
  writeFileSync(fresh, JSON.stringify({ version_info: String(Math.random()), resources }));
  renameSync(fresh, listenerFile);
  const { clusters } = whole.static_resources;
  const lds_config = { resource_api_version: "V3", path_config_source: { path: listenerFile } };
  return {
    ...whole,
    node: { id: "test", cluster: "test" },
    dynamic_resources: { lds_config },
    static_resources: { listeners: [], clusters },
  };
}

let provider: RawProvider;
let updated: TestEnvoy;
/** VMs where there is one configuration only. */
let vmsOfOne: number;

function configOf(token: string, model: string) {
  return { provider: { type: "groq", apiTokens: [token], modelMapping: { "*": model } } };
}

before(async () => {
  provider = await startRawProvider(echo("provider"));
  const config = writeListener(configOf("token-canary-old", "model-old"));
  updated = await startEnvoyWith(config as ReturnType<typeof bootstrap>);
  vmsOfOne = await statistic(updated, ACTIVE_VMS);
});
after(async () => {
  await updated.stop();
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Swaps the configuration and waits until Envoy has taken or refused it. */
async function update(config: unknown, outcome: "update_success" | "update_rejected") {
  const name = `listener_manager.lds.${outcome}`;
  const count = await statistic(updated, name);
  writeListener(config);
  while ((await statistic(updated, name)) === count) await sleep(10);
}

/** The listener's port; a listener that is only being drained has none. */
async function port(): Promise<number> {
  const url = `http://127.0.0.1:${updated.adminPort}/listeners?format=json`;
  const status = (await (await fetch(url)).json()) as {
    listener_statuses: { local_address: { socket_address: { port_value: number } } }[];
  };
  return status.listener_statuses[0]?.local_address.socket_address.port_value ?? 0;
}

/** Asks once, and tells which token and model the provider got. */
async function used(): Promise<string> {
  provider.requests.length = 0;
  provider.script = echo("provider");
  assert.equal(contentOf(await chat(await port(), "Hi"), false), "provider: Hi");
  const [request] = provider.requests;
  assert.ok(request);
  return `${request.headers.authorization} ${bodyOf(request).model}`;
}

test("an update leaves a stream alone that is under way, and rules what comes after it", async () => {
  assert.equal(await used(), "Bearer token-canary-old model-old");
  let goOn = () => {};
  const updateDone = new Promise<void>((resolve) => (goOn = resolve));
  let began = () => {};
  const isUnderWay = new Promise<void>((resolve) => (began = resolve));
  provider.script = async (socket) => {
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(event(startOf("Hel")) + event(chunkOf("lo")).slice(0, 40)));
    began();
    await updateDone;
    await send(socket, chunk(event(chunkOf("lo")).slice(40) + event(chunkOf(" again"))));
    socket.end(chunk(event(finishOf()) + DONE) + CHUNKS_END);
  };
  const slow = chat(await port(), "slowly", { stream: true });
  await isUnderWay;
  await update(configOf("token-canary-new", "model-new"), "update_success");
  for (let i = 0; i < 10; ++i) assert.equal(await used(), "Bearer token-canary-new model-new");
  goOn();
  assert.equal(textOf(await slow), "Hello again");
});

test("a refused update leaves the configuration in force, and is named in the log", async () => {
  const wrong = { provider: { type: "groq", apiTokens: ["token-canary-x", 5] } };
  await update(wrong, "update_rejected");
  assert.match(updated.log(), /configuration refused: provider\.apiTokens\[1\]: expected/);
  assert.equal(await used(), "Bearer token-canary-new model-new");
  await update(configOf("token-canary-last", "model-last"), "update_success");
  assert.equal(await used(), "Bearer token-canary-last model-last");
});

test("no token is in the log", () => {
  assert.doesNotMatch(updated.log(), /canary/);
});

/** Configurations that are refused at the start, and how the reason begins. */
const REFUSED: [string, unknown, string][] = [
  ["no JSON", '{"provider": {\n  "type" "groq"}}', "line 2, column 10"],
  ["no object", [], "expected an object"],
  ["no type", { provider: {} }, "provider.type"],
  ["unknown type", { provider: { type: "gorq" } }, "provider.type"],
  [
    "token of another type",
    { provider: { type: "groq", apiTokens: [5] } },
    "provider.apiTokens[0]",
  ],
  [
    "missing variable",
    { provider: { type: "groq", apiTokens: ["${NONE}"] } },
    "provider.apiTokens[0]",
  ],
  ["no active provider", { providers: [], activeProviderId: "a" }, "activeProviderId"],
  [
    "a rule's provider",
    { _rules_: [{ _match_domain_: ["a.test"], provider: { type: "groq", timeout: -1 } }] },
    "_rules_[0].provider.timeout",
  ],
];

for (const [name, config, path] of REFUSED) {
  test(`a configuration that is refused at the start: ${name}`, async () => {
    const starting = startEnvoy({ listeners: [{ config, upstreamPort: 9 }] });
    starting.then((envoy) => envoy.stop()).catch(() => {});
    await assert.rejects(starting, (error: Error) => {
      assert.ok(error.message.includes(`configuration refused: ${path}`), error.message);
      return true;
    });
  });
}
