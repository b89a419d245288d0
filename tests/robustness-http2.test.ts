// HTTP/2 on either side: many streams on one connection, and bodies that end with trailers instead of saying so themselves.
import assert from "node:assert/strict";
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type Http2Server,
  type IncomingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { checkPair, interleaved } from "./support/interleaved.ts";
import {
  chunkOf,
  COMPLETION,
  CONFIGURED_TOKEN,
  DONE,
  errorOf,
  event,
  finishOf,
  MESSAGES,
  textOf,
  WatchedGateway,
  type Answer,
} from "./support/watched-gateway.ts";

const TRAILERS = 1;
const OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

let gateway: WatchedGateway;
let server: Http2Server;
let session: ClientHttp2Session;
/** What the provider behind HTTP/2 answers before its trailers. */
let reply: { status: number; type: string; body: string };

before(async () => {
  server = createServer().on("stream", (stream) => {
    const { status, type, body } = reply;
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-checksum": "1" }));
    stream.respond({ ":status": status, "content-type": type }, { waitForTrailers: true });
    stream.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider = {
    type: "groq",
    apiTokens: [CONFIGURED_TOKEN],
    modelMapping: { "llama-3": "llama-3.3-70b-versatile" },
  };
  const protocol = {
    "@type": `type.googleapis.com/${OPTIONS}`,
    explicit_http_config: { http2_protocol_options: {} },
  };
  const overHttp2 = {
    config: { provider },
    upstreamPort: (server.address() as AddressInfo).port,
    cluster: { typed_extension_protocol_options: { [OPTIONS]: protocol } },
  };
  gateway = await WatchedGateway.start([{ provider }, overHttp2]);
});
after(async () => {
  await gateway.stop();
  server.close();
});
beforeEach(() => {
  session = connect(`http://127.0.0.1:${gateway.envoy.ports[0]}`);
});
afterEach(async () => {
  session.close();
  await gateway.check();
});

/** Sends a chat request on the one connection. */
async function chat(
  members: object | null = {},
  trailers?: Record<string, string>,
): Promise<Answer> {
  const path = "/v1/chat/completions";
  const request = session.request(
    { ":method": "POST", ":path": path, authorization: "Bearer sk-canary" },
    { waitForTrailers: trailers !== undefined },
  );
  request.on("wantTrailers", () => request.sendTrailers(trailers ?? {}));
  let headers: IncomingHttpHeaders & { ":status"?: number } = {};
  request.on("response", (received) => (headers = received));
  if (members === null) request.end();
  else request.end(JSON.stringify({ model: "llama-3", messages: MESSAGES, ...members }));
  const chunks: Buffer[] = [];
  for await (const bytes of request) chunks.push(bytes as Buffer);
  const body = Buffer.concat(chunks);
  const status = headers[":status"] ?? 0;
  return { status, headers, body, text: body.toString("utf8"), isBroken: false };
}

test("two streams on one connection keep their own content", async () => {
  gateway.provider.script = interleaved();
  const answers = await Promise.all([chat({ stream: true }), chat({ stream: true })]);
  checkPair(answers.map(textOf));
});

test("a stream that the client cancels leaves the others alone", async () => {
  gateway.provider.script = interleaved();
  const cancelled = session.request({ ":method": "POST", ":path": "/v1/chat/completions" });
  cancelled.end(JSON.stringify({ model: "m", messages: MESSAGES, stream: true }));
  cancelled.once("data", () => cancelled.close(8 /* CANCEL */));
  cancelled.on("error", () => {});
  const kept = textOf(await chat({ stream: true }));
  assert.match(kept, /^(chatcmpl-[01]:\d+ ){40}$/);
});

test("a method that HTTP/2 lets through is none of the endpoint's", async () => {
  for (const method of ["POS", "ST", "OPTIONS"]) {
    const request = session.request({ ":method": method, ":path": "/v1/chat/completions" });
    const status = new Promise((resolve) => {
      request.on("response", (headers) => resolve(headers[":status"]));
    });
    request.end();
    assert.equal(await status, 405, method);
    request.resume();
  }
});

test("a request that ends with trailers is translated like any other", async () => {
  const answer = await chat({}, { "x-checksum": "1" });
  assert.equal(answer.status, 200, answer.text);
  const [request] = gateway.provider.requests;
  assert.equal(request?.path, "/openai/v1/chat/completions");
  const model = "llama-3.3-70b-versatile";
  assert.deepEqual(JSON.parse(String(request?.body)), { model, messages: MESSAGES });
});

test("a malformed request that ends with trailers is refused like any other", async () => {
  const answer = await chat({ stream: "yes" }, { "x-checksum": "1" });
  assert.equal(errorOf(answer, 400).param, "stream");
});

test("an answer that ends with trailers is mended like any other", async () => {
  const { id: _, ...withoutId } = COMPLETION;
  reply = { status: 200, type: "application/json", body: JSON.stringify(withoutId) };
  const answer = await gateway.chat({}, { listener: TRAILERS });
  assert.equal(answer.status, 200, answer.text);
  const { id, ...rest } = JSON.parse(answer.text) as { id: string };
  assert.match(id, /^chatcmpl-/);
  assert.deepEqual(rest, withoutId);
});

test("an error that ends with trailers is translated like any other", async () => {
  reply = { status: 400, type: "application/json", body: '{"error":"No."}' };
  const answer = await gateway.chat({}, { listener: TRAILERS });
  assert.equal(errorOf(answer, 400).message, "No.");
});

test("nothing but trailers, in either direction", async () => {
  const answer = await chat(null, { "x-checksum": "1" });
  assert.match(errorOf(answer, 400).message, /JSON body/);
  reply = { status: 200, type: "application/json", body: "" };
  errorOf(await gateway.chat({}, { listener: TRAILERS }), 502);
  reply = { status: 429, type: "application/json", body: "" };
  errorOf(await gateway.chat({}, { listener: TRAILERS }), 429);
});

test("a stream that ends with trailers", async () => {
  const events = event(chunkOf("Hel")) + event(chunkOf("lo")) + event(finishOf());
  reply = { status: 200, type: "text/event-stream", body: events + DONE };
  assert.equal(textOf(await gateway.chat({ stream: true }, { listener: TRAILERS })), "Hello");
  reply = { status: 200, type: "text/event-stream", body: "" };
  errorOf(await gateway.chat({ stream: true }, { listener: TRAILERS }), 502);
});
