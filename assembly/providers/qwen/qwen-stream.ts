// A stream of DashScope's as OpenAI's chunks:
// https://www.alibabacloud.com/help/en/model-studio/stream
import { Document, JsonError } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { StreamOutput } from "../../stream/stream-output";
import { asciiEquals } from "../../text/ascii-equals";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { SseTranslator } from "../stream-translator";
import { QwenCall, QwenChoice } from "./qwen-choice";
import { argumentsOf } from "./qwen-response";
import { writeText } from "./qwen-system";
import { isFinished, mapQwenFinish, readQwenUsage } from "./qwen-usage";

const EVENT: Document = new Document();
const PIECE: ByteWriter = new ByteWriter();
const PIECE_JSON: JsonWriter = new JsonWriter(PIECE);
const QUOTED: ByteWriter = new ByteWriter();
const QUOTE: u8 = 0x22;
/** Choices and calls beyond these are no answer but a broken stream. */
const MOST_CHOICES: i32 = 128;
const MOST_CALLS: i32 = 1024;
/** As much of an event is searched for its status, in bytes. */
const LONGEST_HEAD: i32 = 1024;
const STATUS_COMMENT: string = ":HTTP_STATUS/";
const STATUS_LINE: string = "status:";
/** Of a request that took too long to come: within an answer it means the provider's own delay. */
const REQUEST_TIMEOUT: i32 = 408;

