// Server-sent events as OpenAI and Anthropic write them: one `data:` line and a blank line, no ids.
import { ByteWriter } from "../text/byte-writer";

/** Writes `data: `; the payload follows, then `endEvent`. */
export function beginEvent(out: ByteWriter): void {
  out.reserve(6);
  const at = out.ptr + out.length;
  store<u32>(at, 0x61746164 /* data */);
  store<u16>(at, 0x203a /* : */, 4);
  out.length += 6;
}

/** The same for an event with a name, as Anthropic's are: it is the `type` of its payload. */
export function beginNamedEvent(name: string, out: ByteWriter): void {
  out.ascii("event: ");
  out.ascii(name);
  out.byte(0x0a);
  beginEvent(out);
}

/** Ends an event. */
export function endEvent(out: ByteWriter): void {
  out.reserve(2);
  store<u16>(out.ptr + out.length, 0x0a0a);
  out.length += 2;
}

/** Writes one event whose payload has no line break. */
export function writeEvent(payload: usize, length: i32, out: ByteWriter): void {
  beginEvent(out);
  out.bytes(payload, length);
  endEvent(out);
}

/** Writes the end of a complete stream. */
export function writeDone(out: ByteWriter): void {
  out.ascii("data: [DONE]\n\n");
}

/** Makes one line of what was written since `start`: line breaks between JSON's tokens become spaces. */
export function joinLines(out: ByteWriter, start: i32): void {
  for (let at = out.ptr + start, end = out.ptr + out.length; at < end; ++at) {
    const byte = load<u8>(at);
    if (byte == 0x0a || byte == 0x0d) store<u8>(at, 0x20);
  }
}

/** A comment on its own. */
export function writeComment(ptr: usize, length: i32, out: ByteWriter): void {
  out.byte(0x3a);
  out.bytes(ptr, length);
  out.ascii("\n\n");
}

/** Writes a JSON value, which the provider may have said in several lines, in one. */
export function writeLine(ptr: usize, length: i32, out: ByteWriter): void {
  const start = out.length;
  out.bytes(ptr, length);
  joinLines(out, start);
}
