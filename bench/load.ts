// The client process: sends one request over and over on a few kept connections.
import { connect, type Socket } from "node:net";
import { serve } from "./child.ts";
import { HttpReader } from "./http-reader.ts";

export interface Job {
  port: number;
  /** Head and body as they go over the wire. */
  request: Uint8Array;
  count: number;
  connections: number;
}

export interface JobResult {
  seconds: number;
  /** Bytes of all answers' bodies. */
  bodyLength: number;
  /** HTTP chunks of all answers. */
  chunks: number;
  /** The last answer. */
  last: { head: string; body: string };
}

const PATIENCE_MS = 120_000;

class Connection {
  readonly reader = new HttpReader((message) => this.onAnswer(message));
  onAnswer: (message: HttpReader) => void = () => {};
  onFailure: (error: Error) => void = () => {};
  private readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (bytes) => this.read(bytes));
    this.socket.on("error", (error) => this.onFailure(error));
    this.socket.on("close", () => this.onFailure(new Error("Envoy closed a connection")));
  }

  send(request: Uint8Array): void {
    this.socket.write(request);
  }

  private read(bytes: Buffer): void {
    try {
      this.reader.push(bytes);
    } catch (error) {
      this.onFailure(error as Error);
    }
  }
}

const pools = new Map<number, Connection[]>();

function connectionsTo(port: number, count: number): Connection[] {
  const pool = pools.get(port) ?? [];
  pools.set(port, pool);
  while (pool.length < count) pool.push(new Connection(port));
  return pool.slice(0, count);
}

function run({ port, request, count, connections }: Job): Promise<JobResult> {
  const pool = connectionsTo(port, Math.min(connections, count));
  const result: JobResult = { seconds: 0, bodyLength: 0, chunks: 0, last: { head: "", body: "" } };
  const start = performance.now();
  let toSend = count;
  let toCome = count;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      pools.delete(port);
      clearTimeout(timer);
      reject(error);
    };
    const late = () => fail(new Error(`${toCome} of ${count} answers did not come`));
    const timer = setTimeout(late, PATIENCE_MS);
    for (const connection of pool) {
      connection.reader.keepsBody = count === 1;
      connection.onFailure = fail;
      connection.onAnswer = (message) => {
        if (!message.head.startsWith("HTTP/1.1 200")) return fail(new Error(message.head));
        result.bodyLength += message.bodyLength;
        result.chunks += message.chunks;
        if (toSend-- > 0) connection.send(request);
        if (--toCome > 0) return;
        clearTimeout(timer);
        result.seconds = (performance.now() - start) / 1000;
        result.last = { head: message.head, body: message.body() };
        resolve(result);
      };
      if (toSend-- > 0) connection.send(request);
    }
  });
}

serve(run);
