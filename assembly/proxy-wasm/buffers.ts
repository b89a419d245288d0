// Bodies and configuration: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_get_buffer_bytes
import { proxy_get_buffer_bytes, proxy_set_buffer_bytes } from "./imports";
import { lengthCell, pointerCell, receiveBody, receivedLength, receivedPtr } from "./received";
import { BufferType, Status } from "./types";

/** A piece of memory handed over by the host. `length` is -1 when there is none. */
export class Bytes {
  ptr: usize = 0;
  length: i32 = 0;
}

const RECEIVED: Bytes = new Bytes();

/**
 * Copies `length` bytes of a buffer from `start` into the module.
 * The same object is handed out each time; the bytes stay until the next body is asked for.
 */
export function getBuffer(type: BufferType, start: i32, length: i32): Bytes {
  receiveBody();
  const status = proxy_get_buffer_bytes(type, start, length, pointerCell(), lengthCell());
  RECEIVED.ptr = receivedPtr();
  RECEIVED.length = status == Status.Ok ? receivedLength() : 0;
  return RECEIVED;
}

/** Replaces the first `length` bytes of a buffer; `i32.MAX_VALUE` means all of it. */
export function setBuffer(type: BufferType, length: i32, ptr: usize, newLength: i32): bool {
  return proxy_set_buffer_bytes(type, 0, length, ptr, newLength) == Status.Ok;
}
