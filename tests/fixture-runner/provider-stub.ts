// A provider for an Envoy under test: answers what it is told and keeps what it was asked.
// https://nodejs.org/api/http.html
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeaderPairs } from "../../host/header-map.ts";
import type { SeenRequest } from "./compare.ts";
import type { ProviderResponse } from "./messages.ts";

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
    const third = Math.ceil(answer.body.length / 3);
    for (let at = 0; at < answer.body.length; at += third) {
      response.write(answer.body.subarray(at, at + third));
      await sleep(BETWEEN_PIECES_MS);
    }
    response.end();
  } else {
    response.end(answer.body);
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
