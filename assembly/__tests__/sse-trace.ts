// Runs the decoder of server-sent events over a text in pieces and tells what it gave out.
import { SseDecoder } from "../stream/sse-decoder";
import { ByteWriter } from "../text/byte-writer";

/** Memory that has gone is overwritten with this, so that a reference into it shows. */
const GONE: u8 = 0x21;

/** One run. Each piece lies in memory of its own, and is overwritten before the next one comes. */
export class SseTrace {
  readonly decoder: SseDecoder = new SseDecoder();
  /** Each event as `event=… data=… comment=… plain`, as far as it has them. */
  readonly events: string[] = [];
  /** The bytes of all events as they came. */
  readonly raw: ByteWriter = new ByteWriter();

  constructor(takesBareText: bool = false) {
    this.decoder.takesBareText = takesBareText;
  }

  /** Pushes the bytes of `text` from `start` to `end` and takes what is complete. */
  push(text: ByteWriter, start: i32, end: i32): void {
    const length = end - start;
    const piece = heap.alloc(length + 1);
    memory.copy(piece, text.ptr + start, length);
    this.decoder.push(piece, length);
    this.take();
    memory.fill(piece, GONE, length);
    heap.free(piece);
  }

  finish(): void {
    this.decoder.finish();
    this.take();
  }

  /** Takes all events first and reads their bytes then: these have to stay until the next push. */
  private take(): void {
    const decoder = this.decoder;
    const addresses: usize[] = [];
    const lengths: i32[] = [];
    while (decoder.next()) {
      this.events.push(describe(decoder));
      addresses.push(decoder.raw);
      lengths.push(decoder.rawLength);
    }
    for (let i = 0; i < addresses.length; ++i) this.raw.bytes(addresses[i], lengths[i]);
  }

  release(): void {
    this.decoder.release();
    this.raw.release();
  }
}

function describe(decoder: SseDecoder): string {
  const parts: string[] = [];
  if (decoder.nameLength > 0) parts.push("event=" + textAt(decoder.name, decoder.nameLength));
  if (decoder.hasPayload) parts.push("data=" + textAt(decoder.payload, decoder.payloadLength));
  if (decoder.commentLength >= 0) {
    parts.push("comment=" + textAt(decoder.comment, decoder.commentLength));
  }
  if (decoder.isPlain) parts.push("plain");
  return parts.join(" ");
}

function textAt(ptr: usize, length: i32): string {
  return String.UTF8.decodeUnsafe(ptr, length);
}

/** UTF-8 of a text. */
export function bytesOf(text: string): ByteWriter {
  const bytes = new ByteWriter();
  bytes.text(text);
  return bytes;
}

/**
 * The events of a text, joined by " | ". The text comes whole, cut at every place, and byte by byte; where these do not
 * agree the answer says so.
 */
export function eventsOf(text: string, takesBareText: bool = false): string {
  const bytes = bytesOf(text);
  const whole = runCut(bytes, 0, false, takesBareText);
  for (let at = 1; at < bytes.length; ++at) {
    const other = runCut(bytes, at, false, takesBareText);
    if (other != whole) return "cut at " + at.toString() + ": " + other + " instead of " + whole;
  }
  const single = runBytes(bytes, false, takesBareText);
  bytes.release();
  return single == whole ? whole : "byte by byte: " + single + " instead of " + whole;
}

/** The bytes of all events as they came, joined; again in every cut. */
export function rawOf(text: string): string {
  const bytes = bytesOf(text);
  const whole = runCut(bytes, 0, true, false);
  for (let at = 1; at < bytes.length; ++at) {
    const other = runCut(bytes, at, true, false);
    if (other != whole) return "cut at " + at.toString() + ": " + other + " instead of " + whole;
  }
  const single = runBytes(bytes, true, false);
  bytes.release();
  return single == whole ? whole : "byte by byte: " + single + " instead of " + whole;
}

function runCut(bytes: ByteWriter, at: i32, wantsRaw: bool, takesBareText: bool): string {
  const trace = new SseTrace(takesBareText);
  trace.push(bytes, 0, at);
  trace.push(bytes, at, bytes.length);
  return endOf(trace, wantsRaw);
}

function runBytes(bytes: ByteWriter, wantsRaw: bool, takesBareText: bool): string {
  const trace = new SseTrace(takesBareText);
  for (let at = 0; at < bytes.length; ++at) trace.push(bytes, at, at + 1);
  return endOf(trace, wantsRaw);
}

function endOf(trace: SseTrace, wantsRaw: bool): string {
  trace.finish();
  const result = wantsRaw ? trace.raw.toString() : trace.events.join(" | ");
  trace.release();
  return result;
}
