// Pairs on the wire: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#serialization
import type { HeaderPairs } from "./header-map.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** u32 count, then a u32 length of name and value each, then `name\0value\0` each. */
export function encodePairs(pairs: HeaderPairs): Uint8Array {
  return encodeBytePairs(
    pairs.map(([name, value]) => [encoder.encode(name), encoder.encode(value)]),
  );
}

/** The same for names and values that are bytes already. */
export function encodeBytePairs(
  pairs: ReadonlyArray<readonly [Uint8Array, Uint8Array]>,
): Uint8Array {
  const texts = pairs.reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0);
  const out = new Uint8Array(4 + 8 * pairs.length + texts);
  const view = new DataView(out.buffer);
  view.setUint32(0, pairs.length, true);
  let sizes = 4;
  let at = 4 + 8 * pairs.length;
  for (const [name, value] of pairs) {
    view.setUint32(sizes, name.length, true);
    view.setUint32(sizes + 4, value.length, true);
    sizes += 8;
    out.set(name, at);
    out.set(value, at + name.length + 1);
    at += name.length + value.length + 2;
  }
  return out;
}

/** The pairs, or null where the bytes are not exactly such a list. No bytes at all are no pairs. */
export function decodePairs(bytes: Uint8Array): [string, string][] | null {
  if (bytes.length === 0) return [];
  if (bytes.length < 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  let at = 4 + 8 * count;
  if (at > bytes.length) return null;
  const pairs: [string, string][] = [];
  for (let i = 0; i < count; ++i) {
    const nameEnd = at + view.getUint32(4 + 8 * i, true);
    const valueEnd = nameEnd + 1 + view.getUint32(8 + 8 * i, true);
    if (valueEnd >= bytes.length || bytes[nameEnd] !== 0 || bytes[valueEnd] !== 0) return null;
    const name = decoder.decode(bytes.subarray(at, nameEnd));
    pairs.push([name, decoder.decode(bytes.subarray(nameEnd + 1, valueEnd))]);
    at = valueEnd + 1;
  }
  return at === bytes.length ? pairs : null;
}
