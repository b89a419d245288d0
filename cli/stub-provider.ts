// A provider that needs no key and no network: OpenAI's and Anthropic's wire formats on one port.
// Alone: npx tsx cli/stub-provider.ts [--port 9001] [--delay 40]
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { claudeError, serveClaude } from "./stub/claude.ts";
import { NativeError, readBody, sendJson, type Call } from "./stub/http.ts";
import { openAiError, serveOpenAi } from "./stub/openai.ts";

/** A request as the provider received it. */
export interface ReceivedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface StubProvider {
  port: number;
  /** Every request so far, oldest first. Kept only where `record` was asked for. */
  requests: ReceivedRequest[];
  /** Cuts what is still running and frees the port. */
  close(): Promise<void>;
}

export interface StubOptions {
  /** 0 takes a free one. */
  port?: number;
  /** Loopback unless told otherwise. */
  host?: string;
  /** Pause between the events of a stream: 40 reads like a person's typing, 0 is for tests. */
  delayMs?: number;
  record?: boolean;
}

/** Starts a stub provider on the loopback interface. */
export async function startStubProvider(options: StubOptions = {}): Promise<StubProvider> {
  const { port = 0, host = "127.0.0.1", delayMs = 40, record = true } = options;
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    serve(request, response, delayMs, record ? requests : null).catch(() => response.destroy());
  });
  // Longer than any pool in front keeps an idle connection, so that none is closed under a request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  delayMs: number,
  requests: ReceivedRequest[] | null,
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const body = await readBody(request);
  requests?.push({ method, path: url, headers, body: body.toString("utf8") });
  const [path = ""] = url.split("?", 1);
  const call: Call = { method, path, headers, body, response, delayMs };
  // Both providers list their models under one path: Anthropic's clients say who they are.
  const isClaude = path.startsWith("/v1/messages") || "anthropic-version" in headers;
  try {
    await (isClaude ? serveClaude(call) : serveOpenAi(call));
  } catch (error) {
    const native = error instanceof NativeError ? error : internalError(isClaude, error);
    if (response.headersSent) response.destroy();
    else sendJson(response, native.status, native.body);
  }
}

function internalError(isClaude: boolean, error: unknown): NativeError {
  const message = error instanceof Error ? error.message : String(error);
  return isClaude ? claudeError(500, "api_error", message) : openAiError(500, message);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "9001" },
      host: { type: "string", default: "127.0.0.1" },
      delay: { type: "string", default: "40" },
    },
  });
  const { host } = values;
  const stub = await startStubProvider({
    port: Number(values.port),
    host,
    delayMs: Number(values.delay),
    record: false,
  });
  console.log(`Stub provider on http://${host}:${stub.port} (OpenAI and Anthropic)`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: Error) => {
    console.error(`stub provider: ${error.message}`);
    process.exit(1);
  });
}
