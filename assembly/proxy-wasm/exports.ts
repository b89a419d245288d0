// The functions that the host calls: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#callbacks-exposed-by-the-wasm-module
import { createContext, deleteContext, findRoot, findStream, takeCaller } from "./contexts";
import { allocateReceived } from "./received";
import { setEffectiveContext } from "./streams";
import { FilterBodyStatus, FilterHeadersStatus, FilterTrailersStatus } from "./types";

/** Streams between two collections: a collection costs tens of microseconds, a stream leaves a few kilobytes. */
const STREAMS_PER_COLLECTION: u32 = 256;
/** Ticks and answers to calls between two collections, for a plugin without requests. */
const EVENTS_PER_COLLECTION: u32 = 64;
/** Body callbacks between two collections, for streams that never seem to end. */
const BODIES_PER_COLLECTION: u32 = 1024;

let finishedStreams: u32 = 0;
let finishedBodies: u32 = 0;
let finishedEvents: u32 = 0;

/** Frees what nobody holds. Only as the last act of a callback: references on the stack are not seen. */
function collect(): void {
  // @ts-ignore: builtin
  __collect();
}

/**
 * Higress's name for the same ABI where the body comes although headers are held; for 0.2.1 it keeps the body back. Hosts
 * take the first export that they know, so that this one comes first; others do not know it.
 * https://github.com/higress-group/proxy-wasm-cpp-host
 */
export function proxy_abi_version_0_2_100(): void {}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(length: usize): usize {
  return allocateReceived(length);
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  createContext(id, parent);
}

export function proxy_on_vm_start(root: u32, length: u32): u32 {
  return 1;
}

export function proxy_on_configure(id: u32, length: u32): u32 {
  const accepted = configure(id, length);
  collect();
  return accepted ? 1 : 0;
}

function configure(id: u32, length: u32): bool {
  const root = findRoot(id);
  return root !== null && root.onConfigure(length);
}

export function proxy_on_request_headers(id: u32, headers: u32, endOfStream: u32): u32 {
  const stream = findStream(id);
  return stream === null ? FilterHeadersStatus.Continue : stream.onRequestHeaders(endOfStream != 0);
}

export function proxy_on_request_body(id: u32, length: u32, endOfStream: u32): u32 {
  const stream = findStream(id);
  return stream === null
    ? FilterBodyStatus.Continue
    : stream.onRequestBody(length, endOfStream != 0);
}

export function proxy_on_request_trailers(id: u32, trailers: u32): u32 {
  const stream = findStream(id);
  return stream === null ? FilterTrailersStatus.Continue : stream.onRequestTrailers();
}

export function proxy_on_response_headers(id: u32, headers: u32, endOfStream: u32): u32 {
  const stream = findStream(id);
  return stream === null
    ? FilterHeadersStatus.Continue
    : stream.onResponseHeaders(endOfStream != 0);
}

export function proxy_on_response_body(id: u32, length: u32, endOfStream: u32): u32 {
  const status = onResponseBody(id, length, endOfStream);
  if (++finishedBodies % BODIES_PER_COLLECTION == 0) collect();
  return status;
}

function onResponseBody(id: u32, length: u32, endOfStream: u32): u32 {
  const stream = findStream(id);
  return stream === null
    ? FilterBodyStatus.Continue
    : stream.onResponseBody(length, endOfStream != 0);
}

export function proxy_on_response_trailers(id: u32, trailers: u32): u32 {
  const stream = findStream(id);
  return stream === null ? FilterTrailersStatus.Continue : stream.onResponseTrailers();
}

export function proxy_on_http_call_response(
  id: u32,
  call: u32,
  headers: u32,
  bodyLength: u32,
  trailers: u32,
): void {
  onHttpCallResponse(id, call, headers, bodyLength);
  if (++finishedEvents % EVENTS_PER_COLLECTION == 0) collect();
}

function onHttpCallResponse(id: u32, call: u32, headers: u32, bodyLength: u32): void {
  const caller = takeCaller(call);
  if (caller != 0) {
    const stream = findStream(caller);
    if (stream === null) return;
    setEffectiveContext(caller);
    stream.onHttpCallResponse(call, headers, bodyLength);
    return;
  }
  const root = findRoot(id);
  if (root !== null) root.onHttpCallResponse(call, headers, bodyLength);
}

/** Only called where a configuration has set a tick period. */
export function proxy_on_tick(id: u32): void {
  tick(id);
  if (++finishedEvents % EVENTS_PER_COLLECTION == 0) collect();
}

function tick(id: u32): void {
  const root = findRoot(id);
  if (root !== null) root.onTick();
}

export function proxy_on_delete(id: u32): void {
  deleteContext(id);
  if (++finishedStreams % STREAMS_PER_COLLECTION == 0) collect();
}
