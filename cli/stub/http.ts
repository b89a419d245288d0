// What both wire formats of the stub provider need from HTTP: bodies, JSON answers, paced events.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How the names of models end that the stub does not know. */
export const UNKNOWN_MODEL = "no-such-model";
/** How the names of models end whose provider is overloaded. */
export const FAILING_MODEL = "-down";

/** One request, read to its end, with its answer still open. */
export interface Call {
  method: string;
  /** Without the query. */
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
  response: ServerResponse;
  /** Pause before each event of a stream. */
  delayMs: number;
}

/** A native error: thrown by a handler, written in its provider's shape. */
export class NativeError extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
  ) {
    super(`status ${status}`);
  }
}

/** Reads a body to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Sends a whole JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
  });
  response.end(bytes);
}

/** Sends events at the call's pace, and stops when the client has gone. */
export async function sendEvents(call: Call, events: Iterable<string>): Promise<void> {
  const { response, delayMs } = call;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  for (const event of events) {
    if (response.destroyed) return;
    if (!response.write(event)) await drained(response);
    if (delayMs > 0) await sleep(delayMs);
  }
  response.end();
}

/** A reader that went away never drains: its close ends the wait too. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

/** Parses a JSON object, or returns the reason why it is none. */
export function parseObject(body: Buffer): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    return "expected an object";
  } catch (error) {
    return (error as Error).message;
  }
}
