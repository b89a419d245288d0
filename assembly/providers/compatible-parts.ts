// Content that comes as a list of parts, as reasoning models of some providers give it:
// https://docs.mistral.ai/capabilities/reasoning/
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const TEXT: JsonWriter = new JsonWriter(new ByteWriter());
const THINKING: JsonWriter = new JsonWriter(new ByteWriter());

/** A list of texts and thoughts becomes `content` and `reasoning_content`. */
export function flattenContent(doc: Document, message: i32, content: i32, edit: JsonEdit): void {
  beginText(TEXT);
  beginText(THINKING);
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    if (!doc.stringIs(doc.get(part, "type"), "thinking")) {
      addText(doc, doc.get(part, "text"), TEXT);
      continue;
    }
    const thoughts = doc.get(part, "thinking");
    addText(doc, thoughts, THINKING);
    if (!doc.isArray(thoughts)) continue;
    for (let item = doc.first(thoughts); item >= 0; item = doc.next(item)) {
      addText(doc, doc.get(item, "text"), THINKING);
    }
  }
  TEXT.endString();
  THINKING.endString();
  edit.replace(content, TEXT.out.ptr, TEXT.out.length);
  if (THINKING.out.length <= 2) return;
  edit.set(message, "reasoning_content", THINKING.out.ptr, THINKING.out.length);
}

function addText(doc: Document, text: i32, json: JsonWriter): void {
  if (doc.isString(text)) json.stringPart(doc, text);
}

function beginText(json: JsonWriter): void {
  json.out.clear();
  json.reset();
  json.beginString();
}
