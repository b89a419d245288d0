// Everything Envoy offers a module to import, each function guarded:
// https://github.com/proxy-wasm/proxy-wasm-cpp-host/blob/main/include/proxy-wasm/exports.h
import { WasmResult } from "./abi.ts";
import { bufferImports } from "./buffer-imports.ts";
import { callImports } from "./call-imports.ts";
import { InvalidMemoryAccess } from "./guest-memory.ts";
import { headerImports } from "./header-imports.ts";
import { stateImports } from "./state-imports.ts";
import { streamImports } from "./stream-imports.ts";
import type { Vm } from "./vm.ts";
import { wasiImports } from "./wasi-imports.ts";

/** A host function; every parameter is 32 bits wide unless the ABI says i64. */
export type HostFunction = (...args: never[]) => number | void;
/** Host functions by name. */
export type HostFunctions = Record<string, HostFunction>;

// While the module's allocator runs, Envoy offers it nothing but these.
const DURING_ALLOCATION = new Set(["proxy_log", "fd_write", "clock_time_get"]);

/** The import object for one VM. */
export function hostImports(vm: Vm): WebAssembly.Imports {
  const env = {
    ...headerImports(vm),
    ...bufferImports(vm),
    ...streamImports(vm),
    ...callImports(vm),
    ...stateImports(vm),
  };
  return { env: guarded(vm, env), wasi_snapshot_preview1: guarded(vm, wasiImports(vm)) };
}

/** Names of all functions offered, by module: what a built module may import. */
export function offeredImports(): Record<string, ReadonlySet<string>> {
  const offered = hostImports(Object.create(null) as Vm);
  return Object.fromEntries(
    Object.entries(offered).map(([module, own]) => [module, new Set(Object.keys(own))]),
  );
}

function guarded(vm: Vm, functions: HostFunctions): WebAssembly.ModuleImports {
  const entries = Object.entries(functions).map(([name, own]) => [name, guard(vm, name, own)]);
  return Object.fromEntries(entries) as WebAssembly.ModuleImports;
}

function guard(vm: Vm, name: string, own: HostFunction): HostFunction {
  const restricted = !DURING_ALLOCATION.has(name);
  return (...args: never[]) => {
    if (restricted && vm.allocating) vm.violation(`${name} is called by the allocator`);
    try {
      return own(...args);
    } catch (error) {
      if (!(error instanceof InvalidMemoryAccess)) throw error;
      vm.violation(`${name}: ${error.message}`);
      return WasmResult.InvalidMemoryAccess;
    }
  };
}
