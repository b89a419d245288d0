// The command line: what it prints, what it says of a wrong file and of a wrong call, how it ends.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findEnvoy } from "../cli/envoy-binary.ts";
import { main } from "../cli/main.ts";
import { MODELS, PROVIDERS, REFUSED } from "./gateway-file-cases.ts";

const run = promisify(execFile);
const COMMAND = fileURLToPath(new URL("../cli/envoy-ai-proxy.mjs", import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), "cli-"));
const KEYS = { OPENAI_API_KEY: "sk-secret-one", ANTHROPIC_API_KEY: "sk-secret-two" };

Object.assign(process.env, KEYS);
after(() => rmSync(FOLDER, { recursive: true, force: true }));

const GATEWAY = `providers:
  openai:
    type: openai
    apiTokens: ["\${OPENAI_API_KEY}"]
  claude:
    type: claude
    apiTokens: ["\${ANTHROPIC_API_KEY}"]
models:
  - model: [gpt-4o, gpt-4o-*]
    providers:
      - openai
      - { id: claude, model: claude-haiku-4-5 }
    firstTokenTimeout: 10s
`;

function write(name: string, text: string): string {
  const file = join(FOLDER, name);
  writeFileSync(file, text);
  return file;
}

interface Result {
  code: number;
  out: string;
  error: string;
}

/** Runs a command in this process; paths come without the folder. */
async function command(...args: string[]): Promise<Result> {
  const texts = { out: "", error: "" };
  const code = await main(args, {
    out: (text) => void (texts.out += text),
    error: (text) => void (texts.error += text),
  });
  const short = (text: string) => text.replaceAll(`${FOLDER}/`, "");
  return { code, out: short(texts.out), error: short(texts.error) };
}

describe("generate", () => {
  test("is accepted by Envoy", async () => {
    const ca = write("ca.pem", rootCertificates.join("\n"));
    const { code, out } = await command(
      ...["generate", write("gateway.yaml", GATEWAY)],
      ...["--listen", "0.0.0.0:8080", "--ca-file", ca],
    );
    assert.equal(code, 0);
    const file = write("envoy.yaml", out.replaceAll(" ca.pem", ` ${ca}`));
    const args = ["--mode", "validate", "--log-level", "error", "--config-path", file];
    assert.match((await run(await findEnvoy(), args)).stdout, /OK/);
  });

  test("knows variables by name only, and takes what the command line says", async () => {
    const file = write("gateway.yaml", `listen: "1234"\nplugin: /a.wasm\n${GATEWAY}`);
    const plain = await command("generate", file);
    assert.match(plain.out, /port_value: 1234\n[^]*filename: \/a\.wasm\n/);
    assert.match(plain.out, /"\$\{OPENAI_API_KEY\}"/);
    assert.doesNotMatch(plain.out, /sk-secret/);
    const own = ["--listen", "[::1]:80", "--plugin", "/b.wasm", "--ca-file", "/ca.pem"];
    const { out } = await command("generate", file, ...own);
    assert.match(out, /address: ::1\n +port_value: 80\n[^]*\/b\.wasm\n[^]*filename: \/ca\.pem\n/);
    assert.doesNotMatch(out, /1234|a\.wasm/);
  });
});

describe("validate", () => {
  test("a file that is fine", async () => {
    const result = await command("validate", write("gateway.yaml", GATEWAY));
    assert.deepEqual(result, { code: 0, out: "gateway.yaml is fine.\n", error: "" });
  });

  test("a variable that is not set is no problem", async () => {
    const text = GATEWAY.replace("OPENAI_API_KEY", "NOT_SET_ANYWHERE");
    assert.equal((await command("validate", write("gateway.yaml", text))).code, 0);
  });

  test("a warning", async () => {
    const text = `${PROVIDERS.replace("apiTokens", "failover: { enbled: true }, apiTokens")}\n${MODELS}`;
    const { code, out, error } = await command("validate", write("gateway.yaml", text));
    assert.equal(code, 0);
    assert.equal(out, "gateway.yaml is fine.\n");
    assert.match(
      error,
      /^warning: gateway\.yaml:1:43: providers\.a\.failover\.enbled: unknown key; did you mean "enabled"\?\n$/,
    );
  });

  for (const { shows, text, problems } of REFUSED) {
    test(shows, async () => {
      const { code, out, error } = await command("validate", write("gateway.yaml", text));
      assert.deepEqual(
        error.trimEnd().split("\n"),
        problems.map((own) => `gateway.yaml:${own}`),
      );
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.doesNotMatch(error, /sk-secret/);
    });
  }
});

describe("the documentation", () => {
  for (const page of ["README.md", "docs/gateway.md"]) {
    test(`${page}: gateway files are fine`, async () => {
      const text = readFileSync(new URL(`../${page}`, import.meta.url), "utf8");
      const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, own = ""]) => own);
      const whole = examples.filter((own) => /^providers:/m.test(own) && /^models:/m.test(own));
      assert.ok(whole.length > 0);
      for (const example of whole) {
        const { out, error } = await command("validate", write("gateway.yaml", example));
        assert.equal(out, "gateway.yaml is fine.\n", error);
        assert.equal(error, "");
      }
    });
  }

  test("docs/gateway.md: the message that it shows is the one that comes", async () => {
    const docs = readFileSync(new URL("../docs/gateway.md", import.meta.url), "utf8");
    const [, example = ""] = /```yaml\n(# gateway\.yaml\n[^]*?)```/.exec(docs) ?? [];
    const wrong = example.replace('"${OPENAI_API_KEY}"', "7");
    const { error } = await command("validate", write("gateway.yaml", wrong));
    assert.ok(docs.includes(`\n${error}`), error);
  });
});

