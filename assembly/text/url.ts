// Percent-encoding of path segments: https://www.rfc-editor.org/rfc/rfc3986#section-3.3
import { ByteWriter } from "./byte-writer";

const HEX = "0123456789ABCDEF";

const PLAIN: ByteWriter = new ByteWriter();
const ESCAPED: ByteWriter = new ByteWriter();

/** Servers take a segment of dots for a way up even if it is encoded, but not if it is twice. */
const DOT: string = "%252E";
const DOTS: string = "%252E%252E";

/** A part of a client's path as one segment: what is encoded already stays as it is. */
export function escapePathSegment(segment: string): string {
  return escaped(segment, true);
}

/** A name, such as that of a model, as one path segment: every reader gets the same name again. */
export function encodePathSegment(name: string): string {
  return escaped(name, false);
}

/** The name that a segment of a client's path stands for. */
export function decodePathSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  PLAIN.clear();
  ESCAPED.clear();
  PLAIN.text(segment);
  writePercentDecoded(PLAIN.ptr, PLAIN.length, ESCAPED);
  return ESCAPED.toString();
}

/** Whether a segment means another folder, encoded or not: no id does. */
export function climbs(segment: string): bool {
  if (segment.length > 6) return false;
  const plain = segment.toLowerCase().replaceAll("%2e", ".");
  return plain == "." || plain == "..";
}

/** A text as one path segment, with all but unreserved characters encoded. */
export function encodeSegment(text: string): string {
  PLAIN.clear();
  ESCAPED.clear();
  PLAIN.text(text);
  writePercentEncoded(PLAIN.ptr, PLAIN.length, false, ESCAPED);
  return ESCAPED.toString();
}

function escaped(segment: string, isEncoded: bool): string {
  if (segment == ".") return DOT;
  if (segment == ".." || (isEncoded && climbs(segment))) return DOTS;
  if (isSegment(segment)) return segment;
  const bytes = PLAIN;
  const out = ESCAPED;
  bytes.clear();
  out.clear();
  bytes.text(segment);
  for (let at = bytes.ptr, end = at + bytes.length; at < end; ++at) {
    const byte = load<u8>(at);
    const isEscape = isEncoded && byte == 0x25 && isEscapeAt(at, end);
    if (isEscape || isSegmentByte(byte)) out.byte(byte);
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

function isEscapeAt(at: usize, end: usize): bool {
  if (at + 2 >= end) return false;
  return digitValue(load<u8>(at, 1)) >= 0 && digitValue(load<u8>(at, 2)) >= 0;
}

/** Unreserved characters, and those that are harmless in a segment. */
function isSegmentByte(byte: u8): bool {
  if (byte >= 0x61 && byte <= 0x7a) return true;
  if (byte >= 0x40 && byte <= 0x5a) return true;
  if (byte >= 0x30 && byte <= 0x3a) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
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
