// Log lines of the plugin in Envoy's log. Never with a body, a header value or a token.
import { ByteWriter } from "../text/byte-writer";
import { proxy_log } from "./imports";
import { LogLevel } from "./types";

const LINE: ByteWriter = new ByteWriter();

/** Writes one line to the host's log. */
export function log(level: LogLevel, text: string): void {
  LINE.clear();
  LINE.text(text);
  proxy_log(level, LINE.ptr, LINE.length);
}
