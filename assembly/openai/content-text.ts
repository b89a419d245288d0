// Texts in the contents of messages: https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** Longest raw string that can be blank in practice. */
const LONGEST_BLANK: i32 = 64;

/** Whether a value is no string with something to read in it; some providers refuse such texts. */
export function isBlank(doc: Document, text: i32): bool {
  const length = doc.stringLength(text);
  if (length == 0) return true;
  if (length > LONGEST_BLANK) return false;
  if (!doc.hasEscapes(text) && !doc.stringStartsWith(text, " ")) return false;
  return doc.string(text).trim().length == 0;
}

/** The text of a content part, a refusal's included, or -1. */
export function textOfPart(doc: Document, part: i32): i32 {
  const text = doc.get(part, "text");
  return doc.isString(text) ? text : doc.get(part, "refusal");
}

/** Whether a content, a string or a list of parts, has something to read in it. */
export function hasText(doc: Document, content: i32): bool {
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    if (!isBlank(doc, textOfPart(doc, part))) return true;
  }
  return !isBlank(doc, content);
}

/** Whether a content has parts other than texts. */
export function hasMedia(doc: Document, content: i32): bool {
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    if (doc.get(part, "text") < 0 && doc.get(part, "refusal") < 0) return true;
  }
  return false;
}

/** Adds the texts of a content to the string that is being written. */
export function addTexts(doc: Document, content: i32, json: JsonWriter): void {
  json.stringPart(doc, content);
  for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
    json.stringPart(doc, textOfPart(doc, part));
  }
}
