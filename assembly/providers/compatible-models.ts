// Lists of models that do not come in OpenAI's shape:
// https://platform.openai.com/docs/api-reference/models/list
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

/**
 * Writes an array of objects with an `id` as OpenAI's list. `owner` is the member that says whose a
 * model is; where a model has no time of its own it gets 0.
 */
export function writeModelList(doc: Document, models: i32, owner: string, out: ByteWriter): void {
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let model = doc.first(models); model >= 0; model = doc.next(model)) {
    const id = doc.get(model, "id");
    if (!doc.isString(id)) continue;
    json.beginObject();
    json.keyValue("id", doc, id);
    json.keyString("object", "model");
    json.keyInteger("created", doc.integer(doc.get(model, "created"), 0));
    const by = doc.get(model, owner);
    json.key("owned_by");
    if (doc.isString(by)) json.value(doc, by);
    else json.string("");
    json.endObject();
  }
  json.endArray();
  json.endObject();
}
