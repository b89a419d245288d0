// What every provider may answer instead of what it should: the client gets OpenAI's error or a right answer, the next
// request works, and nothing of the provider's own format or of a credential gets through. The types come from the
// schema and their requests from the fixtures, so that a new provider is covered by itself.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { compareOutcome } from "./fixture-runner/compare.ts";
import { extension, text, type Fixture } from "./fixture-runner/fixture.ts";
import type { HeaderPairs } from "../host/header-map.ts";
import type { RootContext } from "../host/root-context.ts";
import type { RunResult, UpstreamResponse } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN } from "./support/envoy.ts";
import { decodeFrames, encodeFrame } from "./support/event-stream.ts";
import { completionFault, errorFault, readStream } from "./support/openai-shape.ts";
import { answerOf, providerSamples, runWith } from "./support/provider-samples.ts";

const JSON_TYPE: HeaderPairs = [["content-type", "application/json"]];
const SSE_TYPE: HeaderPairs = [["content-type", "text/event-stream"]];
const HTML = "<html><head><title>Oops</title></head><body><h1>Oops</h1></body></html>";
/** What a status of certain providers means. */
const OTHER_STATUS: Record<string, Record<number, number>> = {
  // A wrong key, or one of the other plan.
  deepl: { 403: 401 },
};
const STATUSES = [401, 403, 404, 429, 500, 503, 529];
const WAIT: HeaderPairs = [
  ["retry-after", "7"],
  ["retry-after-ms", "6500"],
];

/** Bodies that an error may have; none says a class of its own. */
const ERROR_BODIES: readonly (readonly [string, string, string])[] = [
  ["OpenAI's error", "application/json", '{"error":{"message":"No.","type":null,"code":null}}'],
  ["a number as message", "application/json", '{"error":{"message":7,"type":[],"code":{"a":1}}}'],
  ["an error that is null", "application/json", '{"error":null}'],
  ["a text as error", "application/json", '{"error":"No."}'],
  ["a flat message", "application/json", '{"message":"No.","id":"x"}'],
  ["a list of details", "application/json", '{"detail":[{"loc":["body",0],"msg":"No."},7]}'],
  ["a bare text", "application/json", '"No."'],
  ["null", "application/json", "null"],
  ["a list", "application/json", '[{"error":{"code":400,"message":"No."}}]'],
  ["an empty list", "application/json", "[]"],
  ["half of an error", "application/json", '{"error":{"message":"No'],
  ["bytes", "application/json", "\u0000\u0001\u00ff"],
  ["markup", "text/html", HTML],
  ["text", "text/plain", "No."],
  ["nothing", "application/json", ""],
];

/** Answers with status 200 that are none. */
const NO_ANSWERS: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["markup", HTML],
  ["bytes", "\u0000\u0001\u00ff{"],
  ["half of an object", '{"id":"x","choices":[{"index":0,'],
  ["an empty object", "{}"],
  ["an empty list", "[]"],
  ["null", "null"],
  ["a number", "1e400"],
  ["a text", '"hello"'],
  ["an error", '{"error":{"message":"No.","type":"invalid_request_error","code":"x"}}'],
  ["an error with a number as code", '{"error":{"message":"No.","code":429}}'],
  ["an error as text", '{"error":"No."}'],
  ["no choices", '{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[]}'],
  ["choices that are null", '{"choices":null}'],
  ["choices of nothing", '{"choices":[null]}'],
  ["a choice without a message", '{"choices":[{}]}'],
  ["a message that is null", '{"choices":[{"message":null}]}'],
  ["content that is null", '{"choices":[{"message":{"role":"assistant","content":null}}]}'],
  [
    "numbers for texts",
    '{"id":7,"model":[],"created":"x","choices":[{"index":"a","finish_reason":1,"message":{"role":2,"content":3}}]}',
  ],
  [
    "tool calls that are none",
    '{"choices":[{"message":{"content":null,"tool_calls":[null,{},{"function":"f"},{"id":1,"function":{"name":2,"arguments":[]}}]}}]}',
  ],
  ["usage that is none", '{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":"x"}}'],
];

/** Types that have no chat at all. */
const NO_CHAT = new Set(["kling"]);

const SAMPLES = providerSamples();
/** Values that stand for others in answers. */
const WRONG_VALUES: readonly unknown[] = [null, 7, "x", [], {}, true];
/** Positions at which one answer is cut, and faults that are shown. */
const MOST_CUTS = 400;
const MOST_SHOWN = 5;
/** Events that no provider should send. */
const FOREIGN_EVENTS = [
  ": comment",
  "data:",
  "event: unknown\ndata: {}",
  "data: {}",
  "data: null",
  "data: [1,2]",
  `data: ${HTML}`,
  'data: {"id":"x","choices":[',
  'data: {"error":{"message":"No.","type":"server_error","code":500}}',
  'data: {"error":"No."}',
  'event: error\ndata: {"message":"No."}',
  "data: [DONE]",
];

