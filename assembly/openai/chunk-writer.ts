// Chunks of a streamed chat completion: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  beginEvent,
  endEvent,
  joinLines,
  writeDone,
  writeEvent,
  writeLine,
} from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";
import { ApiError } from "./api-error";
import { FinishReason, finishReasonText } from "./finish-reason";
import { Usage } from "./usage";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/**
 * Writes chunks in OpenAI's order for each choice: role, deltas, finish; then usage where it was asked for, [DONE].
 * Every chunk carries the same id, created and model. `start` first.
 */
export class ChunkWriter {
  /** `data: {"id":…,"model":…,"choices":[` as bytes. */
  private readonly head: ByteWriter = new ByteWriter();
  /** What follows a delta: its closing, finish_reason null, usage null. */
  private readonly tail: ByteWriter = new ByteWriter();
  /** Which choice is told of. */
  choice: i32 = 0;
  /** Why the first choice ended; -1: it has not. */
  private reason: i32 = -1;
  private model: string = "";
  /** `start` has been called. */
  isStarted: bool = false;

  constructor(private readonly wantsUsage: bool) {}

  /** Says what every chunk begins with. `created` in seconds. */
  start(id: string, created: i64, model: string): void {
    this.isStarted = true;
    this.model = model;
    const head = this.head;
    head.clear();
    beginEvent(head);
    const json = new JsonWriter(head);
    json.beginObject();
    json.keyString("id", id);
    json.keyString("object", "chat.completion.chunk");
    json.keyInteger("created", created);
    json.keyString("model", model);
    json.key("choices");
    json.beginArray();
    this.tail.clear();
    this.tail.ascii('},"logprobs":null,"finish_reason":null}]');
    this.tail.ascii(this.wantsUsage ? ',"usage":null}\n\n' : "}\n\n");
  }

  private beginChoice(out: ByteWriter): void {
    out.writer(this.head);
    out.ascii('{"index":');
    out.integer(this.choice);
  }

  private beginDelta(out: ByteWriter): void {
    this.beginChoice(out);
    out.ascii(',"delta":{');
  }

  private endDelta(out: ByteWriter): void {
    out.writer(this.tail);
  }

  /** The first chunk. */
  role(out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"role":"assistant","content":""');
    this.endDelta(out);
  }

  /** A piece of the answer: the JSON string `text`, as it stands. */
  content(doc: Document, text: i32, out: ByteWriter): void {
    this.rawContent(doc.ptr + doc.start(text), doc.end(text) - doc.start(text), out);
  }

  /** A piece of the answer from a JSON string that lies at `ptr`, quotes included. */
  rawContent(ptr: usize, length: i32, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"content":');
    out.bytes(ptr, length);
    this.endDelta(out);
  }

  /** A piece of the answer, a JSON string or -1, with the array of its tokens' probabilities. */
  contentWithLogprobs(doc: Document, text: i32, logprobs: i32, out: ByteWriter): void {
    const start = doc.start(logprobs);
    this.contentWithTokens(doc, text, doc.ptr + start, doc.end(logprobs) - start, out);
  }

  /** The same with the array's JSON text at `ptr`. */
  contentWithTokens(doc: Document, text: i32, ptr: usize, length: i32, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"content":');
    if (doc.isString(text)) out.bytes(doc.ptr + doc.start(text), doc.end(text) - doc.start(text));
    else out.ascii('""');
    out.ascii('},"logprobs":{"content":');
    writeLine(ptr, length, out);
    out.ascii(',"refusal":null}');
    this.endScored(out);
  }

  /** Like `rawContent`, with the log probabilities of the piece: a JSON value. */
  scoredContent(ptr: usize, length: i32, doc: Document, logprobs: i32, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"content":');
    out.bytes(ptr, length);
    out.ascii('},"logprobs":');
    writeLine(doc.ptr + doc.start(logprobs), doc.end(logprobs) - doc.start(logprobs), out);
    this.endScored(out);
  }

