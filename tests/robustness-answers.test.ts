// What providers may answer: garbage, markup, nothing, half of it. The client gets OpenAI's errors, and nothing leaks.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { head, REFUSED_PORT, send, whole, type Script } from "./support/raw-provider.ts";
import {
  COMPLETION,
  CONFIGURED_TOKEN,
  errorOf,
  WatchedGateway,
} from "./support/watched-gateway.ts";

const GROQ = 0;
const CLAUDE = 1;
const REFUSING = 2;

let gateway: WatchedGateway;

before(async () => {
  const groq = { provider: { type: "groq", apiTokens: [CONFIGURED_TOKEN] } };
  const claude = { provider: { type: "claude", apiTokens: [CONFIGURED_TOKEN] } };
  const refusing = { config: groq, upstreamPort: REFUSED_PORT };
  gateway = await WatchedGateway.start([groq, claude, refusing]);
});
after(() => gateway.stop());
afterEach(() => gateway.check());

const garbage = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255));
const html = "<html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>";

/** Answers with status 200 that are none. */
const NO_ANSWERS: [string, Script][] = [
  ["garbage", whole(200, garbage)],
  ["text", whole(200, "OK", { "content-type": "text/plain" })],
  ["markup", whole(200, html, { "content-type": "text/html" })],
  ["half of it", whole(200, JSON.stringify(COMPLETION).slice(0, -20))],
  ["two of it", whole(200, JSON.stringify(COMPLETION) + JSON.stringify(COMPLETION))],
  ["an array", whole(200, "[]")],
  ["a number", whole(200, "1e400")],
  ["an object of something else", whole(200, '{"ok":true}')],
  ["deep nesting", whole(200, "[".repeat(100_000))],
  ["an empty body", whole(200, "")],
];

for (const [name, script] of NO_ANSWERS) {
  test(`an answer that is ${name}`, async () => {
    for (const listener of [GROQ, CLAUDE]) {
      gateway.provider.script = script;
      const error = errorOf(await gateway.chat({}, { listener }), 502);
      assert.deepEqual([error.type, error.code], ["server_error", "invalid_upstream_response"]);
      assert.match(error.message, listener === GROQ ? /groq/ : /claude/);
    }
  });
}

test("status 204", async () => {
  gateway.provider.script = (socket) => void socket.end(head(204));
  const error = errorOf(await gateway.chat(), 502);
  assert.equal(error.code, "invalid_upstream_response");
});

test("markup of a proxy on the way", async () => {
  for (const status of [502, 503, 504]) {
    gateway.provider.script = whole(status, html, { "content-type": "text/html" });
    const error = errorOf(await gateway.chat(), status);
    assert.equal(error.type, "server_error");
    assert.match(error.message, new RegExp(String(status)));
  }
});

test("an error without a body", async () => {
  gateway.provider.script = whole(429, "", { "retry-after": "7" });
  const answer = await gateway.chat();
  assert.equal(errorOf(answer, 429).type, "rate_limit_error");
  assert.equal(answer.headers["retry-after"], "7");
});

test("an error that repeats the key", async () => {
  const message = `Incorrect API key provided: ${CONFIGURED_TOKEN}.`;
  const body = JSON.stringify({ error: { message, type: "auth", param: null, code: null } });
  for (const status of [401, 200]) {
    gateway.provider.script = whole(status, body);
    const answer = await gateway.chat();
    const error = errorOf(answer, answer.status);
    assert.match(error.message, /^Incorrect API key provided: /);
    assert.ok(!error.message.includes(CONFIGURED_TOKEN));
  }
});

test("an error in another encoding, longer than an excerpt", async () => {
  gateway.provider.script = whole(400, Buffer.alloc(1001, 0xe9), { "content-type": "text/plain" });
  errorOf(await gateway.chat(), 400);
  gateway.provider.script = whole(400, "€".repeat(1001), { "content-type": "text/plain" });
  assert.match(errorOf(await gateway.chat(), 400).message, /^€{100}/);
});

test("a compressed error", async () => {
  const body = gzipSync(JSON.stringify({ error: { message: "No." } }));
  gateway.provider.script = whole(400, body, { "content-encoding": "gzip" });
  const answer = await gateway.chat();
  assert.equal(errorOf(answer, 400).type, "invalid_request_error");
  assert.equal(answer.headers["content-encoding"], undefined);
});

