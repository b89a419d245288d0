// The models of an account in OpenAI's form: https://docs.cohere.com/reference/list-models
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";

/** Writes the list of models. */
export function writeModelList(doc: Document, provider: string, json: JsonWriter): ApiError | null {
  const models = doc.get(doc.root(), "models");
  if (!doc.isArray(models)) return invalidUpstreamResponse(provider, "it has no list 'models'");
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let model = doc.first(models); model >= 0; model = doc.next(model)) {
    if (doc.isString(doc.get(model, "name"))) writeModel(doc, model, json);
  }
  json.endArray();
  json.endObject();
  return null;
}

/** Writes the one model that is the whole answer. */
export function writeOneModel(doc: Document, provider: string, json: JsonWriter): ApiError | null {
  const model = doc.root();
  if (!doc.isString(doc.get(model, "name"))) {
    return invalidUpstreamResponse(provider, "it has no 'name'");
  }
  writeModel(doc, model, json);
  return null;
}

/** Cohere does not say when a model was made. */
function writeModel(doc: Document, model: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyValue("id", doc, doc.get(model, "name"));
  json.keyString("object", "model");
  json.keyInteger("created", 0);
  json.keyString("owned_by", "cohere");
  json.endObject();
}
