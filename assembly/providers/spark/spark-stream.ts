// The messages of a session as OpenAI's chunks: https://www.xfyun.cn/doc/spark/Web.html
import { Document } from "../../json/document";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason } from "../../openai/finish-reason";
import { FrameDecoder } from "../../stream/frame-decoder";
import { StreamOutput } from "../../stream/stream-output";
import { WebSocketDecoder } from "../../stream/web-socket";
import { Call } from "../call";
import { Provider } from "../provider";
import { StreamTranslator } from "../stream-translator";
import { OUTPUT_REFUSED } from "./spark-errors";

/** Says that an answer is complete. */
const LAST: i64 = 2;

const MESSAGE: Document = new Document();

/** Translates one session. */
export class SparkStream extends StreamTranslator {
  private readonly frames: WebSocketDecoder = new WebSocketDecoder();
  private readonly chunks: ChunkWriter;
  private session: string = "";
  private isDone: bool = false;
  private calls: i32 = 0;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  decoder(): FrameDecoder {
    return this.frames;
  }

  get isOver(): bool {
    return this.isDone;
  }

  onFrame(out: StreamOutput): void {
    const frames = this.frames;
    if (this.isDone) return;
    const doc = MESSAGE;
    if (!doc.parse(frames.payload, frames.payloadLength) || !doc.isObject(doc.root())) {
      this.failure = invalidUpstreamResponse(this.provider.id, "a message is no JSON");
      return;
    }
    const header = doc.get(doc.root(), "header");
    const error = this.provider.findError(this.call, doc);
    if (error !== null) {
      const code = doc.integer(doc.get(header, "code"), 0);
      // What has been said stays said, where it has gone to the client already.
      if (code != OUTPUT_REFUSED || !this.chunks.isStarted || !this.call.stream)
        this.failure = error;
      else this.finish(FinishReason.ContentFilter, out);
      return;
    }
    const payload = doc.get(doc.root(), "payload");
    const choices = doc.get(payload, "choices");
    if (this.session.length == 0) this.session = doc.string(doc.get(header, "sid"));
    const texts = doc.get(choices, "text");
    for (let text = doc.first(texts); text >= 0; text = doc.next(text)) this.onText(text, out);
    const counts = this.call.usage;
    counts.read(doc, doc.get(doc.get(payload, "usage"), "text"));
    const isLast =
      doc.integer(doc.get(header, "status"), 0) == LAST ||
      doc.integer(doc.get(choices, "status"), 0) == LAST;
    if (isLast) this.finish(this.calls > 0 ? FinishReason.ToolCalls : FinishReason.Stop, out);
  }

  onEnd(out: StreamOutput): void {
    if (!this.isDone) this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
  }

  /** Writes the role chunk, unless it is there: not before there is something to say. */
  private begin(out: StreamOutput): void {
    if (this.chunks.isStarted) return;
    const call = this.call;
    const id = this.session;
    this.chunks.start(id.length > 0 ? id : call.newId("chatcmpl-"), call.created, call.model);
    this.chunks.role(out.writer());
  }

  private onText(text: i32, out: StreamOutput): void {
    const reasoning = MESSAGE.get(text, "reasoning_content");
    const content = MESSAGE.get(text, "content");
    if (MESSAGE.stringLength(reasoning) > 0) {
      this.begin(out);
      this.chunks.reasoning(MESSAGE, reasoning, out.writer());
    }
    if (MESSAGE.stringLength(content) > 0) {
      this.begin(out);
      this.chunks.content(MESSAGE, content, out.writer());
    }
    const inner = MESSAGE.get(text, "function_call");
    const name = MESSAGE.get(inner, "name");
    if (MESSAGE.stringLength(name) > 0) this.onCall(inner, MESSAGE.string(name), out);
  }

  /** A call comes whole, and without an id. */
  private onCall(inner: i32, name: string, out: StreamOutput): void {
    const index = this.calls++;
    const id = this.call.newId("call_") + index.toString();
    const input = MESSAGE.get(inner, "arguments");
    this.begin(out);
    this.chunks.toolCall(index, id, name, out.writer());
    if (MESSAGE.stringLength(input) > 0) {
      this.chunks.toolArguments(index, MESSAGE, input, out.writer());
    } else if (MESSAGE.isObject(input)) {
      this.chunks.toolArgumentsOf(index, MESSAGE, input, out.writer());
    } else {
      this.chunks.emptyArguments(index, out.writer());
    }
  }

  private finish(reason: FinishReason, out: StreamOutput): void {
    this.begin(out);
    this.isDone = true;
    this.chunks.finish(reason, out.writer());
    this.chunks.end(this.call.usage, out.writer());
  }
}
