// The part of WASI preview 1 that Envoy has: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
import { LogLevel } from "./abi.ts";
import { concatBytes } from "./body-buffer.ts";
import type { HostFunctions } from "./host-imports.ts";
import type { Vm } from "./vm.ts";

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const NOT_IMPLEMENTED = 52;
const NOT_SUPPORTED = 58;

// Offered so that a module loads; Envoy answers all of them with an error or with nothing.
const WITHOUT_EFFECT =
  "fd_read fd_seek fd_close fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights args_get " +
  "args_sizes_get clock_res_get fd_advise fd_allocate fd_datasync fd_filestat_set_size " +
  "fd_filestat_set_times fd_pread fd_pwrite fd_readdir fd_renumber fd_sync fd_tell " +
  "path_create_directory path_filestat_set_times path_link path_readlink path_remove_directory " +
  "path_rename path_symlink path_unlink_file sock_accept sock_recv sock_send sock_shutdown " +
  "sched_yield poll_oneoff path_open fd_prestat_get fd_prestat_dir_name path_filestat_get " +
  "fd_filestat_get";

const encoder = new TextEncoder();

/** The functions of wasi_snapshot_preview1. */
export function wasiImports(vm: Vm): HostFunctions {
  const refused = WITHOUT_EFFECT.split(" ").map((name) => [name, () => NOT_IMPLEMENTED] as const);
  return {
    ...Object.fromEntries(refused),
    ...environment(vm),
    random_get: (ptr: number, length: number) => {
      vm.memory.setBytes(ptr, vm.random.fill(new Uint8Array(length >>> 0)));
      return SUCCESS;
    },
    clock_time_get: (clock: number, precision: bigint, resultPtr: number) => {
      if (clock > 1) return NOT_SUPPORTED;
      vm.memory.setUint64(resultPtr, vm.clock);
      return SUCCESS;
    },
    fd_write: (descriptor: number, pieces: number, count: number, writtenPtr: number) =>
      write(vm, descriptor, pieces, count, writtenPtr),
    proc_exit: (code: number) => {
      vm.violation(`proc_exit(${code})`);
    },
  };
}

function environment(vm: Vm): HostFunctions {
  const entries = (): Uint8Array[] =>
    Object.entries(vm.env).map(([name, value]) => encoder.encode(`${name}=${value}\0`));
  return {
    environ_sizes_get: (countPtr: number, lengthPtr: number) => {
      vm.memory.setUint32(countPtr, entries().length);
      vm.memory.setUint32(lengthPtr, concatBytes(entries()).length);
      return SUCCESS;
    },
    environ_get: (pointersPtr: number, bytesPtr: number) => {
      let at = bytesPtr;
      entries().forEach((entry, i) => {
        vm.memory.setUint32(pointersPtr + 4 * i, at);
        vm.memory.setBytes(at, entry);
        at += entry.length;
      });
      return SUCCESS;
    },
  };
}

// Standard output is logged as info, standard error as error.
function write(
  vm: Vm,
  descriptor: number,
  pieces: number,
  count: number,
  writtenPtr: number,
): number {
  if (descriptor !== 1 && descriptor !== 2) return BAD_DESCRIPTOR;
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; ++i) {
    const at = pieces + 8 * i;
    parts.push(vm.memory.bytes(vm.memory.getUint32(at), vm.memory.getUint32(at + 4)));
  }
  const bytes = concatBytes(parts);
  const text = new TextDecoder().decode(bytes).replace(/\n$/, "");
  if (bytes.length > 0) vm.log(descriptor === 1 ? LogLevel.Info : LogLevel.Error, text);
  vm.memory.setUint32(writtenPtr, bytes.length);
  return SUCCESS;
}
