// What the playground's page is made of, without a browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { HiddenSecrets, withoutSecrets } from "../cli/gateway/secrets.ts";
import { suggestions } from "../playground/completion.ts";
import { lineDiff, withContext } from "../playground/diff.ts";
import { emptyAnswer, takeEvents } from "../playground/event-stream.ts";
import { Plugin } from "../playground/plugin.ts";
import { PLUGIN } from "./support/envoy.ts";
import type { Samples } from "../playground/samples.ts";
import { type Schema, Schemas } from "../playground/schema.ts";

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const SCHEMAS = new Schemas({
  "gateway.schema.json": JSON.parse(read("gateway.schema.json")) as Schema,
  "config.schema.json": JSON.parse(read("config.schema.json")) as Schema,
});

describe("every sample", () => {
  const samples = JSON.parse(read("build/playground/samples.json")) as Samples;
  const plugin = new Plugin(new WebAssembly.Module(readFileSync(PLUGIN)));
  for (const [type, own] of Object.entries(samples)) {
    test(`of ${type} becomes an answer, with names in the place of keys`, async () => {
      for (const { config, path, request, status, contentType, answer, isBase64 } of own) {
        const remarks = await plugin.check(config);
        assert.deepEqual(remarks, []);
        const body = new TextEncoder().encode(request);
        const native = isBase64 ? Buffer.from(answer, "base64") : new TextEncoder().encode(answer);
        const headers: [string, string][] = [["content-type", contentType]];
        const result = await plugin.exchange(
          config,
          "listener",
          { path, body },
          { status, headers, body: native },
        );
        assert.equal(result.response.status, 200);
        const sent = JSON.stringify(result.upstreamRequest?.headers);
        if (config.provider.type !== "vertex") assert.doesNotMatch(sent, /sk-|Bearer [^$e]/);
        assert.match(new TextDecoder().decode(result.response.body), /choices/);
      }
    });
  }
});

