// A stream of Converse's as OpenAI's chunks:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { Document } from "../../json/document";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ToolCallTracker } from "../../openai/tool-call-tracker";
import { AwsEventStreamDecoder } from "../../stream/aws-event-stream-decoder";
import { ChunkTemplate } from "../../stream/chunk-template";
import { FrameDecoder } from "../../stream/frame-decoder";
import { lengthWithoutPadding } from "../../stream/padded-event";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ANSWER_TOOL } from "../claude/claude-tool-definitions";
import { Provider } from "../provider";
import { StreamTranslator } from "../stream-translator";
import { errorOfFrame } from "./bedrock-errors";
import { isClientCall } from "./bedrock-response";
import { mapStopReason, readUsage } from "./bedrock-usage";

const EVENT: Document = new Document();
const QUOTE: u8 = 0x22;

/** What the deltas of the remembered form are. */
const enum Delta {
  Text,
  Reasoning,
  Input,
}

/** Translates one stream. */
export class BedrockStream extends StreamTranslator {
  private readonly frames: AwsEventStreamDecoder = new AwsEventStreamDecoder();
  private readonly chunks: ChunkWriter;
  private readonly calls: ToolCallTracker = new ToolCallTracker();
  private readonly template: ChunkTemplate = new ChunkTemplate();
  private remembered: Delta = Delta.Text;
  /** The block that the remembered deltas belong to. */
  private place: i64 = 0;
  /** The block of the tool whose input is the answer, or -1. */
  private answer: i64 = -1;
  /**
   * Text that is the answer only if that tool is not used: the inside of a JSON string behind its
   * quote.
   */
  private readonly heldText: ByteWriter = new ByteWriter();
  private reason: FinishReason = FinishReason.Stop;
  /** The message is complete; what it cost may follow. */
  private isStopped: bool = false;
  private isDone: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
    private readonly id: string,
    private readonly answersByTool: bool,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  decoder(): FrameDecoder {
    return this.frames;
  }

  onFrame(out: StreamOutput): void {
    const frame = this.frames;
    if (this.isDone) return;
    const isDelta = frame.headerIs(":event-type", "contentBlockDelta");
    if (isDelta) {
      const length = lengthWithoutPadding(frame.payload, frame.payloadLength);
      if (this.template.find(frame.payload, length)) {
        this.writeDelta(this.remembered, this.template.text, this.template.textLength, out);
        return;
      }
    } else if (!frame.headerIs(":message-type", "event")) {
      this.failure = errorOfFrame(this.provider.id, this.call, frame);
      return;
    }
    if (!EVENT.parse(frame.payload, frame.payloadLength)) {
      this.failure = invalidUpstreamResponse(this.provider.id, "an event is no JSON");
    } else if (isDelta) {
      this.onDelta(out);
    } else {
      this.onEvent(out);
    }
  }

  get isOver(): bool {
    return this.isDone;
  }

  onEnd(out: StreamOutput): void {
    if (this.isDone || this.frames.failed) return;
    // A message whose cost has not come is complete all the same, but not if it was cut off.
    if (this.isStopped && this.frames.pending() == 0) this.finish(out);
    else this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
    this.template.release();
    this.heldText.release();
  }

  /** Events of kinds not known say nothing to an OpenAI client. */
  private onEvent(out: StreamOutput): void {
    const frame = this.frames;
    const root = EVENT.root();
    if (frame.headerIs(":event-type", "messageStart")) {
      this.start(out);
    } else if (frame.headerIs(":event-type", "contentBlockStart")) {
      this.onBlockStart(out);
    } else if (frame.headerIs(":event-type", "contentBlockStop")) {
      this.template.forget();
      const index = this.calls.find("", this.placeOf());
      if (index >= 0) this.calls.finishOne(index, this.chunks, out.writer());
    } else if (frame.headerIs(":event-type", "messageStop")) {
      this.reason = mapStopReason(EVENT, EVENT.get(root, "stopReason"));
      this.isStopped = true;
    } else if (frame.headerIs(":event-type", "metadata")) {
      readUsage(EVENT, EVENT.get(root, "usage"), this.call.usage);
      if (this.isStopped) this.finish(out);
    }
  }

