// Serialised header pairs, as local responses and callouts take them: count, lengths, then name\0value\0.
import { ByteWriter } from "../text/byte-writer";

/** Writes `[name, value, name, value, …]` in the host's form. */
export function writeHeaderPairs(pairs: StaticArray<string>, out: ByteWriter): void {
  const texts = new ByteWriter();
  const count = pairs.length >> 1;
  writeU32(out, count);
  for (let i = 0; i < pairs.length; ++i) {
    const before = texts.length;
    texts.text(pairs[i]);
    writeU32(out, texts.length - before);
    texts.byte(0);
  }
  out.writer(texts);
  texts.release();
}

function writeU32(out: ByteWriter, value: u32): void {
  out.reserve(4);
  store<u32>(out.ptr + out.length, value);
  out.length += 4;
}