/** Translates one stream. */
export class QwenStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private readonly choices: QwenChoice[] = [];

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
    /** Each event repeats what came before. */
    private isCumulative: bool,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    const isError = event.nameLength == 5 && asciiEquals(event.name, "error");
    // It says nothing but that no event follows.
    if (event.nameLength == 4 && asciiEquals(event.name, "done")) return;
    if (!isError && (event.payloadLength == 0 || event.isDoneMark())) return;
    const provider = this.provider;
    if (isError) {
      const status = statusOf(event.raw, event.rawLength);
      const length = event.hasPayload ? event.payloadLength : 0;
      this.failure = provider.decodeError(this.call, status, event.payload, length);
      return;
    }
    if (!EVENT.parse(event.payload, event.payloadLength)) {
      const isCut = EVENT.error == JsonError.UnexpectedEnd;
      this.failure = isCut
        ? streamIncomplete(provider.id)
        : invalidUpstreamResponse(provider.id, "an event is no JSON");
      return;
    }
    this.failure = provider.findError(this.call, EVENT);
    if (this.failure === null) {
      this.onResult(out);
      return;
    }
    const status = statusOf(event.raw, event.rawLength);
    if (status > 0) this.failure = provider.decodeErrorDocument(this.call, status, EVENT);
  }

  onEnd(out: StreamOutput): void {
    let isComplete = this.choices.length > 0;
    for (let i = 0; i < this.choices.length; ++i) {
      if (!this.choices[i].isEnded) isComplete = false;
    }
    if (isComplete) this.chunks.end(this.call.usage, out.writer());
    else this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
    for (let i = 0; i < this.choices.length; ++i) this.choices[i].release();
  }

  private onResult(out: StreamOutput): void {
    const root = EVENT.root();
    readQwenUsage(EVENT, EVENT.get(root, "usage"), this.call.usage);
    const output = EVENT.get(root, "output");
    const list = EVENT.get(output, "choices");
    let place = 0;
    for (let item = EVENT.first(list); item >= 0; item = EVENT.next(item), ++place) {
      if (EVENT.isObject(item)) this.onChoice(item, place, out.writer());
    }
    const text = EVENT.get(output, "text");
    if (place > 0 || !EVENT.isString(text)) return;
    const choice = this.choiceAt(0, out.writer());
    if (choice.isEnded) return;
    this.writeText(choice, text, -1, out.writer());
    this.onFinish(choice, EVENT.get(output, "finish_reason"), out.writer());
  }

  private onChoice(item: i32, place: i32, out: ByteWriter): void {
    const index = EVENT.integer(EVENT.get(item, "index"), place);
    if (index < 0 || index >= MOST_CHOICES) return;
    const choice = this.choiceAt(<i32>index, out);
    if (choice.isEnded) return;
    const message = EVENT.get(item, "message");
    this.writeReasoning(choice, EVENT.get(message, "reasoning_content"), out);
    this.writeText(choice, EVENT.get(message, "content"), EVENT.get(item, "logprobs"), out);
    const calls = EVENT.get(message, "tool_calls");
    let position = 0;
    for (let part = EVENT.first(calls); part >= 0; part = EVENT.next(part), ++position) {
      this.onCall(choice, part, position, out);
    }
    this.onFinish(choice, EVENT.get(item, "finish_reason"), out);
  }

  /** The choice of an index, which begins where it is not known yet. */
  private choiceAt(index: i32, out: ByteWriter): QwenChoice {
    this.chunks.choice = index;
    for (let i = 0; i < this.choices.length; ++i) {
      if (this.choices[i].index == index) return this.choices[i];
    }
    if (!this.chunks.isStarted) {
      const id = EVENT.string(EVENT.get(EVENT.root(), "request_id"));
      const call = this.call;
      this.chunks.start(id.length > 0 ? id : call.newId("chatcmpl-"), call.created, call.model);
    }
    const choice = new QwenChoice(index);
    this.choices.push(choice);
    this.chunks.role(out);
    return choice;
  }

  // Texts

  private writeReasoning(choice: QwenChoice, text: i32, out: ByteWriter): void {
    if (!EVENT.isString(text) || !this.takePiece(text, choice.reasoning)) return;
    this.chunks.rawReasoning(QUOTED.ptr, QUOTED.length, out);
  }

  private writeText(choice: QwenChoice, content: i32, logprobs: i32, out: ByteWriter): void {
    if (!this.takePiece(content, choice.content)) return;
    if (!EVENT.isObject(logprobs)) this.chunks.rawContent(QUOTED.ptr, QUOTED.length, out);
    else this.chunks.scoredContent(QUOTED.ptr, QUOTED.length, EVENT, logprobs, out);
  }

  /** Puts what is new of a text into `QUOTED`. False: nothing is. */
  private takePiece(content: i32, told: ByteWriter): bool {
    PIECE.clear();
    writeText(EVENT, content, PIECE_JSON);
    const start = this.isCumulative ? repeated(PIECE, told) : 0;
    if (start < 0 || start == PIECE.length) return false;
    quote(PIECE, start);
    if (this.isCumulative) told.bytes(PIECE.ptr + start, PIECE.length - start);
    return true;
  }

  // Tool calls

  private onCall(choice: QwenChoice, part: i32, place: i32, out: ByteWriter): void {
    const position = <i32>EVENT.integer(EVENT.get(part, "index"), place);
    const target = EVENT.get(part, "function");
    const id = EVENT.get(part, "id");
    let index = choice.find(position);
    const isNew = index < 0;
    if (isNew) {
      if (choice.calls.length == MOST_CALLS) return;
      index = choice.calls.length;
      const own = EVENT.string(id);
      const call = new QwenCall(
        position,
        own.length > 0 ? own : this.call.newId("call_") + `${choice.index}${index}`,
      );
      choice.calls.push(call);
      this.chunks.toolCall(index, call.id, EVENT.string(EVENT.get(target, "name")), out);
    }
    const told = choice.calls[index].arguments;
    const text = argumentsOf(EVENT, EVENT.get(target, "arguments"));
    let start = repeated(text, told);
    // Some models repeat the whole call in each event, whatever they are asked for.
    const isSame = !isNew && told.length > 0 && EVENT.string(id) == choice.calls[index].id;
    if (!this.isCumulative && !(isSame && start > 0)) start = 0;
    if (start < 0 || start == text.length) return;
    quote(text, start);
    told.bytes(text.ptr + start, text.length - start);
    this.chunks.rawArguments(index, QUOTED.ptr, QUOTED.length, out);
  }

  // The end

  private onFinish(choice: QwenChoice, reason: i32, out: ByteWriter): void {
    if (!isFinished(EVENT, reason)) return;
    choice.isEnded = true;
    for (let i = 0; i < choice.calls.length; ++i) {
      if (choice.calls[i].arguments.length == 0) this.chunks.emptyArguments(i, out);
    }
    this.chunks.finish(mapQwenFinish(EVENT, reason, choice.calls.length > 0), out);
  }
}

/** How much of a text has been told; -1 where it does not begin with that. */
function repeated(text: ByteWriter, told: ByteWriter): i32 {
  const length = told.length;
  if (text.length < length) return -1;
  return memory.compare(text.ptr, told.ptr, length) == 0 ? length : -1;
}

function quote(text: ByteWriter, start: i32): void {
  QUOTED.clear();
  QUOTED.byte(QUOTE);
  QUOTED.bytes(text.ptr + start, text.length - start);
  QUOTED.byte(QUOTE);
}

/**
 * The HTTP status that an event tells in a comment, `:HTTP_STATUS/400`, or in a line of its own,
 * `status:400`; 0 where it tells no error.
 */
function statusOf(raw: usize, length: i32): i32 {
  const lines = String.UTF8.decodeUnsafe(raw, min(length, LONGEST_HEAD)).split("\n");
  for (let i = 0; i < lines.length; ++i) {
    const line = lines[i];
    let status = 0;
    if (line.startsWith(STATUS_COMMENT)) {
      status = I32.parseInt(line.substring(STATUS_COMMENT.length), 10);
    } else if (line.startsWith(STATUS_LINE)) {
      status = I32.parseInt(line.substring(STATUS_LINE.length), 10);
    }
    if (status >= 400 && status < 600 && status != REQUEST_TIMEOUT) return status;
  }
  return 0;
}
