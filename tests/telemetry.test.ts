// What requests leave for the access log and for metrics, on the host: as much as the client is told.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fixture, loadFixtures } from "./fixture-runner/fixture.ts";
import { runInput } from "./fixture-runner/host-run.ts";
import { run } from "../host/run.ts";
import type { Vm } from "../host/vm.ts";
import { WasmHost } from "../host/wasm-host.ts";

const PLUGIN =
  process.env.PLUGIN ?? fileURLToPath(new URL("../build/plugin.wasm", import.meta.url));
const FOLDER = fileURLToPath(new URL("fixtures", import.meta.url));
const FIXTURES = loadFixtures(FOLDER, process.env.FIXTURE, (name, error) =>
  test(name, () => {
    throw error;
  }),
);

type Keys = Record<string, string | undefined>;

/** Runs a fixture with a configuration that asks for telemetry; null where it is refused. */
function runLogged(vm: Vm, fixture: Fixture, telemetry: object) {
  const config = { ...(fixture.content.config as object), ...telemetry };
  const root = vm.configure(config);
  if (!root.ok) return null;
  const filterState = new Map<string, Uint8Array>();
  const { response } = run(root, { ...runInput(fixture), filterState });
  root.delete();
  return { status: response.status, body: textOf(response.body), keys: keysOf(filterState) };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function keysOf(filterState: ReadonlyMap<string, Uint8Array>): Keys {
  return Object.fromEntries([...filterState].map(([name, value]) => [name, textOf(value)]));
}

/** The last value that an answer tells under a name. */
function told(body: string, name: string): string | undefined {
  const values = [...body.matchAll(new RegExp(`"${name}":\\s*(?:"([^"]*)"|(\\d+))`, "g"))];
  const last = values[values.length - 1];
  return last?.[1] ?? last?.[2];
}

/** Answers in OpenAI's format, not compressed. */
function isReadable({ content }: Fixture): boolean {
  const { provider } = content.config as { provider?: { protocol?: string } };
  const path = content.request?.path ?? "/v1/chat/completions";
  return provider !== undefined && provider.protocol !== "original" && /\/(completions|embeddings)$/.test(path);
}

let vm: Vm;
before(async () => {
  vm = await (await WasmHost.load(PLUGIN)).vm();
});

describe("the keys of an answer say what the client is told", () => {
  let checked = 0;
  for (const fixture of FIXTURES.filter(isReadable)) {
    test(fixture.name, () => {
      const result = runLogged(vm, fixture, { logging: { keys: true, aiLog: "json" } });
      if (result === null) return;
      const { status, body, keys } = result;
      const error = /"error":\s*\{/.test(body);
      if (status !== 200 || error) {
        if (status >= 400 || error) assert.ok(keys["llm_error"], "an error without a word");
        return;
      }
      if (body.startsWith("\x1f")) return;
      assert.equal(keys["llm_error"], undefined);
      const prompt = told(body, "prompt_tokens");
      const model = told(body, "model");
      if (keys["llm_extraction_status"] === "failed") {
        assert.ok(prompt === undefined || prompt === "0", "the client is told more");
      } else if (prompt !== undefined) {
        assert.equal(keys["llm_prompt_tokens"], prompt);
        assert.equal(keys["llm_completion_tokens"], told(body, "completion_tokens") ?? "0");
        assert.equal(keys["llm_extraction_status"], "complete");
        checked += 1;
      }
      const finishes = [...body.matchAll(/"finish_reason":\s*"(\w+)"/g)].map((found) => found[1]);
      assert.equal(keys["llm_finish_reason"], finishes[0]);
      if (model !== undefined) assert.equal(keys["llm_model"], model);
    });
  }

  test("of enough providers", () => {
    assert.ok(checked > 300 || process.env.FIXTURE !== undefined, String(checked));
  });
});