describe("the chat's events", () => {
  const call = (own: object) => ({ tool_calls: [{ index: 0, function: own }] });
  const deltas = [
    { role: "assistant", content: "" },
    { reasoning_content: "Hm." },
    { content: "Grüße" },
    call({ name: "f", arguments: '{"a"' }),
    call({ arguments: ":1}" }),
  ];
  const chunks = [
    ...deltas.map((delta) => ({ choices: [{ delta, finish_reason: null }] })),
    { model: "m", choices: [{ delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
  ];
  const events = chunks.map((own) => `data: ${JSON.stringify(own)}\n\n`).join("");

  for (const [what, text] of [
    ["as they are", `: a comment\n\n${events}data: [DONE]\n\n`],
    ["with other line ends", `${events}data:[DONE]\n\n`.replaceAll("\n", "\r\n")],
  ] as const) {
    test(`are read ${what}, cut anywhere`, () => {
      for (let cut = 0; cut <= text.length; ++cut) {
        const answer = emptyAnswer();
        const rest = takeEvents(answer, text.slice(0, cut), () => 7);
        assert.equal(
          takeEvents(answer, rest + text.slice(cut), () => 9),
          "",
        );
        assert.equal(answer.text, "Grüße");
        assert.equal(answer.reasoning, "Hm.");
        assert.deepEqual(answer.toolCalls, [{ name: "f", arguments: '{"a":1}' }]);
        assert.deepEqual(answer.usage, { prompt_tokens: 1, completion_tokens: 2 });
        assert.deepEqual([answer.model, answer.finishReason], ["m", "stop"]);
        assert.ok(answer.firstTokenAfter === 7 || answer.firstTokenAfter === 9);
        assert.equal(answer.error, null);
      }
    });
  }

  test("may be an error", () => {
    const answer = emptyAnswer();
    takeEvents(answer, 'data: {"error":{"message":"Cut."}}\n\n', () => 1);
    assert.deepEqual([answer.error, answer.firstTokenAfter], ["Cut.", null]);
  });
});

describe("completion", () => {
  /** What is offered at the @ of a text. */
  function offered(text: string, file = "gateway.schema.json"): string[] {
    const offset = text.indexOf("@");
    const whole = text.slice(0, offset) + text.slice(offset + 1);
    return suggestions(whole, offset, SCHEMAS, file).map(({ label }) => label);
  }

  const providers = "providers:\n  one: { type: groq }\n  two:\n    type: qwen\n";
  for (const [what, text, has, lacks] of [
    ["keys of the file that it does not have", `${providers}@`, ["models"], ["providers"]],
    ["fields of one type", `${providers}    qwenE@`, ["qwenEnableSearch"], ["type"]],
    ["no fields of other types", `${providers}    @`, ["modelMapping"], ["awsRegion", "type"]],
    ["types", "providers:\n  a:\n    type: cl@", ["claude", "cloudflare"], ["groq"]],
    ["fields of what is referred to", `${providers}    upstream:\n      @`, ["tls"], ["type"]],
    ["truth", `${providers}    upstream:\n      tls: @`, ["true", "false"], []],
    ["keys of an item", `${providers}models:\n  - model: m\n    @`, ["strategy"], ["model"]],
    ["the next item", `models:\n- model: m\n  strategy: random\n- @`, ["model", "name"], []],
    ["providers in brackets", `${providers}models:\n  - providers: [one, t@`, ["two"], ["one"]],
    ["providers in lines", `${providers}models:\n- providers:\n  - @`, ["one", "two"], []],
    ["values in lists", `models:\n- fallbackOn: [@`, ["5xx", "stall"], []],
    ["nothing in comments", `models: # pro@`, [], ["providers"]],
  ] as const) {
    test(`offers ${what}`, () => {
      const found = offered(text);
      for (const name of has) assert.ok(found.includes(name), `${name} is not in ${found.join()}`);
      for (const name of lacks) assert.ok(!found.includes(name), `${name} is in ${found.join()}`);
    });
  }

  test("knows the plugin's own configuration as well", () => {
    const found = offered("provider:\n  type: claude\n  claudeV@", "config.schema.json");
    assert.deepEqual(found, ["claudeVersion"]);
  });
});

describe("a diff", () => {
  const written = (before: string, after: string) =>
    lineDiff(before, after).map(({ sign, text }) => `${sign}${text}`);

  test("keeps what is common, in order", () => {
    assert.deepEqual(written("a\nb\nc\nd", "a\nc\nx\nd"), [" a", "-b", " c", "+x", " d"]);
    assert.deepEqual(written("a", "a"), [" a"]);
    assert.deepEqual(written("", "a"), ["-", "+a"]);
  });

  test("is whole: what it keeps and adds is the new text, what it keeps and removes the old one", () => {
    const before = "one\ntwo\nthree\ntwo\none";
    const after = "two\none\ntwo\nfour\none\none";
    const lines = lineDiff(before, after);
    const without = (sign: string) =>
      lines.flatMap((line) => (line.sign === sign ? [] : [line.text])).join("\n");
    assert.equal(without("+"), before);
    assert.equal(without("-"), after);
  });

  test("is shown with little around it", () => {
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const after = lines.with(15, "another");
    const shown = withContext(lineDiff(lines.join("\n"), after.join("\n")));
    assert.equal(shown.filter(({ text }) => text !== "…").length, 8);
    assert.equal(withContext(lineDiff("a\nb", "a\nb")).length, 0);
  });
});

describe("secrets of a gateway file", () => {
  const text = `# was: sk-canary-one
providers:
  a:
    type: groq
    apiTokens: ["\${KEY}", sk-canary-one, { id: two, token: 'sk-canary-two' }]
  b: &b
    type: vertex
    vertexRegion: eu
    vertexAuthKey: |
      { "private_key": "canary-three" }
  c:
    <<: *b
    awsSecretKey: &key "canary\\u002dfour"
  d: { type: bedrock, awsSecretKey: *key }
consumers:
  - name: team
    keys: ["sha256:${"0".repeat(64)}", canary-five]
models: [{ model: m, providers: [a] }]
`;

  test("are not shown, and come back as they were", () => {
    const hidden = new HiddenSecrets();
    const shown = hidden.hide(text);
    assert.doesNotMatch(shown, /canary/);
    for (const open of ["${KEY}", "sha256:000", "id: two", "vertexRegion: eu"]) {
      assert.ok(shown.includes(open), open);
    }
    assert.equal(hidden.reveal(shown), text);
    assert.equal(hidden.hide(text), shown, "the same stands for the same");
    const meant = parse(text, { merge: true }) as object;
    const reviver = (_: unknown, value: unknown) =>
      typeof value === "string" ? hidden.valueOf(value) : value;
    assert.deepEqual(
      (parse(shown, reviver, { merge: true }) as { providers: object }).providers,
      (meant as { providers: object }).providers,
    );
  });

  test("that nobody knows stay what they are", () => {
    const hidden = new HiddenSecrets();
    assert.equal(hidden.reveal('["${hidden:7}"]'), '["${hidden:7}"]');
    assert.equal(hidden.valueOf("${hidden:7}"), "${hidden:7}");
  });

  test("are names in what a page is told of a provider", () => {
    const fields = {
      type: "bedrock",
      apiTokens: ["${KEY}", "sk-canary", { id: "two", token: "prefix-${CANARY}" }],
      awsSecretKey: "canary",
      awsRegion: "eu",
    };
    const token = "${HIDDEN_API_TOKENS}";
    assert.deepEqual(withoutSecrets(fields), {
      type: "bedrock",
      apiTokens: ["${KEY}", token, { id: "two", token }],
      awsSecretKey: "${HIDDEN_AWS_SECRET_KEY}",
      awsRegion: "eu",
    });
  });
});
