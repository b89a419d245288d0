// Streams that break, drip, bring errors or run beside each other. Nothing that is broken ever looks complete.
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
import { checkPair, interleaved } from "./support/interleaved.ts";
import {
  chunkOf,
  CONFIGURED_TOKEN,
  DONE,
  errorOf,
  event,
  finishOf,
  payloadsOf,
  startOf,
  streamErrorOf,
  textOf,
  WatchedGateway,
  type Answer,
} from "./support/watched-gateway.ts";

let gateway: WatchedGateway;

before(async () => {
  const provider = { type: "groq", apiTokens: [CONFIGURED_TOKEN] };
  gateway = await WatchedGateway.start([{ provider }]);
});
after(() => gateway.stop());
afterEach(() => gateway.check());

const START = event(startOf("Hel"));
const REST = event(chunkOf("lo")) + event(finishOf()) + DONE;
const failure = { message: "It broke.", type: "server_error", param: null, code: "engine_down" };

function chat(): Promise<Answer> {
  return gateway.chat({ stream: true });
}

test("a stream that ends cleanly after its half", async () => {
  for (const pieces of [[START], [START + event(chunkOf("lo"))], [START, ": keep-alive"]]) {
    gateway.provider.script = stream(...pieces);
    const answer = await chat();
    assert.ok(answer.text.startsWith(START), answer.text);
    assert.equal(streamErrorOf(answer).code, "stream_incomplete");
  }
});

test("a stream that ends cleanly in the middle of an event", async () => {
  gateway.provider.script = stream(START + event(chunkOf("lo")).slice(0, -30));
  const answer = await chat();
  assert.ok(answer.text.startsWith(START), answer.text);
  assert.equal(streamErrorOf(answer).code, "stream_incomplete");
});

test("a stream without its last blank line is complete", async () => {
  gateway.provider.script = stream((START + REST).trimEnd());
  assert.equal(textOf(await chat()), "Hello");
});

test("a stream that ends before its first event", async () => {
  const beginnings = ["", ": keep-alive\n\n", "event: ping\n\n", "id: 1\n\n", "data:", "\n\n"];
  for (const beginning of beginnings) {
    gateway.provider.script = stream(beginning === "" ? "\n" : beginning);
    assert.equal(errorOf(await chat(), 502).type, "server_error");
  }
  gateway.provider.script = whole(200, "", { "content-type": "text/event-stream" });
  assert.equal(errorOf(await chat(), 502).type, "server_error");
});

test("a stream that is none", async () => {
  const garbage = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255));
  for (const piece of [garbage, "<html>\n\n<body>Bad Gateway</body>\n\n</html>", "data: {]\n\n"]) {
    gateway.provider.script = stream(piece);
    assert.equal(errorOf(await chat(), 502).type, "server_error");
  }
});

test("an event that is no JSON, in the middle", async () => {
  gateway.provider.script = stream(START, "data: {]\n\n", REST);
  const answer = await chat();
  assert.equal(streamErrorOf(answer).code, "invalid_upstream_response");
  assert.equal(payloadsOf(answer.text).length, 2);
});

test("an error as the first event becomes a status", async () => {
  const limited = { ...failure, type: "tokens", code: "rate_limit_exceeded" };
  const cases: [object, number][] = [
    [limited, 429],
    [{ ...failure, code: "invalid_api_key" }, 401],
    [failure, 500],
  ];
  for (const [error, status] of cases) {
    gateway.provider.script = stream(": keep-alive\n\n", event({ error }), REST);
    const answer = await chat();
    assert.equal(errorOf(answer, status).message, "It broke.");
    assert.equal(Number(answer.headers["content-length"]), answer.body.length);
  }
});

test("an error as the first event is told at once, even where the stream stays open", async () => {
  const closing: (() => void)[] = [];
  gateway.provider.script = async (socket) => {
    closing.push(() => socket.destroy());
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(event({ error: failure })));
  };
  assert.equal(errorOf(await chat(), 500).message, "It broke.");
  for (const close of closing) close();
});

test("an error as the whole answer to a request for a stream", async () => {
  gateway.provider.script = whole(200, JSON.stringify({ error: failure }));
  assert.equal(errorOf(await chat(), 500).message, "It broke.");
});

test("an error in the middle of a stream ends it", async () => {
  const echo = { ...failure, message: `The key ${CONFIGURED_TOKEN} is spent.` };
  for (const error of [failure, echo]) {
    gateway.provider.script = stream(START + event({ error }), REST);
    const answer = await chat();
    assert.ok(answer.text.startsWith(START), answer.text);
    assert.equal(payloadsOf(answer.text).length, 2);
    assert.match(streamErrorOf(answer).message, /It broke|is spent/);
  }
});

