// The ABI layer where the plugin itself does not yet reach: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), "abi-"));
after(() => rmSync(FOLDER, { recursive: true, force: true }));

async function compiled(): Promise<WasmHost> {
  const outFile = join(FOLDER, "abi.wasm");
  const compiler = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
  const options = ["--runtime", "minimal", "--enable", "simd", "-O1", "--config", "none"];
  const use = ["--use", "abort=assembly/proxy-wasm/abort/onAbort"];
  const files = ["tests/abi-entry.ts", "--outFile", outFile];
  execFileSync(process.execPath, [compiler, ...files, ...options, ...use], { cwd: ROOT });
  return WasmHost.load(outFile);
}

test("callouts, metrics, properties and foreign functions", async () => {
  const vm = await (await compiled()).vm();
  const root = vm.configure("");
  const called: string[] = [];
  const result = run(root, {
    request: { method: "GET", path: "/", headers: [] },
    answer: (call) => {
      called.push(`${call.cluster} ${call.header(":path")}`);
      return { body: "token" };
    },
    upstream: () => ({ status: 200 }),
  });
  const headers = new Map(result.upstreamRequest?.headers);
  assert.deepEqual(called, ["tokens /t"]);
  assert.equal(headers.get("x-called"), "200 5");
  assert.equal(headers.get("x-mark"), "set");
  assert.equal(headers.get("x-foreign"), "true false");
  assert.equal(vm.metrics.value("calls"), 2);
  assert.equal(vm.metrics.value("level"), 7);
});
