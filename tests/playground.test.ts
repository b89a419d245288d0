// The playground in a browser, in front of a gateway that `envoy-ai-proxy run` runs.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { startBrowser } from "./support/browser.ts";
import { faintTexts } from "./support/contrast.ts";
import { PLUGIN } from "./support/envoy.ts";
import { GatewayProcess } from "./support/gateway-process.ts";
import { chunk, CHUNKS_END, type RawProvider, send } from "./support/raw-provider.ts";
import { startRawProvider, stream, STREAM_HEAD, whole } from "./support/raw-provider.ts";
import { chunkOf, DONE, event, finishOf, startOf } from "./support/watched-gateway.ts";

const TABS = ["chat", "translate", "check", "gateway"];
const MARKUP = "<img src=x onerror='window.wasRun = true'>";
const USAGE = { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } };

describe("the playground", () => {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const file = join(folder, "gateway.yaml");
  let provider: RawProvider;
  let gateway: GatewayProcess;
  let browser: Browser;
  let page: Page;
  let url = "";
  let adminUrl = "";
  let token = "";
  /** Everything that the page was sent, and whom it asked. */
  const received: Promise<string>[] = [];
  const asked = new Set<string>();
  const complaints: string[] = [];

  const yaml = (model: string) => `# A gateway for one test.
listen: 127.0.0.1:0
admin: 127.0.0.1:0
plugin: ${PLUGIN}
providers:
  main:
    type: groq
    apiTokens: [sk-canary-literal]
    upstream: { address: "127.0.0.1:${provider.port}", tls: false }
  other:
    type: claude
    apiTokens: ["\${TEST_KEY}"]
    upstream: { address: "127.0.0.1:${provider.port}", tls: false }
models:
  - model: ${model}
    providers:
      - main
      - { id: other, model: claude-sonnet-4-5 }
`;

  before(async () => {
    provider = await startRawProvider(whole(500, ""));
    writeFileSync(file, yaml("one"));
    const args = [file, "--playground", "--concurrency", "1", "--folder", join(folder, "state")];
    [gateway, browser] = await Promise.all([
      GatewayProcess.start(args, { TEST_KEY: "sk-canary-variable", ENVOY_AI_PROXY_TOKEN: "" }),
      startBrowser(),
    ]);
    [, url = "", token = ""] = await gateway.said(/Playground: (\S+)#token=(\S+)/);
    [, adminUrl = ""] = await gateway.said(/(http:\S+)\/reload/);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(10_000);
    page.on("request", (own) => asked.add(new URL(own.url()).origin));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (own) => complaints.push(own.text()));
    page.on("response", (own) => {
      if (own.request().method() === "OPTIONS") return;
      received.push(own.text().catch(() => ""));
    });
  });

  beforeEach(async () => {
    provider.script = chat("Hello.");
    complaints.length = 0;
  });

  after(async () => {
    await browser?.close();
    assert.equal(await gateway?.stop(), 0, gateway?.output);
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A stream with a text, and with usage. */
  function chat(text: string) {
    const end = event({ ...finishOf(), ...USAGE });
    return stream(event(startOf("")), event(chunkOf(text)), end, DONE);
  }

  /** A stream that stops behind its first words until it is told to go on. */
  function pausedChat(first: string, last: string): () => void {
    let goOn = () => {};
    const paused = new Promise<void>((done) => (goOn = done));
    provider.script = async (socket) => {
      await send(socket, STREAM_HEAD);
      await send(socket, chunk(event(startOf(first))));
      await paused;
      await send(socket, chunk(event(chunkOf(last))));
      await send(socket, chunk(event({ ...finishOf(), ...USAGE }) + DONE));
      socket.end(CHUNKS_END);
    };
    return goOn;
  }

  async function open(tab: string): Promise<void> {
    await page.goto("about:blank");
    await page.goto(`${url}#${tab}`);
    await page.waitForSelector("body[data-ready]");
  }

  /** The text of an element, as soon as it fits. */
  async function shows(selector: string, pattern: RegExp): Promise<string> {
    const own = page.locator(selector).filter({ hasText: pattern });
    await own.waitFor().catch(async () => {
      assert.match((await page.locator(selector).textContent()) ?? "", pattern);
    });
    return (await own.textContent()) ?? "";
  }

  async function ask(text: string): Promise<void> {
    await page.fill("#chat-message", text);
    await page.click("#chat-send");
  }

  test("streams a chat, and shows the exchange side by side", async () => {
    await open("chat");
    const goOn = pausedChat("before", " after");
    await ask("Hi there");
    await shows("#chat-log", /Assistant: before$/);
    assert.equal(await page.getAttribute("#chat-log", "aria-busy"), "true");
    goOn();
    await shows("#chat-status", /complete: status 200/);
    await shows("#chat-log", /before after$/);
    assert.equal(await page.getAttribute("#chat-log", "aria-busy"), "false");
    await shows("#chat-figures", /First token after\d+ msEnd after\d+ ms/);
    await shows("#chat-figures", /Prompt tokens3Completion tokens2/);
    const request = JSON.parse(await shows("#chat-request", /Hi there/)) as object;
    const sent = JSON.parse(provider.requests.at(-1)?.body.toString() ?? "") as object;
    assert.deepEqual(sent, request, "a provider with OpenAI's API gets it as it is");
    await shows("#chat-native", /^POST \/openai\/v1\/chat\/completions\nhost: api\.groq\.com\n/);
    await shows("#chat-native", /authorization: Bearer \$\{HIDDEN_API_TOKENS\}/);
    await shows("#chat-answer", /^data: \{[^]*data: \[DONE\]\n\n$/);
    await page.selectOption("#chat-native-provider", "other");
    await shows("#chat-native", /x-api-key: \$\{TEST_KEY\}[^]*"model": "claude-sonnet-4-5"/);
    assert.equal(provider.requests.at(-1)?.headers.authorization, "Bearer sk-canary-literal");
  });

  test("takes nothing that a provider says for markup", async () => {
    await open("chat");
    provider.script = chat(MARKUP);
    await ask(MARKUP);
    await shows("#chat-log", /Assistant: <img src=x/);
    await page.fill("#chat-model", MARKUP);
    await ask("again");
    await shows("#chat-error", /<img src=x/);
    await page.click("#tab-translate");
    await page.fill("#translate-answer", `data: {"error":{"message":"${MARKUP}"}}\n\n`);
    await shows("#translate-result", /img/);
    await page.click("#tab-check");
    await page.fill("#check-config textarea", `provider: { type: "${MARKUP}" }`);
    await shows("#check-config .problems", /img/);
    assert.equal(await page.evaluate(() => document.querySelectorAll("img").length), 0);
    assert.equal(await page.evaluate(() => "wasRun" in window), false);
  });

  test("shows errors of the gateway in words, and goes on", async () => {
    await open("chat");
    provider.script = whole(400, '{"error":{"message":"Too long."}}');
    await ask("Hi");
    await shows("#chat-error", /^Too long\.$/);
    await shows("#chat-figures", /Status400/);
    provider.script = chat("Fine.");
    await ask("Hi");
    await shows("#chat-log", /Fine\.$/);
    assert.equal(await page.textContent("#chat-error"), "");
    const { messages } = JSON.parse(provider.requests.at(-1)?.body.toString() ?? "") as {
      messages: object[];
    };
    assert.equal(messages.length, 1, "what failed is not part of the conversation");
    await page.fill("#chat-more", "[1]", { force: true });
    await ask("Hi");
    await shows("#chat-error", /More members: expected a JSON object/);
  });

  test("turns any provider's answer into OpenAI's, at every byte", async () => {
    await open("translate");
    await page.selectOption("#translate-provider", "gemini");
    await shows("#translate-native-request", /^POST \/v1beta\/models\/[^]*x-goog-api-key: \$\{GEM/);
    const all = await shows("#translate-result", /chat\.completion\.chunk[^]*\[DONE\]/);
    const length = Number(await page.getAttribute("#translate-cut", "max"));
    await page.locator("#translate-cut").fill("10");
    await shows("#translate-outcome", /nothing sent yet/);
    await page.locator("#translate-cut").fill(String(length - 1));
    await shows("#translate-outcome", /\d+ of \d+ characters sent/);
    const pending = await shows("#translate-result .pending", /\[DONE\]/);
    assert.ok(pending.length < all.length);
    await page.check("#translate-reset");
    await shows("#translate-outcome", /the connection breaks|200$/);
    assert.doesNotMatch((await page.textContent("#translate-result")) ?? "", /\[DONE\]/);
    await page.selectOption("#translate-provider", "bedrock");
    await shows("#translate-native-request", /converse-stream/);
    await shows("#translate-result", /chat\.completion\.chunk[^]*\[DONE\]/);
  });

  test("opens a chat's provider there", async () => {
    await open("chat");
    await ask("Hi there");
    await shows("#chat-native", /groq/);
    await page.selectOption("#chat-native-provider", "other");
    await page.click("#chat-replay");
    await shows("#translate-native-request", /anthropic-version[^]*Hi there/);
    await shows("#translate-result", /chat\.completion\.chunk[^]*\[DONE\]/);
  });

  test("says where a configuration is wrong", async () => {
    await open("check");
    await shows("#check-config .problems", /3:3: provider\.type: .*did you mean "claude"/);
    const area = page.locator("#check-config textarea");
    assert.equal(await area.getAttribute("aria-invalid"), "true");
    await area.fill("provider:\n  type: groq\n  apiTokens: [a\n");
    await shows("#check-config .problems", /\d:\d+: /);
    await area.fill('{"provider": {"type": "groq",\n  "apiTokens": ["x"], "timeout": "soon"}}');
    await shows("#check-config .problems", /2:\d+: provider\.timeout: /);
    await page.click("#check-config .problems button");
    const selected = await area.evaluate((own: HTMLTextAreaElement) =>
      own.value.slice(own.selectionStart, own.selectionEnd),
    );
    assert.match(selected, /^"timeout": "soon"/);
    await area.fill('{"provider": {"type": "groq", "apiTokens": ["x"]}}');
    await shows("#check-outcome", /takes it/);
    assert.equal(await page.locator("#check-config .problems li").count(), 0);
  });
});