describe("explain", () => {
  const file = () => write("gateway.yaml", GATEWAY);
  const request = (body: object) => write("request.json", JSON.stringify(body));
  const messages = [{ role: "user", content: "Hi" }];

  test("rule, providers and native requests, without secrets", async () => {
    const chat = request({ model: "gpt-4o-mini", messages });
    const { code, out, error } = await command("explain", file(), chat);
    assert.equal(error, "");
    assert.equal(code, 0);
    const [head, openai = "", openaiBody = "", claude = "", claudeBody = ""] = out.split("\n\n");
    assert.equal(head, "rule      gpt-4o\nproviders openai, then claude");
    assert.match(openai, /^openai: POST https:\/\/api\.openai\.com\/v1\/chat\/completions\n/);
    assert.match(openai, /^authorization: …$/m);
    assert.deepEqual(JSON.parse(openaiBody), { model: "gpt-4o-mini", messages });
    assert.match(claude, /^claude: POST https:\/\/api\.anthropic\.com\/v1\/messages\n/);
    assert.match(claude, /^x-api-key: …$/m);
    assert.match(claudeBody, /"model": "claude-haiku-4-5"/);
    assert.doesNotMatch(out, /sk-secret|x-llm|x-forwarded/);
  });

  test("a provider without TLS", async () => {
    const text = `providers: { a: { type: ollama, ollamaServerHost: box, upstream: { tls: false } } }\n${MODELS}`;
    const chat = request({ model: "x", messages });
    const { out } = await command("explain", write("plain.yaml", text), chat);
    assert.match(out, /^a: POST http:\/\/box:\d+\/v1\/chat\/completions$/m);
  });

  test("a consumer's request", async () => {
    const consumers = "consumers: [{ name: team, keys: [k], overrides: { user: team } }]";
    const own = write("consumers.yaml", `${GATEWAY}${consumers}\n`);
    const chat = request({ model: "gpt-4o", messages });
    assert.match((await command("explain", own, chat, "--consumer", "team")).out, /"user": "team"/);
    const unknown = await command("explain", own, chat, "--consumer", "others");
    assert.equal(unknown.error, "There is no consumer others.\n");
    assert.equal(unknown.code, 1);
  });

  test("a model that no rule is about", async () => {
    const { code, out } = await command("explain", file(), request({ model: "none", messages }));
    assert.equal(code, 0);
    assert.match(out, /^answered by the gateway itself: 404\n\{"error":.*model_not_found/);
  });

  test("a request that a provider cannot be asked", async () => {
    const chat = request({ model: "gpt-4o", messages, n: 2 });
    const { code, out } = await command("explain", file(), chat);
    assert.equal(code, 0);
    assert.match(out, /\nclaude: refused with 400\n\{"error":.*"param":"n"/);
  });

  test("requests that are none", async () => {
    const broken = await command("explain", file(), write("request.json", "{"));
    assert.equal(broken.code, 1);
    assert.match(broken.error, /^The request is no JSON: /);
    const missing = await command("explain", file(), join(FOLDER, "none.json"));
    assert.equal(missing.error, "none.json: there is no such file\n");
    assert.equal(missing.code, 1);
  });
});

describe("usage", () => {
  const gateway = () => write("gateway.yaml", GATEWAY);
  const wrong: [shows: string, args: string[], message: RegExp][] = [
    ["a command that is none", ["frobnicate"], /^There is no command frobnicate\.\n/],
    ["a command with a slip", ["validat"], /^There is no command validat; did you mean "validate"/],
    ["no file", ["generate"], /^Which gateway\.yaml\?\n/],
    ["no request", ["explain", "gateway.yaml"], /^Which request\.json\?\n/],
    ["too much", ["validate", "a.yaml", "b.yaml"], /^b\.yaml is one argument too many\.\n/],
    ["an option that is none", ["validate", "a.yaml", "--fast"], /^Unknown option '--fast'/],
    ["an address", ["generate", gateway(), "--listen", "http://x"], /^--listen needs host:port/],
    ["a target", ["generate", gateway(), "--for", "isto"], /^--for needs one of .*istio/],
    ["a number", ["run", gateway(), "--concurrency", "many"], /^--concurrency needs a number/],
  ];
  for (const [shows, args, message] of wrong) {
    test(shows, async () => {
      const { code, out, error } = await command(...args);
      assert.match(error, message);
      assert.match(error, /\n\nenvoy-ai-proxy <command> <gateway\.yaml>\n/);
      assert.equal(out, "");
      assert.equal(code, 2);
    });
  }

  test("help", async () => {
    for (const args of [[], ["--help"], ["run", "--help"]]) {
      const { code, out } = await command(...args);
      assert.equal(code, 0);
      assert.match(out, /^envoy-ai-proxy <command> <gateway\.yaml>\n/);
    }
  });

  for (const name of ["generate", "validate", "explain", "run"]) {
    test(`${name} without a file that is there`, async () => {
      const more = name === "explain" ? [write("request.json", "{}")] : [];
      const missing = await command(name, join(FOLDER, "none.yaml"), ...more);
      assert.equal(missing.error, "none.yaml: there is no such file\n");
      assert.equal(missing.code, 1);
    });
  }

  test("a folder in place of a file", async () => {
    const { code, error } = await command("validate", FOLDER);
    assert.equal(error, `${FOLDER}: is a folder\n`);
    assert.equal(code, 1);
  });

  test("as a program", async () => {
    const fine = await run(process.execPath, [COMMAND, "validate", gateway()]);
    assert.match(fine.stdout, /gateway\.yaml is fine\.\n$/);
    const failed = run(process.execPath, [COMMAND, "validate", write("empty.yaml", "")]);
    await assert.rejects(failed, { code: 1 });
    await assert.rejects(run(process.execPath, [COMMAND, "generate"]), { code: 2 });
  });
});
