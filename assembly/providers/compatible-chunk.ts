// What all chunks of one stream share, and the chunks that a provider leaves out:
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { EventTemplate } from "../stream/event-template";
import { beginEvent, endEvent, joinLines, writeEvent } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Choices whose beginning and end are looked after, a bit each. */
export const WATCHED_CHOICES: i32 = 64;

/** The members around the choices: the same id, created and model on every chunk of a stream. */
export class ChunkEnvelope {
  private id: string = "";
  private created: i64 = 0;
  private model: string = "";
  private readonly kind: string;

  constructor(
    private readonly call: Call,
    private readonly isChat: bool,
  ) {
    this.kind = isChat ? "chat.completion.chunk" : "text_completion";
  }

  /** Mends a chunk. The first one that says its id, created and model says them for all. */
  repair(doc: Document, edit: JsonEdit): void {
    const root = doc.root();
    const id = doc.get(root, "id");
    const created = doc.get(root, "created");
    const model = doc.get(root, "model");
    if (this.id.length == 0) this.take(doc.string(id), doc.integer(created, 0), doc.string(model));
    if (!doc.stringIs(id, this.id)) edit.setString(root, "id", this.id);
    if (doc.integer(created, -1) != this.created) edit.setInteger(root, "created", this.created);
    if (doc.string(model) != this.model) edit.setString(root, "model", this.model);
    if (!doc.stringIs(doc.get(root, "object"), this.kind)) {
      edit.setString(root, "object", this.kind);
    }
    if (!doc.isArray(doc.get(root, "choices"))) edit.setRaw(root, "choices", "[]");
  }

  private take(id: string, created: i64, model: string): void {
    const call = this.call;
    this.id = id.length > 0 ? id : call.newId(this.isChat ? "chatcmpl-" : "cmpl-");
    this.created = created > 0 ? created : call.created;
    this.model = model.length > 0 ? model : call.model;
  }

  /** The chunk that ends a choice. */
  writeFinish(index: i32, reason: FinishReason, out: ByteWriter): void {
    if (this.call.usage.finish < 0) this.call.usage.finish = reason;
    const json = this.begin();
    json.beginObject();
    json.keyInteger("index", index);
    json.key("delta");
    json.beginObject();
    json.endObject();
    json.keyString("finish_reason", finishReasonText(reason));
    json.endObject();
    json.endArray();
    if (this.call.wantsUsage) json.keyNull("usage");
    this.end(json, out);
  }

  /** The chunk with the usage, a JSON object. */
  writeUsage(usage: ByteWriter, out: ByteWriter): void {
    const json = this.begin();
    json.endArray();
    json.key("usage");
    json.raw(usage.ptr, usage.length);
    this.end(json, out);
  }

  private begin(): JsonWriter {
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    json.keyString("id", this.id);
    json.keyString("object", this.kind);
    json.keyInteger("created", this.created);
    json.keyString("model", this.model);
    json.key("choices");
    json.beginArray();
    return json;
  }

  private end(json: JsonWriter, out: ByteWriter): void {
    json.endObject();
    writeEvent(json.out.ptr, json.out.length, out);
  }
}

/** Whether a delta adds nothing to its message. */
export function isBlankDelta(doc: Document, delta: i32): bool {
  for (let member = doc.first(delta); member >= 0; member = doc.next(member)) {
    if (doc.absent(member) || doc.isEmptyString(member) || doc.keyIs(member, "role")) continue;
    if (doc.isArray(member) && doc.first(member) < 0) continue;
    return false;
  }
  return true;
}

/**
 * Whether a chunk only tells what a content filter found: it has choices, and none adds to its
 * message or ends it.
 */
export function isFilterNote(doc: Document): bool {
  const choices = doc.get(doc.root(), "choices");
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice)) {
    const says = doc.isObject(doc.get(choice, "delta"));
    if (says || doc.stringLength(doc.get(choice, "finish_reason")) > 0) return false;
  }
  return doc.first(choices) >= 0;
}

/** The bit of a choice; 0 for those that are not looked after. */
// @ts-ignore: decorator
@inline
export function bitOf(index: i32): u64 {
  return index >= 0 && index < WATCHED_CHOICES ? (<u64>1) << index : 0;
}

/** Writes the edited chunk as one data line, whatever lines it came in. */
export function writeEdited(edit: JsonEdit, isOneLine: bool, out: ByteWriter): void {
  beginEvent(out);
  const start = out.length;
  edit.apply(out);
  if (!isOneLine) joinLines(out, start);
  endEvent(out);
}

/** Keeps what stands around a chunk's text, and around its padding where that comes behind. */
export function rememberChunk(template: EventTemplate, doc: Document, isChat: bool): void {
  const choice = doc.first(doc.get(doc.root(), "choices"));
  const text = isChat ? doc.get(doc.get(choice, "delta"), "content") : doc.get(choice, "text");
  if (!doc.isString(text)) return;
  const start = doc.start(text);
  const end = doc.end(text);
  const padding = doc.get(doc.root(), "obfuscation");
  if (doc.isString(padding) && doc.start(padding) > end) {
    const from = doc.start(padding);
    template.rememberTwo(doc.ptr, doc.length, start, end, from, doc.end(padding));
  } else {
    template.remember(doc.ptr, doc.length, start, end);
  }
}
