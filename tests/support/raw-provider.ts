// A provider that answers with whatever bytes a test wants, or not at all: https://www.rfc-editor.org/rfc/rfc9112
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { Socket } from "node:net";

/** A request as the provider received it. */
export interface RawRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Names and values as they came, without pseudo headers. */
  rawHeaders: string[];
  body: Buffer;
}

/** Answers one request by writing to its connection; the connection serves no other. */
export type Script = (socket: Socket, request: RawRequest) => void | Promise<void>;

export interface RawProvider {
  port: number;
  /** Every request so far, oldest first. */
  requests: RawRequest[];
  /** What the next requests are answered with. */
  script: Script;
  close(): Promise<void>;
}

/** Starts a provider on the loopback interface, on a free port unless one is given. */
export async function startRawProvider(script: Script, port = 0): Promise<RawProvider> {
  const provider: RawProvider = { port: 0, requests: [], script, close: () => end(server) };
  const server = createServer((request, response) => {
    const { method = "", url = "", headers, rawHeaders, socket } = request;
    const chunks: Buffer[] = [];
    socket.setNoDelay(true);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const received = { method, path: url, headers, rawHeaders, body };
      provider.requests.push(received);
      Promise.resolve(provider.script(socket, received)).catch(() => socket.destroy());
    });
    request.on("error", () => {});
    response.on("error", () => {});
  });
  provider.port = await listen(server, port);
  return provider;
}

/**
 * A port that nobody serves (tcpmux): connections to it are refused. One that was free a moment ago may be another
 * test's by now.
 */
export const REFUSED_PORT = 1;

/** Below those that systems give away: a provider that goes and comes back finds its port free. */
const [FIRST_PORT, PORTS] = [20_000, 12_000];

/** Listens on a port, or where that is 0 on one that is free, and answers which. */
async function listen(server: Server, port: number): Promise<number> {
  for (;;) {
    const own = port > 0 ? port : FIRST_PORT + Math.floor(Math.random() * PORTS);
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      server.once("error", resolve);
      server.listen(own, "127.0.0.1", () => {
        server.removeListener("error", resolve);
        resolve(null);
      });
    });
    if (error === null) return own;
    if (port > 0 || error.code !== "EADDRINUSE") throw error;
  }
}

function end(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The head of an answer; the connection ends with it. */
export function head(status: number, headers: Record<string, string> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\nconnection: close\r\n${lines.join("")}\r\n`;
}

/** Answers with a whole body. */
export function whole(
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Script {
  const type = { "content-type": "application/json", ...headers };
  const length = String(Buffer.byteLength(body));
  return (socket) => {
    socket.write(head(status, { ...type, "content-length": length }));
    socket.end(body);
  };
}

/** The head of a stream. Its body ends cleanly only with `CHUNKS_END`. */
export const STREAM_HEAD = head(200, {
  "content-type": "text/event-stream",
  "transfer-encoding": "chunked",
});

/** One piece of a chunked body. */
export function chunk(bytes: string | Buffer): Buffer {
  const content = Buffer.from(bytes);
  const size = Buffer.from(`${content.length.toString(16)}\r\n`);
  return Buffer.concat([size, content, Buffer.from("\r\n")]);
}

export const CHUNKS_END = "0\r\n\r\n";

/** Answers with a stream that ends cleanly, each piece in a write of its own. */
export function stream(...pieces: (string | Buffer)[]): Script {
  return async (socket) => {
    socket.write(STREAM_HEAD);
    for (const piece of pieces) await send(socket, chunk(piece));
    socket.end(CHUNKS_END);
  };
}

/** Writes, and waits until the bytes have left. */
export function send(socket: Socket, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => setImmediate(resolve)));
}
