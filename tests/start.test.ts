// The first five minutes: what `npm start` prints, pasted into a shell, and Ctrl-C.
import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));

let child: ChildProcess;
let output = "";

before(async () => {
  // Whatever keys are at hand, nothing leaves this machine.
  const env = { ...process.env, OPENAI_API_KEY: "", ANTHROPIC_API_KEY: "" };
  // Without cli/bootstrap.mjs, which could install packages under the tests that run beside.
  const args = ["--import", "tsx", "cli/start.ts", "--port", "0"];
  child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit").then(() => assert.fail(`npm start ended:\n${output}`));
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (/^Logs: .*\n/m.test(output)) resolve();
      });
    }
  });
  ended.catch(() => {});
  await Promise.race([ready, ended]);
});
after(() => child.kill("SIGKILL"));

/** Runs a printed command as a user would. */
async function paste(command: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", command], { cwd: ROOT });
  return stdout;
}

/** The command printed below a comment line. */
function printed(comment: RegExp): string {
  const block = output.split("\n\n").find((text) => comment.test(text.split("\n", 1).join()));
  assert.ok(block, `nothing is printed under ${comment}:\n${output}`);
  return block;
}

test("the printed chat request is answered as OpenAI does", async () => {
  const answer = JSON.parse(await paste(printed(/an answer of OpenAI/))) as Record<string, unknown>;
  assert.equal(answer.object, "chat.completion");
  assert.match(JSON.stringify(answer.choices), /Say hello/);
});

test("the printed stream of Anthropic arrives as OpenAI's", async () => {
  const events = (await paste(printed(/a stream of Anthropic/))).trim().split("\n\n");
  assert.equal(events.pop(), "data: [DONE]");
  const chunks = events.map((event) => {
    assert.match(event, /^data: \{/);
    return JSON.parse(event.slice("data: ".length)) as {
      object: string;
      choices: { delta: { content?: string }; finish_reason: string | null }[];
    };
  });
  assert.ok(chunks.every((chunk) => chunk.object === "chat.completion.chunk"));
  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
  assert.match(text, /^You said: “Say hello”/);
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, "stop");
});

test("the printed error of Anthropic is OpenAI's error", async () => {
  const { error } = JSON.parse(await paste(printed(/an error of Anthropic/))) as {
    error: Record<string, unknown>;
  };
  assert.deepEqual(Object.keys(error).sort(), ["code", "message", "param", "type"]);
  assert.equal(error.type, "invalid_request_error");
  assert.equal(error.code, "model_not_found");
});

test("the printed fallback is answered by the other provider", async () => {
  const answer = JSON.parse(await paste(printed(/a fallback/))) as Record<string, unknown>;
  assert.equal(answer.object, "chat.completion");
  assert.equal(answer.model, "claude-haiku-4-5");
  assert.match(JSON.stringify(answer.choices), /Say hello/);
});

test("the printed playground is there, and knows the names of keys alone", async () => {
  const [, url = ""] = /^Playground: (\S+)$/m.exec(output) ?? [];
  const page = await fetch(url);
  assert.match(await page.text(), /<title>envoy-ai-proxy playground/);
  const told = (await (await fetch(`${url}gateway.json`)).json()) as {
    providers: Record<string, { provider: { apiTokens: string[] } }>;
    adminUrl: string | null;
  };
  assert.deepEqual(told.providers.openai?.provider.apiTokens, ["${OPENAI_API_KEY}"]);
  assert.equal(told.adminUrl, null, "there is no file to be edited");
});

test("the printed SDK program works", async () => {
  assert.match(await paste(printed(/the official SDK/)), /^You said: “Say hello”/);
});

test("Ctrl-C ends all of it", async () => {
  const urls = output.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  assert.ok(new Set(urls).size >= 2, "the gateway and the admin are printed");
  const exit = once(child, "exit");
  child.kill("SIGINT");
  assert.deepEqual(await exit, [0, null]);
  for (const url of new Set(urls)) await assert.rejects(fetch(url), url);
});
