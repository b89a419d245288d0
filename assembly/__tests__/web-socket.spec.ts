// Frames of WebSockets, with the examples of the standard: https://www.rfc-editor.org/rfc/rfc6455#section-5.7
import { WebSocketDecoder, WebSocketFault } from "../stream/web-socket";
import { frameWhole, Opcode, writeClientFrame, writeCloseFrame } from "../stream/web-socket-frame";
import { webSocketAccept, webSocketKey } from "../stream/web-socket-key";
import { ByteWriter } from "../text/byte-writer";
import { fromHex, toHex } from "./hex-text";

/** The mask of the standard's example, its first byte lowest. */
const MASK: u32 = 0x3d21fa37;
const HELLO = "810548656c6c6f";

/** Messages, `|` behind each, then what the decoder says of pings, close and fault. */
function decode(hex: string, cut: i32): string {
  const bytes = fromHex(hex);
  const decoder = new WebSocketDecoder();
  const seen: string[] = [];
  decoder.push(bytes.ptr, min(cut, bytes.length));
  while (decoder.next()) seen.push(textOf(decoder));
  // The first piece may be gone by now.
  const rest = fromHex(hex.substring(2 * min(cut, bytes.length)));
  bytes.release();
  decoder.push(rest.ptr, rest.length);
  while (decoder.next()) seen.push(textOf(decoder));
  decoder.finish();
  while (decoder.next()) seen.push(textOf(decoder));
  let told = seen.join("");
  if (decoder.pings > 0) told += ` ping ${decoder.ping.toString()}`;
  if (decoder.ended) told += ` close ${decoder.closeCode}`;
  if (decoder.failed) told += ` fault ${<i32>decoder.fault}`;
  if (decoder.pending() > 0 && !decoder.failed) told += ` pending ${decoder.pending()}`;
  rest.release();
  decoder.release();
  return told;
}

function textOf(decoder: WebSocketDecoder): string {
  const text = String.UTF8.decodeUnsafe(decoder.payload, decoder.payloadLength);
  return (decoder.isText ? text : "binary " + text) + "|";
}

function atEveryCut(hex: string, expected: string): void {
  for (let cut = 0; cut <= hex.length / 2; ++cut) expect(decode(hex, cut)).toBe(expected);
}

function byteByByte(hex: string): string {
  const bytes = fromHex(hex);
  const decoder = new WebSocketDecoder();
  const seen: string[] = [];
  for (let i = 0; i < bytes.length; ++i) {
    decoder.push(bytes.ptr + i, 1);
    while (decoder.next()) seen.push(textOf(decoder));
  }
  bytes.release();
  decoder.release();
  return seen.join("");
}

function fault(hex: string): i32 {
  const bytes = fromHex(hex);
  const decoder = new WebSocketDecoder();
  decoder.push(bytes.ptr, bytes.length);
  while (decoder.next()) {}
  const found = <i32>decoder.fault;
  bytes.release();
  decoder.release();
  return found;
}

function framed(opcode: Opcode, text: string): string {
  const payload = new ByteWriter();
  payload.text(text);
  const out = new ByteWriter();
  writeClientFrame(opcode, payload.ptr, payload.length, MASK, out);
  const hex = toHex(out.ptr, out.length);
  payload.release();
  out.release();
  return hex;
}

