// What translators of server-sent events with JSON in them share.
import { Document } from "../json/document";
import { invalidUpstreamResponse, streamIncomplete } from "../openai/api-error";
import { ChunkWriter } from "../openai/chunk-writer";
import { FinishReason } from "../openai/finish-reason";
import { ChunkTemplate } from "../stream/chunk-template";
import { StreamOutput } from "../stream/stream-output";
import { asciiEquals } from "../text/ascii-equals";
import { Call } from "./call";
import { Provider } from "./provider";
import { SseTranslator } from "./stream-translator";

/** The event at hand. */
export const EVENT: Document = new Document();

/** Turns a provider's events into chunks; what an event means is said by `onEvent`. */
export abstract class NativeStream extends SseTranslator {
  protected readonly chunks: ChunkWriter;
  /** Events that differ from the last text in their text only need not be parsed. */
  private readonly template: ChunkTemplate = new ChunkTemplate();
  /** What the remembered text is. */
  protected isReasoning: bool = false;
  /** The provider's end has come. */
  protected isDone: bool = false;

  constructor(
    protected readonly provider: Provider,
    protected readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  /** Takes the event in `EVENT`. */
  protected abstract onEvent(out: StreamOutput): void;

  /** Whether the event is of the kind whose texts are remembered. */
  protected isTextEvent(): bool {
    return true;
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (this.isDone || event.payloadLength == 0) return;
    const template = this.template;
    if (this.isTextEvent() && template.find(event.payload, event.payloadLength)) {
      this.writeText(template.text, template.textLength, out);
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
  }

  /** Whether the event at hand has this name. */
  protected isNamed(name: string): bool {
    return this.events.nameLength == name.length && asciiEquals(this.events.name, name);
  }

  /** Writes the role chunk, unless it is there. "" and 0 stand for what the provider does not say. */
  protected start(id: string, created: i64, out: StreamOutput): void {
    if (this.chunks.isStarted) return;
    const call = this.call;
    this.chunks.start(
      id.length > 0 ? id : call.newId("chatcmpl-"),
      created > 0 ? created : call.created,
      call.model,
    );
    this.chunks.role(out.writer());
  }

  /** Writes a text of the event at hand, and remembers the event's form. */
  protected writeAndLearn(text: i32, isReasoning: bool, out: StreamOutput): void {
    if (!EVENT.isString(text)) return;
    this.isReasoning = isReasoning;
    const start = EVENT.start(text);
    const end = EVENT.end(text);
    this.writeText(EVENT.ptr + start, end - start, out);
    this.template.remember(EVENT.ptr, EVENT.length, start, end);
  }

  /** Writes the JSON string at `ptr`, its quotes included; an empty one is nothing. */
  protected writeText(ptr: usize, length: i32, out: StreamOutput): void {
    if (length <= 2) return;
    if (this.isReasoning) this.chunks.rawReasoning(ptr, length, out.writer());
    else this.chunks.rawContent(ptr, length, out.writer());
  }

  /** Ends the stream. */
  protected finish(reason: FinishReason, out: StreamOutput): void {
    this.isDone = true;
    const writer = out.writer();
    this.chunks.finish(reason, writer);
    this.chunks.end(this.call.usage, writer);
  }
}
