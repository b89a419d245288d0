// A turn of the model as OpenAI's message: https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType, missingParameter } from "../openai/api-error";
import { isCustomCall, isOfModel, Item, itemOf } from "./item";
import { badPart, checkContent, textOf } from "./request-parts";

/** Stands between what several items say. */
const PARAGRAPH: string = "\\n\\n";

/**
 * Items that follow one another: reasoning, a text, calls. A text behind a call belongs to its turn as well, since results
 * have to follow the message that calls; texts without calls stay messages of their own.
 */
export class AssistantTurn {
  /** How many items it is. */
  readonly count: i32;
  private calls: i32 = 0;
  private texts: i32 = 0;

  constructor(
    private readonly doc: Document,
    private readonly first: i32,
    /** Place of the first item in `input`. */
    private readonly index: i32,
  ) {
    let count = 0;
    for (let item = first; item >= 0; item = doc.next(item), ++count) {
      const kind = itemOf(doc, item);
      if (!isOfModel(kind)) break;
      if (kind == Item.Answer && this.texts > 0 && this.calls == 0) break;
      if (kind == Item.Answer) ++this.texts;
      if (kind == Item.Call) ++this.calls;
    }
    this.count = count;
  }

  /** Writes the message; reasoning alone is none. `withReasoning`: what was thought before a call goes along. */
  write(withReasoning: bool, json: JsonWriter): ApiError | null {
    if (this.texts + this.calls == 0) return null;
    json.beginObject();
    json.keyString("role", "assistant");
    let error: ApiError | null = null;
    if (this.texts > 0) error = this.writeTexts(json);
    else json.keyNull("content");
    if (error === null && this.calls > 0) {
      if (withReasoning) this.writeReasoning(json);
      error = this.writeCalls(json);
    }
    json.endObject();
    return error;
  }

  private writeTexts(json: JsonWriter): ApiError | null {
    const doc = this.doc;
    json.key("content");
    json.beginString();
    let item = this.first;
    for (let i = 0, written = 0; i < this.count; ++i, item = doc.next(item)) {
      if (itemOf(doc, item) != Item.Answer) continue;
      const path = `input[${this.index + i}].content`;
      const content = doc.get(item, "content");
      const error = checkContent(doc, content, path);
      if (error !== null) return error;
      if (written++ > 0) json.out.ascii(PARAGRAPH);
      json.stringPart(doc, content);
      let place = 0;
      for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
        const text = textOf(doc, part);
        if (!doc.isString(text)) return badPart(doc, part, `${path}[${place}]`);
        json.stringPart(doc, text);
      }
    }
    json.endString();
    return null;
  }

  /** What the items tell of it, or else its summaries. */
  private writeReasoning(json: JsonWriter): void {
    const doc = this.doc;
    let written = 0;
    let item = this.first;
    for (let i = 0; i < this.count; ++i, item = doc.next(item)) {
      if (itemOf(doc, item) != Item.Reasoning) continue;
      const content = doc.get(item, "content");
      const parts = doc.first(content) >= 0 ? content : doc.get(item, "summary");
      for (let part = doc.first(parts); part >= 0; part = doc.next(part)) {
        const text = doc.get(part, "text");
        if (doc.stringLength(text) == 0) continue;
        if (written++ == 0) {
          json.key("reasoning_content");
          json.beginString();
        } else {
          json.out.ascii(PARAGRAPH);
        }
        json.stringPart(doc, text);
      }
    }
    if (written > 0) json.endString();
  }

  private writeCalls(json: JsonWriter): ApiError | null {
    const doc = this.doc;
    json.key("tool_calls");
    json.beginArray();
    let item = this.first;
    for (let i = 0; i < this.count; ++i, item = doc.next(item)) {
      if (itemOf(doc, item) != Item.Call) continue;
      const isCustom = isCustomCall(doc, item);
      const error = checkCall(doc, item, isCustom, `input[${this.index + i}]`);
      if (error !== null) return error;
      const kind = isCustom ? "custom" : "function";
      const input = isCustom ? "input" : "arguments";
      json.beginObject();
      json.keyValue("id", doc, doc.get(item, "call_id"));
      json.keyString("type", kind);
      json.key(kind);
      json.beginObject();
      json.keyValue("name", doc, doc.get(item, "name"));
      json.keyValue(input, doc, doc.get(item, input));
      json.endObject();
      json.endObject();
    }
    json.endArray();
    return null;
  }
}

function checkCall(doc: Document, item: i32, isCustom: bool, path: string): ApiError | null {
  const names: StaticArray<string> = ["call_id", "name", isCustom ? "input" : "arguments"];
  for (let i = 0; i < names.length; ++i) {
    const value = doc.get(item, names[i]);
    if (doc.isString(value)) continue;
    const at = `${path}.${names[i]}`;
    return doc.absent(value) ? missingParameter(at) : invalidType(at, "a string");
  }
  return null;
}
