// Error answers of providers in Envoy's log, where the configuration asks for them.
import { redact } from "../providers/redact";
import { getBuffer } from "../proxy-wasm/buffers";
import { Headers } from "../proxy-wasm/headers";
import { log } from "../proxy-wasm/log";
import { BufferType, HeaderMapType, LogLevel } from "../proxy-wasm/types";
import { Exchange } from "./exchange";
import { Phase } from "./phase";

/** Characters of a body that are logged. */
const LONGEST_LOGGED: i32 = 2048;

/** The phase of an answer that passes unread: its error is logged if that is configured. */
export function watchError(exchange: Exchange, headers: Headers): Phase {
  if (!exchange.config.exchange.logsErrorBodies) return Phase.Passing;
  headers.read(HeaderMapType.ResponseHeaders);
  exchange.status = <i32>headers.integer(":status");
  exchange.isCompressed = headers.has("content-encoding");
  return exchange.status >= 400 ? Phase.LoggingError : Phase.Passing;
}

/** Logs the beginning of the body at hand, which has `length` bytes: one line, and no credential in it. */
export function logError(exchange: Exchange, length: i32): void {
  if (!exchange.config.exchange.logsErrorBodies) return;
  const provider = exchange.config.provider.id;
  let text = "(compressed)";
  if (!exchange.isCompressed) {
    // More than is shown, so that no credential is cut before it is known as one.
    const bytes = getBuffer(BufferType.HttpResponseBody, 0, min(length, 2 * LONGEST_LOGGED));
    const body = oneLine(String.UTF8.decodeUnsafe(bytes.ptr, bytes.length));
    text = redact(body, exchange.call.token).substring(0, LONGEST_LOGGED);
  }
  log(LogLevel.Warn, `the provider '${provider}' answered with ${exchange.status}: ${text}`);
}

function oneLine(text: string): string {
  const parts: string[] = [];
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    parts.push(code < 0x20 || code == 0x7f ? " " : text.charAt(i));
  }
  return parts.join("");
}
