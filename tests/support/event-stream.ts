// Amazon's binary event streams, made of lines of JSON and shown as such:
// https://smithy.io/2.0/aws/amazon-eventstream.html
//   npx tsx tests/support/event-stream.ts < frames.jsonl > upstream-response.bin
//   npx tsx tests/support/event-stream.ts show < upstream-response.bin
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { crc32 } from "node:zlib";

/** One frame: its headers are texts, but for those that are given as typed bytes in hexadecimal. */
export interface Frame {
  readonly headers: Readonly<Record<string, string>>;
  /** Whole headers of other types, in hexadecimal. */
  readonly otherHeaders?: string;
  /** JSON, or a text that is sent as it stands. */
  readonly payload?: unknown;
}

const PRELUDE = 12;
const STRING = 7;

/** The bytes of a frame. */
export function encodeFrame({ headers, otherHeaders = "", payload }: Frame): Buffer {
  const texts = Object.entries(headers).map(([name, value]) => {
    const text = Buffer.from(value);
    const head = Buffer.from([name.length, ...Buffer.from(name), STRING, 0, 0]);
    head.writeUInt16BE(text.length, head.length - 2);
    return Buffer.concat([head, text]);
  });
  const head = Buffer.concat([Buffer.from(otherHeaders, "hex"), ...texts]);
  const text = typeof payload === "string" ? payload : JSON.stringify(payload ?? "");
  const body = Buffer.from(payload === undefined ? "" : text);
  const frame = Buffer.alloc(PRELUDE + head.length + body.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(head.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  head.copy(frame, PRELUDE);
  body.copy(frame, PRELUDE + head.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, -4)), frame.length - 4);
  return frame;
}

/** A frame with an event. */
export function event(type: string, payload: unknown): Buffer {
  return encodeFrame({
    headers: {
      ":event-type": type,
      ":content-type": "application/json",
      ":message-type": "event",
    },
    payload,
  });
}

/** A frame with an exception. */
export function exception(type: string, payload: unknown): Buffer {
  return encodeFrame({
    headers: {
      ":exception-type": type,
      ":content-type": "application/json",
      ":message-type": "exception",
    },
    payload,
  });
}

/** The bytes of a line: `["messageStart", {…}]`, `["!throttlingException", {…}]` or a frame. */
function encodeLine(line: string): Buffer {
  const value = JSON.parse(line) as [string, unknown] | Frame;
  if (!Array.isArray(value)) return encodeFrame(value as Frame);
  const [type, payload] = value;
  return type.startsWith("!") ? exception(type.slice(1), payload) : event(type, payload);
}

/** The frames of a stream, as far as their headers are texts. */
export function decodeFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + PRELUDE <= bytes.length; at += bytes.readUInt32BE(at)) {
    const end = at + PRELUDE + bytes.readUInt32BE(at + 4);
    const headers: Record<string, string> = {};
    for (let start = at + PRELUDE; start < end;) {
      const value = start + 1 + bytes.readUInt8(start);
      if (bytes.readUInt8(value) !== STRING) break;
      const stop = value + 3 + bytes.readUInt16BE(value + 1);
      headers[bytes.toString("utf8", start + 1, value)] = bytes.toString("utf8", value + 3, stop);
      start = stop;
    }
    const payload = bytes.toString("utf8", end, at + bytes.readUInt32BE(at) - 4);
    frames.push({ headers, payload });
  }
  return frames;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const input = await buffer(process.stdin);
  if (process.argv[2] === "show") {
    for (const frame of decodeFrames(input)) process.stdout.write(`${JSON.stringify(frame)}\n`);
  } else {
    const lines = input.toString("utf8").split("\n");
    for (const line of lines) if (line.trim() !== "") process.stdout.write(encodeLine(line));
  }
}
