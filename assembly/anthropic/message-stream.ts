// OpenAI's events as those of a streamed message: https://docs.claude.com/en/docs/build-with-claude/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { FinishReason, readFinishReason } from "../openai/finish-reason";
import { reasoningOf } from "../openai/reasoning";
import { Usage } from "../openai/usage";
import { SseDecoder } from "../stream/sse-decoder";
import { beginNamedEvent, endEvent } from "../stream/sse-encoder";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { stopReason, writeHead, writeStop, writeUsage } from "./message-ending";
import { StreamedCall } from "./streamed-call";

const CHUNK: Document = new Document();
const OUT: ByteWriter = new ByteWriter();
const JSON_TEXT: JsonWriter = new JsonWriter(OUT);

/** What the open block holds. */
const enum Block {
  None,
  Thinking,
  Text,
  Tool,
}

/**
 * Takes the events that are ready for an OpenAI client, usage included, and puts Anthropic's in their place. One block
 * is open at a time: calls that come side by side are told one after the other.
 */
export class MessageStream {
  /** Why the stream cannot be told to its end. */
  failure: ApiError | null = null;
  private readonly events: SseDecoder = new SseDecoder();
  private readonly usage: Usage = new Usage();
  private readonly calls: StreamedCall[] = [];
  /** The call whose block is open. */
  private current: StreamedCall | null = null;
  private block: Block = Block.None;
  /** Blocks that have begun. */
  private blocks: i32 = 0;
  private reason: FinishReason = FinishReason.Stop;
  private isStarted: bool = false;
  private isOver: bool = false;
  private hasEvents: bool = false;

  constructor(private readonly provider: string) {}

  /** Puts Anthropic's events in the place of those in `output`, which are complete. */
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
    this.start(CHUNK.string(CHUNK.get(root, "id")), CHUNK.string(CHUNK.get(root, "model")));
    this.usage.read(CHUNK, CHUNK.get(root, "usage"));
    const choice = CHUNK.first(CHUNK.get(root, "choices"));
    if (CHUNK.integer(CHUNK.get(choice, "index"), 0) != 0) return;
    const delta = CHUNK.get(choice, "delta");
    this.writeText(Block.Thinking, reasoningOf(CHUNK, delta));
    this.writeText(Block.Text, CHUNK.get(delta, "content"));
    const refusal = CHUNK.get(delta, "refusal");
    this.writeText(Block.Text, refusal);
    if (CHUNK.stringLength(refusal) > 0) this.reason = FinishReason.ContentFilter;
    const fragments = CHUNK.get(delta, "tool_calls");
    for (let item = CHUNK.first(fragments); item >= 0; item = CHUNK.next(item)) {
      this.onFragment(item);
    }
    const finish = CHUNK.get(choice, "finish_reason");
    if (!CHUNK.isString(finish)) return;
    if (this.reason == FinishReason.Stop) this.reason = readFinishReason(CHUNK, finish);
    this.endBlock();
  }

  private start(id: string, model: string): void {
    if (this.isStarted) return;
    this.isStarted = true;
    const json = this.begin("message_start");
    json.key("message");
    json.beginObject();
    writeHead(id, model, json);
    json.key("content");
    json.beginArray();
    json.endArray();
    writeStop("", json);
    writeUsage(new Usage(), json);
    json.endObject();
    this.end(json);
  }

  /** The stream is complete. */
  private finish(): void {
    this.isOver = true;
    this.start("", "");
    this.endBlock();
    const json = this.begin("message_delta");
    json.key("delta");
    json.beginObject();
    writeStop(stopReason(this.reason, this.calls.length > 0), json);
    json.endObject();
    writeUsage(this.usage, json);
    this.end(json);
    this.end(this.begin("message_stop"));
  }

  /** Writes a piece of a block, the JSON string `text`; an empty one is nothing. */
  private writeText(kind: Block, text: i32): void {
    if (CHUNK.stringLength(text) == 0) return;
    if (this.block != kind) this.beginBlock(kind);
    const json = this.beginAt("content_block_delta", this.blocks - 1);
    json.key("delta");
    json.beginObject();
    json.keyString("type", kind == Block.Thinking ? "thinking_delta" : "text_delta");
    json.keyValue(kind == Block.Thinking ? "thinking" : "text", CHUNK, text);
    json.endObject();
    this.end(json);
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
        this.beginCall(call);
      }
      this.writeInput(call);
      const isLast = i + 1 == this.calls.length;
      if (!all && (isLast || !call.isComplete())) return;
      call.isOver = true;
      this.closeBlock();
    }
  }

  private writeInput(call: StreamedCall): void {
    const held = call.held;
    if (held.length == 0) return;
    const json = this.beginAt("content_block_delta", this.blocks - 1);
    json.key("delta");
    json.beginObject();
    json.keyString("type", "input_json_delta");
    json.key("partial_json");
    json.beginString();
    OUT.writer(held);
    json.endString();
    json.endObject();
    this.end(json);
    held.clear();
  }

  private beginBlock(kind: Block): void {
    this.endBlock();
    const isThinking = kind == Block.Thinking;
    const json = this.openBlock(kind, isThinking ? "thinking" : "text");
    json.keyString(isThinking ? "thinking" : "text", "");
    if (isThinking) json.keyString("signature", "");
    json.endObject();
    this.end(json);
  }

  private beginCall(call: StreamedCall): void {
    this.closeBlock();
    this.current = call;
    const json = this.openBlock(Block.Tool, "tool_use");
    json.keyString("id", call.id);
    json.keyString("name", call.name);
    json.key("input");
    json.beginObject();
    json.endObject();
    json.endObject();
    this.end(json);
  }

  private openBlock(kind: Block, type: string): JsonWriter {
    this.block = kind;
    const json = this.beginAt("content_block_start", this.blocks++);
    json.key("content_block");
    json.beginObject();
    json.keyString("type", type);
    return json;
  }

  /** Ends what is open: a tool call's block once all calls are told. */
  private endBlock(): void {
    this.tellCalls(true);
    this.closeBlock();
  }

  private closeBlock(): void {
    if (this.block == Block.None) return;
    this.block = Block.None;
    this.end(this.beginAt("content_block_stop", this.blocks - 1));
  }

  private beginAt(name: string, index: i32): JsonWriter {
    const json = this.begin(name);
    json.keyInteger("index", index);
    return json;
  }

  private begin(name: string): JsonWriter {
    this.hasEvents = true;
    beginNamedEvent(name, OUT);
    const json = JSON_TEXT;
    json.reset();
    json.beginObject();
    json.keyString("type", name);
    return json;
  }

  private end(json: JsonWriter): void {
    json.endObject();
    endEvent(OUT);
  }
}
