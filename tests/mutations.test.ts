// Damaged requests and answers: every fixture with something cut, flipped, doubled or of another type. Nothing may trap,
// hang or leak, and the client gets either an answer in its own protocol or OpenAI's error.
// SEED=<number> begins elsewhere; MUTATIONS=<number> says how many there are of each fixture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadFixtures, type Fixture, type FixtureFile } from "./fixture-runner/fixture.ts";
import { runOnce } from "./fixture-runner/host-run.ts";
import { mutate, Dice } from "./fixture-runner/mutate.ts";
import type { RootContext } from "../host/root-context.ts";
import type { RunResult } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";

const FOLDER = fileURLToPath(new URL("fixtures", import.meta.url));
const SEED = Number(process.env.SEED ?? 1);
const MUTATIONS = Number(process.env.MUTATIONS ?? 30);
const LONGEST_SHOWN = 3000;
const CHAT = "/v1/chat/completions";

interface ProviderConfig {
  protocol?: string;
}

/** Whether all that the client gets is in OpenAI's protocol. */
function isTranslated({ content }: Fixture): boolean {
  const { provider } = content.config as { provider?: ProviderConfig };
  const { method = "POST", path = CHAT } = content.request ?? {};
  return (
    method === "POST" && path === CHAT && provider !== undefined && provider.protocol !== "original"
  );
}

const STATUSES = [200, 201, 204, 302, 400, 401, 404, 429, 500, 502, 529];
const TYPES = ["application/json", "text/event-stream", "text/html", "application/x-ndjson", ""];

function mutated(fixture: Fixture, dice: Dice): Fixture {
  if (dice.below(10) > 0) return withMutatedBody(fixture, dice);
  const { content } = fixture;
  const headers = { ...content.response?.headers, "content-type": dice.pick(TYPES) };
  const response = { ...content.response, status: dice.pick(STATUSES), headers };
  return { ...fixture, content: { ...content, response } };
}

function withMutatedBody(fixture: Fixture, dice: Dice): Fixture {
  const { request, upstreamResponse } = fixture;
  const changesRequest = request !== null && (upstreamResponse === null || dice.below(3) === 0);
  if (changesRequest) return { ...fixture, request: mutate(request, dice) };
  if (upstreamResponse === null) return fixture;
  return { ...fixture, upstreamResponse: mutate(upstreamResponse, dice) };
}

/** What is wrong with what the client got. */
function fault({ response }: RunResult): string {
  const text = Buffer.from(response.body).toString("utf8");
  const type = response.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (response.status >= 300 && response.status < 400) return "";
  if (response.status >= 400) return errorFault(text, type);
  if (response.headers.some(([name]) => name === "content-encoding")) return "";
  if (type.startsWith("text/event-stream") && !/^\s*\{/.test(text)) return streamFault(text);
  const { choices } = JSON.parse(text) as { choices?: unknown };
  return Array.isArray(choices) ? "" : "an answer without choices";
}

function errorFault(text: string, type: string): string {
  if (type !== "application/json") return `an error of type ${type}`;
  const body = JSON.parse(text) as { error?: Record<string, unknown> };
  const { message, type: kind, param, code, ...rest } = body.error ?? {};
  const isText = typeof message === "string" && typeof kind === "string";
  const isOptional = [param, code].every((own) => own === null || typeof own === "string");
  return isText && isOptional && Object.keys(rest).length === 0 ? "" : `the error ${text}`;
}

function streamFault(text: string): string {
  const events = text.split("\n\n");
  if (events.pop() !== "") return "the last event has no end";
  const payloads = events.filter((own) => !own.startsWith(":"));
  const foreign = payloads.find((own) => !own.startsWith("data: ") || own.includes("\n"));
  if (foreign !== undefined) return `the event ${foreign}`;
  const last = payloads.pop();
  const chunks = payloads.map((own) => JSON.parse(own.slice("data: ".length)) as object);
  if (chunks.some((own) => "error" in own)) return "an error that is not the end";
  if (last === "data: [DONE]") return "";
  const end = JSON.parse(last?.slice("data: ".length) ?? "null") as { error?: object } | null;
  return end?.error === undefined ? "a stream without an end" : "";
}

/** One run of a damaged fixture. "" or what went wrong. */
function tryOut(root: RootContext, fixture: Fixture, damaged: Fixture): string {
  try {
    const result = runOnce(root, damaged);
    // A session that says nothing is broken off by Envoy, which then answers itself.
    const isBroken = result.localReply?.details === "upstream_reset_after_response_started";
    return isTranslated(fixture) && !isBroken ? fault(result) : "";
  } catch (error) {
    return String(error);
  }
}

function show(file: FixtureFile | null): string {
  return Buffer.from(file?.bytes ?? [])
    .toString("utf8")
    .slice(0, LONGEST_SHOWN);
}

test(`damaged fixtures, from seed ${SEED}`, async () => {
  const host = await WasmHost.load(PLUGIN);
  const fixtures = loadFixtures(FOLDER, process.env.FIXTURE, () => {});
  const faults: string[] = [];
  let vm = await host.vm();
  let count = 0;
  for (const fixture of fixtures) {
    const { calls, config, skip } = fixture.content;
    if (calls !== undefined || skip?.host !== undefined) continue;
    const root = vm.configure(config);
    if (!root.ok) continue;
    const dice = new Dice(SEED, fixture.name);
    for (let i = 0; i < MUTATIONS; ++i, ++count) {
      const damaged = mutated(fixture, dice);
      const wrong = tryOut(root, fixture, damaged);
      if (wrong === "") continue;
      const { request, upstreamResponse } = damaged;
      const name = `${fixture.name}, mutation ${i}`;
      faults.push(`${name}: ${wrong}\n${show(request)}\n---\n${show(upstreamResponse)}`);
      vm = await host.vm();
      break;
    }
    if (vm.contexts.size > 0) root.delete();
  }
  assert.deepEqual(faults, []);
  assert.ok(count > fixtures.length, "too few fixtures were run");
  assert.equal(vm.contexts.size, 0, "contexts were left over");
});
