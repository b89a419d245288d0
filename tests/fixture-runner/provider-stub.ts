// A provider for an Envoy under test: answers what it is told and keeps what it was asked.
// https://nodejs.org/api/http.html
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeaderPairs } from "../../host/header-map.ts";
import type { SeenRequest } from "./compare.ts";
import { clientText } from "../support/web-socket-provider.ts";
import { type ProviderResponse, SWITCHED } from "./messages.ts";
import { switchHeaders } from "./web-socket.ts";

// Long enough for Envoy to read one piece before the next is written.
const BETWEEN_PIECES_MS = 5;

/** An HTTP server on a free port of the loopback interface. */
export class ProviderStub {
  /** Requests since the last `expect`, calls of the filter's own left out. */
  readonly seen: SeenRequest[] = [];

  private response: ProviderResponse | null = null;
  private calls = new Map<string, ProviderResponse>();

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => void this.serve(request, response));
    server.on("upgrade", (request, socket, head) => this.open(request, socket, head));
  }

  /** Listens on a free port. */
  static async start(): Promise<ProviderStub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new ProviderStub(server);
  }

  /** The port it listens on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** What the next request gets; requests to the paths of `calls` get theirs. */
  expect(response: ProviderResponse, calls: ReadonlyMap<string, ProviderResponse>): void {
    this.seen.length = 0;
    this.response = response;
    this.calls = new Map(calls);
  }

  /** Closes every connection. */
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** A request that asks for a session: its first message comes once it has been opened. */
  private open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const answer = this.response;
    const { method = "", url: path = "" } = request;
    const headers = headerPairs(request.rawHeaders);
    let body = head;
    if (answer?.status !== SWITCHED) return void socket.destroy();
    const lines = switchHeaders({ headers }, answer.headers).map((own) => own.join(": "));
    socket.on("error", () => undefined);
    socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
    socket.on("data", (piece: Buffer) => {
      body = Buffer.concat([body, piece]);
      if (clientText(body) === null) return;
      this.seen.push({ method, path, host: request.headers.host ?? "", headers, body });
      void writePieces(socket, answer.body).then(() => socket.end());
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = request.url ?? "";
    const call = this.calls.get(path);
    if (call === undefined) {
      this.seen.push({
        method: request.method ?? "",
        path,
        host: request.headers.host ?? "",
        headers: headerPairs(request.rawHeaders),
        body: Buffer.concat(pieces),
      });
    }
    const answer = call ?? this.response;
    if (answer === null) response.destroy();
    else await send(response, answer);
  }
}

async function send(response: ServerResponse, answer: ProviderResponse): Promise<void> {
  const length = answer.streamed ? [] : ["content-length", String(answer.body.length)];
  response.writeHead(answer.status, [...answer.headers.flat(), ...length]);
  if (answer.streamed) {
    await writePieces(response, answer.body);
    response.end();
  } else {
    response.end(answer.body);
  }
}

async function writePieces(to: Writable, body: Uint8Array): Promise<void> {
  const third = Math.ceil(body.length / 3);
  for (let at = 0; at < body.length; at += third) {
    to.write(body.subarray(at, at + third));
    await sleep(BETWEEN_PIECES_MS);
  }
}

/** Node's flat list of names and values as pairs with lower-case names. */
export function headerPairs(raw: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    pairs.push([(raw[i] ?? "").toLowerCase(), raw[i + 1] ?? ""]);
  }
  return pairs;
}
