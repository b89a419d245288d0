// Bodies whose chunks a filter has framed itself: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
import type { MessageSink } from "./message-sink.ts";

/** A body as the client understands it. */
export interface ChunkedBody {
  readonly body: Uint8Array;
  /** Whether its last chunk has come. */
  readonly isWhole: boolean;
}

/**
 * Envoy does not frame the body of an answer that offers an upgrade, but says that it is chunked.
 * Null: the answer is none of these.
 */
export function chunkedBody(sink: MessageSink): ChunkedBody | null {
  const offers = sink.header("connection")?.includes("upgrade") ?? false;
  if (!offers || sink.header("upgrade") === null || sink.ended) return null;
  const raw = Buffer.from(sink.body());
  const pieces: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const end = raw.indexOf("\r\n", at);
    const size = end < 0 ? "" : raw.toString("latin1", at, end);
    if (!/^[0-9a-f]+$/.test(size)) throw new Error(`no chunk begins with ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    const start = end + 2;
    if (raw.toString("latin1", start + length, start + length + 2) !== "\r\n") {
      throw new Error("a chunk has no end");
    }
    pieces.push(raw.subarray(start, start + length));
    at = start + length + 2;
    if (length > 0) continue;
    if (at < raw.length) throw new Error("something stands behind the last chunk");
    return { body: Buffer.concat(pieces), isWhole: true };
  }
  return { body: Buffer.concat(pieces), isWhole: false };
}
