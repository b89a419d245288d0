// Compares JSON with placeholders: "$any", "$id" (a text, not empty), "$created" (unix seconds).
import { JsonNumber, writeJson, type JsonObject, type JsonValue } from "./json-value.ts";

/** Longest text that a difference shows of a value. */
const SHOWN = 300;

/** The differences of `actual` from `expected`, each starting with the path of the member. */
export function compareJson(expected: JsonValue, actual: JsonValue, path = ""): string[] {
  if (typeof expected === "string" && expected.startsWith("$")) {
    const wanted = placeholder(expected, actual);
    if (wanted !== null)
      return wanted === "" ? [] : [`${name(path)}: ${wanted}, got ${show(actual)}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual))
    return compareArrays(expected, actual, path);
  if (expected instanceof Map && actual instanceof Map)
    return compareObjects(expected, actual, path);
  if (writeJson(expected) === writeJson(actual)) return [];
  return [`${name(path)}: expected ${show(expected)}, got ${show(actual)}`];
}

/** What a placeholder still wants of a value; "" where it is content, null where it is none. */
function placeholder(expected: string, actual: JsonValue): string | null {
  if (expected === "$any") return "";
  if (expected === "$id") {
    return typeof actual === "string" && actual !== "" ? "" : "expected an id";
  }
  if (expected !== "$created") return null;
  const seconds = actual instanceof JsonNumber && /^[1-9]\d{9}$/.test(actual.text);
  return seconds ? "" : "expected unix seconds";
}

function compareArrays(expected: JsonValue[], actual: JsonValue[], path: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < Math.max(expected.length, actual.length); ++i) {
    const [want, got] = [expected[i], actual[i]];
    const at = `${path}[${i}]`;
    if (want === undefined && got !== undefined)
      found.push(`${name(at)}: not expected: ${show(got)}`);
    else if (got === undefined && want !== undefined)
      found.push(`${name(at)}: missing: ${show(want)}`);
    else if (want !== undefined && got !== undefined) found.push(...compareJson(want, got, at));
  }
  return found;
}

function compareObjects(expected: JsonObject, actual: JsonObject, path: string): string[] {
  const found: string[] = [];
  for (const [key, want] of expected) {
    const got = actual.get(key);
    const at = `${path}.${key}`;
    if (got === undefined) found.push(`${name(at)}: missing: ${show(want)}`);
    else found.push(...compareJson(want, got, at));
  }
  for (const [key, got] of actual) {
    if (!expected.has(key)) found.push(`${name(`${path}.${key}`)}: not expected: ${show(got)}`);
  }
  return found;
}

function name(path: string): string {
  return path.replace(/^\./, "") || "the whole value";
}

function show(value: JsonValue): string {
  const text = writeJson(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}
