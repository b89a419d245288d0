// Calls of the module's own: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#http-calls
import { WasmResult } from "./abi.ts";
import { decodePairs } from "./header-pairs.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

/** Host functions for calls over HTTP; those over gRPC are not implemented. */
export function callImports(vm: Vm): HostFunctions {
  const unimplemented = (): number => WasmResult.Unimplemented;
  return {
    proxy_http_call: (...args: number[]) => httpCall(vm, args),
    proxy_get_status: (codePtr: number, ptrPtr: number, lengthPtr: number) => {
      const { code, text } = vm.context.root.status;
      vm.memory.setUint32(codePtr, code);
      return vm.memory.give(new TextEncoder().encode(text), ptrPtr, lengthPtr);
    },
    proxy_grpc_call: unimplemented,
    proxy_grpc_stream: unimplemented,
    proxy_grpc_cancel: unimplemented,
    proxy_grpc_close: unimplemented,
    proxy_grpc_send: unimplemented,
  };
}

// cluster, its length, headers, …, body, …, trailers, …, timeout, address of the token
function httpCall(vm: Vm, args: readonly number[]): number {
  const [cluster = 0, clusterLength = 0, headers = 0, headersLength = 0] = args;
  const [body = 0, bodyLength = 0, trailers = 0, trailersLength = 0] = args.slice(4);
  const [timeout = 0, tokenPtr = 0] = args.slice(8);
  const headerPairs = decodePairs(vm.memory.bytes(headers, headersLength));
  const trailerPairs = decodePairs(vm.memory.bytes(trailers, trailersLength));
  if (headerPairs === null || trailerPairs === null) {
    vm.violation("the headers or trailers of a call are malformed");
    return WasmResult.BadArgument;
  }
  vm.memory.setUint32(tokenPtr, 0);
  if (timeout < 0) return WasmResult.BadArgument;
  const token = vm.context.root.startCall(
    vm.memory.text(cluster, clusterLength),
    headerPairs,
    vm.memory.bytes(body, bodyLength),
    trailerPairs,
    timeout,
  );
  if (token === null) return WasmResult.BadArgument;
  vm.memory.setUint32(tokenPtr, token);
  return WasmResult.Ok;
}
