// JSON string escapes, both ways: https://www.rfc-editor.org/rfc/rfc8259#section-7

import { ByteWriter } from "../text/byte-writer";
import { utf8SequenceLength } from "../text/utf8";
import { blockLimit, hexDigit, skipPlain } from "./scan";

/** Appends the inner bytes [at, end) of a valid JSON string without its escapes. */
export function decodeEscapes(at: usize, end: usize, out: ByteWriter): void {
  const limit = blockLimit(end);
  out.reserve(<i32>(end - at));
  while (at < end) {
    // In a valid string only a backslash stops here.
    const stop = skipPlain(at, end, limit);
    out.bytes(at, <i32>(stop - at));
    if (stop >= end) return;
    at = decodeEscape(stop + 1, end, out);
  }
}

/** Appends what the escape says whose letter stands at `at`; answers its end. */
function decodeEscape(at: usize, end: usize, out: ByteWriter): usize {
  const letter: u32 = load<u8>(at);
  switch (letter) {
    case 0x6e:
      out.byte(0x0a);
      return at + 1;
    case 0x74:
      out.byte(0x09);
      return at + 1;
    case 0x72:
      out.byte(0x0d);
      return at + 1;
    case 0x62:
      out.byte(0x08);
      return at + 1;
    case 0x66:
      out.byte(0x0c);
      return at + 1;
    case 0x75:
      return decodeUnicodeEscape(at + 1, end, out);
    default:
      out.byte(<u8>letter);
      return at + 1;
  }
}

function decodeUnicodeEscape(at: usize, end: usize, out: ByteWriter): usize {
  const unit = hexUnit(at);
  at += 4;
  if ((unit & 0xf800) != 0xd800) {
    out.codePoint(unit);
    return at;
  }
  if (unit < 0xdc00 && at + 6 <= end && load<u16>(at) == 0x755c) {
    const low = hexUnit(at + 2);
    if ((low & 0xfc00) == 0xdc00) {
      out.codePoint(0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff));
      return at + 6;
    }
  }
  out.codePoint(0xfffd);
  return at;
}

function hexUnit(at: usize): u32 {
  let unit: u32 = 0;
  for (let i = 0; i < 4; ++i) unit = (unit << 4) | hexDigit(load<u8>(at + i));
  return unit;
}

/** Appends UTF-8 as the inner bytes of a JSON string; each ill-formed part becomes U+FFFD. */
export function encodeEscapes(at: usize, end: usize, out: ByteWriter): void {
  const limit = blockLimit(end);
  out.reserve(<i32>(end - at));
  while (at < end) {
    const stop = skipPlain(at, end, limit);
    out.bytes(at, <i32>(stop - at));
    if (stop >= end) return;
    const byte: u32 = load<u8>(stop);
    if (byte < 0x80) {
      encodeEscape(byte, out);
      at = stop + 1;
      continue;
    }
    const length = utf8SequenceLength(stop, end);
    out.codePoint(0xfffd);
    at = length < 0 ? stop - length : end;
  }
}

function encodeEscape(byte: u32, out: ByteWriter): void {
  out.byte(0x5c);
  switch (byte) {
    case 0x0a:
      out.byte(0x6e);
      return;
    case 0x0d:
      out.byte(0x72);
      return;
    case 0x09:
      out.byte(0x74);
      return;
    case 0x08:
      out.byte(0x62);
      return;
    case 0x0c:
      out.byte(0x66);
      return;
    case 0x22:
    case 0x5c:
      out.byte(<u8>byte);
      return;
    default:
      out.ascii("u00");
      out.byte(<u8>(0x30 + (byte >> 4)));
      out.byte(<u8>((byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15)));
  }
}
