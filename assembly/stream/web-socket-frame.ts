// Frames of a WebSocket as a client sends them: https://www.rfc-editor.org/rfc/rfc6455#section-5
import { ByteWriter } from "../text/byte-writer";

/** What a frame carries: https://www.rfc-editor.org/rfc/rfc6455#section-11.8 */
export const enum Opcode {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
}

/** Set in the first byte of a message's last frame, and in the second byte of a masked one. */
const FINAL: u8 = 0x80;
const MASKED: u8 = 0x80;
/** Stand for a length of 16 and of 64 bits that follows. */
const LENGTH_16: i32 = 126;
const LENGTH_64: i32 = 127;
/** Bytes of a masked frame before its payload, at most. */
const LONGEST_HEADER: i32 = 14;

/** Bytes of a masked frame before its payload. */
function headerLength(length: i32): i32 {
  return length < LENGTH_16 ? 6 : length <= 0xffff ? 8 : LONGEST_HEADER;
}

/**
 * Appends a masked frame that is a whole message. `mask` has to be a new random number for each
 * frame; the payload of a control frame has 125 bytes at most.
 */
export function writeClientFrame(
  opcode: Opcode,
  ptr: usize,
  length: i32,
  mask: u32,
  out: ByteWriter,
): void {
  const start = out.length;
  out.reserve(headerLength(length) + length);
  out.bytes(ptr, length);
  frame(opcode, start, mask, out);
}

/** Makes one masked frame of all that a writer holds. */
export function frameWhole(opcode: Opcode, mask: u32, out: ByteWriter): void {
  frame(opcode, 0, mask, out);
}

/** Appends the frame that ends a session. `code`: https://www.rfc-editor.org/rfc/rfc6455#section-7.4 */
export function writeCloseFrame(code: i32, mask: u32, out: ByteWriter): void {
  const start = out.length;
  out.byte(<u8>(code >> 8));
  out.byte(<u8>code);
  frame(Opcode.Close, start, mask, out);
}

/** Makes a frame of the bytes from `start` on. */
function frame(opcode: Opcode, start: i32, mask: u32, out: ByteWriter): void {
  const length = out.length - start;
  const header = headerLength(length);
  out.reserve(header);
  const at = out.ptr + start;
  memory.copy(at + header, at, length);
  out.length += header;
  store<u8>(at, FINAL | (<u8>opcode));
  if (length < LENGTH_16) {
    store<u8>(at, MASKED | (<u8>length), 1);
  } else if (length <= 0xffff) {
    store<u8>(at, MASKED | (<u8>LENGTH_16), 1);
    store<u16>(at, bswap<u16>(<u16>length), 2);
  } else {
    store<u8>(at, MASKED | (<u8>LENGTH_64), 1);
    store<u64>(at, bswap<u64>(<u64>length), 2);
  }
  store<u32>(at + header - 4, mask);
  applyMask(at + header, length, mask);
}

/** Masks or unmasks bytes in place; the first of them goes with the lowest byte of `mask`. */
export function applyMask(ptr: usize, length: i32, mask: u32): void {
  const end = ptr + length;
  const wide = i32x4.splat(mask);
  for (; ptr + 16 <= end; ptr += 16) v128.store(ptr, v128.xor(v128.load(ptr), wide));
  for (let shift = 0; ptr < end; ++ptr, shift = (shift + 8) & 31) {
    store<u8>(ptr, load<u8>(ptr) ^ (<u8>(mask >> shift)));
  }
}
