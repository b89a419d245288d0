// What an attempt in a provider's cluster notes of its tokens, by the fixtures: as many as the client is told.
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

/** Completions that the client gets whole or as a stream; other answers pass unread. */
function isRead({ content }: Fixture): boolean {
  const { provider } = content.config as { provider?: { protocol?: string } };
  const path = content.request?.path ?? "/v1/chat/completions";
  if (provider === undefined || provider.protocol === "original") return false;
  return content.calls === undefined && /\/completions$/.test(path);
}

/** The last total that an answer tells, or null. */
function totalOf(body: string): number | null {
  const totals = [...body.matchAll(/"total_tokens":\s*(\d+)/g)];
  return totals.length === 0 ? null : Number(totals[totals.length - 1]?.[1]);
}

describe("tokens of an attempt", () => {
  let vm: Vm;
  let checked = 0;
  before(async () => {
    vm = await (await WasmHost.load(PLUGIN)).vm();
  });

  for (const fixture of FIXTURES.filter(isRead)) {
    test(fixture.name, () => {
      const config = { ...(fixture.content.config as object), placement: "cluster" };
      const root = vm.configure(config, { placement: "cluster" });
      if (!root.ok) return;
      const filterState = new Map<string, Uint8Array>();
      const { response } = run(root, { ...runInput(fixture), filterState });
      const total = totalOf(Buffer.from(response.body).toString("utf8"));
      root.delete();
      if (response.status !== 200 || total === null || total === 0) return;
      const noted = filterState.get("llm_total_tokens");
      assert.equal(noted === undefined ? null : Number(Buffer.from(noted).toString()), total);
      checked += 1;
    });
  }

  test("were told by enough of them", () => {
    assert.ok(checked > 50 || process.env.FIXTURE !== undefined, `${checked}`);
  });
});
