// What is taken off and put on a request before a provider sees it.
import { HeaderEdits } from "../providers/header-edits";
import { Headers, removeHeader, setHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";

/** Headers in which clients send credentials. None of them may reach a provider as it came. */
// @ts-ignore: decorator
@lazy
const CREDENTIALS: StaticArray<string> = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-authorization",
  "proxy-authorization",
  "cookie",
];

/** The client's own key, from whichever header it came in; "" where it sent none. */
export function clientCredential(headers: Headers): string {
  const authorization = headers.get("authorization");
  if (authorization.length > 7 && authorization.substring(0, 7).toLowerCase() == "bearer ") {
    return authorization.substring(7).trim();
  }
  const names: StaticArray<string> = ["x-api-key", "api-key", "x-goog-api-key", "x-authorization"];
  for (let i = 0; i < names.length; ++i) {
    const value = headers.get(names[i]);
    if (value.length > 0) return value.startsWith("Bearer ") ? value.substring(7) : value;
  }
  return authorization;
}

/** Removes the client's credentials that are there, and what would make the answer unreadable. */
export function removeClientHeaders(headers: Headers): void {
  for (let i = 0; i < CREDENTIALS.length; ++i) {
    const name = unchecked(CREDENTIALS[i]);
    if (headers.has(name)) removeHeader(HeaderMapType.RequestHeaders, name);
  }
  if (headers.has("accept-encoding")) removeHeader(HeaderMapType.RequestHeaders, "accept-encoding");
}

/** Hands a provider's edits to the host. */
export function applyHeaderEdits(edits: HeaderEdits): void {
  for (let i = 0; i < edits.removals.length; ++i) {
    removeHeader(HeaderMapType.RequestHeaders, edits.removals[i]);
  }
  for (let i = 0; i < edits.names.length; ++i) {
    setHeader(HeaderMapType.RequestHeaders, edits.names[i], edits.values[i]);
  }
}
