// Amazon's binary event streams in any split: https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from "../crypto/crc32";
import { AwsEventStreamDecoder } from "../stream/aws-event-stream-decoder";
import { ByteWriter } from "../text/byte-writer";
import { fromHex } from "./hex-text";

/** Memory that has gone is overwritten with this, so that a reference into it shows. */
const GONE: u8 = 0x21;
/** More than any of these streams has. */
const WHOLE: i32 = 1 << 20;
const EMPTY = "000000100000000005c248eb7d98c8ff";
const MESSAGE_START =
  "00000081000000526cc176930b3a6576656e742d7479706507000c6d6573736167655374617274" +
  "0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d657373" +
  "6167652d747970650700056576656e747b2270223a2261626364222c22726f6c65223a22617373" +
  "697374616e74227df512a005";
const EXCEPTION =
  "000000b2000000613590d5d30f3a657863657074696f6e2d747970650700137468726f74746c69" +
  "6e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e" +
  "2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d6573736167" +
  "65223a22546f6f206d616e792072657175657374732c20706c656173652077616974206265666f" +
  "726520747279696e6720616761696e2e227de8ffb26a";

function take(decoder: AwsEventStreamDecoder, frames: string[]): void {
  while (decoder.next()) {
    const name = decoder.header(":event-type") + decoder.header(":exception-type");
    const text = String.UTF8.decodeUnsafe(decoder.payload, decoder.payloadLength);
    frames.push(`${name} ${text}`);
  }
}

/** Pushes two pieces, or pieces of `size` bytes, each in memory of its own. */
function framesOf(bytes: ByteWriter, first: i32, size: i32): string {
  const decoder = new AwsEventStreamDecoder();
  const frames: string[] = [];
  let end = min(first, bytes.length);
  for (let start = 0; start < bytes.length; start = end, end = min(end + size, bytes.length)) {
    const length = end - start;
    const piece = heap.alloc(length + 1);
    memory.copy(piece, bytes.ptr + start, length);
    decoder.push(piece, length);
    take(decoder, frames);
    memory.fill(piece, GONE, length);
    heap.free(piece);
  }
  if (decoder.failed) frames.push("failed");
  if (decoder.pending() > 0) frames.push("pending");
  decoder.release();
  return frames.join("|");
}

/** A frame with these headers, in hexadecimal, and a payload. */
function frameOf(headers: string, payload: string): ByteWriter {
  const inner = fromHex(headers);
  const out = new ByteWriter();
  big(inner.length + payload.length + 16, out);
  big(inner.length, out);
  big(crc32(out.ptr, 8), out);
  out.writer(inner);
  out.ascii(payload);
  big(crc32(out.ptr, out.length), out);
  inner.release();
  return out;
}

function big(value: u32, out: ByteWriter): void {
  for (let shift = 24; shift >= 0; shift -= 8) out.byte(<u8>(value >> shift));
}

function whole(bytes: ByteWriter): string {
  const frames = framesOf(bytes, WHOLE, 1);
  bytes.release();
  return frames;
}

const FRAMES =
  ' |messageStart {"p":"abcd","role":"assistant"}|throttlingException ' +
  '{"message":"Too many requests, please wait before trying again."}| ';

describe("AwsEventStreamDecoder", () => {
  it("finds frames at every cut", () => {
    const bytes = fromHex(EMPTY + MESSAGE_START + EXCEPTION + EMPTY);
    for (let cut = 0; cut <= bytes.length; ++cut) {
      expect(framesOf(bytes, cut, WHOLE)).toBe(FRAMES);
    }
    for (let size = 1; size < 20; ++size) expect(framesOf(bytes, size, size)).toBe(FRAMES);
    bytes.release();
  });
  it("keeps an incomplete frame back", () => {
    const bytes = fromHex(EMPTY + MESSAGE_START);
    for (let length = 17; length < bytes.length; ++length) {
      const part = new ByteWriter();
      part.bytes(bytes.ptr, length);
      expect(whole(part)).toBe(" |pending");
    }
    bytes.release();
  });
  it("checks every bit", () => {
    const length = MESSAGE_START.length >> 1;
    for (let at = 0; at < length; ++at) {
      const bytes = fromHex(MESSAGE_START + EMPTY);
      store<u8>(bytes.ptr + at, load<u8>(bytes.ptr + at) ^ 0x10);
      const frames = whole(bytes);
      expect(frames.startsWith("failed")).toBe(true);
    }
  });
  it("stops behind a broken frame at every cut", () => {
    const bytes = fromHex(MESSAGE_START + EXCEPTION + EMPTY);
    const at = bytes.ptr + (MESSAGE_START.length >> 1) + 120;
    store<u8>(at, load<u8>(at) ^ 1);
    for (let cut = 0; cut <= bytes.length; ++cut) {
      const frames = framesOf(bytes, cut, WHOLE);
      expect(frames).toBe('messageStart {"p":"abcd","role":"assistant"}|failed|pending');
    }
    bytes.release();
  });
  it("knows every type of header", () => {
    const headers =
      "016100" +
      "016201" +
      "016302ff" +
      "0164030102" +
      "01650401020304" +
      "0166050102030405060708" +
      "0167060003010203" +
      "0168080102030405060708" +
      "016909000102030405060708090a0b0c0d0e0f" +
      "0b3a6576656e742d74797065070002c3a9" +
      "0170070000";
    expect(whole(frameOf(headers, "{}"))).toBe("é {}");
  });
  it("refuses headers that are none", () => {
    expect(whole(frameOf("01610a", ""))).toBe("failed|pending");
    expect(whole(frameOf("0161", ""))).toBe("failed|pending");
    expect(whole(frameOf("0161070005", "abcde"))).toBe("failed|pending");
    expect(whole(frameOf("01610700", "abcde"))).toBe("failed|pending");
    expect(whole(frameOf("ff6107", ""))).toBe("failed|pending");
    expect(whole(frameOf("01610901", ""))).toBe("failed|pending");
  });
  it("takes no text from a header of another type", () => {
    expect(whole(frameOf("0b3a6576656e742d74797065060001610b3a6576656e742d7479706500", "x"))).toBe(
      " x",
    );
  });
  it("refuses lengths beyond the limits", () => {
    expect(whole(fromHex("0000000f0000000000000000"))).toBe("failed|pending");
    expect(whole(fromHex("7fffffff0000000000000000"))).toBe("failed|pending");
    expect(whole(fromHex("00000010000000010000000000000000"))).toBe("failed|pending");
  });
});
