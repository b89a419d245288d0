// OpenAI's events as those of a streamed message: https://docs.claude.com/en/docs/build-with-claude/streaming
import { ChatEvents, Part } from "../clients/chat-events";
import { beginNamedEvent, endNamedEvent } from "../clients/named-event";
import { StreamedCall } from "../clients/streamed-call";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { FinishReason } from "../openai/finish-reason";
import { Usage } from "../openai/usage";
import { stopReason, writeHead, writeStop, writeUsage } from "./message-ending";
import { writeMessageErrorEvent } from "./message-error";

/** Writes the events of one message: each part is a block, and refusals are text. */
export class MessageStream extends ChatEvents {
  /** Blocks that have begun. */
  private blocks: i32 = 0;

  protected onStart(doc: Document, chunk: i32): void {
    const json = this.begin("message_start");
    json.key("message");
    json.beginObject();
    writeHead(doc.string(doc.get(chunk, "id")), doc.string(doc.get(chunk, "model")), json);
    json.key("content");
    json.beginArray();
    json.endArray();
    writeStop("", json);
    writeUsage(new Usage(), json);
    json.endObject();
    endNamedEvent(json);
  }

  protected refusalPart(): Part {
    return Part.Text;
  }

  protected openPart(part: Part): void {
    const isThinking = part == Part.Reasoning;
    const json = this.openBlock(isThinking ? "thinking" : "text");
    json.keyString(isThinking ? "thinking" : "text", "");
    if (isThinking) json.keyString("signature", "");
    json.endObject();
    endNamedEvent(json);
  }

  protected openCall(call: StreamedCall): void {
    const json = this.openBlock("tool_use");
    json.keyString("id", call.id);
    json.keyString("name", call.name);
    json.key("input");
    json.beginObject();
    json.endObject();
    json.endObject();
    endNamedEvent(json);
  }

  protected tell(part: Part, doc: Document, text: i32, choice: i32): void {
    const isThinking = part == Part.Reasoning;
    const json = this.beginDelta(isThinking ? "thinking_delta" : "text_delta");
    json.keyValue(isThinking ? "thinking" : "text", doc, text);
    json.endObject();
    endNamedEvent(json);
  }

  protected tellInput(call: StreamedCall): void {
    const json = this.beginDelta("input_json_delta");
    json.key("partial_json");
    json.beginString();
    json.out.writer(call.held);
    json.endString();
    json.endObject();
    endNamedEvent(json);
  }

  protected tellMore(doc: Document, choice: i32): void {
    if (doc.stringLength(doc.get(doc.get(choice, "delta"), "refusal")) == 0) return;
    this.reason = FinishReason.ContentFilter;
  }

  protected closePart(part: Part): void {
    endNamedEvent(this.beginAt("content_block_stop", this.blocks - 1));
  }

  protected onEnd(): void {
    const json = this.begin("message_delta");
    json.key("delta");
    json.beginObject();
    writeStop(stopReason(this.reason, this.calls.length > 0), json);
    json.endObject();
    writeUsage(this.usage, json);
    endNamedEvent(json);
    endNamedEvent(this.begin("message_stop"));
  }

  protected onFailure(error: ApiError): void {
    writeMessageErrorEvent(error, this.writer().out);
  }

  private openBlock(type: string): JsonWriter {
    const json = this.beginAt("content_block_start", this.blocks++);
    json.key("content_block");
    json.beginObject();
    json.keyString("type", type);
    return json;
  }

  private beginDelta(type: string): JsonWriter {
    const json = this.beginAt("content_block_delta", this.blocks - 1);
    json.key("delta");
    json.beginObject();
    json.keyString("type", type);
    return json;
  }

  private beginAt(name: string, index: i32): JsonWriter {
    const json = this.begin(name);
    json.keyInteger("index", index);
    return json;
  }

  private begin(name: string): JsonWriter {
    const json = this.writer();
    beginNamedEvent(name, json);
    return json;
  }
}
