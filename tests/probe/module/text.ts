// Texts to and from the host: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
import { proxyLog } from "./imports";

/** Where the host writes its results. */
export const CELLS: usize = memory.data(32);

const INFO: u32 = 2;

/** UTF-8 bytes that stay for good: the probe lives for one test. */
export class Utf8 {
  constructor(
    public ptr: usize,
    public length: u32,
  ) {}
}

/** The bytes of a text. */
export function utf8(text: string): Utf8 {
  const bytes = String.UTF8.encode(text);
  __pin(changetype<usize>(bytes));
  return new Utf8(changetype<usize>(bytes), bytes.byteLength);
}

/** Logs a line. */
export function say(text: string): void {
  const bytes = utf8(text);
  proxyLog(INFO, bytes.ptr, bytes.length);
}

/** Logs the result code of a call by name. */
export function report(what: string, result: u32): void {
  say(what + " " + result.toString());
}

/** Logs the result code of a call, and what it gave where it was good. */
export function reportGiven(what: string, result: u32): void {
  say(what + " " + result.toString() + (result == 0 ? " " + given() : ""));
}

/** What the host wrote the address and length of. */
export function given(): string {
  return String.UTF8.decodeUnsafe(load<usize>(CELLS), load<u32>(CELLS, 4));
}

/** Names and values, one after the other, as the host reads pairs. */
export function pairs(list: string[]): Utf8 {
  let length: u32 = 4;
  for (let i = 0; i < list.length; ++i) length += 4 + String.UTF8.byteLength(list[i]) + 1;
  const start = heap.alloc(length);
  store<u32>(start, list.length / 2);
  let ptr = start + 4 + 4 * list.length;
  for (let i = 0; i < list.length; ++i) {
    const bytes = String.UTF8.byteLength(list[i]);
    store<u32>(start + 4 + 4 * i, bytes);
    String.UTF8.encodeUnsafe(changetype<usize>(list[i]), list[i].length, ptr);
    store<u8>(ptr + bytes, 0);
    ptr += bytes + 1;
  }
  return new Utf8(start, length);
}