test("a connection that breaks in the middle of a stream", async () => {
  let onBytes = () => {};
  const received = new Promise<void>((resolve) => (onBytes = resolve));
  gateway.provider.script = async (socket) => {
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(START));
    await received;
    socket.resetAndDestroy();
  };
  const answer = await gateway.chat({ stream: true }, { onBytes });
  assert.equal(answer.isBroken, true);
  assert.equal(answer.text, START);
});

test("a connection that breaks before the first event", async () => {
  gateway.provider.script = async (socket) => {
    await send(socket, STREAM_HEAD);
    await send(socket, chunk(START.slice(0, 20)));
    socket.resetAndDestroy();
  };
  const answer = await chat();
  // Envoy's own answer, past all filters.
  assert.equal(answer.status, 502, answer.text);
  assert.doesNotMatch(answer.text, /chatcmpl/);
});

test("a stream that drips byte by byte is the same stream", async () => {
  const content = 'é€😀 "quoted" \\ back';
  const text = event(chunkOf(content)) + ": keep-alive\n\n" + START + REST;
  gateway.provider.script = stream(text);
  const expected = await chat();
  assert.equal(
    textOf({ ...expected, text: expected.text.replace(/^:.*\n\n/m, "") }),
    `${content}Hello`,
  );
  gateway.provider.script = stream(...Array.from(Buffer.from(text), (byte) => Buffer.of(byte)));
  const answer = await chat();
  assert.equal(answer.text, expected.text);
  assert.deepEqual(answer.headers["content-type"], expected.headers["content-type"]);
});

test("a stream in CR LF, and with names, is made plain", async () => {
  const foreign = (START + REST).replaceAll("data: {", "event: chunk\nid: 1\ndata: {");
  gateway.provider.script = stream(foreign.replaceAll("\n", "\r\n"));
  const answer = await chat();
  assert.equal(textOf(answer), "Hello");
});

test("a [DONE] in spaces is made plain", async () => {
  gateway.provider.script = stream(START + event(finishOf()), "data:   [DONE] \n\n");
  const answer = await chat();
  assert.equal(textOf(answer), "Hel");
});

test("an event of several MiB", async () => {
  const content = "x".repeat(5 * 1024 * 1024);
  gateway.provider.script = stream(START, event(chunkOf(content)) + REST);
  const answer = await chat();
  assert.ok(textOf(answer) === `Hel${content}lo`, "the event was changed");
});

test("an event that never ends", async () => {
  const piece = "x".repeat(1024 * 1024);
  gateway.provider.script = async (socket) => {
    await send(socket, STREAM_HEAD + chunk("data: ").toString());
    for (let i = 0; i < 40; ++i) await send(socket, chunk(piece));
    socket.end(CHUNKS_END);
  };
  const error = errorOf(await chat(), 502);
  assert.equal(error.code, "invalid_upstream_response");
});

test("a whole answer to a request for a stream becomes one", async () => {
  const message = { role: "assistant", content: "Hello" };
  const completion = {
    ...chunkOf(""),
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: "stop" }],
  };
  gateway.provider.script = whole(200, JSON.stringify(completion));
  const answer = await chat();
  assert.match(answer.headers["content-type"] ?? "", /^text\/event-stream/);
  assert.equal(textOf(answer), "Hello");
});

test("two streams on two connections keep their own content", async () => {
  gateway.provider.script = interleaved();
  checkPair((await Promise.all([chat(), chat()])).map(textOf));
});

test("many streams at once", async () => {
  gateway.provider.script = async (socket, request) => {
    const { user } = JSON.parse(request.body.toString()) as { user: string };
    await stream(event(chunkOf(user, user)), REST)(socket, request);
  };
  const users = Array.from({ length: 50 }, (_, i) => `user-${i} `);
  const answers = await Promise.all(users.map((user) => gateway.chat({ stream: true, user })));
  assert.deepEqual(
    answers.map(textOf),
    users.map((user) => `${user}lo`),
  );
});

test("headers of the answer say what it is", async () => {
  const headers = { "content-type": "text/plain", "x-request-id": "req_1", "content-length": "9" };
  gateway.provider.script = async (socket) => {
    const length = String(Buffer.byteLength(START + REST));
    socket.write(head(200, { ...headers, "content-length": length }));
    await send(socket, START);
    socket.end(REST);
  };
  const answer = await chat();
  assert.match(answer.headers["content-type"] ?? "", /^text\/event-stream/);
  assert.equal(answer.headers["content-length"], undefined);
  assert.equal(answer.headers["x-request-id"], "req_1");
  assert.equal(textOf(answer), "Hello");
});
