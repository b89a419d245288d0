// What clients may send: malformed, huge, of the wrong type, or only half. The gateway answers, goes on, and leaks nothing.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import {
  chunkOf,
  CONFIGURED_TOKEN,
  errorOf,
  event,
  MESSAGES,
  WatchedGateway,
} from "./support/watched-gateway.ts";
import { chunk, STREAM_HEAD } from "./support/raw-provider.ts";

const MIB = 1024 * 1024;
const LIMIT = 32 * MIB;

let gateway: WatchedGateway;

before(async () => {
  const provider = { type: "groq", apiTokens: [CONFIGURED_TOKEN] };
  const mapped = { ...provider, modelMapping: { "llama-3": "llama-3.3-70b-versatile" } };
  gateway = await WatchedGateway.start([{ provider }, { provider: mapped }], {
    bufferLimit: LIMIT,
  });
});
after(() => gateway.stop());
afterEach(() => gateway.check());

const message = '{"role":"user","content":"Hi"}';
const opened = "[".repeat(100_000);

/** Bodies that are no request: the error's `param` and `code`, and what its message tells. */
const REFUSED_BODIES: [string, string | Buffer, string | null, string | null, RegExp][] = [
  ["empty", "", null, null, /empty/],
  ["white space", " \n ", null, null, /JSON body/],
  ["malformed", `{"model":"m","messages":[${message}],}`, null, null, /JSON body.* byte 57/],
  ["truncated", '{"model":"m","messages":[{"role":"us', null, null, /JSON body.*end/],
  ["two values", `{"model":"m","messages":[${message}]}{}`, null, null, /JSON body.* byte 57/],
  ["not UTF-8", Buffer.from('{"model":"\xff"}', "latin1"), null, null, /JSON body.*UTF-8/],
  ["nothing but brackets", opened, null, null, /JSON body.*deep/],
  ["of too many values", `{"a":[${"0,".repeat(5_000_000)}0]}`, null, null, /JSON body.*many/],
  ["nested in a member", `{"model":"m","a":${opened}`, null, null, /JSON body.*deep/],
  ["an array", `[${message}]`, null, null, /object/],
  ["a string", '"{}"', null, null, /object/],
  ["null", "null", null, null, /object/],
  ["without a model", `{"messages":[${message}]}`, "model", "missing_required_parameter", /model/],
  ["null model", `{"model":null,"messages":[]}`, "model", "missing_required_parameter", /model/],
  ["numeric model", `{"model":4,"messages":[${message}]}`, "model", "invalid_type", /string/],
  ["without messages", '{"model":"m"}', "messages", "missing_required_parameter", /messages/],
  ["messages a string", '{"model":"m","messages":"Hi"}', "messages", "invalid_type", /array/],
  [
    "stream a string",
    `{"model":"m","messages":[${message}],"stream":"yes"}`,
    "stream",
    "invalid_type",
    /boolean/,
  ],
  [
    "stream a number",
    `{"model":"m","messages":[${message}],"stream":1}`,
    "stream",
    "invalid_type",
    /boolean/,
  ],
  [
    "options a list",
    `{"model":"m","messages":[${message}],"stream_options":[]}`,
    "stream_options",
    "invalid_type",
    /object/,
  ],
];

for (const [name, body, param, code, says] of REFUSED_BODIES) {
  test(`a body that is refused: ${name}`, async () => {
    const error = errorOf(await gateway.request({ body }), 400);
    assert.equal(error.type, "invalid_request_error");
    assert.deepEqual([error.param, error.code], [param, code]);
    assert.match(error.message, says);
    assert.equal(gateway.provider.requests.length, 0);
  });
}

test("a message of the wrong type is named by its place", async () => {
  const error = errorOf(await gateway.chat({ messages: [...MESSAGES, "Hi"] }), 400);
  assert.deepEqual([error.param, error.code], ["messages[1]", "invalid_type"]);
});

test("a path that is not OpenAI's", async () => {
  for (const path of ["/", "/v1/chat", "/v1/chat/completions/", "/v1/%00", "/v2/models"]) {
    const error = errorOf(await gateway.chat({}, { path }), 404);
    assert.equal(error.type, "invalid_request_error");
    assert.ok(error.message.includes(`POST ${path}`), error.message);
  }
  assert.equal(gateway.provider.requests.length, 0);
});

