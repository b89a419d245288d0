// Compares what happened with what a fixture says.
import type { HeaderPairs } from "../../host/header-map.ts";
import { compareJson } from "./compare-json.ts";
import { compareSse } from "./compare-sse.ts";
import {
  extension,
  text,
  type ExpectedHeaders,
  type Fixture,
  type FixtureFile,
} from "./fixture.ts";
import { parseJson, type JsonObject, type JsonValue } from "./json-value.ts";
import { unwrapped } from "./web-socket.ts";

/** A request as the provider got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
}

/** A response as the client got it. */
export interface SeenResponse {
  readonly status: number;
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
  /** Why it broke off, or null. */
  readonly reset: string | null;
}

/** What a run of a fixture came to. */
export interface Outcome {
  readonly upstreamRequest: SeenRequest | null;
  readonly response: SeenResponse;
}

/** Seconds since 1970 at which the host's clock stands. */
const HOST_CLOCK = 1735787045;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  sse: "text/event-stream",
};

/** All differences, each naming the file and the member. */
export function compareOutcome(fixture: Fixture, outcome: Outcome): string[] {
  const sent = outcome.upstreamRequest;
  const request = compareRequest(fixture, sent === null ? null : unwrapped(sent));
  return [
    ...request.map((difference) => `upstream-request.json ${difference}`),
    ...compareResponse(fixture, outcome.response),
  ];
}

function compareRequest(fixture: Fixture, actual: SeenRequest | null): string[] {
  const file = fixture.upstreamRequest;
  if (file === null) {
    return actual === null ? [] : [`is absent, but ${actual.method} ${actual.path} was sent`];
  }
  if (actual === null) return ["expects a request, but none was sent"];
  const expected = parseJson(text(file));
  if (!(expected instanceof Map)) return ["is not an object"];
  const unknown = [...expected.keys()].find((key) => !REQUEST_KEYS.has(key));
  if (unknown !== undefined) return [`has an unknown member ${unknown}`];
  const found: string[] = [];
  for (const key of ["method", "path", "host"] as const) {
    const wanted = expected.get(key);
    if (wanted !== undefined) found.push(...compareJson(wanted, actual[key], key));
  }
  const headers = headersOf(expected.get("headers"));
  return [
    ...found,
    ...compareHeaders(headers, actual.headers),
    ...compareBody(fixture, expected, actual),
  ];
}

const REQUEST_KEYS = new Set(["method", "path", "host", "headers", "body", "bodyText", "bodySame"]);

function compareBody(fixture: Fixture, expected: JsonObject, actual: SeenRequest): string[] {
  const body = Buffer.from(actual.body);
  const exact = expected.get("bodyText");
  const wanted = expected.get("body");
  if (expected.get("bodySame") === true) {
    return compareBytes(fixture.request?.bytes ?? new Uint8Array(0), actual.body, "bodySame");
  }
  if (typeof exact === "string") return compareBytes(Buffer.from(exact), actual.body, "bodyText");
  if (wanted === undefined) {
    return body.length === 0 ? [] : [`expects no body, got ${body.toString("utf8").slice(0, 300)}`];
  }
  return compareJson(wanted, parseJson(body.toString("utf8")), "body");
}

function compareResponse(fixture: Fixture, actual: SeenResponse): string[] {
  const expected = fixture.content.expect ?? {};
  const found: string[] = [];
  if (actual.reset !== null) found.push(`the response broke off: ${actual.reset}`);
  const status = expected.status ?? 200;
  const body = Buffer.from(actual.body).toString("utf8");
  if (actual.status !== status) {
    found.push(`status: expected ${status}, got ${actual.status} with ${body.slice(0, 600)}`);
  }
  const file = fixture.response;
  const type = file === null ? undefined : CONTENT_TYPES[extension(file)];
  const header = actual.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  if (type !== undefined && !header.startsWith(type)) {
    found.push(`content-type: expected ${type}, got ${header}`);
  }
  found.push(...compareHeaders(expected.headers ?? {}, actual.headers));
  if (file === null) {
    return body === "" ? found : [...found, `there is no response file, but a body came: ${body}`];
  }
  return [...found, ...compareFile(file, actual.body).map((own) => `${file.name} ${own}`)];
}

function compareFile(file: FixtureFile, actual: Uint8Array): string[] {
  const got = Buffer.from(actual).toString("utf8");
  if (extension(file) === "sse") return compareSse(text(file), got);
  if (extension(file) === "txt") return compareText(file.bytes, actual);
  try {
    return compareJson(parseJson(text(file)), parseJson(got));
  } catch (error) {
    return [`the body is not JSON (${String(error)}): ${got.slice(0, 600)}`];
  }
}

// Exact bytes, but a time that is the host's clock stands for any time.
function compareText(expected: Uint8Array, actual: Uint8Array): string[] {
  const time = `"created":${HOST_CLOCK}`;
  if (!Buffer.from(expected).includes(time)) return compareBytes(expected, actual, "body");
  const got = Buffer.from(actual).toString("utf8");
  return compareBytes(expected, Buffer.from(got.replace(/"created":\d{10}\b/g, time)), "body");
}

/** Differences of headers: null means absent, "$any" present. */
export function compareHeaders(expected: ExpectedHeaders, actual: HeaderPairs): string[] {
  const found: string[] = [];
  for (const [name, wanted] of Object.entries(expected)) {
    const values = actual.filter(([own]) => own === name.toLowerCase()).map(([, value]) => value);
    const got = values.length === 0 ? null : values.join(", ");
    if (got === wanted || (wanted === "$any" && got !== null)) continue;
    const want = wanted === null ? "none" : wanted === "$any" ? "one" : JSON.stringify(wanted);
    found.push(
      `header ${name}: expected ${want}, got ${got === null ? "none" : JSON.stringify(got)}`,
    );
  }
  return found;
}

function headersOf(value: JsonValue | undefined): ExpectedHeaders {
  if (!(value instanceof Map)) return {};
  return Object.fromEntries(
    [...value].map(([name, own]) => [name, typeof own === "string" ? own : null]),
  );
}

/** Where two byte sequences part, with a little of both around it. */
export function compareBytes(expected: Uint8Array, actual: Uint8Array, what: string): string[] {
  if (Buffer.compare(expected, actual) === 0) return [];
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at += 1;
  const near = (bytes: Uint8Array): string =>
    JSON.stringify(Buffer.from(bytes.subarray(Math.max(0, at - 40), at + 80)).toString("utf8"));
  const lengths = `${expected.length} and ${actual.length} bytes`;
  return [
    `${what} differs at byte ${at} (${lengths}): expected ${near(expected)}, got ${near(actual)}`,
  ];
}
