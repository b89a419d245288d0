// The module's linear memory as the host sees it: https://webassembly.github.io/spec/js-api/#memories
import { WasmResult } from "./abi.ts";

/** An address range that is not in the module's memory; a host call answers InvalidMemoryAccess. */
export class InvalidMemoryAccess extends Error {}

const decoder = new TextDecoder();

/** Reads and writes the memory of one instance. */
export class GuestMemory {
  private view = new DataView(new ArrayBuffer(0));

  /** `allocate` is the module's own allocator, called for every result larger than a number. */
  constructor(
    private readonly memory: WebAssembly.Memory,
    private readonly allocate: (length: number) => number,
  ) {}

  /** A copy of the bytes. */
  bytes(ptr: number, length: number): Uint8Array {
    return this.range(ptr, length).slice();
  }

  /** The bytes as UTF-8. */
  text(ptr: number, length: number): string {
    return decoder.decode(this.range(ptr, length));
  }

  /** Reads a little-endian number. */
  getUint32(ptr: number): number {
    this.range(ptr, 4);
    return this.current().getUint32(ptr >>> 0, true);
  }

  /** Writes a little-endian number. */
  setUint32(ptr: number, value: number): void {
    this.range(ptr, 4);
    this.current().setUint32(ptr >>> 0, value, true);
  }

  /** Writes a little-endian number of 8 bytes. */
  setUint64(ptr: number, value: bigint): void {
    this.range(ptr, 8);
    this.current().setBigUint64(ptr >>> 0, value, true);
  }

  /** Copies bytes into the memory. */
  setBytes(ptr: number, bytes: Uint8Array): void {
    this.range(ptr, bytes.length).set(bytes);
  }

  /** Hands bytes over in memory that the module allocates; no bytes have the address 0. */
  give(bytes: Uint8Array, ptrPtr: number, lengthPtr: number): number {
    let ptr = 0;
    if (bytes.length > 0) {
      ptr = this.allocate(bytes.length);
      if (ptr === 0) return WasmResult.InvalidMemoryAccess;
      this.setBytes(ptr, bytes);
    }
    this.setUint32(ptrPtr, ptr);
    this.setUint32(lengthPtr, bytes.length);
    return WasmResult.Ok;
  }

  private range(ptr: number, length: number): Uint8Array {
    const start = ptr >>> 0;
    const count = length >>> 0;
    if (start + count > this.memory.buffer.byteLength) {
      throw new InvalidMemoryAccess(`${start}+${count} is outside of the memory`);
    }
    return new Uint8Array(this.memory.buffer, start, count);
  }

  // Growing the memory detaches the buffer.
  private current(): DataView {
    if (this.view.buffer !== this.memory.buffer) this.view = new DataView(this.memory.buffer);
    return this.view;
  }
}
