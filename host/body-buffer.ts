// Bytes of a body on their way: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#proxy_set_buffer_bytes
import { WasmResult } from "./abi.ts";

const NO_BYTES = new Uint8Array(0);

/** A growing piece of memory which the module reads and writes through the host. */
export class BodyBuffer {
  private memory: Uint8Array;
  private used: number;

  /** Keeps `bytes` without a copy until the first write. A constant buffer refuses writes. */
  constructor(
    bytes: Uint8Array = NO_BYTES,
    private readonly constant = false,
  ) {
    this.memory = bytes;
    this.used = bytes.length;
  }

  /** Bytes in it. */
  get length(): number {
    return this.used;
  }

  /** The bytes from `start`, at most `length` of them; valid until the next write. */
  view(start: number, length: number): Uint8Array {
    return this.memory.subarray(Math.min(start, this.used), Math.min(start + length, this.used));
  }

  /** Copies bytes to the end. */
  append(bytes: Uint8Array): void {
    const needed = this.used + bytes.length;
    if (needed > this.memory.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.memory.length, 64));
      grown.set(this.view(0, this.used));
      this.memory = grown;
    }
    this.memory.set(bytes, this.used);
    this.used = needed;
  }

  /** Hands all bytes over and is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.view(0, this.used);
    this.memory = NO_BYTES;
    this.used = 0;
    return bytes;
  }

  /** From 0: replaces the first `length` bytes. From the end on: appends. Else refused. */
  set(start: number, length: number, bytes: Uint8Array): number {
    if (this.constant) return WasmResult.BadArgument;
    if (start === 0) {
      const rest = this.view(length, this.used);
      const whole = new Uint8Array(bytes.length + rest.length);
      whole.set(bytes);
      whole.set(rest, bytes.length);
      this.memory = whole;
      this.used = whole.length;
      return WasmResult.Ok;
    }
    if (start < this.used) return WasmResult.BadArgument;
    this.append(bytes);
    return WasmResult.Ok;
  }
}

/** One array of all pieces. */
export function concatBytes(pieces: ReadonlyArray<Uint8Array>): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