  private start(out: StreamOutput): void {
    if (this.chunks.isStarted) return;
    this.chunks.start(this.id, this.call.created, this.call.model);
    this.chunks.role(out.writer());
  }

  private finish(out: StreamOutput): void {
    this.start(out);
    this.isDone = true;
    const writer = out.writer();
    if (this.heldText.length > 0 && this.answer < 0) {
      this.heldText.byte(QUOTE);
      this.chunks.rawContent(this.heldText.ptr, this.heldText.length, writer);
    }
    this.calls.finish(this.chunks, writer);
    const isAnswer = this.reason == FinishReason.ToolCalls && this.calls.count == 0;
    this.chunks.finish(isAnswer ? FinishReason.Stop : this.reason, writer);
    this.chunks.end(this.call.usage, writer);
  }

  // Content blocks

  private placeOf(): i64 {
    return EVENT.integer(EVENT.get(EVENT.root(), "contentBlockIndex"), 0);
  }

  private onBlockStart(out: StreamOutput): void {
    this.start(out);
    const use = EVENT.get(EVENT.get(EVENT.root(), "start"), "toolUse");
    if (!isClientCall(EVENT, use)) return;
    const place = this.placeOf();
    const name = EVENT.get(use, "name");
    if (this.answersByTool && EVENT.stringIs(name, ANSWER_TOOL)) {
      this.answer = place;
      return;
    }
    const given = EVENT.string(EVENT.get(use, "toolUseId"));
    const id = given.length > 0 ? given : this.call.newId(`call_${this.calls.count}_`);
    const index = this.calls.begin(id, place);
    this.chunks.toolCall(index, id, EVENT.string(name), out.writer());
  }

  private onDelta(out: StreamOutput): void {
    this.start(out);
    const delta = EVENT.get(EVENT.root(), "delta");
    this.place = this.placeOf();
    const text = EVENT.get(delta, "text");
    const thought = EVENT.get(EVENT.get(delta, "reasoningContent"), "text");
    const input = EVENT.get(EVENT.get(delta, "toolUse"), "input");
    if (EVENT.isString(text)) this.learn(Delta.Text, text, out);
    else if (EVENT.isString(thought)) this.learn(Delta.Reasoning, thought, out);
    else if (EVENT.isString(input)) this.learn(Delta.Input, input, out);
  }

  /** Writes a delta, and remembers its form: the next ones differ in their text and padding only. */
  private learn(kind: Delta, text: i32, out: StreamOutput): void {
    const start = EVENT.start(text);
    const end = EVENT.end(text);
    this.writeDelta(kind, EVENT.ptr + start, end - start, out);
    this.template.remember(EVENT.ptr, lengthWithoutPadding(EVENT.ptr, EVENT.length), start, end);
    this.remembered = kind;
  }

  /**
   * Writes the piece of text that is the JSON string at `ptr`, its quotes included. An empty one is
   * nothing.
   */
  private writeDelta(kind: Delta, ptr: usize, length: i32, out: StreamOutput): void {
    if (length <= 2) return;
    if (kind == Delta.Text) {
      if (this.answersByTool) this.holdText(ptr, length);
      else this.chunks.rawContent(ptr, length, out.writer());
    } else if (kind == Delta.Reasoning) {
      this.chunks.rawReasoning(ptr, length, out.writer());
    } else if (this.place == this.answer) {
      this.chunks.rawContent(ptr, length, out.writer());
    } else {
      const index = this.calls.find("", this.place);
      if (index < 0) return;
      this.calls.noteArguments(index);
      this.chunks.rawArguments(index, ptr, length, out.writer());
    }
  }

  private holdText(ptr: usize, length: i32): void {
    if (this.heldText.length == 0) this.heldText.byte(QUOTE);
    this.heldText.bytes(ptr + 1, length - 2);
  }
}
