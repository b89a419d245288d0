// A provider that is slow: the next one is asked as well, and the first token wins.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI, { APIError, APIUserAbortError } from "openai";
import type { TestEnvoy } from "./support/envoy.ts";
import { FallbackPair } from "./support/fallback-pair.ts";
import { startGateway } from "./support/gateway.ts";
import { FAULTS, never, STALLS } from "./support/gateway-faults.ts";
import {
  chunk,
  CHUNKS_END,
  type RawProvider,
  type Script,
  send,
  startRawProvider,
  STREAM_HEAD,
  whole,
} from "./support/raw-provider.ts";

describe("a hedged rule with a provider that fails", () => {
  let pair: FallbackPair;

  before(async () => {
    pair = await FallbackPair.start({ strategy: "hedge", hedgeDelay: "300ms" });
  });

  after(() => pair?.stop());

  for (const [name, script] of Object.entries({ ...FAULTS, ...STALLS })) {
    test(`${name}: a whole answer`, () => pair.assertWhole(script));
    test(`${name}: a stream`, () => pair.assertStream(script));
  }
});

const DELAY = 200;
const messages = [{ role: "user" as const, content: "Hi" }];

function answer(content: string): string {
  const message = { role: "assistant", content };
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
}

function chunkOf(content: string): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }];
  const members = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
  return `data: ${JSON.stringify({ ...members, choices })}\n\n`;
}

/** Answers what it is asked for, the first token after `wait` milliseconds and each further one after `pause`. */
function speaks(name: string, wait: number, pause = 0): Script {
  return async (socket, request) => {
    const { stream: streams, user } = JSON.parse(request.body.toString()) as {
      stream?: boolean;
      user?: string;
    };
    await sleep(wait);
    const words = [`${name} `, "says ", user ?? "hello"];
    if (streams !== true) return whole(200, answer(words.join("")))(socket, request);
    socket.write(STREAM_HEAD);
    for (const word of words) {
      await send(socket, chunk(chunkOf(word)));
      await sleep(pause);
    }
    const end = { index: 0, delta: {}, finish_reason: "stop" };
    const last = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m" };
    await send(socket, chunk(`data: ${JSON.stringify({ ...last, choices: [end] })}\n\n`));
    await send(socket, chunk("data: [DONE]\n\n"));
    socket.end(CHUNKS_END);
  };
}

const fails = (status: number, wait = 0, message = "No."): Script => {
  const error = { message, type: "t", param: null, code: null };
  return async (socket, request) => {
    await sleep(wait);
    return whole(status, JSON.stringify({ error }))(socket, request);
  };
};

/** Does what another script does; resolves once the connection has gone. */
function watched(script: Script): { script: Script; gone: Promise<void> } {
  let done = (): void => {};
  const gone = new Promise<void>((resolve) => (done = resolve));
  const watching: Script = (socket, request) => {
    socket.once("close", () => done());
    return script(socket, request);
  };
  return { script: watching, gone };
}

