// Stop sequences: https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType } from "./api-error";
import { isBlank } from "./content-text";

/** Writes `stop` as a list under another name, without blank sequences, which some models refuse. */
export function writeStopList(doc: Document, name: string, json: JsonWriter): ApiError | null {
  const stop = doc.get(doc.root(), "stop");
  if (doc.absent(stop)) return null;
  const isText = doc.isString(stop);
  if (!isText && !doc.isArray(stop)) return invalidType("stop", "a string or an array of strings");
  let count = 0;
  for (let item = isText ? stop : doc.first(stop); item >= 0; item = isText ? -1 : doc.next(item)) {
    if (!doc.isString(item)) return invalidType("stop", "a string or an array of strings");
    if (isBlank(doc, item)) continue;
    if (count++ == 0) {
      json.key(name);
      json.beginArray();
    }
    json.value(doc, item);
  }
  if (count > 0) json.endArray();
  return null;
}
