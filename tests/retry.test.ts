// Failed requests are repeated with another token, in a real Envoy with two workers.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import {
  chunk,
  CHUNKS_END,
  head,
  send,
  stream,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";
import type { RawRequest, Script } from "./support/raw-provider.ts";
import {
  chunkOf,
  COMPLETION,
  DONE,
  errorOf,
  event,
  finishOf,
  startOf,
  streamErrorOf,
  textOf,
  WatchedGateway,
} from "./support/watched-gateway.ts";

const TOKENS = ["sk-canary-bad-1", "sk-canary-bad-2", "sk-canary-good"];
const RETRY = { enabled: true, maxRetries: 2, retryTimeout: 5000 };

function provider(type: string, members: object = {}): object {
  return { provider: { type, apiTokens: TOKENS, retryOnFailure: RETRY, ...members } };
}

const [GROQ, CLAUDE, ORIGINAL, ONCE] = [0, 1, 2, 3];
let gateway: WatchedGateway;
before(async () => {
  const configs = [
    provider("groq"),
    provider("claude"),
    provider("groq", { protocol: "original" }),
    provider("groq", { retryOnFailure: { ...RETRY, maxRetries: 1, retryOnStatus: ["429|5.*"] } }),
  ];
  gateway = await WatchedGateway.start(configs, { concurrency: 2 });
});
afterEach(() => void (gateway.provider.requests.length = 0));
after(async () => {
  gateway.provider.script = whole(200, JSON.stringify(COMPLETION));
  assert.equal((await gateway.chat()).status, 200);
  assert.doesNotMatch(gateway.envoy.log(), /canary/);
  await gateway.stop();
});

function tokenOf({ headers }: RawRequest): string {
  return String(headers["x-api-key"] ?? headers.authorization).replace("Bearer ", "");
}

/** Answers `bad` to all tokens but the last. */
function unlessGood(bad: Script, good: Script): Script {
  return (socket, request) => (tokenOf(request) === TOKENS[2] ? good : bad)(socket, request);
}

const FINE = whole(200, JSON.stringify(COMPLETION), { "x-request-cost": "3" });
const LIMITED = whole(429, '{"error":{"message":"Slow down."}}', {
  "retry-after": "7",
  "x-first": "yes",
});

/** Enough for each order of the tokens to come up. */
async function often(check: (i: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: 24 }, (_, i) => check(i)));
}

/** All tries of a request are equal but for their token. */
function checkTries(): void {
  const first = new Map<string, RawRequest>();
  for (const request of gateway.provider.requests) {
    const id = String(request.headers["x-request-id"]);
    const other = first.get(id);
    if (other === undefined) first.set(id, request);
    if (other === undefined) continue;
    assert.deepEqual(request.body, other.body);
    assert.equal(request.path, other.path);
    assert.equal(request.method, other.method);
    assert.equal(request.headers.host, other.headers.host);
    assert.equal(request.headers["user-agent"], other.headers["user-agent"]);
    assert.equal(request.headers["x-kept"], "kept");
    assert.notEqual(tokenOf(request), tokenOf(other));
  }
  const again = gateway.provider.requests.length - first.size;
  assert.ok(again > 0, "nothing was repeated");
}

const KEPT = { headers: { "x-kept": "kept", "user-agent": "tester" } };

test("whole answers", async () => {
  gateway.provider.script = unlessGood(LIMITED, FINE);
  await often(async () => {
    const answer = await gateway.chat({ n: 1 }, KEPT);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(JSON.parse(answer.text), COMPLETION);
    assert.equal(answer.headers["content-type"], "application/json");
    assert.equal(answer.headers["x-request-cost"], "3");
    assert.equal(answer.headers["x-first"], undefined);
    assert.equal(answer.headers["retry-after"], undefined);
  });
  checkTries();
});

test("an error without a body", async () => {
  const empty: Script = (socket) => void socket.end(head(503, { "content-length": "0" }));
  gateway.provider.script = unlessGood(empty, FINE);
  await often(async () => {
    const answer = await gateway.chat({}, KEPT);
    assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, COMPLETION]);
    assert.equal(answer.headers["content-type"], "application/json");
  });
  checkTries();
});

test("an error inside a 200", async () => {
  const error = { error: { message: "Too many.", code: 429 } };
  gateway.provider.script = unlessGood(whole(200, JSON.stringify(error)), FINE);
  await often(async () => {
    const answer = await gateway.chat({}, KEPT);
    assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, COMPLETION]);
  });
  checkTries();
});

const HELLO = stream(event(startOf("Hel")), event(chunkOf("lo")), event(finishOf()) + DONE);

test("a stream", async () => {
  gateway.provider.script = unlessGood(LIMITED, HELLO);
  await often(async () => {
    const answer = await gateway.chat({ stream: true }, KEPT);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers["content-type"], "text/event-stream");
    assert.equal(textOf(answer), "Hello");
  });
  checkTries();
});

test("a stream whose first event is an error", async () => {
  const error = event({ error: { message: "It broke.", type: "server_error" } });
  gateway.provider.script = unlessGood(stream(error), HELLO);
  await often(async () => {
    const answer = await gateway.chat({ stream: true }, KEPT);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(textOf(answer), "Hello");
  });
  checkTries();
});

