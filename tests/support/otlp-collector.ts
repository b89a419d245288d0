// A collector that takes everything: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";

export interface Collector {
  port: number;
  /** What was exported, by the last part of the service's name: `TraceService`, `LogsService`, `MetricsService`. */
  exports: { service: string; text: string }[];
  close(): Promise<void>;
}

/** Starts it on a free port of the loopback interface. */
export async function startCollector(): Promise<Collector> {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  const collector: Collector = {
    port: 0,
    exports: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.destroy();
      }),
  };
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const service = /\.(\w+)\/Export$/.exec(headers[":path"] ?? "")?.[1] ?? "";
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      collector.exports.push({ service, text: Buffer.concat(chunks).toString("latin1") });
      stream.respond(
        { ":status": 200, "content-type": "application/grpc" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      // An empty message says that all was taken.
      stream.end(Buffer.alloc(5));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  collector.port = (server.address() as AddressInfo).port;
  return collector;
}

/** The string attributes of a key in protobuf messages: the bytes that follow it say its lengths. */
export function attributesOf(text: string, key: string): string[] {
  const found: string[] = [];
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    // 0x12 length 0x0a length value: the field `value` of KeyValue, and in it `string_value`.
    const start = at + key.length;
    const length = text.charCodeAt(start + 3);
    if (text.charCodeAt(start) === 0x12) found.push(text.slice(start + 4, start + 4 + length));
  }
  return found;
}
