// Messages of a WebSocket's server in any split: https://www.rfc-editor.org/rfc/rfc6455#section-5
import { ByteWriter } from "../text/byte-writer";
import { isUtf8 } from "../text/utf8";
import { FrameDecoder } from "./frame-decoder";
import { Opcode } from "./web-socket-frame";

/** No message is longer. */
const LONGEST_MESSAGE: i64 = 32 << 20;
/** No control frame is longer. */
const LONGEST_CONTROL: i64 = 125;

/** The close frame has no code: https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5 */
export const NO_CLOSE_CODE: i32 = 1005;

/** Which rule a server has broken. */
export const enum WebSocketFault {
  None,
  /** Only clients mask. */
  Masked,
  /** A reserved bit is set, though no extension was agreed on. */
  ReservedBits,
  UnknownOpcode,
  /** A control frame of more than 125 bytes, or in pieces. */
  BadControl,
  /** A piece of a message that has not begun, or a new message inside of one. */
  BadFragment,
  TooLarge,
  /** A text that is no UTF-8. */
  BadText,
  /** A close frame of one byte, with a code that may not be sent, or a reason that is no UTF-8. */
  BadClose,
  /** Something after the close frame. */
  AfterClose,
}

/**
 * Text and binary messages of a server; their fragments are put together. Of the control frames a
 * ping's payload is kept for whoever can answer it, and a close frame ends the stream.
 */
export class WebSocketDecoder extends FrameDecoder {
  /** Why the stream has `failed`. */
  fault: WebSocketFault = WebSocketFault.None;
  /** The server's code where it has closed the session, else 0. */
  closeCode: i32 = 0;
  /** The message at hand is a text. */
  isText: bool = false;
  /** Pings so far, and the payload of the last one. */
  pings: i32 = 0;
  readonly ping: ByteWriter = new ByteWriter();

  /** The incomplete frame of earlier pieces, and what came behind it. */
  private readonly carry: ByteWriter = new ByteWriter();
  /** The fragments of the message under way. */
  private readonly fragments: ByteWriter = new ByteWriter();
  private isFragmented: bool = false;
  private hasGiven: bool = false;
  private base: usize = 0;
  private limit: i32 = 0;
  private start: i32 = 0;

  push(ptr: usize, length: i32): void {
    const rest = this.limit - this.start;
    const carry = this.carry;
    if (rest == 0) {
      carry.clear();
      this.base = ptr;
      this.limit = length;
    } else {
      // An incomplete frame always lies in the carry.
      if (this.start > 0) memory.copy(carry.ptr, carry.ptr + this.start, rest);
      carry.length = rest;
      carry.bytes(ptr, length);
      this.base = carry.ptr;
      this.limit = carry.length;
    }
    this.start = 0;
  }

  next(): bool {
    if (this.hasGiven) this.fragments.clear();
    this.hasGiven = false;
    while (!this.failed) {
      const at = this.base + this.start;
      const rest = this.limit - this.start;
      if (this.ended && rest > 0) return this.fail(WebSocketFault.AfterClose);
      const header = rest < 2 ? 0 : headerLength(at);
      if (rest < 2 || (header > rest && this.mayBegin(at))) break;
      if (!this.mayBegin(at)) return false;
      const length = lengthOf(at);
      if (!this.mayBeSoLong(at, length)) return false;
      if (rest < header + <i32>length) break;
      this.start += header + <i32>length;
      this.raw = at;
      this.rawLength = header + <i32>length;
      if (this.take(at, at + header, <i32>length)) return true;
    }
    if (!this.failed) this.keep();
    return false;
  }