function bytes(body: string): Uint8Array {
  return Buffer.from(body, "utf8");
}

function shown(response: RunResult["response"]): string {
  return Buffer.from(response.body).toString("utf8");
}

function header(response: RunResult["response"], name: string): string | undefined {
  return response.headers.find(([own]) => own === name)?.[1];
}

/** The credentials of a configuration that may never be seen. */
function tokensOf(fixture: Fixture): string[] {
  const { provider } = fixture.content.config as { provider: { apiTokens?: unknown[] } };
  return (provider.apiTokens ?? []).filter((own): own is string => typeof own === "string");
}

/** What is wrong with an answer to a chat, "" where the client can rely on it. */
function faultOf(result: RunResult, fixture: Fixture): string {
  const { response } = result;
  const body = shown(response);
  if (response.reset !== null) return `the answer broke off: ${response.reset}`;
  if (result.upstreamRequest === null) return `nothing was sent: ${body}`;
  if (tokensOf(fixture).some((token) => body.includes(token))) return "it shows a token";
  const type = header(response, "content-type") ?? "";
  const length = header(response, "content-length");
  if (length !== undefined && Number(length) !== response.body.length) return `length ${length}`;
  if (response.status >= 400) {
    return type === "application/json" ? errorFault(body) : `an error of type ${type}`;
  }
  if (type.startsWith("text/event-stream")) return readStream(body).fault;
  return completionFault(JSON.parse(body));
}

/** A stream may end as if it were complete only if all of its text has come. */
function isWholeOrBroken(fixture: Fixture): (result: RunResult) => string {
  const expected = text(fixture.response ?? { name: "", bytes: new Uint8Array(0) });
  return ({ response }) => {
    const type = header(response, "content-type") ?? "";
    const body = shown(response);
    if (response.status !== 200 || !type.startsWith("text/event-stream")) return "";
    if (!body.includes("data: [DONE]")) return "";
    const isWhole = readStream(body).text === readStream(expected).text;
    return isWhole ? "" : `it ends as if it were complete: ${body}`;
  };
}

/** All values of a JSON text replaced by wrong ones, one at a time. */
function* wrongValues(json: string): Generator<string> {
  const places: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) places.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value))
      walk((value as Record<string, unknown>)[key], [...path, key]);
  };
  walk(JSON.parse(json), []);
  for (const path of places) {
    for (const wrong of [undefined, ...WRONG_VALUES]) {
      const root = JSON.parse(json) as Record<string | number, unknown>;
      let holder = root;
      for (const key of path.slice(0, -1)) holder = holder[key] as typeof root;
      holder[path.at(-1) ?? ""] = wrong;
      yield JSON.stringify(root);
    }
  }
}

