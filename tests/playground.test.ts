// The playground in a browser, in front of a gateway that `envoy-ai-proxy run` runs.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { faintTexts } from "./support/contrast.ts";
import { chat, pausedChat, PlaygroundSite } from "./support/playground-site.ts";
import { whole } from "./support/raw-provider.ts";

const TABS = ["chat", "translate", "check", "gateway"];
const MARKUP = "<img src=x onerror='window.wasRun = true'>";

describe("the playground", () => {
  let site: PlaygroundSite;
  let page: Page;
  const open = (tab: string) => site.open(tab);
  const shows = (selector: string, pattern: RegExp) => site.shows(selector, pattern);
  const ask = (text: string) => site.ask(text);

  before(async () => {
    site = await PlaygroundSite.start();
    page = site.page;
  });
  beforeEach(() => {
    site.provider.script = chat("Hello.");
    site.complaints.length = 0;
  });
  after(() => site?.stop());

  test("streams a chat, and shows the exchange side by side", async () => {
    await open("chat");
    const goOn = pausedChat(site.provider, "before", " after");
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
    const sent = JSON.parse(site.provider.requests.at(-1)?.body.toString() ?? "") as object;
    assert.deepEqual(sent, request, "a provider with OpenAI's API gets it as it is");
    await shows("#chat-native", /^POST \/openai\/v1\/chat\/completions\nhost: api\.groq\.com\n/);
    await shows("#chat-native", /authorization: Bearer \$\{HIDDEN_API_TOKENS\}/);
    await shows("#chat-answer", /^data: \{[^]*data: \[DONE\]\n\n$/);
    await page.selectOption("#chat-native-provider", "other");
    await shows("#chat-native", /x-api-key: \$\{TEST_KEY\}[^]*"model": "claude-sonnet-4-5"/);
    assert.equal(site.provider.requests.at(-1)?.headers.authorization, "Bearer sk-canary-literal");
  });

  test("takes nothing that a provider says for markup", async () => {
    await open("chat");
    site.provider.script = chat(MARKUP);
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
    site.provider.script = whole(400, '{"error":{"message":"Too long."}}');
    await ask("Hi");
    await shows("#chat-error", /^Too long\.$/);
    await shows("#chat-figures", /Status400/);
    site.provider.script = chat("Fine.");
    await ask("Hi");
    await shows("#chat-log", /Fine\.$/);
    await shows("#chat-status", /complete: status 200/);
    assert.equal(await page.textContent("#chat-error"), "");
    const { messages } = JSON.parse(site.provider.requests.at(-1)?.body.toString() ?? "") as {
      messages: object[];
    };
    assert.equal(messages.length, 1, "what failed is not part of the conversation");
    await page.click("summary");
    await page.fill("#chat-more", "[1]");
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

  test("is used by keyboard alone", async () => {
    await open("chat");
    const press = (...keys: string[]) =>
      keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());
    const focused = () => page.evaluate(() => document.activeElement?.id ?? "");
    await press("Tab");
    assert.equal(await focused(), "tab-chat");
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    assert.equal(outline, "solid", "the focus is seen");
    await press("Tab", "Tab");
    assert.equal(await focused(), "chat-model");
    await press("Tab", "Tab", "Tab", "Tab");
    assert.equal(await focused(), "chat-message");
    await page.keyboard.type(" and more");
    await press("Control+Enter");
    await shows("#chat-status", /complete: status 200/);
    await shows("#chat-log", /Assistant: Hello\.$/);
    await page.focus("#tab-chat");
    await press("ArrowRight", "ArrowRight");
    assert.equal(await focused(), "tab-check");
    assert.equal(await page.isVisible("#panel-check"), true);
    assert.equal(await page.isVisible("#panel-chat"), false);
    await press("Tab", "Control+A", "Delete");
    await page.keyboard.type("provi");
    await shows("#check-config .suggestions", /providers/);
    await press("ArrowDown", "Enter");
    await page.keyboard.type("type: gro");
    await press("ArrowDown", "Enter", "Enter");
    await page.keyboard.type("  apiT");
    await press("ArrowDown", "Enter");
    await page.keyboard.type("[x]");
    const typed = await page.inputValue("#check-config textarea");
    assert.match(typed, /^provider:\n {2}type: \w+\n {2}apiTokens: \[x\]$/);
    await shows("#check-outcome", /takes it/);
    await press("Control+Space", "Escape", "Tab");
    const isIn = await page.locator("#check-config textarea:focus").count();
    assert.equal(isIn, 0, "the field lets the focus go");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`is readable on a phone, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 740 });
      await open("chat");
      await ask("A".repeat(200));
      await shows("#chat-status", /complete: status 200/);
      for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, 360, tab);
        assert.deepEqual(await faintTexts(page), [], tab);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    });
  }

  test("edits the file, shows what changes, takes it up and goes back under a stream", async () => {
    await page.goto("about:blank");
    await page.goto(`${site.url}#token=${site.token}`);
    await shows("#gateway-file", /gateway\.yaml, version 1\./);
    assert.ok(page.url().endsWith("#gateway"), "the token does not stay in the address");
    const area = page.locator("#gateway-editor textarea");
    const text = await area.inputValue();
    assert.match(text, /apiTokens: \["\$\{hidden:0\}"\]/);
    assert.equal(
      text.replace('"${hidden:0}"', "sk-canary-literal"),
      readFileSync(site.file, "utf8"),
    );

    await page.click("#tab-chat");
    const goOn = pausedChat(site.provider, "before", " after");
    await ask("Hi");
    await shows("#chat-log", /before$/);
    await page.click("#tab-gateway");
    await area.fill(text.replace("model: one", "model: two").replace("groq", "grok9"));
    await shows("#gateway-editor .problems", /7:5: providers\.main\.type: .*did you mean "grok"/);
    await page.click("#gateway-apply");
    await shows("#gateway-outcome", /Refused; what ran runs on/);
    await area.fill(text.replace("model: one", "model: two"));
    await shows("#gateway-diff", /- {3}- model: one\n\+ {3}- model: two\n/);
    await page.click("#gateway-apply");
    await shows("#gateway-outcome", /Version 2 runs: taken up/);
    assert.equal(readFileSync(site.file, "utf8"), site.yaml("two"));

    goOn();
    await page.click("#tab-chat");
    await shows("#chat-log", /before after$/);
    await shows("#chat-status", /complete: status 200/);
    site.provider.script = chat("By the new rule.");
    assert.equal(await page.inputValue("#chat-model"), "two");
    await ask("Hi");
    await shows("#chat-log", /By the new rule\.$/);

    await page.click("#tab-gateway");
    await page.click("#gateway-compare");
    await shows("#gateway-diff", /- {3}- model: two\n\+ {3}- model: one\n/);
    await page.click("#gateway-rollback");
    await shows("#gateway-outcome", /Version 3 runs: taken up/);
    assert.equal(readFileSync(site.file, "utf8"), site.yaml("one"));
    await page.click("#tab-chat");
    await page.fill("#chat-model", "two");
    await ask("Hi");
    await shows("#chat-error", /two/);
  });

  test("does not write over what others changed, unless told to", async () => {
    await page.goto("about:blank");
    await page.goto(`${site.url}#token=${site.token}`);
    await shows("#gateway-file", /version 3\./);
    const other = site.yaml("three").replace("groq", "grok9");
    writeFileSync(site.file, other);
    const area = page.locator("#gateway-editor textarea");
    await area.fill((await area.inputValue()).replace("model: one", "model: four"));
    await page.click("#gateway-apply");
    await shows("#gateway-error", /gateway\.yaml was changed, and does not run as it is/);
    assert.equal(readFileSync(site.file, "utf8"), other);
    await page.check("#gateway-overwrite");
    await page.click("#gateway-apply");
    await shows("#gateway-outcome", /Version 4 runs/);
    assert.equal(readFileSync(site.file, "utf8"), site.yaml("four"));
  });

  test("says what is wrong with a token", async () => {
    await open("gateway");
    await page.fill("#gateway-token", "wrong");
    await page.click("#gateway-connect button");
    await shows("#gateway-error", /Wrong or missing token/);
    assert.equal(await page.isVisible("#gateway-open"), false);
  });

  test("has asked nobody else, and was told no secret", async () => {
    const origins = [new URL(site.url).origin, site.adminUrl, "null"];
    assert.deepEqual(
      [...site.asked].filter((origin) => !origins.includes(origin)),
      [],
    );
    const texts = await Promise.all(site.received);
    assert.ok(texts.some((text) => text.includes("hidden:0")));
    assert.doesNotMatch(texts.join("\n"), /canary/);
    assert.doesNotMatch(site.gateway.output, /canary/);
    const { headers } = await fetch(site.url);
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src/);
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /unsafe-inline|'unsafe-eval/);
  });
});
