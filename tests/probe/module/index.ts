// A module that does what a request header tells it to and logs every callback.
import { getBuffer, getHeader, setTick } from "./imports";
import { perform, setScript } from "./script";
import { turnToCaller } from "./state-steps";
import { CELLS, given, say, utf8 } from "./text";

const CALL_RESPONSE_BODY: u32 = 4;
const PLUGIN_CONFIGURATION: u32 = 7;

const configurations = new Map<u32, string>();
const roots = new Map<u32, u32>();

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(length: usize): usize {
  return heap.alloc(length);
}

export function proxy_on_context_create(id: u32, root: u32): void {
  roots.set(id, root);
  say("create " + root.toString());
}

export function proxy_on_vm_start(id: u32, length: u32): u32 {
  say("start");
  return 1;
}

export function proxy_on_configure(id: u32, length: u32): u32 {
  getBuffer(PLUGIN_CONFIGURATION, 0, length, CELLS, CELLS + 4);
  const configuration = given();
  configurations.set(id, configuration);
  say("configure " + configuration);
  if (configuration.includes("tick")) setTick(250);
  return configuration.includes("refuse") ? 0 : 1;
}

export function proxy_on_tick(id: u32): void {
  say("tick");
}

export function proxy_on_request_headers(id: u32, count: u32, end: u32): u32 {
  const name = utf8("x-do");
  if (getHeader(0, name.ptr, name.length, CELLS, CELLS + 4) == 0) setScript(id, given());
  say("request_headers " + end.toString() + " " + configurations.get(roots.get(id)));
  return perform("request_headers", id, end != 0);
}

export function proxy_on_request_body(id: u32, length: u32, end: u32): u32 {
  say("request_body " + length.toString() + " " + end.toString());
  return perform("request_body", id, end != 0);
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  say("request_trailers " + count.toString());
  return perform("request_trailers", id, true);
}

export function proxy_on_response_headers(id: u32, count: u32, end: u32): u32 {
  const name = utf8(":status");
  getHeader(2, name.ptr, name.length, CELLS, CELLS + 4);
  say("response_headers " + given() + " " + end.toString());
  return perform("response_headers", id, end != 0);
}

export function proxy_on_response_body(id: u32, length: u32, end: u32): u32 {
  say("response_body " + length.toString() + " " + end.toString());
  return perform("response_body", id, end != 0);
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  say("response_trailers " + count.toString());
  return perform("response_trailers", id, true);
}

export function proxy_on_http_call_response(
  id: u32,
  token: u32,
  headers: u32,
  length: u32,
  trailers: u32,
): void {
  getBuffer(CALL_RESPONSE_BODY, 0, length, CELLS, CELLS + 4);
  say("call_response " + (headers > 0 ? "answered " + given() : "failed"));
  const caller = turnToCaller(token);
  if (caller == 0) say("the caller is gone");
  else perform("call_response", caller, true);
}

export function proxy_on_log(id: u32): void {
  say("log");
  perform("log", id, true);
}

export function proxy_on_done(id: u32): u32 {
  say("done");
  return 1;
}

export function proxy_on_delete(id: u32): void {
  say("delete");
}

/** Target of the compiler option `--use abort=`. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  say("aborted: " + (message === null ? "" : message));
  unreachable();
}
