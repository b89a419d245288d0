// Amazon's binary event streams: https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from "../crypto/crc32";
import { asciiEquals } from "../text/ascii-equals";
import { ByteWriter } from "../text/byte-writer";
import { FrameDecoder } from "./frame-decoder";

/** Lengths of frame and headers, and their checksum. */
const PRELUDE_LENGTH: i32 = 12;
const CHECKSUM_LENGTH: i32 = 4;
/** A frame has 24 MiB of payload and 128 KiB of headers at most. */
const LONGEST_FRAME: u32 = (24 << 20) + (128 << 10) + 16;
/** The type of a header's value that is a text. */
const STRING: u8 = 7;

/**
 * Frames of an event stream in any split. Both checksums are checked; a frame that is wrong in any
 * way ends the stream, since the next one cannot be found behind it.
 */
export class AwsEventStreamDecoder extends FrameDecoder {
  /** The incomplete frame of earlier pieces, and what came behind it. */
  private readonly carry: ByteWriter = new ByteWriter();
  private base: usize = 0;
  private limit: i32 = 0;
  private start: i32 = 0;
  /** Where the headers of the frame at hand end. */
  private headersEnd: usize = 0;

  push(ptr: usize, length: i32): void {
    // Frames that nobody asked for, behind the end of a stream, lay in the bytes before these.
    const rest = this.carry.length == 0 ? 0 : this.limit - this.start;
    if (rest == 0) {
      this.carry.clear();
      this.base = ptr;
      this.limit = length;
      this.start = 0;
      return;
    }
    // An incomplete frame always lies in the carry.
    const carry = this.carry;
    if (this.start > 0) {
      memory.copy(carry.ptr, carry.ptr + this.start, rest);
      carry.length = rest;
      this.start = 0;
    }
    carry.bytes(ptr, length);
    this.base = carry.ptr;
    this.limit = carry.length;
  }

  next(): bool {
    if (this.failed) return false;
    const rest = this.limit - this.start;
    const at = this.base + this.start;
    if (rest >= PRELUDE_LENGTH) {
      if (!isPrelude(at)) return this.fail();
      const length = <i32>bswap(load<u32>(at));
      if (rest >= length) return this.take(at, length);
    }
    if (rest > 0 && this.carry.length == 0) this.keep(rest);
    return false;
  }

  private take(at: usize, length: i32): bool {
    const end = at + length - CHECKSUM_LENGTH;
    if (crc32(at, length - CHECKSUM_LENGTH) != bswap(load<u32>(end))) return this.fail();
    this.raw = at;
    this.rawLength = length;
    this.headersEnd = at + PRELUDE_LENGTH + bswap(load<u32>(at, 4));
    this.payload = this.headersEnd;
    this.payloadLength = <i32>(end - this.headersEnd);
    if (!this.checkHeaders()) return this.fail();
    this.start += length;
    return true;
  }

  private fail(): bool {
    this.failed = true;
    return false;
  }

  private keep(rest: i32): void {
    this.carry.bytes(this.base + this.start, rest);
    this.base = this.carry.ptr;
    this.start = 0;
    this.limit = rest;
  }

  private checkHeaders(): bool {
    let at = this.raw + PRELUDE_LENGTH;
    while (at < this.headersEnd) {
      at = headerEnd(at, this.headersEnd);
      if (at == 0) return false;
    }
    return true;
  }

  /** Whether the frame at hand has a header of this name with this text. */
  headerIs(name: string, text: string): bool {
    const at = this.findHeader(name);
    if (at == 0 || textLength(at) != text.length) return false;
    return asciiEquals(at + 2, text);
  }

  /** The text of a header of the frame at hand, or "". */
  header(name: string): string {
    const at = this.findHeader(name);
    return at == 0 ? "" : String.UTF8.decodeUnsafe(at + 2, textLength(at));
  }

  /** Address of a text's length, which the text follows; 0: there is no such header. */
  private findHeader(name: string): usize {
    let at = this.raw + PRELUDE_LENGTH;
    while (at < this.headersEnd) {
      const length = load<u8>(at);
      const type = at + 1 + length;
      if (<i32>length == name.length && load<u8>(type) == STRING && asciiEquals(at + 1, name)) {
        return type + 1;
      }
      at = headerEnd(at, this.headersEnd);
    }
    return 0;
  }

  /** A frame without its end is no frame. */
  finish(): void {}

  pending(): i32 {
    return this.limit - this.start;
  }

  release(): void {
    this.carry.release();
    this.limit = this.start = 0;
  }
}

function isPrelude(at: usize): bool {
  const length = bswap(load<u32>(at));
  const headers = bswap(load<u32>(at, 4));
  if (length > LONGEST_FRAME || length < <u32>(PRELUDE_LENGTH + CHECKSUM_LENGTH)) return false;
  if (headers > length - <u32>(PRELUDE_LENGTH + CHECKSUM_LENGTH)) return false;
  return crc32(at, PRELUDE_LENGTH - CHECKSUM_LENGTH) == bswap(load<u32>(at, 8));
}

function textLength(at: usize): i32 {
  return <i32>bswap(load<u16>(at));
}

/** Where the header at `at` ends; 0 where it is none or goes beyond `end`. */
function headerEnd(at: usize, end: usize): usize {
  const type = at + 1 + load<u8>(at);
  if (type >= end) return 0;
  let next = type + 1;
  switch (load<u8>(type)) {
    // True and false have no bytes of their own.
    case 0:
    case 1:
      break;
    case 2:
      next += 1;
      break;
    case 3:
      next += 2;
      break;
    case 4:
      next += 4;
      break;
    // 64-bit integers and times.
    case 5:
    case 8:
      next += 8;
      break;
    // Bytes and texts, behind their length.
    case 6:
    case STRING:
      if (next + 2 > end) return 0;
      next += 2 + textLength(next);
      break;
    // UUIDs.
    case 9:
      next += 16;
      break;
    default:
      return 0;
  }
  return next <= end ? next : 0;
}
