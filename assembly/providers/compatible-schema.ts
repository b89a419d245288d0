// A JSON schema in words, for providers whose `response_format` knows JSON but no schemas.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());
/** Asks for an answer that matches the schema that follows. */
export const SCHEMA_REQUEST: string =
  "Answer with one JSON object that matches this JSON schema:\n";
const JSON_REQUEST =
  "Answer with one JSON object and nothing else: no words around it and no code fence.";

/** Puts the schema of a `json_schema` object in words. */
export function tellSchema(doc: Document, wrapper: i32, edit: JsonEdit): void {
  const schema = doc.get(wrapper, "schema");
  tellAnswerForm(doc, schema >= 0 ? schema : wrapper, edit);
}

/**
 * Asks for JSON that matches a schema, or where that is -1 for any: at the end of a leading system
 * message, else in a system message of its own.
 */
export function tellAnswerForm(doc: Document, told: i32, edit: JsonEdit): void {
  const first = doc.first(doc.get(doc.root(), "messages"));
  const role = doc.get(first, "role");
  const content = doc.get(first, "content");
  const leads = doc.stringIs(role, "system") || doc.stringIs(role, "developer");
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  if (leads && doc.isString(content)) {
    json.beginString();
    json.stringPart(doc, content);
    json.stringText("\n\n");
    endRequest(doc, told);
    edit.replace(content, json.out.ptr, json.out.length);
  } else if (leads && doc.isArray(content)) {
    json.beginArray();
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) json.value(doc, part);
    json.beginObject();
    json.keyString("type", "text");
    json.key("text");
    json.beginString();
    endRequest(doc, told);
    json.endObject();
    json.endArray();
    edit.replace(content, json.out.ptr, json.out.length);
  } else {
    json.beginObject();
    json.keyString("role", "system");
    json.key("content");
    json.beginString();
    endRequest(doc, told);
    json.endObject();
    edit.insertBefore(first, json.out.ptr, json.out.length);
  }
}

/** Ends the string that has begun with the schema in words. */
function endRequest(doc: Document, schema: i32): void {
  const json = JSON_TEXT;
  if (schema < 0) {
    json.stringText(JSON_REQUEST);
  } else {
    json.stringText(SCHEMA_REQUEST);
    json.stringEscape(doc.ptr + doc.start(schema), doc.end(schema) - doc.start(schema));
  }
  json.endString();
}
