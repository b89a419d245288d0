// Envoy's functions behind proxy_call_foreign_function:
// https://github.com/envoyproxy/envoy/blob/main/source/extensions/common/wasm/foreign.cc
import { WasmResult } from "./abi.ts";
import type { Vm } from "./vm.ts";

/** What a module wants signed. */
export interface SignArguments {
  /** E.g. "sha256". */
  readonly hash: string;
  /** PKCS #8 in DER or as PEM text. */
  readonly key: Uint8Array | string;
  readonly text: Uint8Array;
}

/** Signs a text; null for a key that cannot be read, an Error where signing fails. */
export type Sign = (input: SignArguments) => Uint8Array | Error | null;

/** The bytes of the answer, or the result code that refuses it. */
export type ForeignResult = Uint8Array | number;

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Runs the function of that name; NotFound where there is none. */
export function callForeignFunction(vm: Vm, name: string, argument: Uint8Array): ForeignResult {
  if (name === "clear_route_cache") {
    vm.context.clearRouteCache();
    return NOTHING;
  }
  if (name === "sign" && vm.sign !== null) return sign(vm.sign, argument);
  return WasmResult.NotFound;
}

// The argument is a protobuf message: hash_function 1, private_key 2, text 3, private_key_pem 4.
function sign(signer: Sign, argument: Uint8Array): ForeignResult {
  const fields = readFields(argument);
  if (fields === null) return WasmResult.BadArgument;
  const der = fields.get(2) ?? NOTHING;
  const pem = fields.get(4) ?? NOTHING;
  if (der.length > 0 === pem.length > 0) return WasmResult.BadArgument;
  const signature = signer({
    hash: decoder.decode(fields.get(1) ?? NOTHING),
    key: pem.length > 0 ? decoder.decode(pem) : der,
    text: fields.get(3) ?? NOTHING,
  });
  if (signature === null) return WasmResult.BadArgument;
  return signature instanceof Error
    ? writeField(3, encoder.encode(signature.message))
    : Uint8Array.of(...writeTruth(1), ...writeField(2, signature));
}

// All length-delimited fields of a message by number; null for anything else in it.
function readFields(bytes: Uint8Array): Map<number, Uint8Array> | null {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === null || (tag.value & 7) !== 2) return null;
    const length = readVarint(bytes, tag.end);
    if (length === null || length.end + length.value > bytes.length) return null;
    at = length.end + length.value;
    fields.set(tag.value >>> 3, bytes.slice(length.end, at));
  }
  return fields;
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 5; ++i) {
    const byte = bytes[start + i];
    if (byte === undefined) return null;
    value |= (byte & 127) << (7 * i);
    if (byte < 128) return { value: value >>> 0, end: start + i + 1 };
  }
  return null;
}

function writeTruth(field: number): Uint8Array {
  return Uint8Array.of(field << 3, 1);
}

function writeField(field: number, bytes: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) break;
  }
  return Uint8Array.of((field << 3) | 2, ...length, ...bytes);
}
