// Runs a fixture on the host in this process, whole and in every cut.
import { LogLevel } from "../../host/abi.ts";
import type { HttpCall, HttpCallAnswer } from "../../host/http-call.ts";
import type { RootContext } from "../../host/root-context.ts";
import { run, type Arrival, type RunInput, type RunResult } from "../../host/run.ts";
import type { Vm } from "../../host/vm.ts";
import { compareBytes, compareHeaders, compareOutcome } from "./compare.ts";
import { everyArrival, fewArrivals, type NamedArrival } from "./cuts.ts";
import type { Fixture, FixtureCall } from "./fixture.ts";
import { clientRequest, providerResponse, SWITCHED } from "./messages.ts";
import { switchHeaders } from "./web-socket.ts";

const REQUEST_CUTS = 16;
const SHOWN_DIFFERENCES = 12;

/** How one run differs from the plain one. */
export interface RunVariation {
  readonly requestArrival?: Arrival;
  readonly responseArrival?: Arrival;
  readonly seed?: number;
}

/** Takes the fixture's configuration; throws with the module's reasons where it is refused. */
export function configure(vm: Vm, fixture: Fixture): RootContext {
  vm.logs.length = 0;
  const root = vm.configure(fixture.content.config);
  if (root.ok) return root;
  const reasons = root.logs.map((line) => line.text).join("\n");
  throw new Error(`${fixture.name}: the configuration is refused:\n${reasons}`);
}

/** One run of a fixture. Random numbers start anew, so that equal runs are equal. */
export function runOnce(root: RootContext, fixture: Fixture, how: RunVariation = {}): RunResult {
  root.vm.logs.length = 0;
  root.vm.random.seed(how.seed ?? 1);
  return run(root, runInput(fixture, how));
}

/** All that happens around the filter in a run of a fixture. */
export function runInput(fixture: Fixture, how: RunVariation = {}): RunInput {
  const { body, ...request } = clientRequest(fixture);
  const response = providerResponse(fixture);
  const framing: [string, string] = response.streamed
    ? ["transfer-encoding", "chunked"]
    : ["content-length", String(response.body.length)];
  const calls = [...(fixture.content.calls ?? [])];
  const protocol = fixture.content.request?.protocol;
  return {
    properties: {
      xds: { cluster_name: "upstream" },
      ...(protocol === undefined ? {} : { request: { protocol } }),
    },
    request: body === null ? request : { ...request, body },
    upstream: (sent) => {
      if (calls.length > 0) throw new Error(`the call to ${calls[0]?.cluster} was not made`);
      return {
        status: response.status,
        headers:
          response.status === SWITCHED
            ? switchHeaders(sent, response.headers)
            : [...response.headers, framing],
        body: response.body,
      };
    },
    answer: (call) => answerCall(call, calls.shift()),
    ...(how.requestArrival === undefined ? {} : { requestArrival: how.requestArrival }),
    ...(how.responseArrival === undefined ? {} : { responseArrival: how.responseArrival }),
  };
}

/** Runs a fixture and throws an Error that lists every difference. */
export function checkFixture(vm: Vm, fixture: Fixture): void {
  const root = configure(vm, fixture);
  const plain = named(fixture, "whole", () => runOnce(root, fixture));
  fail(fixture, "", [...compareOutcome(fixture, plain), ...leaks(fixture, plain)]);
  if (fixture.content.calls === undefined) checkArrivals(root, fixture, plain);
  if (vm.contexts.size !== 1) fail(fixture, "", [`${vm.contexts.size - 1} streams were left over`]);
  root.delete();
}

