// The beginning of a text that may be long, or hold files.
import { ByteWriter } from "./byte-writer";

/** So many letters and digits in a row are no text but a file. */
const LONGEST_WORD: i32 = 256;
/** So much of a file is shown. */
const SHOWN: i32 = 32;

/** Copies UTF-8 up to `limit` bytes; of files in base64 only the beginning and the length. */
export function copyShortened(ptr: usize, length: i32, limit: i32, out: ByteWriter): void {
  let at = 0;
  while (at < length && out.length < limit) {
    let end = at;
    while (end < length && isBase64(load<u8>(ptr + end))) ++end;
    const isFile = end - at > LONGEST_WORD;
    const wanted = isFile ? SHOWN : max(end - at, 1);
    out.bytes(ptr + at, min(wanted, limit - out.length));
    if (isFile) out.text(`… (${end - at} bytes)`);
    at = max(end, at + 1);
  }
  if (at >= length && out.length < limit) return;
  // No character is cut.
  let end = out.length;
  while (end > 0 && (load<u8>(out.ptr + end - 1) & 0xc0) == 0x80) --end;
  if (end > 0 && load<u8>(out.ptr + end - 1) >= 0xc0) out.length = end - 1;
  out.text("…");
}

function isBase64(byte: u8): bool {
  const letter = byte | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte == 0x2b ||
    byte == 0x2f ||
    byte == 0x3d ||
    byte == 0x2d ||
    byte == 0x5f
  );
}
