// A stream of Claude's as OpenAI's chunks:
// https://docs.claude.com/en/docs/build-with-claude/streaming
import { Document } from "../../json/document";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason } from "../../openai/finish-reason";
import { ChunkTemplate } from "../../stream/chunk-template";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { SseTranslator } from "../stream-translator";
import { ANSWER_TOOL } from "./claude-tool-definitions";
import { ClaudeUsage, mapStopReason } from "./claude-usage";

const EVENT: Document = new Document();
const QUOTE: u8 = 0x22;

/** The content block at hand. Blocks come one after the other. */
const enum Block {
  None,
  Text,
  Thinking,
  Tool,
  /** The tool whose input is the answer. */
  Answer,
  /** What runs at Anthropic, and whatever is not known. */
  Hidden,
}

/** What the deltas of the remembered form are. */
const enum Delta {
  Text,
  Thinking,
  Input,
}

/** Translates one stream. */
export class ClaudeStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private readonly usage: ClaudeUsage = new ClaudeUsage();
  private readonly template: ChunkTemplate = new ChunkTemplate();
  private remembered: Delta = Delta.Text;
  private block: Block = Block.None;
  /** Tool calls so far; the one at hand is the last. */
  private calls: i32 = 0;
  private hasArguments: bool = false;
  /** The model has used the tool whose input is the answer. */
  private isAnswered: bool = false;
  /**
   * Text that is the answer only if that tool is not used: the inside of a JSON string behind its
   * quote.
   */
  private readonly heldText: ByteWriter = new ByteWriter();
  private reason: FinishReason = FinishReason.Stop;
  private isDone: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
    private readonly answersByTool: bool,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (this.isDone || event.payloadLength == 0) return;
    if (this.template.find(event.payload, event.payloadLength)) {
      this.writeDelta(this.remembered, this.template.text, this.template.textLength, out);
      return;
    }
    if (event.isDoneMark()) return;
    if (EVENT.parse(event.payload, event.payloadLength)) this.onEvent(out);
    else this.failure = invalidUpstreamResponse(this.provider.id, "an event is no JSON");
  }

  onEnd(out: StreamOutput): void {
    if (!this.isDone) this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
    this.template.release();
    this.heldText.release();
  }

  /** Events and deltas of kinds not known say nothing to an OpenAI client. */
  private onEvent(out: StreamOutput): void {
    const type = EVENT.get(EVENT.root(), "type");
    if (EVENT.stringIs(type, "content_block_delta")) this.onDelta(out);
    else if (EVENT.stringIs(type, "content_block_start")) this.onBlockStart(out);
    else if (EVENT.stringIs(type, "content_block_stop")) this.onBlockStop(out);
    else if (EVENT.stringIs(type, "message_start")) this.onMessageStart(out);
    else if (EVENT.stringIs(type, "message_delta")) this.onMessageDelta();
    else if (EVENT.stringIs(type, "message_stop")) this.onMessageStop(out);
    else this.failure = this.provider.findError(this.call, EVENT);
  }

  // The message

  private onMessageStart(out: StreamOutput): void {
    const message = EVENT.get(EVENT.root(), "message");
    const id = EVENT.string(EVENT.get(message, "id"));
    const model = EVENT.string(EVENT.get(message, "model"));
    this.readUsage(EVENT.get(message, "usage"));
    if (!this.chunks.isStarted) this.start(id, model, out);
  }

  private start(id: string, model: string, out: StreamOutput): void {
    const call = this.call;
    const ownId = id.length > 0 ? id : call.newId("chatcmpl-");
    this.chunks.start(ownId, call.created, model.length > 0 ? model : call.model);
    this.chunks.role(out.writer());
  }

  private onMessageDelta(): void {
    const root = EVENT.root();
    this.readUsage(EVENT.get(root, "usage"));
    const reason = EVENT.get(EVENT.get(root, "delta"), "stop_reason");
    if (EVENT.isString(reason)) this.reason = mapStopReason(EVENT, reason);
  }

  private onMessageStop(out: StreamOutput): void {
    if (!this.chunks.isStarted) this.start("", "", out);
    this.isDone = true;
    const writer = out.writer();
    if (this.heldText.length > 0 && !this.isAnswered) {
      this.heldText.byte(QUOTE);
      this.chunks.rawContent(this.heldText.ptr, this.heldText.length, writer);
    }
    const isAnswer = this.reason == FinishReason.ToolCalls && this.calls == 0;
    this.chunks.finish(isAnswer ? FinishReason.Stop : this.reason, writer);
    this.chunks.end(this.call.usage, writer);
  }

  private readUsage(usage: i32): void {
    this.usage.read(EVENT, usage);
    this.usage.tell(this.call.usage);
  }

  // Content blocks

  private onBlockStart(out: StreamOutput): void {
    if (!this.chunks.isStarted) this.start("", "", out);
    const block = EVENT.get(EVENT.root(), "content_block");
    const type = EVENT.get(block, "type");
    if (EVENT.stringIs(type, "text")) {
      this.block = Block.Text;
      this.writeText(Delta.Text, EVENT.get(block, "text"), out);
    } else if (EVENT.stringIs(type, "thinking")) {
      this.block = Block.Thinking;
      this.writeText(Delta.Thinking, EVENT.get(block, "thinking"), out);
    } else if (EVENT.stringIs(type, "tool_use")) {
      this.onToolStart(block, out);
    } else {
      this.block = Block.Hidden;
    }
  }

  private onToolStart(block: i32, out: StreamOutput): void {
    const name = EVENT.get(block, "name");
    const input = EVENT.get(block, "input");
    this.hasArguments = EVENT.first(input) >= 0;
    if (this.answersByTool && EVENT.stringIs(name, ANSWER_TOOL)) {
      this.block = Block.Answer;
      this.isAnswered = true;
      return;
    }
    this.block = Block.Tool;
    const index = this.calls++;
    const own = EVENT.string(EVENT.get(block, "id"));
    const id = own.length > 0 ? own : this.call.newId("call_") + index.toString();
    const writer = out.writer();
    this.chunks.toolCall(index, id, EVENT.string(name), writer);
    if (this.hasArguments) this.chunks.toolArgumentsOf(index, EVENT, input, writer);
  }

  private onBlockStop(out: StreamOutput): void {
    if (this.block == Block.Tool && !this.hasArguments) {
      this.chunks.emptyArguments(this.calls - 1, out.writer());
    }
    this.block = Block.None;
    this.template.forget();
  }

  private onDelta(out: StreamOutput): void {
    if (!this.chunks.isStarted) this.start("", "", out);
    const delta = EVENT.get(EVENT.root(), "delta");
    const type = EVENT.get(delta, "type");
    if (EVENT.stringIs(type, "text_delta")) {
      this.learn(Delta.Text, EVENT.get(delta, "text"), out);
    } else if (EVENT.stringIs(type, "thinking_delta")) {
      this.learn(Delta.Thinking, EVENT.get(delta, "thinking"), out);
    } else if (EVENT.stringIs(type, "input_json_delta")) {
      this.learn(Delta.Input, EVENT.get(delta, "partial_json"), out);
    }
  }

  /** Writes a delta, and remembers its form: the next ones differ in their text only. */
  private learn(kind: Delta, text: i32, out: StreamOutput): void {
    if (!EVENT.isString(text)) return;
    this.writeText(kind, text, out);
    this.template.remember(EVENT.ptr, EVENT.length, EVENT.start(text), EVENT.end(text));
    this.remembered = kind;
  }

  private writeText(kind: Delta, text: i32, out: StreamOutput): void {
    if (!EVENT.isString(text)) return;
    const length = EVENT.end(text) - EVENT.start(text);
    this.writeDelta(kind, EVENT.ptr + EVENT.start(text), length, out);
  }

  /**
   * Writes the piece of text that is the JSON string at `ptr`, its quotes included. An empty one is
   * nothing.
   */
  private writeDelta(kind: Delta, ptr: usize, length: i32, out: StreamOutput): void {
    if (length <= 2 || this.block == Block.Hidden) return;
    if (kind == Delta.Text) {
      if (this.answersByTool) this.holdText(ptr, length);
      else this.chunks.rawContent(ptr, length, out.writer());
    } else if (kind == Delta.Thinking) {
      this.chunks.rawReasoning(ptr, length, out.writer());
    } else if (this.block == Block.Tool) {
      this.hasArguments = true;
      this.chunks.rawArguments(this.calls - 1, ptr, length, out.writer());
    } else if (this.block == Block.Answer) {
      this.chunks.rawContent(ptr, length, out.writer());
    }
  }

  private holdText(ptr: usize, length: i32): void {
    if (this.heldText.length == 0) this.heldText.byte(QUOTE);
    this.heldText.bytes(ptr + 1, length - 2);
  }
}
