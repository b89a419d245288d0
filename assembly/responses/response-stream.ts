// OpenAI's chunks as the events of a streamed response: https://platform.openai.com/docs/api-reference/responses-streaming
import { ChatEvents, Part } from "../clients/chat-events";
import { beginNamedEvent, endNamedEvent } from "../clients/named-event";
import { StreamedCall } from "../clients/streamed-call";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, shorten } from "../openai/api-error";
import { ByteWriter } from "../text/byte-writer";
import { OutputItem } from "./output-item";
import { isIncomplete, ResponseObject } from "./response-object";

/** Writes the events of one response: each part is an item of its own. */
export class ResponseStream extends ChatEvents {
  /** Events so far. */
  private sequence: i32 = 0;
  /** The item that is open. */
  private item: OutputItem | null = null;
  /** Items that are over, as JSON. */
  private readonly output: ByteWriter = new ByteWriter();
  private readonly items: JsonWriter = new JsonWriter(this.output);

  constructor(
    provider: string,
    private readonly response: ResponseObject,
  ) {
    super(provider);
  }

  protected onStart(doc: Document, chunk: i32): void {
    this.response.takeAnswer(doc, chunk);
    const names: StaticArray<string> = ["response.created", "response.in_progress"];
    for (let i = 0; i < names.length; ++i) {
      const json = this.begin(names[i]);
      json.key("response");
      this.response.writeBegun(json);
      endNamedEvent(json);
    }
  }

  protected refusalPart(): Part {
    return Part.Refusal;
  }

  protected openPart(part: Part): void {
    const item = this.response.newItem(part);
    this.openItem(item);
    this.writePart("added", item);
  }

  protected openCall(call: StreamedCall): void {
    const item = this.response.newItem(Part.Call, call.isCustom);
    item.callId = call.id;
    item.name = call.name;
    this.openItem(item);
  }

  protected tell(part: Part, doc: Document, text: i32, choice: i32): void {
    const item = this.item;
    if (item === null) return;
    item.addText(doc, text);
    const json = this.beginPart(stemOf(item) + ".delta", item);
    json.keyValue("delta", doc, text);
    if (part == Part.Text) {
      const start = item.addLogprobs(doc, doc.get(doc.get(choice, "logprobs"), "content"));
      json.key("logprobs");
      item.writeLogprobs(start, json);
    }
    endNamedEvent(json);
  }

  protected tellInput(call: StreamedCall): void {
    const item = this.item;
    if (item !== null) this.tellBytes(item, call.held.ptr, call.held.length);
  }

  private tellBytes(item: OutputItem, ptr: usize, length: i32): void {
    item.text.bytes(ptr, length);
    const json = this.beginItem(stemOf(item) + ".delta", item);
    json.key("delta");
    json.beginString();
    json.out.bytes(ptr, length);
    json.endString();
    endNamedEvent(json);
  }

  /** Annotations stand at the text, which they may come before. */
  protected tellMore(doc: Document, choice: i32): void {
    const notes = doc.get(doc.get(choice, "delta"), "annotations");
    if (doc.first(notes) < 0 || this.calls.length > 0) return;
    this.turnTo(Part.Text);
    const item = this.item;
    if (item === null) return;
    for (let note = doc.first(notes); note >= 0; note = doc.next(note)) {
      const start = item.addAnnotation(doc, note);
      const json = this.beginPart("response.output_text.annotation.added", item);
      json.keyInteger("annotation_index", item.notes - 1);
      json.key("annotation");
      item.writeLastAnnotation(start, json);
      endNamedEvent(json);
    }
  }

  protected closePart(part: Part): void {
    const item = this.item;
    if (item === null) return;
    this.item = null;
    const isCall = part == Part.Call;
    // Clients parse it.
    if (isCall && !item.isCustom && item.text.length == 0) this.tellEmptyInput(item);
    const done = stemOf(item) + ".done";
    const json = isCall ? this.beginItem(done, item) : this.beginPart(done, item);
    item.writeText(item.textName(), true, json);
    if (isCall && !item.isCustom) json.keyString("name", item.name);
    if (part == Part.Text) {
      json.key("logprobs");
      item.writeLogprobs(0, json);
    }
    endNamedEvent(json);
    if (!isCall) this.writePart("done", item);
    const status = isIncomplete(this.reason) ? "incomplete" : "completed";
    this.writeItem("response.output_item.done", item, status, true);
    item.write(status, true, this.items);
    item.release();
  }

  private tellEmptyInput(item: OutputItem): void {
    const none = new ByteWriter();
    none.ascii("{}");
    this.tellBytes(item, none.ptr, none.length);
    none.release();
  }

  protected onEnd(): void {
    const json = this.begin(
      isIncomplete(this.reason) ? "response.incomplete" : "response.completed",
    );
    json.key("response");
    this.response.writeOver(this.reason, this.output, this.usage, json);
    endNamedEvent(json);
  }

  /** The error, as OpenAI documents it and as its SDKs look for it, and the response that has failed. */
  protected onFailure(error: ApiError): void {
    let json = this.begin("error");
    const code = error.code.length > 0 ? error.code : error.type;
    json.keyString("code", code);
    json.keyString("message", shorten(error.message));
    if (error.param.length > 0) json.keyString("param", error.param);
    else json.keyNull("param");
    error.writeMember(json);
    endNamedEvent(json);
    if (!this.hasBegun) return;
    json = this.begin("response.failed");
    json.key("response");
    this.response.writeFailed(error, this.output, json);
    endNamedEvent(json);
  }

  private openItem(item: OutputItem): void {
    this.item = item;
    this.writeItem("response.output_item.added", item, "in_progress", false);
  }

  private writeItem(name: string, item: OutputItem, status: string, hasContent: bool): void {
    const json = this.begin(name);
    json.keyInteger("output_index", item.index);
    json.key("item");
    item.write(status, hasContent, json);
    endNamedEvent(json);
  }

  private writePart(what: string, item: OutputItem): void {
    const stem = isSummary(item) ? "response.reasoning_summary_part." : "response.content_part.";
    const json = this.beginPart(stem + what, item);
    json.key("part");
    item.writePart(what == "done", json);
    endNamedEvent(json);
  }

  /** An event about the part of an item. */
  private beginPart(name: string, item: OutputItem): JsonWriter {
    const json = this.beginItem(name, item);
    json.keyInteger(isSummary(item) ? "summary_index" : "content_index", 0);
    return json;
  }

  private beginItem(name: string, item: OutputItem): JsonWriter {
    const json = this.begin(name);
    json.keyString("item_id", item.id);
    json.keyInteger("output_index", item.index);
    return json;
  }

  private begin(name: string): JsonWriter {
    const json = this.writer();
    beginNamedEvent(name, json);
    json.keyInteger("sequence_number", this.sequence++);
    return json;
  }

  release(): void {
    super.release();
    this.output.release();
    const item = this.item;
    if (item !== null) item.release();
    this.item = null;
  }
}

function isSummary(item: OutputItem): bool {
  return item.part == Part.Reasoning && item.isSummary;
}

/** What the names of events about an item's text begin with. */
function stemOf(item: OutputItem): string {
  switch (item.part) {
    case Part.Call:
      return item.isCustom ? "response.custom_tool_call_input" : "response.function_call_arguments";
    case Part.Refusal:
      return "response.refusal";
    case Part.Reasoning:
      return item.isSummary ? "response.reasoning_summary_text" : "response.reasoning_text";
    default:
      return "response.output_text";
  }
}
