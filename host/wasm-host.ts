// The host on Node: reads module files and signs with Node's crypto. https://nodejs.org/api/crypto.html
import { createPrivateKey, sign as signBytes, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Sign, SignArguments } from "./foreign-functions.ts";
import { Vm, type VmOptions } from "./vm.ts";

/** A module file, compiled once for all the VMs made of it. */
export class WasmHost {
  private static readonly loaded = new Map<string, Promise<WasmHost>>();

  private constructor(readonly module: WebAssembly.Module) {}

  /** Compiles a module file; a file that was compiled before is not read again. */
  static load(path: string): Promise<WasmHost> {
    let host = WasmHost.loaded.get(path);
    if (host === undefined) {
      host = readFile(path).then(async (bytes) => new WasmHost(await WebAssembly.compile(bytes)));
      WasmHost.loaded.set(path, host);
    }
    return host;
  }

  /** A fresh VM. */
  vm(options: VmOptions = {}): Promise<Vm> {
    return Vm.create(this.module, { sign: signWithNode, ...options });
  }
}

/** Signs as Envoy's foreign function `sign` does: PKCS #1 v1.5 for RSA keys. */
export const signWithNode: Sign = ({ hash, key, text }: SignArguments) => {
  const privateKey = readKey(key);
  if (privateKey === null) return null;
  try {
    return new Uint8Array(signBytes(hash, text, privateKey));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

function readKey(key: Uint8Array | string): KeyObject | null {
  try {
    return typeof key === "string"
      ? createPrivateKey(key)
      : createPrivateKey({ key: Buffer.from(key), format: "der", type: "pkcs8" });
  } catch {
    return null;
  }
}