describe("WebSocketDecoder", () => {
  it("takes the standard's text, whole, in fragments and at every cut", () => {
    atEveryCut(HELLO, "Hello|");
    atEveryCut("010348656c" + "80026c6f", "Hello|");
    atEveryCut("010348656c" + "00016c" + "80016f" + HELLO, "Hello|Hello|");
    expect(byteByByte("010348656c" + "80026c6f" + HELLO + "8100")).toBe("Hello|Hello||");
  });
  it("takes control frames, between fragments too", () => {
    atEveryCut("8905" + "48656c6c6f", " ping Hello");
    atEveryCut("8a05" + "48656c6c6f", "");
    atEveryCut("010348656c" + "89026869" + "8a00" + "80026c6f", "Hello| ping hi");
    atEveryCut(HELLO + "8800", "Hello| close 1005");
    atEveryCut(HELLO + "880603e8" + "62796521", "Hello| close 1000");
    atEveryCut("010348656c" + "880203e9", " close 1001 pending 3");
  });
  it("takes lengths of 16 and 64 bits, however long they are written", () => {
    const text = "61".repeat(256);
    atEveryCut("827e0100" + text, "binary " + "a".repeat(256) + "|");
    expect(decode("827f0000000000010000" + "61".repeat(65536), 7).length).toBe(7 + 65536 + 1);
    atEveryCut("817f0000000000000002" + "6869", "hi|");
  });
  it("takes characters that fragments cut apart, and no bytes that are none", () => {
    atEveryCut("0101e4" + "8002bda0", "你|");
    expect(fault("8102e4bd")).toBe(WebSocketFault.BadText);
    expect(fault("8103eda080")).toBe(WebSocketFault.BadText);
    expect(fault("8202e4bd")).toBe(WebSocketFault.None);
  });
  it("refuses what a server may not send", () => {
    expect(fault("818537fa213d7f9f4d5158")).toBe(WebSocketFault.Masked);
    expect(fault("c10548656c6c6f")).toBe(WebSocketFault.ReservedBits);
    expect(fault("a100")).toBe(WebSocketFault.ReservedBits);
    expect(fault("9100")).toBe(WebSocketFault.ReservedBits);
    expect(fault("8300")).toBe(WebSocketFault.UnknownOpcode);
    expect(fault("8b00")).toBe(WebSocketFault.UnknownOpcode);
    expect(fault("897e0080")).toBe(WebSocketFault.BadControl);
    expect(fault("0900")).toBe(WebSocketFault.BadControl);
    expect(fault("8000")).toBe(WebSocketFault.BadFragment);
    expect(fault("010161" + "810162")).toBe(WebSocketFault.BadFragment);
    expect(fault("817fffffffffffffffff")).toBe(WebSocketFault.TooLarge);
    expect(fault("817f0000000003000000")).toBe(WebSocketFault.TooLarge);
  });
  it("refuses a close frame that says nonsense, and anything behind one", () => {
    expect(fault("880103")).toBe(WebSocketFault.BadClose);
    expect(fault("880203ed")).toBe(WebSocketFault.BadClose);
    expect(fault("88020000")).toBe(WebSocketFault.BadClose);
    expect(fault("880403e8eda0")).toBe(WebSocketFault.BadClose);
    expect(fault("88020fa0")).toBe(WebSocketFault.None);
    expect(fault("880203e8" + HELLO)).toBe(WebSocketFault.AfterClose);
    atEveryCut("880203e8" + "81", " close 1000 fault 9");
  });
});

describe("frames of a client", () => {
  it("are masked as in the standard", () => {
    expect(framed(Opcode.Text, "Hello")).toBe("818537fa213d7f9f4d5158");
    expect(framed(Opcode.Pong, "Hello")).toBe("8a8537fa213d7f9f4d5158");
    expect(framed(Opcode.Ping, "")).toBe("898037fa213d");
  });
  it("have lengths of 7, 16 and 64 bits", () => {
    expect(framed(Opcode.Text, "a".repeat(125)).substring(0, 12)).toBe("81fd37fa213d");
    expect(framed(Opcode.Text, "a".repeat(126)).substring(0, 16)).toBe("81fe007e37fa213d");
    expect(framed(Opcode.Text, "a".repeat(65535)).substring(0, 16)).toBe("81feffff37fa213d");
    expect(framed(Opcode.Binary, "a".repeat(65536)).substring(0, 28)).toBe(
      "82ff000000000001000037fa213d",
    );
  });
  it("mask every byte, whatever the length", () => {
    const pattern = "569b405c".repeat(20);
    for (let length = 0; length < 40; ++length) {
      const hex = framed(Opcode.Text, "a".repeat(length));
      expect(hex.substring(12)).toBe(pattern.substring(0, 2 * length));
    }
  });
  it("may be made of a whole body in place", () => {
    const body = fromHex("48656c6c6f");
    frameWhole(Opcode.Text, MASK, body);
    expect(toHex(body.ptr, body.length)).toBe("818537fa213d7f9f4d5158");
    writeCloseFrame(1000, 0, body);
    expect(toHex(body.ptr + 11, body.length - 11)).toBe("88820000000003e8");
    body.release();
  });
});

describe("the handshake", () => {
  it("knows the standard's key", () => {
    const key = webSocketKey(0x0807060504030201, 0x100f0e0d0c0b0a09);
    expect(key).toBe("AQIDBAUGBwgJCgsMDQ4PEA==");
    expect(webSocketAccept("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });
});