  /** What follows probabilities. */
  private endScored(out: ByteWriter): void {
    out.ascii(',"finish_reason":null}]');
    out.ascii(this.wantsUsage ? ',"usage":null}\n\n' : "}\n\n");
  }

  /** A piece of the model's reasoning. */
  reasoning(doc: Document, text: i32, out: ByteWriter): void {
    this.rawReasoning(doc.ptr + doc.start(text), doc.end(text) - doc.start(text), out);
  }

  /** A piece of the model's reasoning from a JSON string that lies at `ptr`, quotes included. */
  rawReasoning(ptr: usize, length: i32, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"reasoning_content":');
    out.bytes(ptr, length);
    this.endDelta(out);
  }

  /** The first fragment of a tool call. `index` counts the calls of this answer from 0. */
  toolCall(index: i32, id: string, name: string, out: ByteWriter): void {
    this.beginDelta(out);
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    json.keyInteger("index", index);
    json.keyString("id", id);
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyString("name", name);
    json.keyString("arguments", "");
    json.endObject();
    json.endObject();
    out.ascii('"tool_calls":[');
    out.writer(json.out);
    out.byte(0x5d);
    this.endDelta(out);
  }

  /** More of a call's arguments: the JSON string `text`, as it stands. */
  toolArguments(index: i32, doc: Document, text: i32, out: ByteWriter): void {
    this.rawArguments(index, doc.ptr + doc.start(text), doc.end(text) - doc.start(text), out);
  }

  /** More of a call's arguments from a JSON string that lies at `ptr`, quotes included. */
  rawArguments(index: i32, ptr: usize, length: i32, out: ByteWriter): void {
    this.beginArguments(index, out);
    out.bytes(ptr, length);
    out.ascii("}}]");
    this.endDelta(out);
  }

  /** The arguments of a call that has none. */
  emptyArguments(index: i32, out: ByteWriter): void {
    this.beginArguments(index, out);
    out.ascii('"{}"}}]');
    this.endDelta(out);
  }

  /** A call's arguments from a JSON value, which becomes the text of a string. */
  toolArgumentsOf(index: i32, doc: Document, value: i32, out: ByteWriter): void {
    this.beginArguments(index, out);
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
    out.writer(json.out);
    out.ascii("}}]");
    this.endDelta(out);
  }

  private beginArguments(index: i32, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('"tool_calls":[{"index":');
    out.integer(index);
    out.ascii(',"function":{"arguments":');
  }

  /** A delta whose members are written already. */
  delta(members: ByteWriter, out: ByteWriter): void {
    this.beginDelta(out);
    out.writer(members);
    this.endDelta(out);
  }

  /** The probabilities of tokens, as JSON, without a text of their own. */
  logprobs(json: ByteWriter, out: ByteWriter): void {
    this.beginDelta(out);
    out.ascii('},"logprobs":');
    out.writer(json);
    this.endScored(out);
  }

  /** The one chunk with a finish reason. */
  finish(reason: FinishReason, out: ByteWriter): void {
    if (this.reason < 0) this.reason = reason;
    this.beginChoice(out);
    out.ascii(',"delta":{},"logprobs":null,"finish_reason":"');
    out.ascii(finishReasonText(reason));
    out.ascii(this.wantsUsage ? '"}],"usage":null}' : '"}]}');
    endEvent(out);
  }

  /** The usage chunk, where the client asked for it, and the end of the stream. */
  end(usage: Usage, out: ByteWriter): void {
    usage.finish = this.reason;
    usage.model = this.model;
    if (this.wantsUsage) {
      out.writer(this.head);
      out.ascii('],"usage":');
      const json = JSON_TEXT;
      json.out.clear();
      json.reset();
      usage.write(json);
      out.writer(json.out);
      out.byte(0x7d);
      endEvent(out);
    }
    writeDone(out);
  }

  release(): void {
    this.head.release();
    this.tail.release();
  }
}

/** The error event that ends a broken stream; no finish chunk and no [DONE] follow it. */
export function writeErrorEvent(error: ApiError, out: ByteWriter): void {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  error.write(json);
  writeEvent(json.out.ptr, json.out.length, out);
}