test("a compressed answer that nobody asked for", async () => {
  const body = gzipSync(JSON.stringify(COMPLETION));
  gateway.provider.script = whole(200, body, { "content-encoding": "gzip" });
  const accepting = await gateway.chat({}, { headers: { "accept-encoding": "br, gzip" } });
  assert.equal(accepting.status, 200);
  assert.equal(accepting.headers["content-encoding"], "gzip");
  assert.deepEqual(JSON.parse(gunzipSync(accepting.body).toString()), COMPLETION);
  const other = errorOf(await gateway.chat(), 502);
  assert.match(other.message, /gzip/);
  for (const request of gateway.provider.requests) {
    assert.equal(request.headers["accept-encoding"], undefined);
  }
});

test("a compressed answer that would have to be translated", async () => {
  gateway.provider.script = whole(200, gzipSync("{}"), { "content-encoding": "gzip" });
  const headers = { "accept-encoding": "gzip" };
  const error = errorOf(await gateway.chat({}, { headers, listener: CLAUDE }), 502);
  assert.match(error.message, /gzip/);
});

test("a provider that refuses the connection", async () => {
  const error = errorOf(await gateway.chat({}, { listener: REFUSING }), 503);
  assert.deepEqual([error.type, error.code], ["server_error", "upstream_unavailable"]);
  assert.match(error.message, /groq/);
});

test("a connection that breaks before the answer", async () => {
  const scripts: Script[] = [
    (socket) => void socket.resetAndDestroy(),
    (socket) => void socket.end(),
  ];
  for (const script of scripts) {
    gateway.provider.script = script;
    const error = errorOf(await gateway.chat({ stream: true }), 503);
    assert.deepEqual([error.type, error.code], ["server_error", "upstream_unavailable"]);
  }
});

test("something that is not HTTP, or only its beginning", async () => {
  for (const bytes of ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\ncontent-ty"]) {
    gateway.provider.script = (socket) => void socket.end(bytes);
    const answer = await gateway.chat();
    const error = errorOf(answer, answer.status);
    assert.ok(answer.status === 502 || answer.status === 503);
    assert.equal(error.code, "upstream_unavailable");
  }
});

test("a connection that breaks in the middle of the answer", async () => {
  gateway.provider.script = async (socket) => {
    socket.write(head(200, { "content-type": "application/json", "content-length": "900" }));
    await send(socket, JSON.stringify(COMPLETION).slice(0, 100));
    socket.resetAndDestroy();
  };
  const answer = await gateway.chat();
  // Envoy's own answer, past all filters.
  assert.equal(answer.status, 502, answer.text);
  assert.doesNotMatch(answer.text, /chatcmpl/);
});

test("an answer that comes byte by byte", async () => {
  const body = JSON.stringify(COMPLETION);
  gateway.provider.script = async (socket) => {
    socket.write(
      head(200, { "content-type": "application/json", "content-length": String(body.length) }),
    );
    for (const byte of body) await send(socket, byte);
    socket.end();
  };
  const answer = await gateway.chat();
  assert.equal(answer.text, body);
});

test("an answer of 16 MiB", async () => {
  const message = { role: "assistant", content: "é\n".repeat(4 * 1024 * 1024) };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  const body = JSON.stringify({ ...COMPLETION, choices });
  gateway.provider.script = whole(200, body);
  const answer = await gateway.chat();
  assert.equal(answer.status, 200);
  assert.ok(answer.text === body, "the answer was changed");
});

test("an answer over the limit", async () => {
  gateway.provider.script = whole(200, "[".repeat(33 * 1024 * 1024));
  const answer = await gateway.chat();
  // Envoy's own answer, past all filters.
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /\[/);
});

test("a large error", async () => {
  const message = "No. ".repeat(1024 * 1024);
  gateway.provider.script = whole(400, JSON.stringify({ error: { message } }));
  const error = errorOf(await gateway.chat(), 400);
  assert.ok(error.message.startsWith("No. No. "));
  assert.ok(error.message.length < 10_000);
});

test("a redirect is not followed, and says nothing of the key", async () => {
  gateway.provider.script = whole(302, "", { location: "https://elsewhere.test/" });
  const answer = await gateway.chat();
  assert.equal(answer.status, 302);
  assert.equal(gateway.provider.requests.length, 1);
});

test("a request that Anthropic would not understand never leaves", async () => {
  const error = errorOf(await gateway.chat({ n: 2 }, { listener: CLAUDE }), 400);
  assert.equal(error.param, "n");
  assert.deepEqual(gateway.provider.requests, []);
});
