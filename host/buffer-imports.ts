// Bodies and configurations: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#buffers
import { LARGEST_BUFFER_TYPE, WasmResult } from "./abi.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

/** Host functions for reading and writing buffers. */
export function bufferImports(vm: Vm): HostFunctions {
  return {
    proxy_get_buffer_bytes: (
      type: number,
      start: number,
      length: number,
      ptrPtr: number,
      lengthPtr: number,
    ) => {
      if (type > LARGEST_BUFFER_TYPE) return WasmResult.BadArgument;
      const buffer = vm.context.buffer(type);
      if (buffer === null) return WasmResult.NotFound;
      return vm.memory.give(buffer.view(start >>> 0, length >>> 0), ptrPtr, lengthPtr);
    },
    proxy_get_buffer_status: (type: number, lengthPtr: number, flagsPtr: number) => {
      if (type > LARGEST_BUFFER_TYPE) return WasmResult.BadArgument;
      const buffer = vm.context.buffer(type);
      if (buffer === null) return WasmResult.NotFound;
      vm.memory.setUint32(lengthPtr, buffer.length);
      vm.memory.setUint32(flagsPtr, 0);
      return WasmResult.Ok;
    },
    proxy_set_buffer_bytes: (
      type: number,
      start: number,
      length: number,
      ptr: number,
      newLength: number,
    ) => {
      if (type > LARGEST_BUFFER_TYPE) return WasmResult.BadArgument;
      const buffer = vm.context.buffer(type);
      if (buffer === null) return WasmResult.NotFound;
      const result = buffer.set(start >>> 0, length >>> 0, vm.memory.bytes(ptr, newLength));
      if (result === WasmResult.Ok) vm.context.afterBufferWrite(type);
      return result;
    },
  };
}
