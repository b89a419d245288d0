// A streamed chat completion told whole: https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { SseDecoder } from "../stream/sse-decoder";
import { ByteWriter } from "../text/byte-writer";
import { CompletionWriter } from "./completion-writer";
import { FinishReason, finishReasonText } from "./finish-reason";
import { Usage } from "./usage";

const CHUNK: Document = new Document();

/** A tool call, with the inside of the JSON string of its arguments. */
class JoinedCall {
  readonly arguments: ByteWriter = new ByteWriter();

  constructor(
    readonly index: i64,
    readonly id: string,
    readonly name: string,
  ) {}
}

/** The first choice of a stream, put together. */
class JoinedStream {
  private id: string = "";
  private created: i64 = 0;
  private model: string = "";
  /** Insides of JSON strings. */
  private readonly content: ByteWriter = new ByteWriter();
  private readonly reasoning: ByteWriter = new ByteWriter();
  private readonly calls: JoinedCall[] = [];
  private reason: FinishReason = FinishReason.Stop;

  /** Takes the chunk that has just been parsed. */
  take(): void {
    const root = CHUNK.root();
    if (this.id.length == 0) {
      this.id = CHUNK.string(CHUNK.get(root, "id"));
      this.created = CHUNK.integer(CHUNK.get(root, "created"), 0);
      this.model = CHUNK.string(CHUNK.get(root, "model"));
    }
    const choice = CHUNK.first(CHUNK.get(root, "choices"));
    if (CHUNK.integer(CHUNK.get(choice, "index"), 0) != 0) return;
    const delta = CHUNK.get(choice, "delta");
    append(CHUNK.get(delta, "content"), this.content);
    append(CHUNK.get(delta, "reasoning_content"), this.reasoning);
    const calls = CHUNK.get(delta, "tool_calls");
    for (let call = CHUNK.first(calls); call >= 0; call = CHUNK.next(call)) this.takeCall(call);
    const finish = CHUNK.get(choice, "finish_reason");
    for (let i = FinishReason.Stop; i < FinishReason.Failure; ++i) {
      if (CHUNK.stringIs(finish, finishReasonText(i))) this.reason = i;
    }
  }

  private takeCall(fragment: i32): void {
    const index = CHUNK.integer(CHUNK.get(fragment, "index"), 0);
    const target = CHUNK.get(fragment, "function");
    let at = 0;
    while (at < this.calls.length && this.calls[at].index != index) ++at;
    if (at == this.calls.length) {
      const id = CHUNK.string(CHUNK.get(fragment, "id"));
      this.calls.push(new JoinedCall(index, id, CHUNK.string(CHUNK.get(target, "name"))));
    }
    append(CHUNK.get(target, "arguments"), this.calls[at].arguments);
  }

  write(usage: Usage, out: ByteWriter): void {
    const completion = new CompletionWriter(new JsonWriter(out));
    completion.begin(this.id, this.created, this.model);
    if (this.content.length == 0 && this.calls.length > 0) {
      completion.noContent();
    } else {
      completion.beginContent();
      out.writer(this.content);
      completion.endContent();
    }
    if (this.reasoning.length > 0) {
      completion.beginReasoning();
      out.writer(this.reasoning);
      completion.endReasoning();
    }
    for (let i = 0; i < this.calls.length; ++i) {
      const call = this.calls[i];
      completion.toolCallText(call.id, call.name, call.arguments.ptr, call.arguments.length);
    }
    completion.end(this.reason, usage);
  }

  release(): void {
    this.content.release();
    this.reasoning.release();
    for (let i = 0; i < this.calls.length; ++i) this.calls[i].arguments.release();
  }
}

/** Writes OpenAI's events, a whole stream of `length` bytes, as one completion. */
export function writeStreamAsCompletion(
  ptr: usize,
  length: i32,
  usage: Usage,
  out: ByteWriter,
): void {
  const joined = new JoinedStream();
  const events = new SseDecoder();
  events.push(ptr, length);
  while (events.next()) {
    if (events.isDoneMark()) continue;
    if (CHUNK.parse(events.payload, events.payloadLength)) joined.take();
  }
  joined.write(usage, out);
  joined.release();
  events.release();
}

function append(text: i32, out: ByteWriter): void {
  const length = CHUNK.stringLength(text);
  if (length > 0) out.bytes(CHUNK.ptr + CHUNK.start(text) + 1, length);
}
