// Every fixture on the host in this process: whole, byte by byte, and cut at every position.
// FIXTURE=<part of a name> runs some; UPDATE_GOLDENS=1 records their expected files anew.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFixtures } from "./fixture-runner/fixture.ts";
import { updateGoldens } from "./fixture-runner/goldens.ts";
import { checkFixture } from "./fixture-runner/host-run.ts";
import { interleave } from "./fixture-runner/interleave.ts";
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
const RECORDS = process.env.UPDATE_GOLDENS === "1";

describe("fixtures on the host", () => {
  let vm: Vm;

  const fresh = async (): Promise<void> => {
    vm = await (await WasmHost.load(PLUGIN)).vm();
  };
  before(fresh);

  for (const fixture of FIXTURES) {
    const skip = fixture.content.skip?.host ?? false;
    test(fixture.name, { skip }, async (context) => {
      try {
        if (RECORDS) context.diagnostic(`wrote ${updateGoldens(vm, fixture).join(", ")}`);
        else checkFixture(vm, fixture);
      } catch (error) {
        // What a failure left behind in the module must not fail the next fixture.
        await fresh();
        throw error;
      }
    });
  }

  test("all at the same time", { skip: RECORDS }, async () => {
    const single = await (await WasmHost.load(PLUGIN)).vm();
    const running = FIXTURES.filter(({ content }) => content.skip?.host === undefined);
    assert.deepEqual(interleave(single, running), []);
  });
});