describe("a hedged rule", () => {
  let a: RawProvider;
  let b: RawProvider;
  let c: RawProvider;
  let envoy: TestEnvoy;
  let client: OpenAI;

  before(async () => {
    [a, b, c] = await Promise.all([
      startRawProvider(never),
      startRawProvider(never),
      startRawProvider(never),
    ]);
    const provider = ({ port }: RawProvider, type: string, key: string) => ({
      type,
      apiTokens: [key],
      failover: { enabled: false },
      upstream: { address: `127.0.0.1:${port}`, tls: false },
    });
    envoy = await startGateway({
      providers: {
        a: provider(a, "groq", "sk-a"),
        b: provider(b, "openai", "sk-b"),
        c: provider(c, "deepseek", "sk-c"),
        claude: provider(c, "claude", "sk-claude"),
      },
      models: [
        {
          model: "two",
          providers: [
            { id: "a", model: "a-model" },
            { id: "b", model: "b-model" },
          ],
          strategy: "hedge",
          hedgeDelay: `${DELAY}ms`,
        },
        {
          model: "three",
          providers: ["a", "b", "c"],
          strategy: "hedge",
          hedgeDelay: `${DELAY}ms`,
        },
        {
          model: "other",
          providers: ["b", { id: "claude", model: "claude-sonnet-4-5" }],
          strategy: "hedge",
          hedgeDelay: `${DELAY}ms`,
        },
        {
          model: "bounded",
          providers: ["a", "b"],
          strategy: "hedge",
          hedgeDelay: `${DELAY}ms`,
          firstTokenTimeout: "1200ms",
          answerTimeout: "1500ms",
        },
      ],
    });
    client = new OpenAI({
      baseURL: `http://127.0.0.1:${envoy.ports[0]}/v1`,
      apiKey: "sk-client",
      maxRetries: 0,
    });
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([a?.close(), b?.close(), c?.close()]);
  });

  beforeEach(() => {
    for (const provider of [a, b, c]) {
      provider.script = never;
      provider.requests.length = 0;
    }
  });

  /** The text of an answer, whole or streamed. */
  async function ask(model: string, streams: boolean, more: object = {}): Promise<string> {
    const body = { model, messages, ...more };
    if (!streams) {
      const completion = await client.chat.completions.create(body);
      return completion.choices[0]?.message.content ?? "";
    }
    let text = "";
    let finishes = 0;
    for await (const { choices } of await client.chat.completions.create({
      ...body,
      stream: true,
    })) {
      text += choices[0]?.delta.content ?? "";
      if (choices[0]?.finish_reason != null) finishes += 1;
    }
    assert.equal(finishes, 1);
    return text;
  }

  for (const streams of [false, true]) {
    const kind = streams ? "a stream" : "a whole answer";

    test(`the first provider is slow: ${kind} comes from the second, and the first is left`, async () => {
      const slow = watched(speaks("a", 5000));
      a.script = slow.script;
      b.script = speaks("b", 0);
      const began = Date.now();
      assert.equal(await ask("two", streams), "b says hello");
      assert.ok(Date.now() - began >= DELAY, "not before its time");
      await slow.gone;
      assert.ok(Date.now() - began < 2000, "long before it would have answered");
      const models = [a, b].map(
        ({ requests }) => (JSON.parse(String(requests[0]?.body)) as { model: string }).model,
      );
      assert.deepEqual(models, ["a-model", "b-model"]);
      assert.equal(a.requests[0]?.headers.authorization, "Bearer sk-a");
      assert.equal(b.requests[0]?.headers.authorization, "Bearer sk-b");
      assert.equal(a.requests[0]?.headers.host, "api.groq.com");
      assert.equal(b.requests[0]?.headers.host, "api.openai.com");
      assert.doesNotMatch(b.requests[0]?.rawHeaders.join("\n") ?? "", /sk-a|sk-client|x-llm|groq/);
    });

    test(`the first provider is quick: the second is never asked for ${kind}`, async () => {
      a.script = speaks("a", 0, DELAY);
      assert.equal(await ask("two", streams), "a says hello");
      await sleep(2 * DELAY);
      assert.equal(b.requests.length, 0);
    });

    test(`the first provider is slow, but quicker than the second: ${kind}`, async () => {
      a.script = speaks("a", DELAY + 100);
      const slow = watched(speaks("b", 5000));
      b.script = slow.script;
      assert.equal(await ask("two", streams), "a says hello");
      await slow.gone;
      assert.equal(b.requests.length, 1);
    });

    test(`the first provider fails at once: the second is asked at once for ${kind}`, async () => {
      a.script = fails(503);
      b.script = speaks("b", 0);
      const began = Date.now();
      assert.equal(await ask("two", streams), "b says hello");
      assert.ok(Date.now() - began < DELAY);
    });

    for (const status of [400, 429, 503]) {
      test(`the second fails with ${status} while the first is under way: ${kind}`, async () => {
        a.script = speaks("a", DELAY + 200);
        b.script = fails(status);
        assert.equal(await ask("two", streams), "a says hello");
        assert.equal(b.requests.length, 1);
      });

      test(`the first fails with ${status} while the second is under way: ${kind}`, async () => {
        a.script = fails(status, DELAY + 100);
        b.script = speaks("b", 300);
        assert.equal(await ask("two", streams), "b says hello");
      });
    }

    test(`both fail while both are under way: one error instead of ${kind}`, async () => {
      a.script = fails(503, DELAY + 100);
      b.script = fails(429, 300, "Slow down.");
      await assert.rejects(ask("two", streams), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 429);
        assert.match(error.message, /Slow down\. \(tried: a 503, b 429\)$/);
        assert.ok(error.headers?.get("x-llm-yields") == null);
        return true;
      });
    });

    test(`one is cut off, then the other fails: one error instead of ${kind}`, async () => {
      a.script = async (socket) => {
        await sleep(DELAY + 100);
        socket.resetAndDestroy();
      };
      b.script = fails(400, 300, "Too long.");
      await assert.rejects(ask("two", streams), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 400);
        assert.match(error.message, /Too long\. \(tried: a no answer, b 400\)$/);
        return true;
      });
    });

    test(`three providers, the third is the quickest: ${kind}`, async () => {
      a.script = speaks("a", 5000);
      b.script = speaks("b", 5000);
      c.script = speaks("c", 0);
      assert.equal(await ask("three", streams), "c says hello");
      assert.equal(c.requests[0]?.headers.authorization, "Bearer sk-c");
      assert.equal(c.requests[0]?.headers.host, "api.deepseek.com");
    });

    test(`the second cannot serve the request, and the first is slow: ${kind}`, async () => {
      b.script = speaks("b", DELAY + 200);
      assert.equal(await ask("other", streams, { n: 2 }), "b says hello");
      assert.equal(c.requests.length, 0);
    });

    test(`the second cannot serve the request, and the first fails: ${kind}`, async () => {
      b.script = fails(503, DELAY + 100);
      await assert.rejects(ask("other", streams, { n: 2 }), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 400);
        assert.equal(error.param, "n");
        return true;
      });
    });

    test(`nobody answers in time: ${kind}`, async () => {
      await assert.rejects(ask("bounded", streams), (error) => {
        assert.ok(error instanceof APIError);
        assert.equal(error.status, 504);
        assert.match(
          error.message,
          streams ? /did not answer in time/ : /No provider answered in time\./,
        );
        return true;
      });
    });
  }

  test("what the log says", async () => {
    a.script = speaks("a", 5000);
    b.script = speaks("b", 0);
    await ask("two", true);
    await sleep(300);
    const line = envoy.log().trim().split("\n").at(-1) ?? "";
    assert.match(line, /"provider":"b"/);
    assert.match(line, /"failed":"a overtaken"/);
    assert.match(line, /"attempts":"?2/);
  });

  test("a client that leaves takes both attempts with it", async () => {
    const first = watched(never);
    const second = watched(never);
    a.script = first.script;
    b.script = second.script;
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 2 * DELAY);
    const body = { model: "two", messages };
    await assert.rejects(
      client.chat.completions.create(body, { signal: leaving.signal }),
      APIUserAbortError,
    );
    await Promise.all([first.gone, second.gone]);
  });

  test("many at once, each with its own answer", async () => {
    a.script = (socket, request) =>
      speaks("x", Math.random() < 0.5 ? 5000 : 2 * DELAY * Math.random())(socket, request);
    b.script = speaks("x", 20);
    const asked = Array.from({ length: 40 }, (_, at) => `number ${at}`);
    const answers = await Promise.all(asked.map((user, at) => ask("two", at % 2 === 0, { user })));
    assert.deepEqual(
      answers,
      asked.map((user) => `x says ${user}`),
    );
    for (const { headers } of a.requests) assert.equal(headers.authorization, "Bearer sk-a");
    for (const { headers } of b.requests) assert.equal(headers.authorization, "Bearer sk-b");
  });

  test("any mix of failures: an answer wherever one provider has one", async () => {
    const outcomes: (Script | null)[] = [null, ...Object.values({ ...FAULTS, ...STALLS })];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    /** Half of the requests are answered, and each at a time of its own. */
    const plan = () => {
      const fault = outcomes[random(2) === 0 ? 0 : random(outcomes.length)] ?? null;
      return { fault, wait: random(2.5 * DELAY) };
    };
    const plans = new Map(
      Array.from({ length: 160 }, (_, at) => [`number ${at}`, [plan(), plan()] as const]),
    );
    const acts =
      (place: 0 | 1): Script =>
      async (socket, request) => {
        const { user } = JSON.parse(request.body.toString()) as { user: string };
        const own = plans.get(user)?.[place];
        if (own?.fault == null) return speaks("x", own?.wait ?? 0)(socket, request);
        await sleep(own.wait);
        return own.fault(socket, request);
      };
    a.script = acts(0);
    b.script = acts(1);
    const left = [...plans.entries()];
    const next = async (): Promise<void> => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        const [user, own] = one;
        const isGood = own.some(({ fault }) => fault === null);
        const asked = ask("bounded", left.length % 2 === 0, { user });
        if (isGood) assert.equal(await asked, `x says ${user}`);
        else await assert.rejects(asked, (error) => error instanceof APIError && !!error.status);
      }
    };
    await Promise.all(Array.from({ length: 16 }, next));
  });
});
