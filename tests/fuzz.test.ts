// Damaged requests, answers, streams and configurations of every fixture, a little of what `npm run fuzz` does for longer:
// nothing traps, hangs, leaks or grows, and the client gets an answer in its own protocol, or its error.
// SEED=<number> begins elsewhere.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunResult } from "../host/run.ts";
import { Campaign, usable } from "./fuzz/campaign.ts";
import { makeCase } from "./fuzz/case.ts";
import { faultOf } from "./fuzz/faults.ts";
import { loadSeeds } from "./fuzz/seeds.ts";

const SEED = Number(process.env.SEED ?? 1);
const CASES = 14;
/** Every so many fixtures are run again and again in one VM. */
const REPEATED = 5;

const seeds = await usable(loadSeeds(process.env.FIXTURE));

test(`damaged exchanges, from seed ${SEED}`, async () => {
  const campaign = await Campaign.begin(seeds, SEED);
  for (const seed of seeds) await campaign.runSeed(seed, 0, CASES);
  assert.deepEqual(campaign.findings, []);
  assert.equal(campaign.count, seeds.length * CASES);
  assert.equal(campaign.size.contexts, 0, "contexts were left over");
});

test("the same damaged exchanges again do not let the memory grow", async () => {
  const campaign = await Campaign.begin(seeds, SEED + 1);
  const few = seeds.filter((_, i) => i % REPEATED === 0);
  const sizes: number[] = [];
  for (let pass = 0; pass < 4; ++pass) {
    for (const seed of few) await campaign.runSeed(seed, 0, CASES / 2);
    sizes.push(campaign.size.memory);
  }
  assert.deepEqual(campaign.findings, []);
  assert.equal(sizes[3], sizes[1], `bytes after each pass: ${sizes.join(", ")}`);
});

const CHUNK = {
  id: "a",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }],
};
const STREAM = `data: ${JSON.stringify(CHUNK)}\n\n`;

/** Answers that no client may get, and how the fault begins that they have. */
const FAULTY: [string, Partial<RunResult["response"]>, string, RegExp][] = [
  ["an error that is none", { status: 500 }, '{"detail":"x"}', /more than an error/],
  ["an answer that is no JSON", {}, "Hello", /no JSON/],
  ["a completion without choices", {}, '{"id":"a","object":"chat.completion"}', /created/],
  ["a stream without an end", { headers: [["content-type", "text/event-stream"]] }, STREAM, /ends/],
  ["half an event", { headers: [["content-type", "text/event-stream"]] }, "data: {", /half/],
];

describe("what counts as a fault", () => {
  const seed = seeds.find(({ fixture }) => fixture.name === "groq/chat") ?? seeds[0];
  assert.ok(seed);
  let one = makeCase(seeds, seed, 1, 0);
  for (let i = 1; one.isConfigDamaged || one.isGateway || one.placement === "cluster"; ++i) {
    one = makeCase(seeds, seed, 1, i);
  }
  const chat = {
    ...one,
    request: { ...one.request, method: "POST", path: "/v1/chat/completions" },
  };
  const headers: [string, string][] = [["authorization", `Bearer ${chat.secrets[0]}`]];
  const sent = { method: "POST", path: "/", host: "h", headers, body: Buffer.alloc(0) };
  const judge = (head: Partial<RunResult["response"]>, text: string, log = ""): string =>
    faultOf(seed, chat, {
      upstreamRequest: sent,
      localReply: null,
      logs: [{ level: 2, text: log, context: 1 }],
      response: {
        status: 200,
        headers: [["content-type", "application/json"]],
        bodyChunks: [],
        reset: null,
        ...head,
        body: Buffer.from(text),
      },
    });

  for (const [name, head, text, fault] of FAULTY) {
    test(name, () => assert.match(judge(head, text), fault));
  }
  test("a secret in the log", () => {
    assert.match(judge({}, "{}", `token ${chat.secrets[0]}`), /a secret in the log/);
  });
  test("a secret in an error", () => {
    const text = JSON.stringify({ error: { message: chat.secrets[0] } });
    assert.match(judge({ status: 401 }, text), /a secret in an error/);
  });
  test("and what does not", () => {
    const error = { message: "No.", type: "server_error", param: null, code: null };
    assert.equal(judge({ status: 500 }, JSON.stringify({ error })), "");
  });
});
