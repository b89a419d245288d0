// Annotations of a chat completion as those of a response: https://platform.openai.com/docs/api-reference/responses/object
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** Writes one; what the citation of a page lacks is 0 or "". */
export function writeAnnotation(doc: Document, annotation: i32, json: JsonWriter): void {
  const citation = doc.get(annotation, "url_citation");
  if (!doc.isObject(citation)) {
    json.value(doc, annotation);
    return;
  }
  json.beginObject();
  json.keyString("type", "url_citation");
  json.keyInteger("start_index", doc.integer(doc.get(citation, "start_index"), 0));
  json.keyInteger("end_index", doc.integer(doc.get(citation, "end_index"), 0));
  writeText("url", doc, citation, json);
  writeText("title", doc, citation, json);
  json.endObject();
}

function writeText(name: string, doc: Document, object: i32, json: JsonWriter): void {
  const text = doc.get(object, name);
  if (doc.isString(text)) json.keyValue(name, doc, text);
  else json.keyString(name, "");
}
