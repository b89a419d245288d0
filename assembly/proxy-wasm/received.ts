// Memory for what the host hands over. Every host call hands over at most one piece, so that one slot per lifetime is enough.
import { ByteWriter } from "../text/byte-writer";

/** Small results: headers, properties. Valid until the next host call. */
const SMALL: ByteWriter = new ByteWriter();
/** Bodies. Valid until the next body is asked for. */
const BODY: ByteWriter = new ByteWriter();

let slot: ByteWriter = SMALL;

/** Static cells into which the host writes address and length of its result. */
const resultPtr: usize = memory.data(8);
const resultLength: usize = memory.data(8);

/** Cell for the address of a result; pass it to the host. */
export function pointerCell(): usize {
  store<usize>(resultPtr, 0);
  return resultPtr;
}

/** Cell for the length of a result, or for a number; pass it to the host. */
export function lengthCell(): usize {
  store<u32>(resultLength, 0);
  return resultLength;
}

/** Address of the last result. */
export function receivedPtr(): usize {
  return load<usize>(resultPtr);
}

/** Length in bytes of the last result, or the number in the cell. */
export function receivedLength(): i32 {
  return load<i32>(resultLength);
}

/** The last result as text. */
export function receivedText(): string {
  const length = receivedLength();
  return length == 0 ? "" : String.UTF8.decodeUnsafe(receivedPtr(), length);
}

/** The next result is a body: it gets the body's memory, so that it outlives later host calls. */
export function receiveBody(): void {
  slot = BODY;
}

/** Called by the host for `length` bytes, exported as `proxy_on_memory_allocate`. */
export function allocateReceived(length: usize): usize {
  const target = slot;
  slot = SMALL;
  target.clear();
  target.reserve(<i32>length);
  return target.ptr;
}
