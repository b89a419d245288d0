// Counts what a module asks of its host: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
import { readFile } from "node:fs/promises";
import { hostImports } from "../../host/host-imports.ts";
import { Vm } from "../../host/vm.ts";

export interface CountedVm {
  vm: Vm;
  /** Calls by function since the last time. */
  take(): Record<string, number>;
}

/** A VM of the module in a file whose host calls are counted. */
export async function countedVm(file: string): Promise<CountedVm> {
  const module = await WebAssembly.compile(await readFile(file));
  let calls: Record<string, number> = {};
  const counted = (vm: Vm): WebAssembly.Imports => {
    const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
    for (const [space, functions] of Object.entries(hostImports(vm))) {
      imports[space] = {};
      for (const [name, own] of Object.entries(functions)) {
        imports[space][name] = (...values: never[]): unknown => {
          calls[name] = (calls[name] ?? 0) + 1;
          return (own as (...values: never[]) => unknown)(...values);
        };
      }
    }
    return imports;
  };
  const vm = await Vm.create(module, {}, counted);
  const take = () => {
    const taken = calls;
    calls = {};
    return taken;
  };
  return { vm, take };
}
