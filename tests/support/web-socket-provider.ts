// A provider that is asked by a WebSocket: https://www.rfc-editor.org/rfc/rfc6455
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const UNIQUE_ID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;

/** What a server answers a handshake's key with. */
export function acceptOf(key: string): string {
  return createHash("sha1")
    .update(key + UNIQUE_ID)
    .digest("base64");
}

/** A frame of a server. */
export function serverFrame(opcode: number, payload: string | Buffer, final = true): Buffer {
  const body = Buffer.from(payload as string);
  const first = (final ? 0x80 : 0) | opcode;
  if (body.length < 126) return Buffer.concat([Buffer.from([first, body.length]), body]);
  const head = Buffer.alloc(body.length < 65536 ? 4 : 10);
  head[0] = first;
  head[1] = head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(body.length, 2);
  else head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}

/** A frame that ends a session. */
export function closeFrame(code: number, reason = ""): Buffer {
  const body = Buffer.alloc(2 + Buffer.byteLength(reason));
  body.writeUInt16BE(code, 0);
  body.write(reason, 2);
  return serverFrame(CLOSE, body);
}

/**
 * The text that is a client's first message, or null where more has to come; throws an Error that
 * says what a client may not do.
 */
export function clientText(bytes: Uint8Array): string | null {
  const frame = Buffer.from(bytes);
  if (frame.length < 2) return null;
  const [first = 0, second = 0] = frame;
  if (first !== (0x80 | TEXT)) throw new Error(`no whole text: the first byte is ${first}`);
  if ((second & 0x80) === 0) throw new Error("a client's frame is not masked");
  const short = second & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (frame.length < start + 4) return null;
  const length =
    short < 126 ? short : short === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  if (frame.length < start + 4 + length) return null;
  if (frame.length > start + 4 + length) throw new Error("something follows the first message");
  const mask = frame.subarray(start, start + 4);
  const text = Buffer.from(frame.subarray(start + 4));
  for (let i = 0; i < text.length; ++i) text[i] = (text[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return text.toString("utf8");
}

/** A session that has begun. */
export interface Session {
  readonly request: IncomingMessage;
  /** The first message. */
  readonly message: unknown;
  readonly socket: Socket;
  /** Whether the client has closed its side. */
  readonly ended: () => boolean;
}

/** What a provider does with its sessions. */
export interface SessionScript {
  /** The status of an answer that opens no session, with its body. */
  refuse?: (request: IncomingMessage) => { status: number; body: string } | null;
  /** Changes what the handshake is answered with. */
  accept?: (key: string) => string;
  run?: (session: Session) => void | Promise<void>;
}

export interface WebSocketProvider {
  readonly port: number;
  /** Every session so far, oldest first. */
  readonly sessions: Session[];
  script: SessionScript;
  close(): Promise<void>;
}

/** Starts a provider on a free port of the loopback interface. */
export async function startWebSocketProvider(): Promise<WebSocketProvider> {
  const server = createServer((_, response) => response.writeHead(426).end());
  const sockets = new Set<Socket>();
  const sessions: Session[] = [];
  const provider = { port: 0, sessions, script: {} as SessionScript, close: () => stop() };
  server.on("upgrade", (request, stream, head) => {
    const socket = stream as Socket;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    serve(provider, request, socket, head);
  });
  const stop = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.port = portOf(server);
  return provider;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function serve(
  { script, sessions }: { script: SessionScript; sessions: Session[] },
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const refusal = script.refuse?.(request) ?? null;
  if (refusal !== null) {
    const { status, body } = refusal;
    const length = Buffer.byteLength(body);
    const headers = `content-type: application/json\r\ncontent-length: ${length}\r\n`;
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${headers}\r\n${body}`);
    return;
  }
  const accept = script.accept ?? acceptOf;
  const key = String(request.headers["sec-websocket-key"]);
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write([...lines, `Sec-WebSocket-Accept: ${accept(key)}`, "", ""].join("\r\n"));
  let received = head;
  let ended = false;
  const take = (piece: Buffer): void => {
    received = Buffer.concat([received, piece]);
    const text = clientText(received);
    if (text === null) return;
    received = Buffer.alloc(0);
    const session = { request, message: JSON.parse(text) as unknown, socket, ended: () => ended };
    sessions.push(session);
    void Promise.resolve(script.run?.(session)).catch(() => socket.destroy());
  };
  socket.on("end", () => (ended = true));
  socket.on("data", take);
  if (head.length > 0) take(Buffer.alloc(0));
}
