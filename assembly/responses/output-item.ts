// One item of a response's output: https://platform.openai.com/docs/api-reference/responses/object
import { Part } from "../clients/chat-events";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { joinLines } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";
import { writeAnnotation } from "./annotation";

/** An item as far as it has come: reasoning, a message of one part, or a call. */
export class OutputItem {
  /** The inside of a JSON string: the text, or the input of a call. */
  readonly text: ByteWriter = new ByteWriter();
  callId: string = "";
  name: string = "";
  /** The call is one of a custom tool. */
  isCustom: bool = false;
  /** How many annotations there are. */
  notes: i32 = 0;
  /** Elements of lists, as JSON. */
  private readonly annotations: ByteWriter = new ByteWriter();
  private readonly logprobs: ByteWriter = new ByteWriter();

  constructor(
    readonly part: Part,
    readonly id: string,
    /** Place in the output. */
    readonly index: i32,
    /** Reasoning is told as its summary. */
    readonly isSummary: bool,
  ) {}

  /** Adds the JSON string `text`. */
  addText(doc: Document, text: i32): void {
    const length = doc.stringLength(text);
    if (length > 0) this.text.bytes(doc.ptr + doc.start(text) + 1, length);
  }

  /** Adds a list of probabilities. The answer is where they begin in all of them. */
  addLogprobs(doc: Document, list: i32): i32 {
    const out = this.logprobs;
    const first = doc.first(list);
    if (first >= 0 && out.length > 0) out.byte(0x2c);
    const start = out.length;
    for (let item = first; item >= 0; item = doc.next(item)) {
      if (item != first) out.byte(0x2c);
      out.bytes(doc.ptr + doc.start(item), doc.end(item) - doc.start(item));
    }
    joinLines(out, start);
    return start;
  }

  /** Adds an annotation of OpenAI's chat. The answer is where it begins in all of them. */
  addAnnotation(doc: Document, annotation: i32): i32 {
    const out = this.annotations;
    if (this.notes++ > 0) out.byte(0x2c);
    const start = out.length;
    writeAnnotation(doc, annotation, new JsonWriter(out));
    joinLines(out, start);
    return start;
  }

  /** Writes the annotation that begins at `start` and is the last one. */
  writeLastAnnotation(start: i32, json: JsonWriter): void {
    json.raw(this.annotations.ptr + start, this.annotations.length - start);
  }

  /** Writes the list of probabilities from `start` on. */
  writeLogprobs(start: i32, json: JsonWriter): void {
    writeList(this.logprobs, start, json);
  }

  /** Writes the item; one that has only begun is without content. */
  write(status: string, hasContent: bool, json: JsonWriter): void {
    json.beginObject();
    json.keyString("id", this.id);
    json.keyString("type", this.type());
    json.keyString("status", status);
    if (this.part == Part.Call) {
      json.keyString("call_id", this.callId);
      json.keyString("name", this.name);
      this.writeText(this.textName(), hasContent, json);
    } else if (this.part == Part.Reasoning) {
      this.writeParts("summary", hasContent && this.isSummary, json);
      if (!this.isSummary) this.writeParts("content", hasContent, json);
    } else {
      json.keyString("role", "assistant");
      this.writeParts("content", hasContent, json);
    }
    json.endObject();
  }

  private type(): string {
    if (this.part == Part.Call) return this.isCustom ? "custom_tool_call" : "function_call";
    return this.part == Part.Reasoning ? "reasoning" : "message";
  }

  private writeParts(name: string, hasContent: bool, json: JsonWriter): void {
    json.key(name);
    json.beginArray();
    if (hasContent) this.writePart(true, json);
    json.endArray();
  }

  /** Writes the one part of its content; one that has only begun is without text. */
  writePart(hasText: bool, json: JsonWriter): void {
    json.beginObject();
    json.keyString("type", this.partType());
    this.writeText(this.textName(), hasText, json);
    if (this.part == Part.Text) {
      json.key("annotations");
      writeList(this.annotations, hasText ? 0 : this.annotations.length, json);
      json.key("logprobs");
      this.writeLogprobs(hasText ? 0 : this.logprobs.length, json);
    }
    json.endObject();
  }

  private partType(): string {
    if (this.part == Part.Refusal) return "refusal";
    if (this.part == Part.Text) return "output_text";
    return this.isSummary ? "summary_text" : "reasoning_text";
  }

  /** The member that its text is. */
  textName(): string {
    if (this.part == Part.Call) return this.isCustom ? "input" : "arguments";
    return this.part == Part.Refusal ? "refusal" : "text";
  }

  /** Writes a member with the text, or without it. */
  writeText(name: string, hasText: bool, json: JsonWriter): void {
    json.key(name);
    json.beginString();
    if (hasText) json.out.writer(this.text);
    json.endString();
  }

  release(): void {
    this.text.release();
    this.annotations.release();
    this.logprobs.release();
  }
}

function writeList(elements: ByteWriter, start: i32, json: JsonWriter): void {
  json.beginArray();
  if (elements.length > start) json.raw(elements.ptr + start, elements.length - start);
  json.endArray();
}