function checkArrivals(root: RootContext, fixture: Fixture, plain: RunResult): void {
  const every = (fixture.content.cuts ?? "every") === "every";
  const request = fixture.request?.bytes ?? new Uint8Array(0);
  const response = providerResponse(fixture).body;
  // Ids that the filter makes up differ from run to run; then each run is held to the fixture.
  const stable = compareRuns(plain, runOnce(root, fixture)).length === 0;
  const check = (which: string, arrival: NamedArrival, how: RunVariation): void => {
    const where = `${which} body ${arrival.name}`;
    const result = named(fixture, where, () => runOnce(root, fixture, how));
    fail(fixture, where, stable ? compareRuns(plain, result) : compareOutcome(fixture, result));
  };
  for (const arrival of every ? everyArrival(request, REQUEST_CUTS) : fewArrivals(request)) {
    check("request", arrival, { requestArrival: arrival });
  }
  if (plain.upstreamRequest === null) return;
  for (const arrival of every ? everyArrival(response) : fewArrivals(response)) {
    check("upstream", arrival, { responseArrival: arrival });
  }
}

/** How a run in pieces differs from the plain one: it must not. */
export function compareRuns(plain: RunResult, other: RunResult): string[] {
  const found = compareBytes(plain.response.body, other.response.body, "the response body");
  if (JSON.stringify(head(plain)) !== JSON.stringify(head(other))) {
    found.push(`headers: ${JSON.stringify(head(plain))}, but ${JSON.stringify(head(other))}`);
  }
  const none = new Uint8Array(0);
  const [first, second] = [plain.upstreamRequest?.body, other.upstreamRequest?.body];
  return [...found, ...compareBytes(first ?? none, second ?? none, "the upstream request body")];
}

function head({ upstreamRequest, response }: RunResult): unknown {
  const request = upstreamRequest === null ? null : { ...upstreamRequest, body: null };
  return [request, response.status, response.headers, response.reset];
}

/** Credentials of the configuration that show up where nobody may see them. */
function leaks(fixture: Fixture, { response, logs }: RunResult): string[] {
  const body = Buffer.from(response.body).toString("utf8");
  const found = logs
    .filter((line) => line.level >= LogLevel.Critical)
    .map((line) => `logged as critical: ${line.text}`);
  for (const token of tokens(fixture.content.config)) {
    if (body.includes(token)) found.push("the response shows a token of the configuration");
    if (logs.some((line) => line.text.includes(token))) found.push("the log shows a token");
  }
  return found;
}

function tokens(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(tokens);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) =>
    key === "apiTokens" && Array.isArray(own)
      ? own.filter((token): token is string => typeof token === "string" && token.length > 5)
      : tokens(own),
  );
}

function answerCall(call: HttpCall, expected: FixtureCall | undefined): HttpCallAnswer {
  if (expected === undefined) {
    throw new Error(`an unexpected call to ${call.cluster}: ${call.header(":path")}`);
  }
  const wanted = {
    ":method": expected.method ?? "POST",
    ":path": expected.path,
    ...(expected.host === undefined ? {} : { ":authority": expected.host }),
    ...expected.headers,
  };
  const found = compareHeaders(wanted, call.headers);
  if (call.cluster !== expected.cluster) found.push(`cluster: ${call.cluster}`);
  if (expected.body !== undefined) {
    found.push(...compareBytes(Buffer.from(expected.body), call.body, "body"));
  }
  if (found.length > 0) throw new Error(`the call to ${expected.cluster}: ${found.join("; ")}`);
  const { status, headers, body } = expected.response;
  return {
    status: status ?? 200,
    headers: Object.entries(headers ?? {}),
    body: typeof body === "string" ? body : JSON.stringify(body ?? ""),
  };
}

function named<T>(fixture: Fixture, where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${fixture.name} (${where}): ${message}`, { cause: error });
  }
}

function fail(fixture: Fixture, where: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  const shown = differences.slice(0, SHOWN_DIFFERENCES).map((own) => `  ${own}`);
  const rest = differences.length - shown.length;
  if (rest > 0) shown.push(`  and ${rest} more`);
  throw new Error(`${fixture.name}${where === "" ? "" : ` (${where})`}:\n${shown.join("\n")}`);
}
