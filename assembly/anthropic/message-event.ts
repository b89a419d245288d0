// Events of a streamed message: https://docs.claude.com/en/docs/build-with-claude/streaming
import { beginEvent } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";

/** Begins an event; its payload follows, whose `type` is the event's name, then `endEvent`. */
export function beginMessageEvent(name: string, out: ByteWriter): void {
  out.ascii("event: ");
  out.ascii(name);
  out.byte(0x0a);
  beginEvent(out);
}
