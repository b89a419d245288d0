// Percent-encoding of path segments: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
import { ByteWriter } from "./byte-writer";

const HEX = "0123456789ABCDEF";

const PLAIN: ByteWriter = new ByteWriter();
const ESCAPED: ByteWriter = new ByteWriter();

/**
 * A text that can stand as one path segment. What is encoded already stays as it is, since a client's path is; a
 * segment of dots only cannot climb.
 */
export function escapePathSegment(segment: string): string {
  const onlyDots = segment == "." || segment == "..";
  if (!onlyDots && isSegment(segment)) return segment;
  const bytes = PLAIN;
  const out = ESCAPED;
  bytes.clear();
  out.clear();
  bytes.text(segment);
  for (let i = 0; i < bytes.length; ++i) {
    const byte = load<u8>(bytes.ptr + i);
    if (isSegmentByte(byte) && !onlyDots) out.byte(byte);
    else writeEscape(byte, out);
  }
  return out.toString();
}

/** Whether nothing in a segment has to be encoded, as in the names of most models. */
function isSegment(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code > 0x7f || !isSegmentByte(<u8>code)) return false;
  }
  return true;
}

/** A text as one path segment, with all but unreserved characters encoded. */
export function encodeSegment(text: string): string {
  PLAIN.clear();
  ESCAPED.clear();
  PLAIN.text(text);
  writePercentEncoded(PLAIN.ptr, PLAIN.length, false, ESCAPED);
  return ESCAPED.toString();
}

/** Unreserved characters, those that are harmless in a segment, and the percent sign. */
function isSegmentByte(byte: u8): bool {
  if (byte >= 0x61 && byte <= 0x7a) return true;
  if (byte >= 0x40 && byte <= 0x5a) return true;
  if (byte >= 0x30 && byte <= 0x3a) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e || byte == 0x25;
}

/** Appends bytes with all but unreserved characters encoded, and slashes unless they are kept. */
export function writePercentEncoded(
  ptr: usize,
  length: i32,
  keepsSlashes: bool,
  out: ByteWriter,
): void {
  for (let end = ptr + length; ptr < end; ++ptr) {
    const byte = load<u8>(ptr);
    if (isUnreserved(byte) || (keepsSlashes && byte == 0x2f)) out.byte(byte);
    else writeEscape(byte, out);
  }
}

/** Appends bytes with what is encoded in them decoded; a percent sign alone stays. */
export function writePercentDecoded(ptr: usize, length: i32, out: ByteWriter): void {
  for (let end = ptr + length; ptr < end; ++ptr) {
    const byte = load<u8>(ptr);
    const high = byte == 0x25 && ptr + 2 < end ? digitValue(load<u8>(ptr, 1)) : -1;
    const low = high < 0 ? -1 : digitValue(load<u8>(ptr, 2));
    if (low < 0) {
      out.byte(byte);
    } else {
      out.byte(<u8>((high << 4) | low));
      ptr += 2;
    }
  }
}

function writeEscape(byte: u8, out: ByteWriter): void {
  out.byte(0x25);
  out.byte(<u8>HEX.charCodeAt(byte >> 4));
  out.byte(<u8>HEX.charCodeAt(byte & 15));
}

function digitValue(byte: u8): i32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function isUnreserved(byte: u8): bool {
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  if (byte >= 0x30 && byte <= 0x39) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}