for (const { type, chat, stream } of SAMPLES) {
  describe(type, { skip: chat === null && process.env.FIXTURE !== undefined }, () => {
    let root: RootContext;

    const start = async (fixture: Fixture): Promise<void> => {
      const vm = await (await WasmHost.load(PLUGIN)).vm();
      root = vm.configure(fixture.content.config);
      assert.ok(root.ok, `${fixture.name}: the configuration is refused`);
    };

    /** Runs a request with an answer, and then one that works; tells what is wrong with either. */
    const attempt = (
      fixture: Fixture,
      name: string,
      answer: UpstreamResponse,
      check: (result: RunResult) => string = () => "",
    ): string[] => {
      try {
        const result = runWith(root, fixture, answer);
        const wrong = faultOf(result, fixture) || check(result);
        if (wrong !== "") return [`${name}: ${wrong}`];
        const next = runWith(root, fixture, answerOf(fixture));
        const broken = compareOutcome(fixture, next);
        return broken.length === 0 ? [] : [`the request after ${name}: ${broken.join("; ")}`];
      } catch (error) {
        return [`${name}: ${String(error)}`];
      }
    };

    const kinds = [chat, stream].filter((own) => own !== null);

    test("has a chat among its fixtures, or none at all", async () => {
      if (chat !== null) return;
      const vm = await (await WasmHost.load(PLUGIN)).vm();
      assert.ok(NO_CHAT.has(type), `no fixture of ${type} is a chat that is answered with text`);
      vm.logs.length = 0;
    });

    for (const fixture of kinds) {
      const mode = fixture === stream ? "streamed chat" : "chat";
      const isStream = fixture === stream;

      test(`${mode}: errors keep their status`, async () => {
        await start(fixture);
        const found = STATUSES.flatMap((status) =>
          ERROR_BODIES.flatMap(([name, contentType, body]) => {
            const headers: HeaderPairs = [["content-type", contentType], ...WAIT];
            return attempt(
              fixture,
              `${status} with ${name}`,
              { status, headers, body: bytes(body) },
              ({ response }) => {
                const expected = OTHER_STATUS[type]?.[status] ?? status;
                if (response.status !== expected) return `status ${response.status}`;
                const waits = WAIT.every(([own, value]) => header(response, own) === value);
                if (!waits) return `headers ${JSON.stringify(response.headers)}`;
                return /<html|\\u0000/.test(shown(response)) ? shown(response) : "";
              },
            );
          }),
        );
        assert.deepEqual(found, []);
      });

      test(`${mode}: errors that repeat the key`, async () => {
        await start(fixture);
        const [token] = tokensOf(fixture);
        if (token === undefined) return;
        const message = `Incorrect key: ${token}. See https://example.test/?key=${token}&a=b`;
        const found = [401, 200].flatMap((status) =>
          [{ error: { message } }, { message }, { error: message }].flatMap((body) => {
            const answer = { status, headers: JSON_TYPE, body: bytes(JSON.stringify(body)) };
            return attempt(fixture, `${status} with ${JSON.stringify(body)}`, answer);
          }),
        );
        assert.deepEqual(found, []);
      });

      test(`${mode}: a 200 that is no answer`, async () => {
        await start(fixture);
        const own = answerOf(fixture).headers?.find(([name]) => name === "content-type");
        const types = [JSON_TYPE, own === undefined ? JSON_TYPE : [own], SSE_TYPE];
        const found = NO_ANSWERS.flatMap(([name, body]) =>
          types.flatMap((headers) =>
            attempt(fixture, `${name} as ${headers[0]?.[1]}`, { headers, body: bytes(body) }),
          ),
        );
        assert.deepEqual(found, []);
      });

      test(`${mode}: wrong values anywhere in an answer`, async () => {
        await start(fixture);
        const file = fixture.upstreamResponse;
        if (file === null) return;
        const found: string[] = [];
        const bodies: Iterable<string | Buffer> =
          extension(file) === "bin"
            ? damagedFrames(Buffer.from(file.bytes))
            : damaged(text(file), extension(file));
        for (const body of bodies) {
          const sent = typeof body === "string" ? bytes(body) : body;
          found.push(...attempt(fixture, body.toString(), answerOf(fixture, sent)));
          if (found.length > MOST_SHOWN) break;
        }
        assert.deepEqual(found, []);
      });

      test(`${mode}: an answer that is cut anywhere`, async () => {
        await start(fixture);
        const whole = fixture.upstreamResponse?.bytes ?? new Uint8Array(0);
        const step = Math.max(1, Math.ceil(whole.length / MOST_CUTS));
        const found: string[] = [];
        for (let end = 0; end < whole.length && found.length < MOST_SHOWN; end += step) {
          const answer = answerOf(fixture, whole.subarray(0, end));
          found.push(...attempt(fixture, `cut at ${end}`, answer, isWholeOrBroken(fixture)));
          const reset = runWith(root, fixture, { ...answer, reset: true });
          const wrong = isStream ? isWholeOrBroken(fixture)(reset) : "";
          if (wrong !== "") found.push(`connection cut at ${end}: ${wrong}`);
        }
        assert.deepEqual(found, []);
      });

      if (!isStream) continue;
      test(`${mode}: something else between the events`, async () => {
        await start(fixture);
        const file = fixture.upstreamResponse;
        if (file === null || extension(file) !== "sse") return;
        const own = text(file).split("\n\n");
        const found = FOREIGN_EVENTS.flatMap((event) =>
          own.slice(0, -1).flatMap((_, at) => {
            const body = [...own.slice(0, at), event, ...own.slice(at)].join("\n\n");
            return attempt(fixture, `${event} before event ${at}`, answerOf(fixture, bytes(body)));
          }),
        );
        assert.deepEqual(found, []);
      });
    }
  });
}

/** A binary stream with each value of its events replaced by wrong ones. */
function* damagedFrames(body: Buffer): Generator<Buffer> {
  const frames = decodeFrames(body);
  for (const [at, frame] of frames.entries()) {
    for (const payload of wrongValues(String(frame.payload))) {
      const own = frames.map((other, i) => encodeFrame(i === at ? { ...frame, payload } : other));
      yield Buffer.concat(own);
    }
  }
}

/** An answer with each of its values replaced by wrong ones. */
function* damaged(body: string, ending: string): Generator<string> {
  if (ending === "json") {
    yield* wrongValues(body);
    return;
  }
  const lines = body.split("\n");
  for (const [i, line] of lines.entries()) {
    const start = line.search(/[{[]/);
    if (start < 0) continue;
    let isJson = true;
    try {
      JSON.parse(line.slice(start));
    } catch {
      isJson = false;
    }
    if (!isJson) continue;
    for (const wrong of wrongValues(line.slice(start))) {
      yield [...lines.slice(0, i), line.slice(0, start) + wrong, ...lines.slice(i + 1)].join("\n");
    }
  }
}
