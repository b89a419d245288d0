// The release module as a host will find it, and the lists that must name every provider.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { offeredImports } from "../host/host-imports.ts";
import { WasmHost } from "../host/wasm-host.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PLUGIN = process.env.PLUGIN ?? join(ROOT, "build/plugin.wasm");
const LARGEST_MODULE = 512 * 1024;

describe("the release module", () => {
  const module = new WebAssembly.Module(readFileSync(PLUGIN));

  test("imports nothing that Envoy does not offer", () => {
    const offered = offeredImports();
    const missing = WebAssembly.Module.imports(module)
      .filter((own) => offered[own.module]?.has(own.name) !== true || own.kind !== "function")
      .map((own) => `${own.module}.${own.name}`);
    assert.deepEqual(missing, []);
  });

  test("exports what Envoy looks for", () => {
    const exported = new Set(WebAssembly.Module.exports(module).map((own) => own.name));
    assert.ok(exported.has("proxy_abi_version_0_2_1"));
    assert.ok(exported.has("malloc") || exported.has("proxy_on_memory_allocate"));
    const versions = [...exported].filter((name) => name.startsWith("proxy_abi_version"));
    // The first one that a host knows counts: Higress knows both, Envoy the second one alone.
    assert.deepEqual(versions, ["proxy_abi_version_0_2_100", "proxy_abi_version_0_2_1"]);
    const unknown = [...exported].filter((name) => /^proxy_on_/.test(name) && !CALLBACKS.has(name));
    assert.deepEqual(unknown, []);
  });

  test(`is smaller than ${LARGEST_MODULE} bytes`, () => {
    const { size } = statSync(PLUGIN);
    assert.ok(size < LARGEST_MODULE, `${size} bytes`);
  });
});

describe("every provider", () => {
  const ids = registeredIds();

  test("with rows or a class of its own is in the registry", () => {
    assert.ok(ids.length > 0);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(
      specIds().filter((id) => !ids.includes(id)),
      [],
    );
  });

  test("is named where a configuration has an unknown type", async () => {
    const vm = await (await WasmHost.load(PLUGIN)).vm();
    const root = vm.configure({ provider: { type: "0000000000", apiTokens: ["x"] } });
    const words = new Set(root.logs.flatMap((line) => line.text.split(/[^\w-]+/)));
    assert.equal(root.ok, false);
    assert.deepEqual(
      ids.filter((id) => !words.has(id)),
      [],
    );
  });

  test("has fixtures", () => {
    const folder = join(ROOT, "tests/fixtures");
    const without = ids.filter((id) => !existsSync(join(folder, id)));
    assert.deepEqual(without, []);
  });

  test("is a row of the README's table, and nothing else is", () => {
    assert.deepEqual(tableIds().sort(), [...ids].sort());
  });
});

// https://github.com/proxy-wasm/proxy-wasm-cpp-host/blob/main/include/proxy-wasm/wasm.h
const CALLBACKS = new Set(
  (
    "memory_allocate context_create vm_start configure tick done log delete queue_ready " +
    "request_headers request_body request_trailers request_metadata " +
    "response_headers response_body response_trailers response_metadata " +
    "http_call_response foreign_function grpc_receive_initial_metadata grpc_receive " +
    "grpc_receive_trailing_metadata grpc_close new_connection downstream_data upstream_data " +
    "downstream_connection_close upstream_connection_close"
  )
    .split(" ")
    .map((name) => `proxy_on_${name}`),
);

// The ids that the registry knows: its own comparisons, and the rows of the table.
function registeredIds(): string[] {
  const registry = source("registry.ts");
  const own = [...registry.matchAll(/type == "([\w-]+)"/g)].map((match) => match[1] ?? "");
  return [...own, ...specsIn(source("openai-compatible.ts"))];
}

function specIds(): string[] {
  const files = readdirSync(join(ROOT, "assembly/providers"), { recursive: true });
  return files
    .map(String)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => specsIn(source(file)));
}

function specsIn(text: string): string[] {
  return [...text.matchAll(/new ProviderSpec\(\s*"([\w-]+)"/g)].map((match) => match[1] ?? "");
}

function source(file: string): string {
  return readFileSync(join(ROOT, "assembly/providers", file), "utf8");
}

function tableIds(): string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const table = /<!-- providers -->([\s\S]*?)<!-- \/providers -->/.exec(readme)?.[1] ?? "";
  return [...table.matchAll(/^\|\s*`([\w-]+)`/gm)].map((match) => match[1] ?? "");
}
