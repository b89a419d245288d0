// Values shared by all VMs of one vm_id: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#shared-key-value-store
import { WasmResult } from "./abi.ts";

/** A value with its version. */
export interface SharedValue {
  readonly bytes: Uint8Array;
  /** Grows with every write; a writer that names an old one is refused. */
  readonly cas: number;
}

/** A key-value store with compare and swap. */
export class SharedStore {
  private readonly values = new Map<string, SharedValue>();
  private lastCas = 0;

  /** The value of a key, or null. */
  get(key: string): SharedValue | null {
    return this.values.get(key) ?? null;
  }

  /** `cas` 0 writes unconditionally. */
  set(key: string, bytes: Uint8Array, cas: number): number {
    const own = this.values.get(key);
    if (own !== undefined && cas !== 0 && cas !== own.cas) return WasmResult.CasMismatch;
    this.values.set(key, { bytes, cas: ++this.lastCas });
    return WasmResult.Ok;
  }

  /** Forgets everything, as a restart does. */
  clear(): void {
    this.values.clear();
  }
}
