// Exports what bench/json.ts measures of assembly/json.

import { Document } from "../assembly/json/document";

const doc = new Document();

/** Makes room for a text of `length` bytes. */
export function allocate(length: i32): usize {
  return heap.alloc(length);
}

/** Parses a text `rounds` times; answers how often it was valid. */
export function parse(ptr: usize, length: i32, rounds: i32): i32 {
  let valid = 0;
  for (let i = 0; i < rounds; ++i) valid += doc.parse(ptr, length) ? 1 : 0;
  return valid;
}
