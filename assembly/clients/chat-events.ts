// The events of a streamed chat completion, read for another protocol:
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { FinishReason, readFinishReason } from "../openai/finish-reason";
import { reasoningOf } from "../openai/reasoning";
import { Usage } from "../openai/usage";
import { SseDecoder } from "../stream/sse-decoder";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { StreamedCall } from "./streamed-call";

const CHUNK: Document = new Document();
const OUT: ByteWriter = new ByteWriter();
const JSON_TEXT: JsonWriter = new JsonWriter(OUT);

/** What is being told. */
export const enum Part {
  None,
  Reasoning,
  Text,
  Refusal,
  Call,
}

/**
 * Takes the events that are ready for an OpenAI client, usage included, and says in order what they tell. One part is
 * open at a time: calls that come side by side are told one after the other. Choice 0 only.
 */
export abstract class ChatEvents {
  /** Why the stream cannot be told to its end. */
  failure: ApiError | null = null;
  /** Finish reason and counts so far. */
  protected reason: FinishReason = FinishReason.Stop;
  protected readonly usage: Usage = new Usage();
  protected readonly calls: StreamedCall[] = [];
  private readonly events: SseDecoder = new SseDecoder();
  /** The call that is being told. */
  private current: StreamedCall | null = null;
  private part: Part = Part.None;
  private isStarted: bool = false;
  private isOver: bool = false;
  private hasEvents: bool = false;

  constructor(private readonly provider: string) {}

  /** Something has been told. */
  protected get hasBegun(): bool {
    return this.isStarted;
  }

  // What the other protocol makes of it, in order.

  /** The first chunk has come; -1: a stream without any has ended. */
  protected abstract onStart(doc: Document, chunk: i32): void;
  /** The part in which refusals stand. */
  protected abstract refusalPart(): Part;
  /** Reasoning, text or refusal begins. */
  protected abstract openPart(part: Part): void;
  /** A call begins, whose id and name are known. */
  protected abstract openCall(call: StreamedCall): void;
  /** More of the open part: the JSON string `text`. */
  protected abstract tell(part: Part, doc: Document, text: i32, choice: i32): void;
  /** More of the open call: `held` is the inside of a JSON string. */
  protected abstract tellInput(call: StreamedCall): void;
  /** What else a choice says beside its parts. */
  protected abstract tellMore(doc: Document, choice: i32): void;
  /** The open part, or call, is over. */
  protected abstract closePart(part: Part): void;
  /** The stream is complete. */
  protected abstract onEnd(): void;
  /** The stream has broken: nothing follows. */
  protected abstract onFailure(error: ApiError): void;

  /** Where events are written. */
  protected writer(): JsonWriter {
    this.hasEvents = true;
    return JSON_TEXT;
  }

  /** Puts the other protocol's events in the place of those in `output`, which are complete. */
  reshape(output: StreamOutput): void {
    const length = output.length();
    if (length == 0) return;
    OUT.clear();
    this.hasEvents = false;
    this.push(output.ptr(), length);
    output.begin();
    if (this.hasEvents) output.forward(OUT.ptr, OUT.length);
    else if (OUT.length > 0) output.forwardComment(OUT.ptr, OUT.length);
  }

  /** Writes a stream that is there as a whole. */
  writeAll(ptr: usize, length: i32, out: ByteWriter): void {
    OUT.clear();
    this.push(ptr, length);
    out.writer(OUT);
  }

  /** Writes the end of a broken stream. */
  fail(error: ApiError, out: ByteWriter): void {
    OUT.clear();
    this.onFailure(error);
    out.writer(OUT);
  }

  release(): void {
    this.events.release();
    for (let i = 0; i < this.calls.length; ++i) this.calls[i].release();
  }

  private push(ptr: usize, length: i32): void {
    const events = this.events;
    events.push(ptr, length);
    while (events.next()) {
      if (this.isOver || this.failure !== null) continue;
      if (!events.hasPayload) OUT.bytes(events.raw, events.rawLength);
      else if (events.isDoneMark()) this.finish();
      else if (CHUNK.parse(events.payload, events.payloadLength)) this.onChunk();
    }
  }

  private onChunk(): void {
    const root = CHUNK.root();
    this.start(root);
    this.usage.read(CHUNK, CHUNK.get(root, "usage"));
    const choice = CHUNK.first(CHUNK.get(root, "choices"));
    if (CHUNK.integer(CHUNK.get(choice, "index"), 0) != 0) return;
    const delta = CHUNK.get(choice, "delta");
    this.say(Part.Reasoning, reasoningOf(CHUNK, delta), choice);
    this.say(Part.Text, CHUNK.get(delta, "content"), choice);
    this.say(this.refusalPart(), CHUNK.get(delta, "refusal"), choice);
    this.tellMore(CHUNK, choice);
    const fragments = CHUNK.get(delta, "tool_calls");
    for (let item = CHUNK.first(fragments); item >= 0; item = CHUNK.next(item)) {
      this.onFragment(item);
    }
    const finish = CHUNK.get(choice, "finish_reason");
    if (!CHUNK.isString(finish)) return;
    if (this.reason == FinishReason.Stop) this.reason = readFinishReason(CHUNK, finish);
    this.endPart();
  }

  private start(chunk: i32): void {
    if (this.isStarted) return;
    this.isStarted = true;
    this.onStart(CHUNK, chunk);
  }

  private finish(): void {
    this.isOver = true;
    this.start(-1);
    this.endPart();
    this.onEnd();
  }

  /** Says a piece of a part; an empty one is nothing. */
  private say(part: Part, text: i32, choice: i32): void {
    if (CHUNK.stringLength(text) == 0) return;
    this.turnTo(part);
    this.tell(part, CHUNK, text, choice);
  }

  /** Makes this part the open one. */
  protected turnTo(part: Part): void {
    if (this.part == part) return;
    this.endPart();
    this.part = part;
    this.openPart(part);
  }

  private onFragment(fragment: i32): void {
    const call = this.callOf(CHUNK.integer(CHUNK.get(fragment, "index"), 0));
    if (call.take(CHUNK, fragment)) {
      this.tellCalls(false);
    } else {
      const why = "a tool call goes on after it was over";
      this.failure = invalidUpstreamResponse(this.provider, why);
    }
  }

  private callOf(index: i64): StreamedCall {
    for (let i = 0; i < this.calls.length; ++i) {
      if (this.calls[i].index == index) return this.calls[i];
    }
    const call = new StreamedCall(index);
    this.calls.push(call);
    return call;
  }

  /** Tells of the calls what can be told: the next one only once the one before is complete, or `all` must go. */
  private tellCalls(all: bool): void {
    for (let i = 0; i < this.calls.length; ++i) {
      const call = this.calls[i];
      if (call.isOver) continue;
      if (call !== this.current) {
        if (call.name.length == 0 && !all) return;
        this.close();
        this.current = call;
        this.part = Part.Call;
        this.openCall(call);
      }
      if (call.held.length > 0) this.tellInput(call);
      call.held.clear();
      const isLast = i + 1 == this.calls.length;
      if (!all && (isLast || !call.isComplete())) return;
      call.isOver = true;
      this.close();
    }
  }

  /** Ends what is open: a tool call once all calls are told. */
  private endPart(): void {
    this.tellCalls(true);
    this.close();
  }

  private close(): void {
    const part = this.part;
    this.part = Part.None;
    if (part != Part.None) this.closePart(part);
  }
}
