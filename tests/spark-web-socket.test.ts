// Sessions with a WebSocket provider through a real Envoy, in the listener's chain and behind a gateway, asked by the
// official OpenAI SDK: https://www.xfyun.cn/doc/spark/Web.html
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:http2";
import { after, before, beforeEach, describe, test } from "node:test";
import OpenAI from "openai";
import { stringify } from "yaml";
import { staticBootstrap } from "../cli/gateway/bootstrap.ts";
import { readGatewayFile } from "../cli/gateway/gateway-file.ts";
import type { Gateway } from "../cli/gateway/gateway.ts";
import { checkGateway } from "../cli/gateway/plugin-vm.ts";
import { startStubProvider, type StubProvider } from "../cli/stub-provider.ts";
import { bootstrap, PLUGIN, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import {
  closeFrame,
  PING,
  serverFrame,
  type Session,
  startWebSocketProvider,
  TEXT,
  type WebSocketProvider,
} from "./support/web-socket-provider.ts";

const SECRET = "secret-0001";
const TOKEN = `12345678:apikey-0001:${SECRET}`;
const HOST = "spark-api.xf-yun.com";
const SID = "cht000cb087@dx18793cd421fb894542";
const HI = [{ role: "user" as const, content: "Hi" }];
const ASKED = { model: "generalv3.5", messages: HI };

/** A message with a piece of the answer; the last one has the usage. */
function piece(status: number, content: string): Buffer {
  const header = { code: 0, message: "Success", sid: SID, status };
  const choices = { status, seq: status, text: [{ content, role: "assistant", index: 0 }] };
  const counts = { question_tokens: 1, prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
  const usage = status === 2 ? { usage: { text: counts } } : {};
  return serverFrame(TEXT, JSON.stringify({ header, payload: { choices, ...usage } }));
}

function failure(code: number, message: string): Buffer {
  return serverFrame(TEXT, JSON.stringify({ header: { code, message, sid: SID, status: 2 } }));
}

function sayHello({ socket }: Session): void {
  socket.write(Buffer.concat([piece(0, "Hel"), serverFrame(PING, "?"), piece(1, "lo")]));
  socket.end(Buffer.concat([piece(2, "!"), closeFrame(1000)]));
}

const refuse = (code: number) => ({
  run: ({ socket }: Session) =>
    void socket.end(Buffer.concat([failure(code, "no"), closeFrame(1000)])),
});
const breakOff = { run: ({ socket }: Session) => void socket.destroy() };
const breakOffLater = {
  run: async ({ socket }: Session) => {
    await new Promise((resolve) => socket.write(piece(0, "Hel"), resolve));
    setTimeout(() => socket.destroy(), 50);
  },
};

let provider: WebSocketProvider;
let stub: StubProvider;
let envoy: TestEnvoy;

async function gatewayConfig(): Promise<ReturnType<typeof staticBootstrap>> {
  const address = `127.0.0.1:${provider.port}`;
  const other = { address: `127.0.0.1:${stub.port}`, tls: false };
  const gateway: Gateway = {
    listen: "127.0.0.1:0",
    admin: "127.0.0.1:0",
    providers: {
      spark: {
        type: "spark",
        sparkApiType: "websocket",
        apiTokens: [TOKEN],
        upstream: { address, tls: false },
      },
      openai: { type: "openai", apiTokens: ["sk-1"], upstream: other },
    },
    models: [
      { model: "generalv3.5", providers: ["spark"] },
      { model: "4.0Ultra", providers: ["spark", { id: "openai", model: "gpt-4o" }] },
    ],
  };
  const checked = await checkGateway(readGatewayFile(stringify(gateway), "gateway.yaml"), PLUGIN);
  return staticBootstrap(gateway, checked.authorities, { plugin: PLUGIN, variables: [] });
}

before(async () => {
  [provider, stub] = [await startWebSocketProvider(), await startStubProvider({ delayMs: 0 })];
  const spark = { type: "spark", sparkApiType: "websocket", apiTokens: [TOKEN] };
  const single = bootstrap({
    listeners: [{ config: { provider: spark }, upstreamPort: provider.port }],
  });
  const config = await gatewayConfig();
  const resources = config.static_resources;
  const listeners = [...resources.listeners, ...single.static_resources.listeners];
  const clusters = [...resources.clusters, ...single.static_resources.clusters];
  const all = { ...config, static_resources: { ...resources, listeners, clusters } };
  envoy = await startEnvoyWith(all, { concurrency: 1 });
});
beforeEach(() => {
  provider.sessions.length = 0;
  provider.script = { run: sayHello };
});
after(async () => {
  await envoy?.stop();
  await stub?.close();
  await provider?.close();
});

const PLACES = [
  { place: "behind a gateway", port: () => envoy.ports[0] ?? 0 },
  { place: "in the listener's chain", port: () => envoy.ports[1] ?? 0 },
];

function client(port: number): OpenAI {
  const baseURL = `http://127.0.0.1:${port}/v1`;
  return new OpenAI({ baseURL, apiKey: "sk-of-the-client", maxRetries: 0 });
}

/** What an HTTP/2 client gets; rejects where the stream is broken off. */
function askOverHttp2(port: number, body: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const headers = { ":method": "POST", ":path": "/v1/chat/completions" };
    const stream = session.request({ ...headers, "content-type": "application/json" });
    let status = 0;
    let text = "";
    stream.on("response", (own) => (status = Number(own[":status"])));
    stream.on("data", (data: Buffer) => (text += data.toString()));
    stream.on("end", () => {
      session.close();
      resolve({ status, text });
    });
    stream.on("error", reject);
    session.on("error", reject);
    stream.end(JSON.stringify(body));
  });
}

