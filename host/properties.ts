// Attributes of a stream: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
import type { HeaderMap } from "./header-map.ts";
import { encodeBytePairs } from "./header-pairs.ts";

/** A property: text, an integer of 8 bytes, one byte of truth, raw bytes, or a tree of these. */
export type Property = string | number | bigint | boolean | Uint8Array | PropertyTree;
/** Properties below a name. */
export interface PropertyTree {
  readonly [name: string]: Property;
}

const encoder = new TextEncoder();

/** Splits a path of the ABI, whose parts are separated by NUL. */
export function propertyPath(path: string): string[] {
  return path.replace(/\0$/, "").split("\0");
}

/** The bytes of the property at a path, or null. */
export function findProperty(tree: PropertyTree, path: readonly string[]): Uint8Array | null {
  let value: Property = tree;
  for (const part of path) {
    if (!isTree(value) || !Object.hasOwn(value, part)) return null;
    value = value[part] as Property;
  }
  return encodeProperty(value);
}

/** The attributes that a stream has of itself. */
export function streamProperties(
  request: HeaderMap | null,
  response: HeaderMap | null,
): PropertyTree {
  const path = request?.get(":path") ?? "";
  const status = Number(response?.get(":status") ?? 0);
  return {
    request: {
      path,
      url_path: path.split("?")[0] ?? "",
      method: request?.get(":method") ?? "",
      host: request?.get(":authority") ?? "",
      scheme: request?.get(":scheme") ?? "",
      protocol: "HTTP/1.1",
      headers: Object.fromEntries(request?.pairs() ?? []),
    },
    ...(status === 0 ? {} : { response: { code: status } }),
  };
}

function encodeProperty(value: Property): Uint8Array {
  if (typeof value === "string") return encoder.encode(value);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if (value instanceof Uint8Array) return value;
  if (isTree(value)) {
    return encodeBytePairs(
      Object.entries(value).map(([name, own]) => [encoder.encode(name), encodeProperty(own)]),
    );
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return bytes;
}

function isTree(value: Property): value is PropertyTree {
  return typeof value === "object" && !(value instanceof Uint8Array);
}
