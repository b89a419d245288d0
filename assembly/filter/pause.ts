// How long a provider asks to be left alone: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
import { Headers } from "../proxy-wasm/headers";
import { parseDuration } from "../text/duration";
import { parseHttpDate } from "../text/http-date";
import { parseRfc3339 } from "../text/rfc3339";

/** Headers of rate limits; `%` is `reset` for when a limit is full again, and `remaining` for what is left of it. */
// @ts-ignore: decorator
@lazy
const LIMITS: StaticArray<string> = [
  "x-ratelimit-%-requests",
  "x-ratelimit-%-tokens",
  "anthropic-ratelimit-requests-%",
  "anthropic-ratelimit-tokens-%",
  "anthropic-ratelimit-input-tokens-%",
  "anthropic-ratelimit-output-tokens-%",
  "ratelimit-%",
  "x-ratelimit-%",
];

/** Milliseconds from `now` (milliseconds since 1970) that the headers of an error name, or 0. */
export function namedPause(headers: Headers, status: i32, now: i64): i64 {
  const exact = parseDuration(headers.get("retry-after-ms"));
  if (exact > 0) return (exact + 999) / 1000;
  const text = headers.get("retry-after");
  if (text.length > 0) {
    const pause = text.endsWith("GMT") ? parseHttpDate(text) * 1000 - now : parseDuration(text);
    if (pause > 0) return pause;
  }
  return status == 429 ? untilReset(headers, now) : 0;
}

/** Until every limit is full again of which nothing is left, or else until the first one is. */
function untilReset(headers: Headers, now: i64): i64 {
  let longest: i64 = 0;
  let shortest: i64 = 0;
  for (let i = 0; i < LIMITS.length; ++i) {
    const name = unchecked(LIMITS[i]);
    const text = headers.get(name.replace("%", "reset"));
    const pause = text.length > 0 ? resetIn(text, now) : 0;
    if (pause <= 0) continue;
    if (headers.is(name.replace("%", "remaining"), "0")) longest = max(longest, pause);
    if (shortest == 0 || pause < shortest) shortest = pause;
  }
  return longest > 0 ? longest : shortest;
}

/** A span, or a time: RFC 3339, or seconds or milliseconds since 1970. */
function resetIn(text: string, now: i64): i64 {
  if (text.includes("T")) return parseRfc3339(text) * 1000 - now;
  const span = parseDuration(text);
  if (span < 1_000_000_000_000) return span;
  return (span < 1_000_000_000_000_000 ? span : span / 1000) - now;
}
