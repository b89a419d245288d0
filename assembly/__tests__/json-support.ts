// What the JSON specs share: texts in raw memory and results as strings.

import { Document, jsonErrorText } from "../json/document";
import { ByteWriter } from "../text/byte-writer";

/** The text that `doc` was given last. */
export const source: ByteWriter = new ByteWriter();
export const doc: Document = new Document();
export const out: ByteWriter = new ByteWriter();

/** Parses what `source` holds: "ok" or the error and its offset. */
export function parseSource(): string {
  if (doc.parse(source.ptr, source.length)) return "ok";
  return jsonErrorText(doc.error) + " at " + doc.errorOffset.toString();
}

/** Parses a text: "ok" or the error and its offset. */
export function parse(text: string): string {
  source.clear();
  source.text(text);
  return parseSource();
}

/** Parses bytes given in hexadecimal with spaces between: "ok" or the error and its offset. */
export function parseHex(bytes: string): string {
  source.clear();
  const parts = bytes.split(" ");
  for (let i = 0; i < parts.length; ++i) source.byte(<u8>parseInt(parts[i], 16));
  return parseSource();
}

/** Parses a text that must be valid; answers its root. */
export function root(text: string): i32 {
  assert(parse(text) == "ok", text);
  return doc.root();
}

/** What `out` holds; empties it. */
export function written(): string {
  const text = out.toString();
  out.clear();
  return text;
}
