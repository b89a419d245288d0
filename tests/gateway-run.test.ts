// envoy-ai-proxy run: changes of the file while it serves. Nothing is dropped, and nothing wrong gets in.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PLUGIN } from "./support/envoy.ts";
import {
  chunk,
  CHUNKS_END,
  type RawProvider,
  send,
  startRawProvider,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";

const CLI = fileURLToPath(new URL("../cli/envoy-ai-proxy.mjs", import.meta.url));
const TOKEN = "reload-token";
const message = { role: "assistant", content: "Hi" };
const ANSWER = { id: "1", object: "chat.completion", created: 1, model: "m" };
const choices = [{ index: 0, message, finish_reason: "stop" }];

function event(content: string, finish_reason: string | null = null): Buffer {
  const body = { ...ANSWER, object: "chat.completion.chunk" };
  const choice = { index: 0, delta: { content }, finish_reason };
  return chunk(`data: ${JSON.stringify({ ...body, choices: [choice] })}\n\n`);
}

describe("a gateway that runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-run-"));
  const file = join(folder, "gateway.yaml");
  let provider: RawProvider;
  let child: ChildProcess;
  let output = "";
  let base = "";
  let reloadUrl = "";

  const yaml = (model: string, more = "") => `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
plugin: ${PLUGIN}
providers:
  main:
    type: groq
    apiTokens: ["\${TEST_KEY}"]
    upstream: { address: "127.0.0.1:${provider.port}", tls: false }
models:
  - model: ${model}
    providers: [main]
${more}`;

  /** What has been written behind `from`, as soon as it fits. */
  async function said(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(output.slice(from));
      if (found !== null) return found;
      assert.equal(child.exitCode, null, output);
      await sleep(20);
    }
  }

  /** On a connection of its own: one that is kept belongs to the listener as it was. */
  async function ask(model: string, stream = false) {
    const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: "Hi" }] });
    const headers = { "content-type": "application/json" };
    const sent = request(`${base}/chat/completions`, { method: "POST", headers, agent: false });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    if (!stream) response.resume();
    return { status: response.statusCode, text: () => text(response) };
  }

  function reload(token = TOKEN): Promise<Response> {
    return fetch(reloadUrl, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  }

  before(async () => {
    provider = await startRawProvider(whole(200, JSON.stringify({ ...ANSWER, choices })));
    writeFileSync(file, yaml("one"));
    const args = [CLI, "run", file, "--watch", "--reload-port", "0", "--concurrency", "1"];
    const env = { ...process.env, TEST_KEY: "sk-canary", ENVOY_AI_PROXY_TOKEN: TOKEN };
    child = spawn(process.execPath, [...args, "--folder", join(folder, "state")], { env });
    child.stdout?.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (output += text.toString()));
    [, base = ""] = await said(/Ready: (\S+)/);
    [, reloadUrl = ""] = await said(/(http:\S+\/reload)/);
  });

  after(async () => {
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await new Promise((done) => child.once("exit", done));
    }
    assert.equal(child.exitCode, 0, output);
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("serves", async () => {
    assert.equal((await ask("one")).status, 200);
    assert.equal((await ask("two")).status, 404);
  });

  test("a saved change is taken up, and a stream under way goes on", async () => {
    let goOn = () => {};
    const paused = new Promise<void>((done) => (goOn = done));
    const script = provider.script;
    provider.script = async (socket) => {
      await send(socket, STREAM_HEAD);
      await send(socket, event("before"));
      await paused;
      await send(socket, event(" after", "stop"));
      await send(socket, chunk("data: [DONE]\n\n"));
      socket.end(CHUNKS_END);
    };
    const response = await ask("one", true);
    const from = output.length;
    writeFileSync(file, yaml("two", "    strategy: random\n"));
    await said(/is taken up/, from);
    provider.script = script;
    assert.equal((await ask("two")).status, 200);
    assert.equal((await ask("one")).status, 404);
    goOn();
    assert.match(await response.text(), /before[^]* after[^]*data: \[DONE\]\n\n$/);
  });

  test("a wrong change is refused with its place, and the old one serves", async () => {
    const from = output.length;
    writeFileSync(file, yaml("[three").replace("groq", "grok9"));
    await said(/is refused; what ran before runs on/, from);
    writeFileSync(file, yaml("three").replace("groq", "grok9"));
    const found = await said(/gateway\.yaml:7:\d+: providers\.main\.type: .*\n/, from);
    assert.doesNotMatch(found[0], /sk-canary/);
    assert.equal((await ask("two")).status, 200);
  });

  test("the endpoint answers with what came of a change", async () => {
    const refused = await reload();
    assert.equal(refused.status, 422);
    assert.match(((await refused.json()) as { message: string }).message, /providers\.main\.type/);
    assert.equal((await reload("wrong")).status, 401);
    const from = output.length;
    writeFileSync(file, yaml("four"));
    await said(/is taken up/, from);
    assert.equal((await reload()).status, 200);
    assert.equal((await ask("four")).status, 200);
  });

  test("SIGHUP reads the file again", async () => {
    const from = output.length;
    child.kill("SIGHUP");
    await said(/has not changed/, from);
  });

  test("a variable that is not set is an error of the file", async () => {
    const from = output.length;
    writeFileSync(file, yaml("five").replace("TEST_KEY", "TEST_MISSING"));
    await said(/apiTokens\[0\]: .*TEST_MISSING is not set/, from);
    assert.equal((await ask("four")).status, 200);
  });
});
