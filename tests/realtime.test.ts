// Realtime sessions through Envoy: a WebSocket is opened with the provider's host, key and model, and its bytes pass both ways.
// https://platform.openai.com/docs/guides/realtime-websocket
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { bootstrap, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { startGateway } from "./support/gateway.ts";

const PING = "\u0081ping\u0000";
const MODELS = { "gpt-realtime": "gpt realtime/2" };
const VERSION = "api-version=2025-04-01-preview";
const AZURE = `https://name.openai.azure.com?${VERSION}`;
const KEY = "openai-insecure-api-key.ek-client";

const CONFIGS = [
  { provider: { type: "openai", apiTokens: ["sk-configured"] } },
  { provider: { type: "openai", apiTokens: ["sk-configured"], modelMapping: MODELS } },
  { provider: { type: "azure", apiTokens: ["key"], azureServiceUrl: AZURE, modelMapping: MODELS } },
  { provider: { type: "openai" } },
  { provider: { type: "groq", apiTokens: ["gsk-configured"] } },
  {
    provider: {
      type: "openai",
      apiTokens: ["sk-configured"],
      failover: { enabled: true, cooldownDuration: 1000 },
      retryOnFailure: { enabled: true },
    },
  },
];

let server: Server;
let single: TestEnvoy;
let gateway: TestEnvoy;
let requests: IncomingMessage[] = [];

before(async () => {
  server = createServer((_, response) => response.writeHead(426).end());
  server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
    requests.push(request);
    const lines = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: Upgrade"];
    socket.write(`${lines.join("\r\n")}\r\nsec-websocket-protocol: realtime\r\n\r\n`);
    socket.on("data", (bytes: Buffer) => void socket.write(Buffer.concat([bytes, bytes])));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config = bootstrap({
    listeners: CONFIGS.map((own) => ({ config: own, upstreamPort: port })),
  });
  for (const { filter_chains } of config.static_resources.listeners) {
    for (const { filters } of filter_chains) {
      for (const { typed_config } of filters) {
        Object.assign(typed_config, { upgrade_configs: [{ upgrade_type: "websocket" }] });
      }
    }
  }
  single = await startEnvoyWith(config);
  const upstream = { address: `127.0.0.1:${port}`, tls: false };
  gateway = await startGateway({
    providers: {
      a: { type: "openai", apiTokens: ["sk-a"], upstream },
      b: { type: "azure", apiTokens: ["key-b"], azureServiceUrl: AZURE, upstream },
      gone: {
        type: "openai",
        apiTokens: ["sk-gone"],
        upstream: { address: "127.0.0.1:1", tls: false },
      },
    },
    models: [
      { model: "chat", providers: ["a"] },
      { model: "gpt-realtime", providers: [{ id: "b", model: "voice" }, "a"] },
      { model: "fallback", providers: ["gone", "a"] },
    ],
  });
});

after(async () => {
  await single?.stop();
  await gateway?.stop();
  server.close();
  server.closeAllConnections();
});

interface Session {
  status: number;
  /** The provider's answer to `ping`. */
  echo: string;
  request: IncomingMessage | undefined;
}

/** Opens a session, says `ping`, and closes it. */
async function open(
  port: number | undefined,
  path: string,
  more: Record<string, string> = {},
): Promise<Session> {
  requests = [];
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    authorization: "Bearer sk-client",
    ...more,
  };
  const request = httpRequest({ port, path, headers, agent: false });
  request.end();
  const [status, socket] = await new Promise<[number, Socket | null]>((resolve, reject) => {
    request.on("upgrade", (response: IncomingMessage, own: Socket) => {
      resolve([response.statusCode ?? 0, own]);
    });
    request.on("response", (response) => {
      response.resume();
      resolve([response.statusCode ?? 0, null]);
    });
    request.on("error", reject);
  });
  if (socket === null) return { status, echo: "", request: requests[0] };
  socket.write(PING);
  let echo = "";
  const signal = AbortSignal.timeout(5000);
  while (echo.length < 2 * PING.length) {
    const [bytes] = (await once(socket, "data", { signal })) as [Buffer];
    echo += bytes.toString();
  }
  socket.destroy();
  return { status, echo, request: requests[0] };
}

function assertOpen({ status, echo, request }: Session, url: string, key: object): void {
  assert.equal(status, 101);
  assert.equal(echo, PING + PING);
  assert.equal(request?.url, url);
  for (const [name, value] of Object.entries(key)) assert.equal(request?.headers[name], value);
  assert.doesNotMatch(JSON.stringify(request?.rawHeaders), /client/);
}

const BEARER = { authorization: "Bearer sk-configured", upgrade: "websocket" };

describe("one provider", () => {
  test("the session is the provider's, with its key", async () => {
    const path = "/v1/realtime?model=gpt-realtime&call_id=1";
    assertOpen(await open(single.ports[0], path), path, { host: "api.openai.com", ...BEARER });
  });

  test("the model is mapped in the query", async () => {
    const session = await open(single.ports[1], "/v1/realtime?a=b&model=gpt-realtime");
    assertOpen(session, "/v1/realtime?a=b&model=gpt%20realtime%2F2", BEARER);
  });

  test("Azure's deployment", async () => {
    const session = await open(single.ports[2], "/v1/realtime?model=gpt-realtime");
    assertOpen(session, `/openai/realtime?deployment=gpt%20realtime%2F2&${VERSION}`, {
      "api-key": "key",
      authorization: undefined,
    });
  });

  test("the key of a browser among the subprotocols does not go on", async () => {
    const protocols = { "sec-websocket-protocol": `realtime, ${KEY}, openai-beta.realtime-v1` };
    const session = await open(single.ports[0], "/v1/realtime?model=m", protocols);
    assertOpen(session, "/v1/realtime?model=m", {
      ...BEARER,
      "sec-websocket-protocol": "realtime, openai-beta.realtime-v1",
    });
  });

  test("that key is the credential where none is configured", async () => {
    const more = { authorization: "", "sec-websocket-protocol": `realtime, ${KEY}` };
    const { status, request } = await open(single.ports[3], "/v1/realtime?model=m", more);
    assert.equal(status, 101);
    assert.equal(request?.headers.authorization, "Bearer ek-client");
    assert.equal(request.headers["sec-websocket-protocol"], "realtime");
  });

  test("a provider without sessions", async () => {
    const { status, request } = await open(single.ports[4], "/v1/realtime?model=m");
    assert.equal(status, 404);
    assert.equal(request, undefined);
  });

  test("with failover and retries", async () => {
    const path = "/v1/realtime?model=m";
    assertOpen(await open(single.ports[5], path), path, BEARER);
  });
});

describe("the gateway", () => {
  test("the model of the query decides", async () => {
    const session = await open(gateway.ports[0], "/v1/realtime?model=gpt-realtime");
    assertOpen(session, `/openai/realtime?deployment=voice&${VERSION}`, { "api-key": "key-b" });
    const other = await open(gateway.ports[0], "/v1/realtime?model=chat");
    assertOpen(other, "/v1/realtime?model=chat", { authorization: "Bearer sk-a" });
  });

  test("a provider that cannot be reached is followed by the next one", async () => {
    const session = await open(gateway.ports[0], "/v1/realtime?model=fallback");
    assertOpen(session, "/v1/realtime?model=fallback", { authorization: "Bearer sk-a" });
  });

  test("a model that nobody has", async () => {
    assert.equal((await open(gateway.ports[0], "/v1/realtime?model=none")).status, 404);
  });
});
