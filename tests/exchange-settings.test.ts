// firstByteTimeout and logUpstreamErrorResponseBody in a real Envoy.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  chunk,
  CHUNKS_END,
  head,
  send,
  stream,
  STREAM_HEAD,
  whole,
  type Script,
} from "./support/raw-provider.ts";
import {
  chunkOf,
  COMPLETION,
  CONFIGURED_TOKEN,
  DONE,
  errorOf,
  event,
  finishOf,
  startOf,
  textOf,
  WatchedGateway,
} from "./support/watched-gateway.ts";

const TIMEOUT_MS = 200;

let gateway: WatchedGateway;

function configOf(members: object): object {
  return { provider: { type: "groq", apiTokens: [CONFIGURED_TOKEN], ...members } };
}

before(async () => {
  gateway = await WatchedGateway.start([
    configOf({ firstByteTimeout: TIMEOUT_MS }),
    configOf({ logUpstreamErrorResponseBody: true }),
    configOf({ logUpstreamErrorResponseBody: true, protocol: "original" }),
    configOf({ firstByteTimeout: 60_000, promoteThinkingOnEmpty: true }),
  ]);
});
after(() => gateway.stop());
beforeEach(() => {
  gateway.provider.requests.length = 0;
});

/** Runs a script and tells when the provider's connection is closed by the gateway. */
function watched(script: Script): Promise<void> {
  return new Promise((resolve) => {
    gateway.provider.script = (socket, request) => {
      socket.on("close", () => resolve());
      return script(socket, request);
    };
  });
}

describe("firstByteTimeout", () => {
  const silent: [string, Script][] = [
    ["a provider that says nothing", () => {}],
    ["a stream of headers alone", (socket) => void socket.write(STREAM_HEAD)],
    [
      "a stream of comments",
      async (socket) => {
        socket.write(STREAM_HEAD);
        while (!socket.destroyed) {
          await send(socket, chunk(": processing\n\n"));
          await sleep(20);
        }
      },
    ],
  ];
  for (const [name, script] of silent) {
    test(`${name} is a 504, and is left`, async () => {
      const closed = watched(script);
      const error = errorOf(await gateway.chat({ stream: true }), 504);
      assert.equal(error.type, "server_error");
      assert.equal(error.code, "timeout");
      await closed;
      const [request] = gateway.provider.requests;
      const header = "x-envoy-upstream-rq-first-byte-timeout-ms";
      assert.equal(request?.headers[header], undefined);
      await gateway.check();
    });
  }

  test("a stream that has begun may take its time", async () => {
    gateway.provider.script = async (socket) => {
      await send(socket, STREAM_HEAD);
      await send(socket, chunk(event(startOf("Hel"))));
      await sleep(3 * TIMEOUT_MS);
      socket.end(chunk(event(chunkOf("lo")) + event(finishOf()) + DONE) + CHUNKS_END);
    };
    const answer = await gateway.chat({ stream: true });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(textOf(answer), "Hello");
  });

  test("answers that are no streams are not timed", async () => {
    gateway.provider.script = async (socket, request) => {
      await sleep(3 * TIMEOUT_MS);
      await whole(200, JSON.stringify(COMPLETION))(socket, request);
    };
    const answer = await gateway.chat();
    assert.equal(answer.status, 200, answer.text);
  });

  test("many streams, of which every second one begins", async () => {
    let count = 0;
    gateway.provider.script = (socket, request) => {
      if (++count % 2 === 0) return;
      return stream(event(startOf("Hello")), event(finishOf()) + DONE)(socket, request);
    };
    const asked = Array.from({ length: 40 }, () => gateway.chat({ stream: true }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
    assert.deepEqual(statuses, [...Array<number>(20).fill(200), ...Array<number>(20).fill(504)]);
    await gateway.check();
  });

  test("a client that leaves before is no trouble", async () => {
    const closed = watched(() => {});
    const url = `http://127.0.0.1:${gateway.envoy.ports[0]}/v1/chat/completions`;
    const body = JSON.stringify({ model: "m", messages: [], stream: true });
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS / 4);
    await assert.rejects(fetch(url, { method: "POST", headers, body, signal }));
    await closed;
    await sleep(2 * TIMEOUT_MS);
    await gateway.check();
  });

  test("reasoning that is held back is a beginning once the role has come", async () => {
    const delta = { role: "assistant", content: "", reasoning_content: "Hm" };
    const choice = { index: 0, delta, finish_reason: null };
    const first = { ...startOf(""), choices: [choice] };
    gateway.provider.script = stream(event(first), event(finishOf()) + DONE);
    assert.equal(textOf(await gateway.chat({ stream: true }, { listener: 3 })), "Hm");
  });
});

describe("logUpstreamErrorResponseBody", () => {
  const secret = {
    error: { message: `no such key: ${CONFIGURED_TOKEN}`, hint: "line\n\u0007two" },
  };

  /** What has been logged of the last answer. */
  async function logged(listener: number, marker: string): Promise<string> {
    const answer = await gateway.chat({}, { listener });
    assert.ok(answer.status >= 400, answer.text);
    const lines = gateway.envoy.log().split("\n");
    return lines.findLast((line) => line.includes(marker)) ?? "";
  }

  for (const [listener, name] of [
    [1, "translated"],
    [2, "passed on"],
  ] as const) {
    test(`an error that is ${name} is logged in one line, without credentials`, async () => {
      gateway.provider.script = whole(418, JSON.stringify({ ...secret, name }, null, 1));
      const line = await logged(listener, `"name": "${name}"`);
      assert.match(
        line,
        /\[warning\]\[wasm\].*the provider 'groq' answered with 418: \{ {2}"error"/,
      );
      assert.match(line, /no such key: \*\*\*/);
    });
  }

  test("a long error is cut, and markup is no trouble", async () => {
    gateway.provider.script = whole(500, `<html>marker${"x".repeat(9000)}`);
    const line = await logged(1, "<html>marker");
    assert.ok(line.length < 3000, String(line.length));
  });

  test("a compressed error and an empty one", async () => {
    gateway.provider.script = whole(500, "\u001f\u008b", { "content-encoding": "gzip" });
    assert.match(await logged(1, "with 500: (compressed)"), /groq/);
    gateway.provider.script = (socket) => void socket.end(head(529, { "content-length": "0" }));
    assert.equal(await logged(1, "with 529"), "");
  });

  test("nothing is logged unless it is configured", async () => {
    gateway.provider.script = whole(500, "unlogged marker");
    assert.equal(await logged(0, "unlogged marker"), "");
    assert.equal(await logged(3, "unlogged marker"), "");
  });

  test("answers that are no errors are not logged", async () => {
    gateway.provider.script = whole(200, JSON.stringify({ ...COMPLETION, marker: "fine marker" }));
    for (const listener of [1, 2]) {
      assert.equal((await gateway.chat({}, { listener })).status, 200);
    }
    assert.doesNotMatch(gateway.envoy.log(), /fine marker/);
  });
});
