// Streams, properties and contexts: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http
import { LARGEST_STREAM_TYPE, WasmResult } from "./abi.ts";
import { callForeignFunction } from "./foreign-functions.ts";
import { decodePairs } from "./header-pairs.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

/** Host functions for iteration, properties and contexts. */
export function streamImports(vm: Vm): HostFunctions {
  return { ...iteration(vm), ...properties(vm), ...contexts(vm) };
}

function iteration(vm: Vm): HostFunctions {
  return {
    proxy_continue_stream: (type: number) =>
      type > LARGEST_STREAM_TYPE ? WasmResult.BadArgument : vm.context.continueStream(type),
    proxy_close_stream: (type: number) =>
      type > LARGEST_STREAM_TYPE ? WasmResult.BadArgument : vm.context.closeStream(type),
    proxy_send_local_response: (
      status: number,
      details: number,
      detailsLength: number,
      body: number,
      bodyLength: number,
      headers: number,
      headersLength: number,
    ) => {
      const pairs = decodePairs(vm.memory.bytes(headers, headersLength));
      if (pairs === null) vm.violation("the headers of a local reply are malformed");
      vm.context.sendLocalReply({
        status,
        headers: pairs ?? [],
        body: vm.memory.bytes(body, bodyLength),
        details: vm.memory.text(details, detailsLength),
      });
      vm.stopNext = true;
      return WasmResult.Ok;
    },
  };
}

function properties(vm: Vm): HostFunctions {
  return {
    proxy_get_property: (path: number, pathLength: number, ptrPtr: number, lengthPtr: number) => {
      const value = vm.context.property(vm.memory.text(path, pathLength));
      return value === null ? WasmResult.NotFound : vm.memory.give(value, ptrPtr, lengthPtr);
    },
    proxy_set_property: (path: number, pathLength: number, value: number, valueLength: number) =>
      vm.context.setProperty(vm.memory.text(path, pathLength), vm.memory.bytes(value, valueLength)),
  };
}

function contexts(vm: Vm): HostFunctions {
  return {
    proxy_set_effective_context: (id: number) =>
      vm.setEffective(id) ? WasmResult.Ok : WasmResult.BadArgument,
    proxy_done: () => WasmResult.NotFound,
    proxy_call_foreign_function: (
      name: number,
      nameLength: number,
      argument: number,
      argumentLength: number,
      ptrPtr: number,
      lengthPtr: number,
    ) => {
      const bytes = vm.memory.bytes(argument, argumentLength);
      const answer = callForeignFunction(vm, vm.memory.text(name, nameLength), bytes);
      if (typeof answer === "number") return answer;
      return ptrPtr === 0 ? WasmResult.Ok : vm.memory.give(answer, ptrPtr, lengthPtr);
    },
  };
}
