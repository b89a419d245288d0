// What is taken off and put on a request before a provider sees it.
import { HeaderEdits } from "../providers/header-edits";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";

/** Headers in which clients send credentials; the last would make the answer unreadable. */
// @ts-ignore: decorator
@lazy
const WITHHELD: StaticArray<string> = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-authorization",
  "proxy-authorization",
  "cookie",
  "accept-encoding",
];

/**
 * The client's own key, from whichever header it came in; "" where it sent none. `preferred` is looked at first, if
 * there is one.
 */
export function clientCredential(headers: Headers, preferred: string): string {
  const own = preferred.length > 0 ? headers.get(preferred) : "";
  if (own.length > 0) return withoutScheme(own);
  const authorization = headers.get("authorization");
  if (hasScheme(authorization)) return withoutScheme(authorization);
  const names: StaticArray<string> = ["x-api-key", "api-key", "x-goog-api-key", "x-authorization"];
  for (let i = 0; i < names.length; ++i) {
    const value = headers.get(names[i]);
    if (value.length > 0) return withoutScheme(value);
  }
  return authorization;
}

/** Removes every header that a client may have its key in. */
export function removeCredentials(headers: Headers): void {
  for (let i = 0; i < WITHHELD.length - 1; ++i) {
    const name = unchecked(WITHHELD[i]);
    if (headers.has(name)) removeHeader(HeaderMapType.RequestHeaders, name);
  }
}

function hasScheme(value: string): bool {
  return value.length > 7 && value.substring(0, 7).toLowerCase() == "bearer ";
}

function withoutScheme(value: string): string {
  return hasScheme(value) ? value.substring(7).trim() : value;
}

/** Which of the headers that must not go on are there: a bit each in the order of `WITHHELD`, then of `more`. */
export function findWithheld(headers: Headers, more: StaticArray<string>): u32 {
  let found: u32 = 0;
  const count = WITHHELD.length;
  for (let i = 0; i < count; ++i) {
    if (headers.has(unchecked(WITHHELD[i]))) found |= 1 << i;
  }
  for (let i = 0; i < more.length; ++i) if (headers.has(more[i])) found |= 1 << (count + i);
  return found;
}

/**
 * Hands a provider's edits to the host, and removes what is `withheld` and not replaced by them, as
 * `findWithheld` found it with the same `more`.
 */
export function applyHeaderEdits(
  edits: HeaderEdits,
  withheld: u32,
  more: StaticArray<string>,
): void {
  const count = WITHHELD.length;
  for (let i = 0; withheld != 0; ++i, withheld >>= 1) {
    if ((withheld & 1) == 0) continue;
    const name = i < count ? unchecked(WITHHELD[i]) : more[i - count];
    if (!edits.sets(name)) removeHeader(HeaderMapType.RequestHeaders, name);
  }
  for (let i = 0; i < edits.removals.length; ++i) {
    removeHeader(HeaderMapType.RequestHeaders, edits.removals[i]);
  }
  for (let i = 0; i < edits.names.length; ++i) {
    setHeader(HeaderMapType.RequestHeaders, edits.names[i], edits.values[i]);
  }
}