  /** Checks the first two bytes of a frame. */
  private mayBegin(at: usize): bool {
    const first = load<u8>(at);
    const opcode = <i32>(first & 0x0f);
    const isFinal = first >= 0x80;
    if ((first & 0x70) != 0) return this.fail(WebSocketFault.ReservedBits);
    if (load<u8>(at, 1) >= 0x80) return this.fail(WebSocketFault.Masked);
    if (opcode > Opcode.Pong || (opcode > Opcode.Binary && opcode < Opcode.Close)) {
      return this.fail(WebSocketFault.UnknownOpcode);
    }
    if (opcode >= Opcode.Close) {
      const isLong = load<u8>(at, 1) > <u8>LONGEST_CONTROL;
      return isLong || !isFinal ? this.fail(WebSocketFault.BadControl) : true;
    }
    const continues = opcode == Opcode.Continuation;
    return continues == this.isFragmented || this.fail(WebSocketFault.BadFragment);
  }

  private mayBeSoLong(at: usize, length: i64): bool {
    const isControl = (load<u8>(at) & 0x0f) >= <u8>Opcode.Close;
    const before = isControl ? 0 : this.fragments.length;
    // A length whose first bit is set is less than nothing.
    const isFine = length >= 0 && length + before <= LONGEST_MESSAGE;
    return isFine || this.fail(WebSocketFault.TooLarge);
  }

  /** Takes a whole frame. True: a message is complete. */
  private take(at: usize, payload: usize, length: i32): bool {
    const opcode = <i32>(load<u8>(at) & 0x0f);
    const isFinal = load<u8>(at) >= 0x80;
    if (opcode >= Opcode.Close) {
      this.takeControl(opcode, payload, length);
      return false;
    }
    if (opcode != Opcode.Continuation) this.isText = opcode == Opcode.Text;
    const isWhole = isFinal && opcode != Opcode.Continuation;
    this.isFragmented = !isFinal;
    if (!isWhole) this.fragments.bytes(payload, length);
    if (!isFinal) return false;
    this.payload = isWhole ? payload : this.fragments.ptr;
    this.payloadLength = isWhole ? length : this.fragments.length;
    this.hasGiven = true;
    if (!this.isText || isUtf8(this.payload, this.payloadLength)) return true;
    return this.fail(WebSocketFault.BadText);
  }

  private takeControl(opcode: i32, payload: usize, length: i32): void {
    if (opcode == Opcode.Ping) {
      this.pings += 1;
      this.ping.clear();
      this.ping.bytes(payload, length);
    }
    if (opcode != Opcode.Close) return;
    const code = length == 0 ? NO_CLOSE_CODE : <i32>bswap<u16>(load<u16>(payload));
    const isFine = length == 0 || (length > 1 && mayBeSent(code));
    if (!isFine || !isUtf8(payload + 2, max(length - 2, 0))) {
      this.fail(WebSocketFault.BadClose);
      return;
    }
    this.closeCode = code;
    this.ended = true;
  }

  private fail(fault: WebSocketFault): bool {
    this.fault = fault;
    this.failed = true;
    return false;
  }

  private keep(): void {
    const rest = this.limit - this.start;
    if (rest == 0 || this.base == this.carry.ptr) return;
    this.carry.clear();
    this.carry.bytes(this.base + this.start, rest);
    this.base = this.carry.ptr;
    this.start = 0;
    this.limit = rest;
  }

  /** A frame that is cut off stays incomplete: frames say their lengths. */
  finish(): void {}

  pending(): i32 {
    return this.limit - this.start + this.fragments.length;
  }

  release(): void {
    this.carry.release();
    this.fragments.release();
    this.ping.release();
    this.limit = this.start = 0;
    this.hasGiven = false;
  }
}

/** Bytes of an unmasked frame before its payload. */
function headerLength(at: usize): i32 {
  const length = load<u8>(at, 1) & 0x7f;
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

/** Bytes of a frame's payload; less than 0 for what no length may be. The header is all there. */
function lengthOf(at: usize): i64 {
  const length = load<u8>(at, 1) & 0x7f;
  if (length < 126) return length;
  if (length == 126) return bswap<u16>(load<u16>(at, 2));
  return bswap<i64>(load<i64>(at, 2));
}

/** Codes of the standard that are for the wire, and those that applications may have. */
function mayBeSent(code: i32): bool {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}