/** What a client over HTTP/1.1 gets, be it broken off. */
function askOverHttp1(port: number, body: object): Promise<{ text: string; isWhole: boolean }> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method: "POST", path: "/v1/chat/completions" };
    const headers = { "content-type": "application/json" };
    const request = httpRequest({ ...options, headers, agent: false }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("error", () => undefined);
      response.on("close", () => resolve({ text, isWhole: response.complete }));
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}

async function errorOf(
  promise: PromiseLike<unknown>,
): Promise<InstanceType<typeof OpenAI.APIError>> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }
  throw new Error("no error came");
}

for (const { place, port } of PLACES) {
  describe(`a WebSocket provider ${place}`, () => {
    test("a whole answer, and a signed request", async () => {
      const answer = await client(port()).chat.completions.create(ASKED);
      assert.equal(answer.choices[0]?.message.content, "Hello!");
      assert.deepEqual([answer.id, answer.usage?.total_tokens], [SID, 7]);
      const [session] = provider.sessions;
      assert.deepEqual(session?.message, {
        header: { app_id: "12345678" },
        parameter: { chat: { domain: "generalv3.5" } },
        payload: { message: { text: HI } },
      });
      assertSigned(session?.request.url ?? "", "/v3.5/chat");
      assert.equal(session?.request.headers.host, HOST);
      assert.equal(session?.request.headers.authorization, undefined);
    });

    test("a stream comes piece by piece and ends cleanly, again and again", async () => {
      for (let round = 0; round < 3; ++round) {
        let goOn = (): void => undefined;
        const heard = new Promise<void>((resolve) => (goOn = resolve));
        provider.script.run = async (session) => {
          session.socket.write(piece(0, "First."));
          await heard;
          sayHello(session);
        };
        const options = {
          ...ASKED,
          stream: true,
          stream_options: { include_usage: true },
        } as const;
        const texts: string[] = [];
        let total = 0;
        for await (const chunk of await client(port()).chat.completions.create(options)) {
          texts.push(chunk.choices[0]?.delta.content ?? "");
          total += chunk.usage?.total_tokens ?? 0;
          // The provider says no more before the client has this.
          if (texts.includes("First.")) goOn();
        }
        assert.equal(texts.join(""), "First.Hello!");
        assert.equal(total, 7);
      }
    });

    test("a client over HTTP/2 gets the stream as a whole", async () => {
      const { status, text } = await askOverHttp2(port(), { ...ASKED, stream: true });
      assert.equal(status, 200);
      assert.match(text, /"content":"Hel"[^]*"content":"!"[^]*data: \[DONE\]\n\n$/);
    });

    test("an error before the first token is one with a status", async () => {
      for (const stream of [false, true]) {
        provider.script = refuse(10013);
        const error = await errorOf(client(port()).chat.completions.create({ ...ASKED, stream }));
        assert.deepEqual([error.status, error.code], [400, "content_filter"]);
      }
      provider.script = refuse(10008);
      const { status, text } = await askOverHttp2(port(), ASKED);
      assert.equal(status, 503);
      assert.equal((JSON.parse(text) as { error: { code: string } }).error.code, "overloaded");
    });

    test("a handshake that is refused", async () => {
      for (const status of [401, 403]) {
        const body = JSON.stringify({ message: "HMAC signature does not match" });
        provider.script = { refuse: () => ({ status, body }) };
        const error = await errorOf(client(port()).chat.completions.create(ASKED));
        assert.equal(error.status, status);
        assert.match(error.message, /HMAC signature does not match/);
      }
    });

    test("an answer to another handshake", async () => {
      provider.script = { accept: () => "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", run: sayHello };
      const error = await errorOf(client(port()).chat.completions.create(ASKED));
      assert.deepEqual([error.status, error.code], [502, "invalid_upstream_response"]);
    });

    test("an error behind the first token", async () => {
      provider.script.run = ({ socket }) =>
        void socket.end(Buffer.concat([piece(0, "Hel"), failure(10012, "engine")]));
      const stream = await client(port()).chat.completions.create({ ...ASKED, stream: true });
      let text = "";
      const error = await errorOf(
        (async () => {
          for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
        })(),
      );
      assert.deepEqual([text, error.message], ["Hel", "engine"]);
    });

    test("a connection that breaks is no end of an answer", async () => {
      provider.script = breakOffLater;
      const { text, isWhole } = await askOverHttp1(port(), { ...ASKED, stream: true });
      assert.match(text, /"content":"Hel"/);
      assert.doesNotMatch(text, /DONE|"finish_reason":"/);
      assert.equal(isWhole, false);
      for (const script of [breakOff, breakOffLater]) {
        provider.script = script;
        const error = await errorOf(client(port()).chat.completions.create(ASKED));
        assert.ok(error.status === 502 || error.status === 503, `status ${error.status}`);
      }
    });
  });
}

/** Checks the query as the provider does. */
function assertSigned(url: string, path: string): void {
  const { pathname, searchParams: query } = new URL(url, `http://${HOST}`);
  assert.equal(pathname, path);
  assert.equal(query.get("host"), HOST);
  const date = query.get("date") ?? "";
  assert.equal(new Date(date).toUTCString(), date);
  const signed = `host: ${HOST}\ndate: ${date}\nGET ${path} HTTP/1.1`;
  const signature = createHmac("sha256", SECRET).update(signed).digest("base64");
  const algorithm = 'algorithm="hmac-sha256", headers="host date request-line"';
  assert.equal(
    Buffer.from(query.get("authorization") ?? "", "base64").toString(),
    `api_key="apikey-0001", ${algorithm}, signature="${signature}"`,
  );
}

describe("a gateway whose first provider is asked by WebSocket", () => {
  const both = { model: "4.0Ultra", messages: HI };

  for (const [name, script] of Object.entries({
    "an error in the first message": refuse(10008),
    "a refused handshake": { refuse: () => ({ status: 401, body: "{}" }) },
    "a connection that breaks": breakOff,
  })) {
    test(`goes on to the next after ${name}`, async () => {
      for (const stream of [false, true]) {
        provider.script = script;
        const answer = await client(PLACES[0]?.port() ?? 0).chat.completions.create({
          ...both,
          stream,
        });
        let text = "";
        if (Symbol.asyncIterator in answer) {
          for await (const chunk of answer) text += chunk.choices[0]?.delta.content ?? "";
        } else text = answer.choices[0]?.message.content ?? "";
        assert.match(text, /I am the stub provider/);
      }
    });
  }

  test("keeps what signs a request out of the access log", () => {
    assert.match(envoy.log(), /"path":"\/v1\/chat\/completions"/);
    assert.doesNotMatch(envoy.log(), /authorization=/);
  });
});
