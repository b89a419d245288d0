// Streams of OpenAI-compatible providers: sent on as they come, mended where they deviate.
// Order and shape: https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse, streamIncomplete } from "../openai/api-error";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { Capability } from "../routing/capability";
import { ChunkTemplate } from "../stream/chunk-template";
import { beginEvent, endEvent, joinLines, writeDone } from "../stream/sse-encoder";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { failedFinish, isOpenAiFinish, mapFinishReason } from "./compatible-finish";
import { renameReasoning } from "./compatible-completion";
import { Provider } from "./provider";
import { SseTranslator } from "./stream-translator";

const DOC: Document = new Document();
const EDIT: JsonEdit = new JsonEdit();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** One stream. Events that are right go out byte for byte. */
export class CompatibleStream extends SseTranslator {
  private readonly template: ChunkTemplate = new ChunkTemplate();
  private readonly isChat: bool;
  private isDone: bool = false;
  private isUsageSent: bool = false;
  private hasToolCalls: bool = false;
  /** Choices that have begun, and those that have ended, a bit each. */
  private begun: u64 = 0;
  private ended: u64 = 0;
  private id: string = "";
  private created: i64 = 0;
  private model: string = "";
  /** The last usage object that came, as text. */
  private readonly usageText: ByteWriter = new ByteWriter();

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.isChat = call.capability == Capability.Chat;
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (!event.hasPayload) {
      if (event.commentLength >= 0) out.forwardComment(event.raw, event.rawLength);
      return;
    }
    if (this.isDone || event.payloadLength == 0) return;
    if (event.isPlain && this.template.fits(event.payload, event.payloadLength)) {
      out.forward(event.raw, event.rawLength);
      return;
    }
    if (event.isDoneMark()) this.onDone(out);
    else this.onChunk(out);
  }

  onEnd(out: StreamOutput): void {
    if (this.isDone) return;
    if (this.ended == 0) this.failure = streamIncomplete(this.provider.id);
    else this.onDone(out);
  }

  release(): void {
    super.release();
    this.template.release();
    this.usageText.release();
  }

  private onChunk(out: StreamOutput): void {
    const event = this.events;
    if (!DOC.parse(event.payload, event.payloadLength)) {
      this.failure = invalidUpstreamResponse(this.provider.id, "an event is no JSON");
      return;
    }
    this.failure = this.provider.findError(this.call, DOC);
    if (this.failure !== null) return;
    EDIT.begin(DOC);
    if (!this.provider.editChunk(this.call, DOC, EDIT)) return;
    if (!this.takeUsage(out)) return;
    this.repairEnvelope();
    const isOrdinary = this.repairChoices();
    if (this.failure !== null) return;
    if (EDIT.isEmpty() && event.isPlain) {
      out.forward(event.raw, event.rawLength);
      if (isOrdinary) this.rememberTemplate();
      return;
    }
    writeEdited(event.isPlain, out.writer());
  }

  /** Keeps the usage, wherever the provider has put it. False: the chunk carries nothing else. */
  private takeUsage(out: StreamOutput): bool {
    const root = DOC.root();
    const choices = DOC.get(root, "choices");
    const choice = DOC.first(choices);
    let usage = DOC.get(root, "usage");
    if (DOC.isObject(usage)) {
      if (choice >= 0) {
        if (this.call.wantsUsage) EDIT.setRaw(root, "usage", "null");
        else EDIT.remove(root, "usage");
      }
    } else {
      usage = DOC.get(choice, "usage");
      if (DOC.isObject(usage)) EDIT.remove(choice, "usage");
      else usage = DOC.get(DOC.get(root, "x_groq"), "usage");
    }
    if (DOC.isObject(usage)) this.keepUsage(usage);
    if (choice >= 0 || !DOC.isObject(usage)) return true;
    return this.passUsageChunk(out);
  }

  private keepUsage(usage: i32): void {
    this.usageText.clear();
    this.usageText.bytes(DOC.ptr + DOC.start(usage), DOC.end(usage) - DOC.start(usage));
    this.provider.readUsage(DOC, usage, this.call.usage);
  }

  /** A chunk with usage and no choices: passes in its place at the end, if the client asked for it. */
  private passUsageChunk(out: StreamOutput): bool {
    if (!this.call.wantsUsage || this.isUsageSent || this.ended == 0) return false;
    this.isUsageSent = true;
    this.provider.editUsage(DOC, DOC.get(DOC.root(), "usage"), EDIT);
    return true;
  }

  /** Every chunk carries the same id, created and model. */
  private repairEnvelope(): void {
    const root = DOC.root();
    const id = DOC.get(root, "id");
    const created = DOC.get(root, "created");
    const model = DOC.get(root, "model");
    if (this.id.length == 0) {
      this.id = DOC.string(id);
      if (this.id.length == 0) this.id = this.call.newId("chatcmpl-");
      this.created = DOC.integer(created, this.call.created);
      this.model = DOC.string(model);
      if (this.model.length == 0) this.model = this.call.model;
    }
    if (!DOC.stringIs(id, this.id)) EDIT.setString(root, "id", this.id);
    if (DOC.integer(created, -1) != this.created) EDIT.setInteger(root, "created", this.created);
    if (DOC.string(model) != this.model) EDIT.setString(root, "model", this.model);
    const kind = this.isChat ? "chat.completion.chunk" : "text_completion";
    if (!DOC.stringIs(DOC.get(root, "object"), kind)) EDIT.setString(root, "object", kind);
    if (!DOC.isArray(DOC.get(root, "choices"))) EDIT.setRaw(root, "choices", "[]");
  }

  /** Mends each choice. True: one choice, in the middle of its text. */
  private repairChoices(): bool {
    let index = 0;
    let isOrdinary = true;
    const choices = DOC.get(DOC.root(), "choices");
    for (let choice = DOC.first(choices); choice >= 0; choice = DOC.next(choice), ++index) {
      if (!DOC.isObject(choice)) continue;
      const place = DOC.get(choice, "index");
      const number = <i32>DOC.integer(place, index);
      if (!DOC.isNumber(place)) EDIT.setInteger(choice, "index", index);
      if (this.isChat) this.repairDelta(DOC.get(choice, "delta"), choice, number);
      if (this.repairFinish(choice, number)) isOrdinary = false;
    }
    return isOrdinary && index == 1;
  }

  private repairDelta(delta: i32, choice: i32, number: i32): void {
    const bit = <u64>1 << (number & 63);
    const isFirst = (this.begun & bit) == 0;
    this.begun |= bit;
    if (!DOC.isObject(delta)) {
      EDIT.setRaw(choice, "delta", isFirst ? '{"role":"assistant"}' : "{}");
      return;
    }
    if (isFirst && !DOC.isString(DOC.get(delta, "role"))) EDIT.setString(delta, "role", "assistant");
    if (DOC.size(DOC.get(delta, "tool_calls")) > 0) this.hasToolCalls = true;
    renameReasoning(this.provider.spec, DOC, delta, EDIT);
  }

  /** Mends the finish reason. True: the choice ends here. */
  private repairFinish(choice: i32, number: i32): bool {
    const bit = <u64>1 << (number & 63);
    const finish = DOC.get(choice, "finish_reason");
    if (DOC.isNull(finish)) return false;
    if (!DOC.isString(finish) || DOC.isEmptyString(finish) || DOC.stringIs(finish, "null")) {
      EDIT.setRaw(choice, "finish_reason", "null");
      return false;
    }
    if ((this.ended & bit) != 0) {
      EDIT.setRaw(choice, "finish_reason", "null");
      return true;
    }
    this.ended |= bit;
    if (isOpenAiFinish(DOC, finish)) return true;
    const reason = mapFinishReason(DOC, finish);
    if (reason == FinishReason.Failure) {
      this.failure = failedFinish(this.provider.id, DOC, finish);
    } else {
      EDIT.setString(choice, "finish_reason", finishReasonText(reason));
    }
    return true;
  }

  private rememberTemplate(): void {
    const choice = DOC.first(DOC.get(DOC.root(), "choices"));
    const text = this.isChat ? DOC.get(DOC.get(choice, "delta"), "content") : DOC.get(choice, "text");
    if (DOC.isString(text)) {
      this.template.remember(DOC.ptr, DOC.length, DOC.start(text), DOC.end(text));
    }
  }

  /** The provider says that the stream is complete: what is still missing goes out, then [DONE]. */
  private onDone(out: StreamOutput): void {
    this.isDone = true;
    if (this.isChat && this.ended == 0) this.writeFinish(out.writer());
    if (this.call.wantsUsage && !this.isUsageSent && this.usageText.length > 0) {
      this.writeUsage(out.writer());
    }
    const event = this.events;
    const isPlainDone = event.isPlain && event.isDoneMark();
    if (isPlainDone) out.forward(event.raw, event.rawLength);
    else writeDone(out.writer());
  }

  private beginChunk(out: ByteWriter): JsonWriter {
    if (this.id.length == 0) {
      this.id = this.call.newId("chatcmpl-");
      this.created = this.call.created;
      this.model = this.call.model;
    }
    beginEvent(out);
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    json.keyString("id", this.id);
    json.keyString("object", this.isChat ? "chat.completion.chunk" : "text_completion");
    json.keyInteger("created", this.created);
    json.keyString("model", this.model);
    json.key("choices");
    json.beginArray();
    return json;
  }

  /** The finish chunk of a provider that sends none. */
  private writeFinish(out: ByteWriter): void {
    const json = this.beginChunk(out);
    json.beginObject();
    json.keyInteger("index", 0);
    json.key("delta");
    json.beginObject();
    json.endObject();
    const reason = this.hasToolCalls ? FinishReason.ToolCalls : FinishReason.Stop;
    json.keyString("finish_reason", finishReasonText(reason));
    json.endObject();
    json.endArray();
    if (this.call.wantsUsage) json.keyNull("usage");
    json.endObject();
    out.writer(json.out);
    endEvent(out);
    this.ended = 1;
  }

  private writeUsage(out: ByteWriter): void {
    this.isUsageSent = true;
    const json = this.beginChunk(out);
    json.endArray();
    json.key("usage");
    if (DOC.parse(this.usageText.ptr, this.usageText.length)) {
      EDIT.begin(DOC);
      this.provider.editUsage(DOC, DOC.root(), EDIT);
      const edited = new ByteWriter();
      EDIT.apply(edited);
      json.raw(edited.ptr, edited.length);
      edited.release();
    } else {
      json.null();
    }
    json.endObject();
    out.writer(json.out);
    endEvent(out);
  }
}

/** Writes the edited chunk as one data line, whatever lines it came in. */
function writeEdited(isOneLine: bool, out: ByteWriter): void {
  beginEvent(out);
  const start = out.length;
  EDIT.apply(out);
  if (!isOneLine) joinLines(out, start);
  endEvent(out);
}
