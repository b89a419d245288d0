// The models of an account in OpenAI's form: https://docs.claude.com/en/api/models-list
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { parseRfc3339 } from "../../text/rfc3339";

/** Writes the list of models. */
export function writeModelList(doc: Document, provider: string, json: JsonWriter): ApiError | null {
  const models = doc.get(doc.root(), "data");
  if (!doc.isArray(models)) return invalidUpstreamResponse(provider, "it has no list 'data'");
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let model = doc.first(models); model >= 0; model = doc.next(model)) {
    if (doc.isString(doc.get(model, "id"))) writeModel(doc, model, json);
  }
  json.endArray();
  json.endObject();
  return null;
}

/** Writes the one model that is the whole answer. */
export function writeOneModel(doc: Document, provider: string, json: JsonWriter): ApiError | null {
  const model = doc.root();
  if (!doc.isString(doc.get(model, "id"))) {
    return invalidUpstreamResponse(provider, "it has no 'id'");
  }
  writeModel(doc, model, json);
  return null;
}

function writeModel(doc: Document, model: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyValue("id", doc, doc.get(model, "id"));
  json.keyString("object", "model");
  json.keyInteger("created", max(parseRfc3339(doc.string(doc.get(model, "created_at"))), 0));
  json.keyString("owned_by", "anthropic");
  json.endObject();
}
