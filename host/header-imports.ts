// Header maps: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-fields
import { HeaderMapType, LARGEST_HEADER_MAP_TYPE, WasmResult } from "./abi.ts";
import type { HeaderMap } from "./header-map.ts";
import { decodePairs, encodePairs } from "./header-pairs.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

const encoder = new TextEncoder();
const MAP_NAMES = ["request headers", "request trailers", "response headers", "response trailers"];

/** Host functions for reading and editing headers and trailers. */
export function headerImports(vm: Vm): HostFunctions {
  return { ...readers(vm), ...writers(vm) };
}

function readers(vm: Vm): HostFunctions {
  return {
    proxy_get_header_map_value: (
      type: number,
      name: number,
      nameLength: number,
      ptrPtr: number,
      lengthPtr: number,
    ) => {
      const map = type > LARGEST_HEADER_MAP_TYPE ? null : vm.context.headerMap(type, "read");
      if (map === null) return WasmResult.BadArgument;
      const value = map.get(vm.memory.text(name, nameLength));
      if (value === null) return WasmResult.NotFound;
      return vm.memory.give(encoder.encode(value), ptrPtr, lengthPtr);
    },
    proxy_get_header_map_pairs: (type: number, ptrPtr: number, lengthPtr: number) => {
      if (type > LARGEST_HEADER_MAP_TYPE) return WasmResult.BadArgument;
      const pairs = vm.context.headerMap(type, "read")?.pairs() ?? [];
      const bytes = pairs.length === 0 ? new Uint8Array(0) : encodePairs(pairs);
      return vm.memory.give(bytes, ptrPtr, lengthPtr);
    },
    proxy_get_header_map_size: (type: number, resultPtr: number) => {
      const map = type > LARGEST_HEADER_MAP_TYPE ? null : vm.context.headerMap(type, "read");
      if (map === null) return WasmResult.BadArgument;
      vm.memory.setUint32(resultPtr, map.byteSize);
      return WasmResult.Ok;
    },
  };
}

function writers(vm: Vm): HostFunctions {
  return {
    proxy_add_header_map_value: (
      type: number,
      name: number,
      nameLength: number,
      value: number,
      valueLength: number,
    ) =>
      edit(vm, type, readPair(vm, name, nameLength, value, valueLength), (map, [own, text]) =>
        map.add(own, text),
      ),
    proxy_replace_header_map_value: (
      type: number,
      name: number,
      nameLength: number,
      value: number,
      valueLength: number,
    ) =>
      edit(vm, type, readPair(vm, name, nameLength, value, valueLength), (map, [own, text]) =>
        map.replace(own, text),
      ),
    proxy_remove_header_map_value: (type: number, name: number, nameLength: number) =>
      edit(vm, type, [vm.memory.text(name, nameLength), ""], (map, [own]) => map.remove(own)),
    proxy_set_header_map_pairs: (type: number, ptr: number, length: number) => {
      const pairs = decodePairs(vm.memory.bytes(ptr, length));
      if (pairs === null) vm.violation("header pairs are malformed");
      return edit(vm, type, ["*", ""], (map) => map.setAll(pairs ?? []));
    },
  };
}

type Pair = [string, string];

function readPair(
  vm: Vm,
  name: number,
  nameLength: number,
  value: number,
  valueLength: number,
): Pair {
  return [vm.memory.text(name, nameLength), vm.memory.text(value, valueLength)];
}

function edit(
  vm: Vm,
  type: number,
  pair: Pair,
  change: (map: HeaderMap, pair: Pair) => void,
): number {
  if (type > LARGEST_HEADER_MAP_TYPE) return WasmResult.BadArgument;
  const map = vm.context.headerMap(type, "write");
  const what = `${pair[0]} of the ${MAP_NAMES[type] ?? "received headers"}`;
  if (map === null) {
    vm.violation(`${what} is changed after they went on`);
    return WasmResult.BadArgument;
  }
  if (wentOn(vm, type)) vm.violation(`${what} is changed after they went on`);
  if (/[\0\r\n]/.test(pair[0] + pair[1])) vm.violation(`${what} has a line break or NUL in it`);
  change(map, pair);
  return WasmResult.Ok;
}

// Envoy still lets a module write headers that it held once, although nobody reads them any more.
function wentOn(vm: Vm, type: number): boolean {
  if (type === HeaderMapType.RequestHeaders) return vm.context.headersSent("request");
  return type === HeaderMapType.ResponseHeaders && vm.context.headersSent("response");
}
