// A whole chat completion:
// https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { FinishReason, finishReasonText } from "./finish-reason";
import { Usage } from "./usage";

/**
 * Writes a completion front to back: `begin`, the content (or `noContent`), then reasoning,
 * annotations and tool calls where there are some, `end`. Texts come in pieces and are copied as
 * they stand in the provider's JSON. More choices than one: `endMessage`, `logprobs`, `endChoice`
 * and `beginChoice` between them, `finish`.
 */
export class CompletionWriter {
  private hasCalls: bool = false;
  /** Why the first choice ended; -1: it has not. */
  private reason: i32 = -1;
  private model: string = "";

  constructor(
    /**
     * Where the text goes; between `begin…` and `end…` pieces of strings and values may be written
     * to it.
     */
    readonly json: JsonWriter,
  ) {}

  /** Writes what stands before the message's content. `created` in seconds. */
  begin(id: string, created: i64, model: string): void {
    this.model = model;
    const json = this.json;
    json.beginObject();
    json.keyString("id", id);
    json.keyString("object", "chat.completion");
    json.keyInteger("created", created);
    json.keyString("model", model);
    json.key("choices");
    json.beginArray();
    this.beginChoice(0);
  }

  /** Begins a choice; `begin` has begun the first one, and `endChoice` ends those before the last. */
  beginChoice(index: i32): void {
    const json = this.json;
    this.hasCalls = false;
    json.beginObject();
    json.keyInteger("index", index);
    json.key("message");
    json.beginObject();
    json.keyString("role", "assistant");
  }

  /** Opens the content: pieces of one string follow. */
  beginContent(): void {
    this.json.key("content");
    this.json.beginString();
  }

  endContent(): void {
    this.json.endString();
    this.json.keyNull("refusal");
  }

  /** The message has tool calls and no text. */
  noContent(): void {
    this.json.keyNull("content");
    this.json.keyNull("refusal");
  }

  /** Opens the reasoning: pieces of one string follow. */
  beginReasoning(): void {
    this.json.key("reasoning_content");
    this.json.beginString();
  }

  endReasoning(): void {
    this.json.endString();
  }

  /** Opens the list of annotations, for `citation`. */
  beginAnnotations(): void {
    this.json.key("annotations");
    this.json.beginArray();
  }

  /**
   * A source on the web of the characters [start, end) of the content. `title` and `url` are JSON
   * strings or -1.
   */
  citation(doc: Document, url: i32, title: i32, start: i32, end: i32): void {
    const json = this.json;
    json.beginObject();
    json.keyString("type", "url_citation");
    json.key("url_citation");
    json.beginObject();
    json.keyInteger("start_index", start);
    json.keyInteger("end_index", end);
    json.keyValue("url", doc, url);
    if (doc.isString(title)) json.keyValue("title", doc, title);
    else json.keyString("title", "");
    json.endObject();
    json.endObject();
  }

  endAnnotations(): void {
    this.json.endArray();
  }

  /**
   * A call of a tool: id and name are JSON strings, and `input` the arguments as a JSON value, or as
   * a string that is their text. `ownId` is for calls that come without an id.
   */
  toolCall(doc: Document, id: i32, name: i32, input: i32, ownId: string): void {
    const json = this.beginCalls();
    json.beginObject();
    if (doc.stringLength(id) > 0) json.keyValue("id", doc, id);
    else json.keyString("id", ownId);
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    if (doc.isString(name)) json.keyValue("name", doc, name);
    else json.keyString("name", "");
    json.key("arguments");
    if (doc.absent(input) || doc.isEmptyString(input)) json.ascii("{}");
    else if (doc.isString(input)) json.value(doc, input);
    else json.stringBytes(doc.ptr + doc.start(input), doc.end(input) - doc.start(input));
    json.endObject();
    json.endObject();
  }

  /**
   * A call of a tool whose arguments are the inside of the JSON string that lies at `ptr`. None are
   * `{}`.
   */
  toolCallText(id: string, name: string, ptr: usize, length: i32): void {
    const json = this.beginCalls();
    json.beginObject();
    json.keyString("id", id);
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyString("name", name);
    json.key("arguments");
    json.beginString();
    if (length > 0) json.out.bytes(ptr, length);
    else json.out.ascii("{}");
    json.endString();
    json.endObject();
    json.endObject();
  }

  /** Opens the list of calls, unless it is open; whole calls may be written to it. */
  beginCalls(): JsonWriter {
    const json = this.json;
    if (!this.hasCalls) {
      this.hasCalls = true;
      json.key("tool_calls");
      json.beginArray();
    }
    return json;
  }

  /** Ends a choice. `logprobs` is a JSON value, or -1 for null. */
  endChoice(reason: FinishReason, doc: Document, logprobs: i32): void {
    this.endMessage();
    this.json.keyValue("logprobs", doc, logprobs);
    this.finishChoice(reason);
  }

  /** Ends a message; the member `logprobs` and `finishChoice` follow. */
  endMessage(): void {
    if (this.hasCalls) this.json.endArray();
    this.json.endObject();
  }

  /** Writes the end of a choice behind its `logprobs`. */
  finishChoice(reason: FinishReason): void {
    if (this.reason < 0) this.reason = reason;
    this.json.keyString("finish_reason", finishReasonText(reason));
    this.json.endObject();
  }

  /** Ends the last choice, and writes what stands behind it. */
  end(reason: FinishReason, usage: Usage): void {
    this.endMessage();
    this.json.keyNull("logprobs");
    this.finishChoice(reason);
    this.endChoices(usage);
  }

  /** Writes what stands behind the choices. */
  endChoices(usage: Usage): void {
    usage.finish = this.reason;
    usage.model = this.model;
    const json = this.json;
    json.endArray();
    json.key("usage");
    usage.write(json);
    json.endObject();
  }
}
