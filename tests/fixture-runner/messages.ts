// The request and the provider's answer of a fixture, with the headers that every one of them has.
import type { HeaderPairs } from "../../host/header-map.ts";
import { extension, text, type Fixture } from "./fixture.ts";
import { sessionBytes } from "./web-socket.ts";

/** A request as the client sends it. */
export interface ClientRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Without content-length. */
  readonly headers: HeaderPairs;
  /** Null: no body at all. */
  readonly body: Uint8Array | null;
}

/** An answer as the provider sends it. */
export interface ProviderResponse {
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  /** Whether it comes piece by piece, without a content-length. */
  readonly streamed: boolean;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  sse: "text/event-stream",
  txt: "text/plain",
};

/** The answer to a handshake. */
export const SWITCHED = 101;

/** What the client sends: POST to the chat path with JSON, unless the case says otherwise. */
export function clientRequest(fixture: Fixture): ClientRequest {
  const given = fixture.content.request ?? {};
  const headers = lowerCase(given.headers ?? {});
  const host = headers.get("host") ?? "gateway.test";
  headers.delete("host");
  if (fixture.request !== null && !headers.has("content-type")) {
    headers.set("content-type", "application/json");
  }
  return {
    method: given.method ?? "POST",
    path: given.path ?? "/v1/chat/completions",
    host,
    headers: [...headers],
    body: fixture.request?.bytes ?? null,
  };
}

/** What the provider answers; content-type by the file's ending unless given. */
export function providerResponse(fixture: Fixture): ProviderResponse {
  const given = fixture.content.response ?? {};
  const headers = lowerCase(given.headers ?? {});
  const file = fixture.upstreamResponse;
  if (file !== null && extension(file) === "ws") {
    const body = sessionBytes(text(file));
    return { status: given.status ?? SWITCHED, headers: [...headers], body, streamed: true };
  }
  if (file !== null && !headers.has("content-type")) {
    const type = CONTENT_TYPES[extension(file)];
    if (type === undefined) throw new Error(`${fixture.name}: ${file.name} needs a content-type`);
    headers.set("content-type", type);
  }
  const streamed = /event-?stream|ndjson/.test(headers.get("content-type") ?? "");
  const body = file?.bytes ?? new Uint8Array(0);
  return { status: given.status ?? 200, headers: [...headers], body, streamed };
}

function lowerCase(headers: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
