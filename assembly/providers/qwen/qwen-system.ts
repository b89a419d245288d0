// The system prompt, which is one and stands first, and behind it the documents to read:
// https://www.alibabacloud.com/help/en/model-studio/long-context-qwen-long
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { SCHEMA_REQUEST } from "../compatible-schema";

const FILE_MARK: string = "fileid://";
/** Without a prompt before it the model takes a document for its instructions. */
const DEFAULT_PROMPT: string = "You are a helpful assistant.";

/** Whether a message is for the model rather than of the conversation. */
export function isSystem(doc: Document, message: i32): bool {
  const role = doc.get(message, "role");
  return doc.stringIs(role, "system") || doc.stringIs(role, "developer");
}

/** Writes what stands at the front of `messages`. */
export class QwenSystem {
  /** Documents that every conversation reads. */
  fileIds: string[] = [];
  /** The schema that the answer has to match, or -1, and its document. */
  schema: i32 = -1;
  schemaDoc: Document = NO_DOCUMENT;

  constructor(private readonly json: JsonWriter) {}

  /** Writes the prompt of all system messages, and the message with the documents. */
  write(doc: Document, messages: i32, wrapsText: bool): void {
    let prompts = 0;
    let files = this.fileIds.length;
    for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
      if (!isSystem(doc, item)) continue;
      const content = doc.get(item, "content");
      if (doc.stringStartsWith(content, FILE_MARK)) ++files;
      else if (hasText(doc, content)) ++prompts;
    }
    if (prompts > 0 || files > 0 || this.schema >= 0) {
      this.begin(wrapsText);
      this.writePrompts(doc, messages, files > 0 && prompts == 0);
      this.end(wrapsText);
    }
    if (files == 0) return;
    this.begin(wrapsText);
    this.writeFiles(doc, messages);
    this.end(wrapsText);
  }

  private begin(wrapsText: bool): void {
    const json = this.json;
    json.beginObject();
    json.keyString("role", "system");
    json.key("content");
    if (wrapsText) {
      json.beginArray();
      json.beginObject();
      json.key("text");
    }
    json.beginString();
  }

  private end(wrapsText: bool): void {
    const json = this.json;
    json.endString();
    if (wrapsText) {
      json.endObject();
      json.endArray();
    }
    json.endObject();
  }

  private writePrompts(doc: Document, messages: i32, needsDefault: bool): void {
    const json = this.json;
    if (needsDefault) json.stringText(DEFAULT_PROMPT);
    let count = needsDefault ? 1 : 0;
    for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
      const content = doc.get(item, "content");
      if (!isSystem(doc, item) || !hasText(doc, content)) continue;
      if (doc.stringStartsWith(content, FILE_MARK)) continue;
      if (count++ > 0) json.stringText("\n");
      writeText(doc, content, json);
    }
    if (this.schema < 0) return;
    if (count > 0) json.stringText("\n\n");
    json.stringText(SCHEMA_REQUEST);
    const start = this.schemaDoc.start(this.schema);
    json.stringEscape(this.schemaDoc.ptr + start, this.schemaDoc.end(this.schema) - start);
  }

  private writeFiles(doc: Document, messages: i32): void {
    const json = this.json;
    let count = 0;
    for (let i = 0; i < this.fileIds.length; ++i) {
      if (count++ > 0) json.stringText(",");
      json.stringText(FILE_MARK);
      json.stringText(this.fileIds[i]);
    }
    for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
      const content = doc.get(item, "content");
      if (!isSystem(doc, item) || !doc.stringStartsWith(content, FILE_MARK)) continue;
      if (count++ > 0) json.stringText(",");
      json.stringPart(doc, content);
    }
  }
}

/** Whether a content, a string or parts, has any text. */
export function hasText(doc: Document, content: i32): bool {
  if (!doc.isArray(content)) return doc.stringLength(content) > 0;
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    if (doc.stringLength(textOfPart(doc, part)) > 0) return true;
  }
  return false;
}

/** Adds a content's text, a string or parts, to the string at hand. */
export function writeText(doc: Document, content: i32, json: JsonWriter): void {
  json.stringPart(doc, content);
  if (!doc.isArray(content)) return;
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    json.stringPart(doc, textOfPart(doc, part));
  }
}

/** The text of a content part, or -1. */
export function textOfPart(doc: Document, part: i32): i32 {
  if (doc.stringIs(doc.get(part, "type"), "refusal")) return doc.get(part, "refusal");
  return doc.get(part, "text");
}

const NO_DOCUMENT: Document = new Document();
