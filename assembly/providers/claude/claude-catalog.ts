// The models of an account in OpenAI's form: https://docs.claude.com/en/api/models-list
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";

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
  json.keyInteger("created", secondsOf(doc.string(doc.get(model, "created_at"))));
  json.keyString("owned_by", "anthropic");
  json.endObject();
}

/**
 * Unix seconds of a time such as `2025-02-19T00:00:00Z` (https://www.rfc-editor.org/rfc/rfc3339); 0
 * where it is none.
 */
function secondsOf(time: string): i64 {
  const year = numberAt(time, 0, 4);
  const month = numberAt(time, 5, 2);
  const day = numberAt(time, 8, 2);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
  const hour = max(numberAt(time, 11, 2), 0);
  const minute = max(numberAt(time, 14, 2), 0);
  const second = max(numberAt(time, 17, 2), 0);
  // Years begin in March here, so that a leap day is the last day of its year.
  const shifted = month <= 2 ? year - 1 : year;
  const months = (month + 9) % 12;
  const days =
    365 * shifted +
    shifted / 4 -
    shifted / 100 +
    shifted / 400 +
    (153 * months + 2) / 5 +
    day -
    719469;
  return ((days * 24 + hour) * 60 + minute) * 60 + second - offsetOf(time);
}

/** The seconds that a time's zone is ahead of UTC. */
function offsetOf(time: string): i64 {
  const at = max(time.lastIndexOf("+"), time.lastIndexOf("-"));
  if (at < 19) return 0;
  const minutes = max(numberAt(time, at + 1, 2), 0) * 60 + max(numberAt(time, at + 4, 2), 0);
  return time.charCodeAt(at) == 0x2d ? -minutes * 60 : minutes * 60;
}

/** The number of `length` digits at `at`, or -1. */
function numberAt(text: string, at: i32, length: i32): i64 {
  if (at + length > text.length) return -1;
  let number: i64 = 0;
  for (let i = at; i < at + length; ++i) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
