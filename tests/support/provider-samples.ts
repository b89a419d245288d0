// One working chat and one working stream of every type of provider, taken from its fixtures.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadFixtures, text, type Fixture } from "../fixture-runner/fixture.ts";
import { runInput } from "../fixture-runner/host-run.ts";
import type { RootContext } from "../../host/root-context.ts";
import { run, type RunInput, type RunResult, type UpstreamResponse } from "../../host/run.ts";

const CHAT = "/v1/chat/completions";
const FIXTURES = loadFixtures(
  fileURLToPath(new URL("../fixtures", import.meta.url)),
  process.env.FIXTURE,
);

/** A provider and what is known to work with it. */
export interface ProviderSample {
  readonly type: string;
  /** Null: the provider has no chat. */
  readonly chat: Fixture | null;
  readonly stream: Fixture | null;
}

interface Provider {
  readonly type?: string;
  readonly protocol?: string;
}

const SESSION = "upstream-response.ws";

/** Every type that a configuration can name, from its schema. */
export function providerTypes(): string[] {
  const schema = readFileSync(new URL("../../config.schema.json", import.meta.url), "utf8");
  const { $defs } = JSON.parse(schema) as {
    $defs: { provider: { properties: { type: { enum: string[] } } } };
  };
  return $defs.provider.properties.type.enum;
}

/** The samples of all types; those without chat have nulls. */
export function providerSamples(): ProviderSample[] {
  return providerTypes().map((type) => {
    const own = FIXTURES.filter((fixture) => isSample(fixture, type));
    const isStream = (fixture: Fixture): boolean => requestOf(fixture)["stream"] === true;
    const chats = own.filter((fixture) => !isStream(fixture) && completes(fixture));
    const streams = own.filter((fixture) => isStream(fixture) && completes(fixture));
    return { type, chat: plainest(chats), stream: plainest(streams) };
  });
}

// The shortest answer is the one with the least besides text.
function plainest(fixtures: readonly Fixture[]): Fixture | null {
  const size = (fixture: Fixture): number => fixture.upstreamResponse?.bytes.length ?? 0;
  return [...fixtures].sort((a, b) => size(a) - size(b))[0] ?? null;
}

function isSample(
  { content, upstreamRequest, upstreamResponse, request }: Fixture,
  type: string,
): boolean {
  const { provider } = content.config as { provider?: Provider };
  const { method = "POST", path = CHAT } = content.request ?? {};
  const isChat =
    method === "POST" &&
    path.split("?")[0]?.endsWith(CHAT) === true &&
    request?.name === "request.json";
  const isOurs = provider?.type === type && provider.protocol !== "original";
  // Answers over HTTP can be changed in ways that a session's cannot.
  const isHttp = upstreamResponse?.name !== SESSION;
  return isChat && isOurs && isHttp && upstreamRequest !== null && content.skip?.host === undefined;
}

function requestOf(fixture: Fixture): Record<string, unknown> {
  return JSON.parse(text(fixture.request ?? { name: "", bytes: Buffer.from("{}") })) as object as {
    [name: string]: unknown;
  };
}

function completes({ content, response, upstreamResponse }: Fixture): boolean {
  if ((content.expect?.status ?? 200) !== 200 || response === null) return false;
  if ((content.response?.status ?? 200) !== 200 || upstreamResponse === null) return false;
  const said = text(response);
  if (response.name === "response.sse") return said.includes("[DONE]");
  return response.name === "response.json" && said.includes('"content": "');
}

/** Runs a sample with another answer of the provider. Calls beside the request get theirs. */
export function runWith(
  root: RootContext,
  fixture: Fixture,
  answer: UpstreamResponse,
  more: Partial<RunInput> = {},
): RunResult {
  const calls = fixture.content.calls ?? [];
  return run(root, {
    ...runInput(fixture, {}),
    upstream: () => answer,
    answer: (call) => {
      const known = calls.find(({ cluster }) => cluster === call.cluster);
      const { status, headers, body } = known?.response ?? {};
      return {
        status: status ?? 200,
        headers: Object.entries(headers ?? {}),
        body: typeof body === "string" ? body : JSON.stringify(body ?? ""),
      };
    },
    ...more,
  });
}

/** The answer of the provider as the fixture has it, with another body. */
export function answerOf(fixture: Fixture, body?: Uint8Array): UpstreamResponse {
  const given = runInput(fixture, {}).upstream;
  const none = { method: "", path: "", host: "", headers: [], body: new Uint8Array(0) };
  const calls = { ...fixture, content: { ...fixture.content, calls: [] } };
  const own = given === undefined ? {} : runInput(calls, {}).upstream?.(none);
  if (body === undefined) return own ?? {};
  const headers = (own?.headers ?? []).filter(([name]) => name !== "content-length");
  return { ...own, headers, body };
}
