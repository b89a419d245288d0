// Compares event streams whose events are exactly `data: <JSON or [DONE]>` and an empty line, or, of other protocols,
// have a line `event: <type>` before that:
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
import { compareJson } from "./compare-json.ts";
import { parseJson, writeJson, type JsonValue } from "./json-value.ts";

const END = "[DONE]";

/** The differences of two streams; ids and times must be the same in all actual events. */
export function compareSse(expected: string, actual: string): string[] {
  const want = events(expected);
  const got = events(actual);
  if (typeof want === "string") return [`the expected stream: ${want}`];
  if (typeof got === "string") return [got];
  if (isNamed(expected) !== isNamed(actual)) return ["only one of the streams names its events"];
  const found: string[] = [];
  for (let i = 0; i < Math.max(want.length, got.length); ++i) {
    const [wanted, own] = [want[i], got[i]];
    if (wanted === undefined) found.push(`event ${i}: not expected: ${own}`);
    else if (own === undefined) found.push(`event ${i}: missing: ${wanted}`);
    else found.push(...compareEvent(wanted, own).map((difference) => `event ${i} ${difference}`));
  }
  return [...found, ...changing(want, got)];
}

/** The payloads of a stream, or what is wrong with its framing. */
export function events(stream: string): string[] | string {
  const payloads: string[] = [];
  let at = 0;
  while (at < stream.length) {
    const end = stream.indexOf("\n\n", at);
    const block = stream.slice(at, end < 0 ? undefined : end);
    const line = isNamed(stream) ? withoutName(block) : block;
    if (end < 0 || !line.startsWith("data: ") || line.includes("\n")) {
      const near = JSON.stringify(stream.slice(at, at + 120));
      return `offset ${at}: not an event of one data line and an empty line: ${near}`;
    }
    payloads.push(line.slice("data: ".length));
    at = end + 2;
  }
  return payloads;
}

function isNamed(stream: string): boolean {
  return stream.startsWith("event: ");
}

// The event's second line, if its first is the name that its payload has as well.
function withoutName(event: string): string {
  const [, name, line] = /^event: ([\w.]+)\n(.*)$/s.exec(event) ?? [];
  const payload = tryParse(line?.slice("data: ".length) ?? "");
  return payload instanceof Map && payload.get("type") === name ? (line ?? "") : "";
}

function compareEvent(expected: string, actual: string): string[] {
  if (expected === END || actual === END) {
    return expected === actual ? [] : [`expected ${expected}, got ${actual}`];
  }
  const got = tryParse(actual);
  return got instanceof Error
    ? [`is not JSON: ${got.message}`]
    : compareJson(parseJson(expected), got);
}

// A placeholder at the top level stands for one value, the same in every event.
function changing(want: readonly string[], got: readonly string[]): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  want.forEach((wanted, i) => {
    const expected = wanted === END ? null : tryParse(wanted);
    const actual = tryParse(got[i] ?? END);
    if (!(expected instanceof Map) || !(actual instanceof Map)) return;
    for (const [key, value] of expected) {
      if (value !== "$id" && value !== "$created") continue;
      const own = writeJson(actual.get(key) ?? null);
      const first = seen.get(key) ?? own;
      seen.set(key, first);
      if (own !== first) found.push(`event ${i} ${key}: ${own}, but ${first} in an event before`);
    }
  });
  return found;
}

function tryParse(text: string): JsonValue | Error {
  try {
    return parseJson(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
