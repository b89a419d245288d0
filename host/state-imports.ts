// Log, clock, metrics and shared state: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#functions-exposed-by-the-host
import { LogLevel, WasmResult } from "./abi.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

/** Host functions for log, clock, metrics and shared values. */
export function stateImports(vm: Vm): HostFunctions {
  return { ...general(vm), ...metrics(vm), ...shared(vm), ...queues() };
}

function general(vm: Vm): HostFunctions {
  return {
    proxy_log: (level: number, text: number, length: number) => {
      if (level > LogLevel.Critical) return WasmResult.BadArgument;
      vm.log(level, vm.memory.text(text, length));
      return WasmResult.Ok;
    },
    proxy_get_log_level: (resultPtr: number) => {
      vm.memory.setUint32(resultPtr, vm.logLevel);
      return WasmResult.Ok;
    },
    proxy_get_current_time_nanoseconds: (resultPtr: number) => {
      vm.memory.setUint64(resultPtr, vm.clock);
      return WasmResult.Ok;
    },
    proxy_set_tick_period_milliseconds: (period: number) => {
      vm.context.root.tickPeriod = period;
      return WasmResult.Ok;
    },
  };
}

function metrics(vm: Vm): HostFunctions {
  return {
    proxy_define_metric: (type: number, name: number, length: number, idPtr: number) => {
      const id = vm.metrics.define(type, vm.memory.text(name, length));
      if (id === null) return WasmResult.BadArgument;
      vm.memory.setUint32(idPtr, id);
      return WasmResult.Ok;
    },
    proxy_increment_metric: (id: number, offset: bigint) => vm.metrics.increment(id, offset),
    proxy_record_metric: (id: number, value: bigint) =>
      vm.metrics.record(id, BigInt.asUintN(64, value)),
    proxy_get_metric: (id: number, resultPtr: number) => {
      const value = vm.metrics.read(id);
      if (typeof value !== "bigint") return value.result;
      vm.memory.setUint64(resultPtr, value);
      return WasmResult.Ok;
    },
  };
}

function shared(vm: Vm): HostFunctions {
  return {
    proxy_get_shared_data: (
      key: number,
      keyLength: number,
      ptrPtr: number,
      lengthPtr: number,
      casPtr: number,
    ) => {
      const value = vm.shared.get(vm.memory.text(key, keyLength));
      if (value === null) return WasmResult.NotFound;
      const result = vm.memory.give(value.bytes, ptrPtr, lengthPtr);
      vm.memory.setUint32(casPtr, value.cas);
      return result;
    },
    proxy_set_shared_data: (
      key: number,
      keyLength: number,
      value: number,
      valueLength: number,
      cas: number,
    ) => {
      const bytes = vm.memory.bytes(value, valueLength);
      return vm.shared.set(vm.memory.text(key, keyLength), bytes, cas >>> 0);
    },
  };
}

function queues(): HostFunctions {
  const unimplemented = (): number => WasmResult.Unimplemented;
  return {
    proxy_register_shared_queue: unimplemented,
    proxy_resolve_shared_queue: unimplemented,
    proxy_dequeue_shared_queue: unimplemented,
    proxy_enqueue_shared_queue: unimplemented,
  };
}
