// A rate limit service that answers as it is told:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/ratelimit/v3/rls.proto
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

/** A descriptor as it came: `unit=requests consumer=a`, and how much it counts. */
export interface Hit {
  descriptor: string;
  hits: number;
}

export interface RateLimitServer {
  port: number;
  domains: string[];
  hits: Hit[];
  /** Descriptors that are over their limit. */
  exhausted: string[];
  close(): Promise<void>;
}

const OK = 1;
const OVER_LIMIT = 2;

/** Starts it on a free port of the loopback interface. */
export async function startRateLimitService(): Promise<RateLimitServer> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  const service: RateLimitServer = {
    port: 0,
    domains: [],
    hits: [],
    exhausted: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
  server.on("stream", (stream: ServerHttp2Stream) => {
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const { domain, hits } = readRequest(Buffer.concat(chunks).subarray(5));
      service.domains.push(domain);
      service.hits.push(...hits);
      const isOver = hits.some(({ descriptor }) => service.exhausted.includes(descriptor));
      respond(stream, Buffer.from([0x08, isOver ? OVER_LIMIT : OK]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  service.port = (server.address() as AddressInfo).port;
  return service;
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const headers = { ":status": 200, "content-type": "application/grpc" };
  stream.respond(headers, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.concat([head, message]));
}

interface Field {
  number: number;
  value: number;
  bytes: Buffer;
}

/** https://protobuf.dev/programming-guides/encoding/ with the two wire types that are needed. */
function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    const isBytes = (tag & 7) === 2;
    const content = isBytes ? bytes.subarray(at, at + value) : Buffer.alloc(0);
    if (isBytes) at += value;
    fields.push({ number: tag >> 3, value, bytes: content });
  }
  return fields;
}

function readRequest(bytes: Buffer): { domain: string; hits: Hit[] } {
  const fields = readFields(bytes);
  const domain = fields.find(({ number }) => number === 1)?.bytes.toString() ?? "";
  const hits = fields.filter(({ number }) => number === 2).map((one) => readDescriptor(one.bytes));
  return { domain, hits };
}

function readDescriptor(bytes: Buffer): Hit {
  const fields = readFields(bytes);
  const entries = fields
    .filter(({ number }) => number === 1)
    .map((entry) => readFields(entry.bytes).map((part) => part.bytes.toString()));
  const addend = fields.find(({ number }) => number === 3);
  const hits = addend === undefined ? 1 : (readFields(addend.bytes)[0]?.value ?? 0);
  return { descriptor: entries.map((pair) => pair.join("=")).join(" "), hits };
}
