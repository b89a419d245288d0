// The headers of an answer: what is read of them, and what the client gets.
import { Call } from "../providers/call";
import { getHeader, Headers, setHeader } from "../proxy-wasm/headers";
import { HeaderMapType } from "../proxy-wasm/types";
import { Exchange } from "./exchange";

/** Keeps what the provider reads of an answer's headers. */
export function keepAnswerHeaders(exchange: Exchange, headers: Headers): void {
  const names = exchange.config.provider.answerHeaders();
  if (names.length == 0) return;
  const values: string[] = [];
  for (let i = 0; i < names.length; ++i) values.push(headers.get(names[i]));
  exchange.call.answerHeaders = values;
}

/** Those of these headers that the answer has: name, value, name, value, … */
export function headersOf(names: StaticArray<string>): string[] {
  const headers: string[] = [];
  for (let i = 0; i < names.length; ++i) {
    const value = getHeader(HeaderMapType.ResponseHeaders, names[i]);
    if (value.length == 0) continue;
    headers.push(names[i]);
    headers.push(value);
  }
  return headers;
}

/** Hands the host what the provider said of the answer's headers, which are still held. */
export function applyResponseHeaders(call: Call): void {
  const edits = call.responseHeaders;
  if (edits === null) return;
  for (let i = 0; i < edits.names.length; ++i) {
    setHeader(HeaderMapType.ResponseHeaders, edits.names[i], edits.values[i]);
  }
}

/** Says how long the body is that takes the place of the provider's. */
export function setContentLength(length: i32): void {
  setHeader(HeaderMapType.ResponseHeaders, "content-length", length.toString());
}