test("nothing after the first event", async () => {
  const error = event({ error: { message: "It broke.", type: "server_error" } });
  const broken: Script = async (socket) => {
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(event(startOf("Hel"))));
    socket.end(Buffer.concat([chunk(error), Buffer.from(CHUNKS_END)]));
  };
  gateway.provider.script = broken;
  streamErrorOf(await gateway.chat({ stream: true }, KEPT));
  assert.equal(gateway.provider.requests.length, 1);
});

function claudeEvents(): string[] {
  const usage = { input_tokens: 1, output_tokens: 1 };
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "c",
    usage,
    content: [],
  };
  const delta = { type: "text_delta", text: "Hello" };
  const events = [
    { type: "message_start", message },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
    { type: "message_stop" },
  ];
  return events.map((own) => `event: ${own.type}\n${event(own)}`);
}

test("answers that are translated", async () => {
  const overloaded = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  const usage = { input_tokens: 1, output_tokens: 2 };
  const content = [{ type: "text", text: "Hello" }];
  const message = { id: "msg_1", type: "message", role: "assistant", model: "c", usage, content };
  const good: Script = (socket, request) => {
    const isStream = (JSON.parse(request.body.toString()) as { stream?: boolean }).stream;
    const body = JSON.stringify({ ...message, stop_reason: "end_turn" });
    return (isStream ? stream(...claudeEvents()) : whole(200, body))(socket, request);
  };
  gateway.provider.script = unlessGood(whole(529, JSON.stringify(overloaded)), good);
  await often(async (i) => {
    const isStream = i % 2 === 0;
    const answer = await gateway.chat({ stream: isStream }, { ...KEPT, listener: CLAUDE });
    assert.equal(answer.status, 200, answer.text);
    if (isStream) assert.equal(textOf(answer), "Hello");
    else assert.match(answer.text, /"object":"chat.completion".*"content":"Hello"/);
  });
  checkTries();
});

test("the provider's own protocol passes untouched", async () => {
  const body = '{ "anything" : [1] }';
  gateway.provider.script = unlessGood(LIMITED, whole(201, "<fine>", { "content-type": "text/x" }));
  await often(async () => {
    const answer = await gateway.request({ body, path: "/own", listener: ORIGINAL, ...KEPT });
    assert.deepEqual([answer.status, answer.text], [201, "<fine>"]);
    assert.equal(answer.headers["content-type"], "text/x");
  });
  checkTries();
  assert.ok(gateway.provider.requests.every((own) => own.body.toString() === body));
  gateway.provider.script = LIMITED;
  const answer = await gateway.request({ body, path: "/own", listener: ORIGINAL });
  assert.deepEqual([answer.status, answer.text], [429, '{"error":{"message":"Slow down."}}']);
});

test("after the last try the client gets its error", async () => {
  gateway.provider.script = LIMITED;
  for (const isStream of [false, true]) {
    gateway.provider.requests.length = 0;
    const answer = await gateway.chat({ stream: isStream });
    const error = errorOf(answer, 429);
    assert.equal(error.message, "Slow down.");
    assert.equal(answer.headers["retry-after"], "7");
    const tokens = gateway.provider.requests.map(tokenOf);
    assert.deepEqual(tokens.sort(), TOKENS);
  }
});

test("no more tries than are allowed, and only where the status says so", async () => {
  gateway.provider.script = LIMITED;
  errorOf(await gateway.chat({}, { listener: ONCE }), 429);
  assert.equal(gateway.provider.requests.length, 2);
  gateway.provider.requests.length = 0;
  gateway.provider.script = whole(401, '{"error":{"message":"No."}}');
  errorOf(await gateway.chat({}, { listener: ONCE }), 401);
  assert.equal(gateway.provider.requests.length, 1);
});

test("a try that breaks off leaves the error before it", async () => {
  let count = 0;
  gateway.provider.script = (socket, request) =>
    ++count === 1 ? LIMITED(socket, request) : void socket.destroy();
  const answer = await gateway.chat();
  assert.equal(errorOf(answer, 429).message, "Slow down.");
  assert.equal(answer.headers["retry-after"], "7");
});

test("a client that leaves while its request is under way again", async () => {
  const left = new Promise<void>((resolve) => {
    let count = 0;
    gateway.provider.script = async (socket, request) => {
      if (++count === 1) return LIMITED(socket, request);
      resolve();
      await new Promise((done) => setTimeout(done, 50));
      return FINE(socket, request);
    };
  });
  const { connect } = await import("node:net");
  const socket = connect(gateway.envoy.ports[GROQ] ?? 0, "127.0.0.1");
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
  const lines = ["POST /v1/chat/completions HTTP/1.1", "host: a", `content-length: ${body.length}`];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
  await left;
  socket.destroy();
  await new Promise((done) => setTimeout(done, 150));
});

test("a large body is repeated whole", async () => {
  gateway.provider.script = unlessGood(LIMITED, FINE);
  const content = "x€\n".repeat(500_000);
  for (let i = 0; i < 4; ++i) {
    const answer = await gateway.chat({ messages: [{ role: "user", content }] }, KEPT);
    assert.equal(answer.status, 200, answer.text);
  }
  const bodies = gateway.provider.requests.map((own) => own.body.toString("utf8"));
  for (const body of bodies) {
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    assert.equal(messages[0]?.content, content);
  }
});
