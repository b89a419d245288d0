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

const PROVIDERS = "providers: { a: { type: groq, apiTokens: [x] } }";
const MODELS = "models: [{ providers: [a] }]";

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

  const refused: { shows: string; text: string; problems: string[] }[] = [
    { shows: "an empty file", text: "", problems: ["1:1: expected an object, found nothing"] },
    { shows: "a list", text: "- a", problems: ["1:1: expected an object, found an array"] },
    {
      shows: "no YAML",
      text: "a: [",
      problems: [
        "1:5: Flow sequence in block collection must be sufficiently indented and end with a ]",
      ],
    },
    {
      shows: "a key twice",
      text: `${PROVIDERS}\n${MODELS}\n${MODELS}`,
      problems: ["3:1: Map keys must be unique"],
    },
    {
      shows: "an alias without its anchor",
      text: "models: *none",
      problems: ["1:1: Unresolved alias (the anchor must be set before the alias): none"],
    },
    {
      shows: "nothing that it needs",
      text: "listen: 127.0.0.1:80",
      problems: ["1:1: providers is missing", "1:1: models is missing"],
    },
    {
      shows: "addresses",
      text: `listen: 10000\nadmin: http://localhost:9901\n${PROVIDERS}\n${MODELS}`,
      problems: [
        "1:1: listen: expected host:port, or a port in quotes, found 10000",
        '2:1: admin: expected host:port, or a port in quotes, found "http://localhost:9901"',
      ],
    },
    {
      shows: "durations",
      text: `${PROVIDERS}\nmodels:\n  - providers: [a]\n    firstTokenTimeout: 10\n    answerTimeout: 2 minutes`,
      problems: [
        "4:5: models[0].firstTokenTimeout: expected a duration such as 500ms, 10s or 2m, found 10",
        "5:5: models[0].answerTimeout: expected a duration such as 500ms, 10s or 2m, " +
          'found "2 minutes"',
      ],
    },
    {
      shows: "unknown keys",
      text: `modles: []\n${PROVIDERS}\nmodels: [{ modle: x, providers: [{ id: a, wieght: 3 }], xyz: 1 }]`,
      problems: [
        '1:1: modles: unknown key; did you mean "models"?',
        '3:12: models[0].modle: unknown key; did you mean "model"?',
        '3:43: models[0].providers[0].wieght: unknown key; did you mean "weight"?',
        "3:57: models[0].xyz: unknown key",
      ],
    },
    {
      shows: "unknown keys of a provider",
      text: `providers: { a: { type: groq, api_tokens: [x], upstream: { adress: b } } }\n${MODELS}`,
      problems: [
        '1:31: providers.a.api_tokens: unknown key; did you mean "apiTokens"?',
        '1:60: providers.a.upstream.adress: unknown key; did you mean "address"?',
      ],
    },
    {
      shows: "a provider of an unknown type",
      text: `providers: { a: { type: opnai } }\n${MODELS}`,
      problems: ['1:19: providers.a.type: unknown provider type "opnai"; did you mean "openai"?'],
    },
    {
      shows: "what the plugin refuses, in the plugin's words",
      text: `providers:\n  a: { type: groq, apiTokens: [7] }\n  b: { type: ollama }\n${MODELS}`,
      problems: [
        "2:32: providers.a.apiTokens[0]: expected a string, found a number",
        "3:3: providers.b.ollamaServerHost: expected the host of the Ollama server",
      ],
    },
    {
      shows: "a credential is not repeated",
      text: `providers: { a: { type: groq, apiTokens: ["sk-secret\${"], x: 1 } }\n${MODELS}`,
      problems: [
        "1:43: providers.a.apiTokens[0]: expected the name of an environment variable and } after ${",
        "1:59: providers.a.x: unknown key",
      ],
    },
    {
      shows: "providers that are none",
      text: `providers: { a: 7, b: }\n${MODELS}`,
      problems: [
        "1:14: providers.a: expected an object, found a number",
        "1:20: providers.b: expected an object, found nothing",
      ],
    },
    {
      shows: "how a provider is reached",
      text: `providers: { a: { type: groq, upstream: { address: "https://b/", tls: 1, maxRequests: 0, outlierDetection: true } } }\n${MODELS}`,
      problems: [
        "1:43: providers.a.upstream.address: expected host or host:port, without scheme and path, " +
          'found "https://b/"',
        "1:66: providers.a.upstream.tls: expected a boolean or an object, found 1",
        "1:74: providers.a.upstream.maxRequests: expected at least 1, found 0",
        "1:90: providers.a.upstream.outlierDetection: expected false or an object, found true",
      ],
    },
    {
      shows: "rules of the wrong types",
      text: `${PROVIDERS}\nmodels:\n  - { model: 7, providers: [8] }\n  - { model: [], providers: a }\n  - x`,
      problems: [
        "3:7: models[0].model: expected a name or an array of names, found 7",
        "3:29: models[0].providers[0]: expected a provider's id, or an object with it, found 8",
        "4:7: models[1].model: expected at least one",
        '4:18: models[1].providers: expected an array, found "a"',
        '5:5: models[2]: expected an object, found "x"',
      ],
    },
    {
      shows: "what sends a request on",
      text: `${PROVIDERS}\nmodels: [{ providers: [a], fallbackOn: [5XX, 700, reset], strategy: prority }]`,
      problems: [
        "2:41: models[0].fallbackOn[0]: expected a status from 400 to 599, 5xx, gateway-error, " +
          'connect-failure, reset or stall, found "5XX"',
        "2:46: models[0].fallbackOn[1]: expected at most 599, found 700",
        "2:59: models[0].strategy: expected priority, weighted, round-robin, random, " +
          'found "prority"; did you mean "priority"?',
      ],
    },
    {
      shows: "a rule with a provider that is not there",
      text: `${PROVIDERS}\nmodels:\n  - providers: [a, b]`,
      problems: ['3:20: models[0].providers[1]: there is no provider "b"; known are a'],
    },
    {
      shows: "two rules of one name",
      text: `${PROVIDERS}\nmodels: [{ providers: [a] }, { providers: [a] }]`,
      problems: ['2:30: models[1]: another rule has the name "default"'],
    },
    {
      shows: "an expression that is none",
      text: `${PROVIDERS}\nmodels: [{ name: x, model: "~(", providers: [a] }]`,
      problems: ["2:21: models[0].model: invalid expression: missing ) at character 1"],
    },
  ];
  for (const { shows, text, problems } of refused) {
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
