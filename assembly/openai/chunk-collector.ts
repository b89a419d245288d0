// Chunks of a stream put together to one completion, for clients that did not ask for a stream:
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { SseDecoder } from "../stream/sse-decoder";
import { ByteWriter } from "../text/byte-writer";
import { CompletionWriter } from "./completion-writer";
import { FinishReason, readFinishReason } from "./finish-reason";
import { Usage } from "./usage";

const CHUNK: Document = new Document();

/** A tool call so far. */
class CollectedCall {
  id: string = "";
  name: string = "";
  /** The inside of a JSON string. */
  readonly input: ByteWriter = new ByteWriter();

  constructor(readonly index: i64) {}
}

/** Takes OpenAI's events of one stream, and writes the completion that they are. Choice 0 only. */
export class ChunkCollector {
  private readonly events: SseDecoder = new SseDecoder();
  private id: string = "";
  private created: i64 = 0;
  private model: string = "";
  // The insides of JSON strings, of a list, and an object.
  private readonly content: ByteWriter = new ByteWriter();
  private readonly reasoning: ByteWriter = new ByteWriter();
  private readonly logprobs: ByteWriter = new ByteWriter();
  private readonly usage: ByteWriter = new ByteWriter();
  private readonly calls: CollectedCall[] = [];
  private reason: FinishReason = FinishReason.Stop;

  /** Takes whole events. */
  push(ptr: usize, length: i32): void {
    const events = this.events;
    events.push(ptr, length);
    while (events.next()) {
      if (events.payloadLength == 0 || events.isDoneMark()) continue;
      if (CHUNK.parse(events.payload, events.payloadLength)) this.onChunk();
    }
  }

  private onChunk(): void {
    const root = CHUNK.root();
    if (this.id.length == 0) {
      this.id = CHUNK.string(CHUNK.get(root, "id"));
      this.created = CHUNK.integer(CHUNK.get(root, "created"), 0);
      this.model = CHUNK.string(CHUNK.get(root, "model"));
    }
    const usage = CHUNK.get(root, "usage");
    if (CHUNK.isObject(usage)) {
      this.usage.clear();
      this.usage.bytes(CHUNK.ptr + CHUNK.start(usage), CHUNK.end(usage) - CHUNK.start(usage));
    }
    const choice = CHUNK.first(CHUNK.get(root, "choices"));
    if (CHUNK.integer(CHUNK.get(choice, "index"), 0) != 0) return;
    const delta = CHUNK.get(choice, "delta");
    addText(CHUNK.get(delta, "content"), this.content);
    const reasoning = CHUNK.get(delta, "reasoning_content");
    addText(CHUNK.isString(reasoning) ? reasoning : CHUNK.get(delta, "reasoning"), this.reasoning);
    const fragments = CHUNK.get(delta, "tool_calls");
    for (let item = CHUNK.first(fragments); item >= 0; item = CHUNK.next(item)) {
      this.onFragment(item);
    }
    this.addLogprobs(CHUNK.get(CHUNK.get(choice, "logprobs"), "content"));
    const finish = CHUNK.get(choice, "finish_reason");
    if (CHUNK.isString(finish)) this.reason = readFinishReason(CHUNK, finish);
  }

  private onFragment(fragment: i32): void {
    const call = this.callOf(CHUNK.integer(CHUNK.get(fragment, "index"), 0));
    const target = CHUNK.get(fragment, "function");
    const id = CHUNK.get(fragment, "id");
    const name = CHUNK.get(target, "name");
    if (CHUNK.stringLength(id) > 0) call.id = CHUNK.string(id);
    if (CHUNK.stringLength(name) > 0) call.name = CHUNK.string(name);
    addText(CHUNK.get(target, "arguments"), call.input);
  }

  private callOf(index: i64): CollectedCall {
    for (let i = 0; i < this.calls.length; ++i) {
      if (this.calls[i].index == index) return this.calls[i];
    }
    const call = new CollectedCall(index);
    this.calls.push(call);
    return call;
  }

  private addLogprobs(list: i32): void {
    for (let item = CHUNK.first(list); item >= 0; item = CHUNK.next(item)) {
      if (this.logprobs.length > 0) this.logprobs.byte(0x2c);
      this.logprobs.bytes(CHUNK.ptr + CHUNK.start(item), CHUNK.end(item) - CHUNK.start(item));
    }
  }

  /** Writes the completion. `counts` stand in where no chunk told the usage. */
  write(counts: Usage, json: JsonWriter): void {
    const completion = new CompletionWriter(json);
    completion.begin(this.id, this.created, this.model);
    if (this.content.length == 0 && this.calls.length > 0) {
      completion.noContent();
    } else {
      completion.beginContent();
      json.out.writer(this.content);
      completion.endContent();
    }
    if (this.reasoning.length > 0) {
      completion.beginReasoning();
      json.out.writer(this.reasoning);
      completion.endReasoning();
    }
    for (let i = 0; i < this.calls.length; ++i) {
      const call = this.calls[i];
      const id = call.id.length > 0 ? call.id : "call_" + i.toString();
      completion.toolCallText(id, call.name, call.input.ptr, call.input.length);
    }
    completion.endMessage();
    json.key("logprobs");
    this.writeLogprobs(json);
    completion.finishChoice(this.reason);
    json.endArray();
    json.key("usage");
    if (this.usage.length > 0) json.raw(this.usage.ptr, this.usage.length);
    else counts.write(json);
    json.endObject();
  }

  private writeLogprobs(json: JsonWriter): void {
    if (this.logprobs.length == 0) {
      json.null();
      return;
    }
    json.beginObject();
    json.key("content");
    json.beginArray();
    json.raw(this.logprobs.ptr, this.logprobs.length);
    json.endArray();
    json.keyNull("refusal");
    json.endObject();
  }

  release(): void {
    this.events.release();
    this.content.release();
    this.reasoning.release();
    this.logprobs.release();
    this.usage.release();
    for (let i = 0; i < this.calls.length; ++i) this.calls[i].input.release();
  }
}

function addText(text: i32, out: ByteWriter): void {
  const length = CHUNK.stringLength(text);
  if (length > 0) out.bytes(CHUNK.ptr + CHUNK.start(text) + 1, length);
}
