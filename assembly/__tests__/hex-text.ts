// Bytes as hexadecimal text, both ways, for test vectors.
import { ByteWriter } from "../text/byte-writer";
import { writeHex } from "../text/hex";

/** The bytes that pairs of digits stand for. The caller releases them. */
export function fromHex(text: string): ByteWriter {
  const out = new ByteWriter();
  for (let i = 0; i + 1 < text.length; i += 2) {
    out.byte(<u8>I32.parseInt(text.substring(i, i + 2), 16));
  }
  return out;
}

/** Bytes as text. */
export function toHex(ptr: usize, length: i32): string {
  const out = new ByteWriter();
  writeHex(ptr, length, out);
  const text = out.toString();
  out.release();
  return text;
}

/** The bytes of a text in UTF-8. The caller releases them. */
export function utf8Of(text: string): ByteWriter {
  const out = new ByteWriter();
  out.text(text);
  return out;
}
