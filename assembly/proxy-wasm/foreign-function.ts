// Functions that a host offers beyond the ABI, by name. Envoy's: clear_route_cache, sign, set_envoy_filter_state, …
import { ByteWriter } from "../text/byte-writer";
import { proxy_call_foreign_function } from "./imports";
import { lengthCell, pointerCell } from "./received";
import { Status } from "./types";

const NAME: ByteWriter = new ByteWriter();

/** Calls a host's function; the result lies in `received`. False where the host has none of that name. */
export function callForeignFunction(name: string, argument: ByteWriter): bool {
  NAME.clear();
  NAME.ascii(name);
  const status = proxy_call_foreign_function(
    NAME.ptr,
    NAME.length,
    argument.ptr,
    argument.length,
    pointerCell(),
    lengthCell(),
  );
  return status == Status.Ok;
}
