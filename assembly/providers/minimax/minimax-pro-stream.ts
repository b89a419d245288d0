// Streams of MiniMax's ChatCompletion Pro, whose last event repeats the whole text:
// https://platform.minimaxi.com/document/ChatCompletion%20Pro
import { Document } from "../../json/document";
import { streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { SentText } from "../../stream/sent-text";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { SseTranslator } from "../stream-translator";
import { callOf, createdOf, endOf, looseCall, nextSpeech, readUsage } from "./minimax-answer";

const EVENT: Document = new Document();

/** Translates one stream. */
export class MinimaxProStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private readonly sent: SentText = new SentText();
  private calls: i32 = 0;
  private isDone: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (this.isDone || event.payloadLength == 0 || event.isDoneMark()) return;
    if (EVENT.parse(event.payload, event.payloadLength)) this.onEvent(out);
    else this.failure = this.unreadable(this.provider.id, EVENT);
  }

  onEnd(out: StreamOutput): void {
    if (!this.isDone) this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
    this.sent.release();
  }

  private onEvent(out: StreamOutput): void {
    this.failure = this.provider.findError(this.call, EVENT);
    if (this.failure !== null) return;
    const root = EVENT.root();
    const choice = EVENT.first(EVENT.get(root, "choices"));
    const isLast =
      EVENT.stringLength(EVENT.get(choice, "finish_reason")) > 0 ||
      EVENT.stringLength(EVENT.get(root, "reply")) > 0 ||
      EVENT.isObject(EVENT.get(root, "base_resp"));
    if (choice < 0 && !isLast) return;
    const writer = out.writer();
    if (!this.chunks.isStarted) this.start(writer);
    if (isLast) this.onLast(writer);
    else this.onPiece(writer);
  }

  /** The id only comes with the last event: it would be another one then. */
  private start(out: ByteWriter): void {
    const call = this.call;
    this.chunks.start(call.newId("chatcmpl-"), createdOf(EVENT, call.created), call.model);
    this.chunks.role(out);
  }

  private onPiece(out: ByteWriter): void {
    for (let at = nextSpeech(EVENT, 0); at >= 0; at = nextSpeech(EVENT, at)) {
      const text = EVENT.get(at, "text");
      if (EVENT.stringLength(text) > 0) {
        this.sent.add(EVENT, text);
        this.chunks.content(EVENT, text, out);
      }
      if (callOf(EVENT, at) >= 0) this.writeCall(callOf(EVENT, at), out);
    }
  }

  private onLast(out: ByteWriter): void {
    this.isDone = true;
    const root = EVENT.root();
    const first = nextSpeech(EVENT, 0);
    this.sent.beginWhole();
    if (first < 0) this.sent.addWhole(EVENT, EVENT.get(root, "reply"));
    for (let at = first; at >= 0; at = nextSpeech(EVENT, at)) {
      this.sent.addWhole(EVENT, EVENT.get(at, "text"));
    }
    const rest = this.sent.missing();
    if (rest.length > 0) this.chunks.rawContent(rest.ptr, rest.length, out);
    const hadCalls = this.calls > 0;
    for (let at = first; at >= 0 && !hadCalls; at = nextSpeech(EVENT, at)) {
      if (callOf(EVENT, at) >= 0) this.writeCall(callOf(EVENT, at), out);
    }
    const loose = looseCall(EVENT);
    if (loose >= 0 && !hadCalls) this.writeCall(loose, out);
    readUsage(EVENT, EVENT.get(root, "usage"), this.call.usage);
    const hasText = !this.sent.isEmpty || rest.length > 0;
    this.chunks.finish(endOf(EVENT, this.calls > 0, hasText), out);
    this.chunks.end(this.call.usage, out);
  }

  private writeCall(inner: i32, out: ByteWriter): void {
    const index = this.calls++;
    const id = this.call.newId("call_") + index.toString();
    const text = EVENT.get(inner, "arguments");
    this.chunks.toolCall(index, id, EVENT.string(EVENT.get(inner, "name")), out);
    if (EVENT.isObject(text)) this.chunks.toolArgumentsOf(index, EVENT, text, out);
    else if (EVENT.stringLength(text) > 0) this.chunks.toolArguments(index, EVENT, text, out);
    else this.chunks.emptyArguments(index, out);
  }
}
