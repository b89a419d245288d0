// Streams of Tencent's, whichever of its APIs they come from:
// https://cloud.tencent.com/document/api/1729/105701
import { Document } from "../../json/document";
import { streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ToolCallTracker } from "../../openai/tool-call-tracker";
import { StopTail } from "../../stream/stop-tail";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { SseTranslator } from "../stream-translator";
import { mapFinishReason, readUsage } from "./hunyuan-answer";
import { HunyuanNames } from "./hunyuan-names";

const EVENT: Document = new Document();

/** Translates one stream. */
export class HunyuanStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private readonly calls: ToolCallTracker = new ToolCallTracker();
  private readonly tail: StopTail;
  private isFinished: bool = false;
  private isDone: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
    private readonly names: HunyuanNames,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
    this.tail = new StopTail(call.stops);
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (this.isDone || event.payloadLength == 0) return;
    if (event.isDoneMark()) this.onDone(out);
    else if (EVENT.parse(event.payload, event.payloadLength)) this.onEvent(out);
    else this.failure = this.unreadable(this.provider.id, EVENT);
  }

  /** The stream just ends after the event with the finish reason. */
  onEnd(out: StreamOutput): void {
    if (this.isDone) return;
    if (this.isFinished) this.onDone(out);
    else this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
    this.tail.release();
  }

  private onDone(out: StreamOutput): void {
    if (!this.chunks.isStarted) {
      this.failure = streamIncomplete(this.provider.id);
      return;
    }
    const writer = out.writer();
    if (!this.isFinished) this.finish(mapFinishReason(EVENT, -1, this.calls.count > 0), writer);
    this.isDone = true;
    this.chunks.end(this.call.usage, writer);
  }

  private onEvent(out: StreamOutput): void {
    this.failure = this.provider.findError(this.call, EVENT);
    if (this.failure !== null) return;
    const names = this.names;
    const root = EVENT.root();
    const usage = EVENT.get(root, names.usage);
    readUsage(EVENT, usage, names, this.call.usage);
    const choice = EVENT.first(EVENT.get(root, names.choices));
    if (choice < 0 || this.isFinished) return;
    const writer = out.writer();
    if (!this.chunks.isStarted) this.start(root, writer);
    const delta = EVENT.get(choice, names.delta);
    const reasoning = EVENT.get(delta, names.reasoning);
    if (EVENT.stringLength(reasoning) > 0) this.chunks.reasoning(EVENT, reasoning, writer);
    const content = EVENT.get(delta, names.content);
    if (EVENT.stringLength(content) > 0) this.writeContent(content, writer);
    const fragments = EVENT.get(delta, names.toolCalls);
    for (let item = EVENT.first(fragments); item >= 0; item = EVENT.next(item)) {
      this.writeFragment(item, writer);
    }
    const reason = EVENT.get(choice, names.finishReason);
    if (EVENT.stringLength(reason) == 0) return;
    this.finish(mapFinishReason(EVENT, reason, this.calls.count > 0), writer);
    // Each event counts all tokens so far. Where none does, another one with the usage may follow.
    if (EVENT.isObject(usage)) this.onDone(out);
  }

  private start(root: i32, out: ByteWriter): void {
    const call = this.call;
    const id = EVENT.string(EVENT.get(root, this.names.id));
    const created = EVENT.integer(EVENT.get(root, this.names.created), call.created);
    this.chunks.start(id.length > 0 ? id : call.newId("chatcmpl-"), created, call.model);
    this.chunks.role(out);
  }

  private writeContent(text: i32, out: ByteWriter): void {
    if (this.call.stops.length == 0) {
      this.chunks.content(EVENT, text, out);
      return;
    }
    this.tail.add(EVENT, text);
    this.writeHeld(this.tail.take(), out);
  }

  private writeHeld(text: ByteWriter, out: ByteWriter): void {
    if (text.length > 2) this.chunks.rawContent(text.ptr, text.length, out);
  }

  private writeFragment(item: i32, out: ByteWriter): void {
    const names = this.names;
    const calls = this.calls;
    const target = EVENT.get(item, names.function);
    const id = EVENT.string(EVENT.get(item, names.id));
    const place = EVENT.integer(EVENT.get(item, names.index), -1);
    let index = calls.find(id, place);
    if (index < 0) {
      // Text before a call does not end in a stop sequence.
      if (calls.count == 0) this.writeHeld(this.tail.finish(false), out);
      index = calls.begin(id, place);
      const ownId = id.length > 0 ? id : this.call.newId("call_") + index.toString();
      this.chunks.toolCall(index, ownId, EVENT.string(EVENT.get(target, names.name)), out);
    }
    const text = EVENT.get(target, names.arguments);
    if (EVENT.isObject(text)) this.chunks.toolArgumentsOf(index, EVENT, text, out);
    else if (EVENT.stringLength(text) > 0) this.chunks.toolArguments(index, EVENT, text, out);
    else return;
    calls.noteArguments(index);
  }

  private finish(reason: FinishReason, out: ByteWriter): void {
    this.isFinished = true;
    this.writeHeld(this.tail.finish(reason == FinishReason.Stop), out);
    this.calls.finish(this.chunks, out);
    this.chunks.finish(reason, out);
  }
}