test("a method that the endpoint does not have", async () => {
  for (const method of ["GET", "DELETE", "PUT"]) {
    const error = errorOf(await gateway.request({ method }), 405);
    assert.equal(error.code, "method_not_supported");
    assert.match(error.message, /POST/);
  }
  assert.equal(gateway.provider.requests.length, 0);
});

test("an endpoint that the provider does not have", async () => {
  const path = "/v1/images/generations";
  const error = errorOf(await gateway.request({ path, body: '{"prompt":"x"}' }), 404);
  assert.equal(error.code, "unsupported_endpoint");
  assert.match(error.message, /groq/);
  assert.equal(gateway.provider.requests.length, 0);
});

test("a compressed body", async () => {
  const body = gzipSync(JSON.stringify({ model: "m", messages: MESSAGES }));
  const headers = { "content-encoding": "gzip" };
  const error = errorOf(await gateway.request({ body, headers }), 415);
  assert.equal(error.code, "unsupported_content_type");
  assert.match(error.message, /gzip/);
  assert.equal(gateway.provider.requests.length, 0);
});

test("another content type around JSON", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
    const answer = await gateway.chat({}, { headers: { "content-type": type } });
    assert.equal(answer.status, 200);
  }
  const types = gateway.provider.requests.map((request) => request.headers["content-type"]);
  assert.deepEqual(types, Array(3).fill("application/json"));
});

/** A request of at least 16 MiB, with spaces that only an untouched body keeps. */
function largeBody(): Buffer {
  const text = "é\\u20ac ".repeat(MIB).padEnd(15 * MIB, "x");
  const json = `{ "model" : "llama-3" , "messages" : [ {"role":"user","content":"${text}"} ] }`;
  return Buffer.from(json.padEnd(16 * MIB, " "));
}

test("16 MiB of JSON reach the provider byte for byte, however they are framed", async () => {
  const body = largeBody();
  for (const isChunked of [false, true]) {
    const answer = await gateway.request({ body, isChunked });
    assert.equal(answer.status, 200, answer.text);
    const received = gateway.provider.requests.pop()?.body ?? Buffer.alloc(0);
    assert.ok(received.equals(body), "the body was changed");
  }
});

test("16 MiB of JSON reach the provider with nothing changed but the model", async () => {
  const body = largeBody();
  const expected = Buffer.from(body.toString().replace('"llama-3"', '"llama-3.3-70b-versatile"'));
  const answer = await gateway.request({ body, listener: 1 });
  assert.equal(answer.status, 200, answer.text);
  const received = gateway.provider.requests.pop();
  assert.equal(received?.headers["content-length"], String(expected.length));
  assert.ok(received?.body.equals(expected), "more than the model was changed");
});

test("a body over the limit", async () => {
  const body = Buffer.alloc(33 * MIB, " ");
  for (const isChunked of [false, true]) {
    const error = errorOf(await gateway.request({ body, isChunked }), 413);
    assert.equal(error.type, "invalid_request_error");
    assert.equal(error.code, "request_too_large");
    assert.match(error.message, /limit/);
  }
  assert.equal(gateway.provider.requests.length, 0);
});

test("a large body to a path that does not exist", async () => {
  const body = Buffer.alloc(4 * MIB, " ");
  assert.equal(errorOf(await gateway.request({ path: "/v1/none", body }), 404).code, null);
});

test("a client that leaves in the middle of its body", async () => {
  const socket = connect(gateway.envoy.ports[0] ?? 0, "127.0.0.1");
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 9000\r\n\r\n";
  await new Promise<void>((resolve) => socket.write(`${head}{"model":`, () => resolve()));
  socket.destroy();
  // A second one, while the plugin may still hold the first.
  assert.equal((await gateway.chat()).status, 200);
  assert.equal(gateway.provider.requests.length, 1);
});

test("a client that leaves in the middle of a stream", async () => {
  const gone = new Promise<void>((resolve) => {
    gateway.provider.script = (socket) => {
      socket.on("close", () => resolve());
      socket.write(STREAM_HEAD);
      socket.write(chunk(event(chunkOf("Hel")) + event(chunkOf("lo")).slice(0, 20)));
    };
  });
  const socket = connect(gateway.envoy.ports[0] ?? 0, "127.0.0.1");
  const body = JSON.stringify({ model: "m", messages: MESSAGES, stream: true });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  let received = "";
  for await (const bytes of socket.setEncoding("utf8")) {
    received += bytes as string;
    if (received.includes("Hel")) break;
  }
  socket.destroy();
  // The provider learns of it: nobody pays for tokens that nobody reads.
  await gone;
});
