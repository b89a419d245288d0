// Percent-encoding of path segments: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
import { ByteWriter } from "./byte-writer";

const HEX = "0123456789ABCDEF";

/**
 * A text that can stand as one path segment. What is encoded already stays as it is, since a client's path is; a
 * segment of dots only cannot climb.
 */
export function escapePathSegment(segment: string): string {
  const bytes = new ByteWriter();
  bytes.text(segment);
  const out = new ByteWriter();
  const onlyDots = segment == "." || segment == "..";
  for (let i = 0; i < bytes.length; ++i) {
    const byte = load<u8>(bytes.ptr + i);
    if (isSegmentByte(byte) && !(onlyDots && byte == 0x2e)) {
      out.byte(byte);
      continue;
    }
    out.byte(0x25);
    out.byte(<u8>HEX.charCodeAt(byte >> 4));
    out.byte(<u8>HEX.charCodeAt(byte & 15));
  }
  const escaped = out.toString();
  bytes.release();
  out.release();
  return escaped;
}

/** Unreserved characters, those that are harmless in a segment, and the percent sign. */
function isSegmentByte(byte: u8): bool {
  if (byte >= 0x61 && byte <= 0x7a) return true;
  if (byte >= 0x40 && byte <= 0x5a) return true;
  if (byte >= 0x30 && byte <= 0x3a) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e || byte == 0x25;
}
