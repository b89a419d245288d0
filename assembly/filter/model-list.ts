// The models that clients can ask a gateway for: https://platform.openai.com/docs/api-reference/models
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { ByteWriter } from "../text/byte-writer";
import { OWN_DETAILS } from "./local-reply";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Answers with all of them. */
export function replyWithModels(names: string[]): void {
  const json = begin();
  json.beginObject();
  json.keyString("object", "list");
  json.key("data");
  json.beginArray();
  for (let i = 0; i < names.length; ++i) writeModel(json, names[i]);
  json.endArray();
  json.endObject();
  send(json);
}

/** Answers with one of them. The error is for a name that is none. */
export function replyWithModel(names: string[], name: string): ApiError | null {
  if (!names.includes(name)) {
    const message = `The model '${name}' does not exist`;
    return new ApiError(404, "invalid_request_error", "model_not_found", message, "model");
  }
  const json = begin();
  writeModel(json, name);
  send(json);
  return null;
}

function begin(): JsonWriter {
  JSON_TEXT.out.clear();
  JSON_TEXT.reset();
  return JSON_TEXT;
}

function writeModel(json: JsonWriter, name: string): void {
  json.beginObject();
  json.keyString("id", name);
  json.keyString("object", "model");
  json.keyInteger("created", 0);
  json.keyString("owned_by", "gateway");
  json.endObject();
}

function send(json: JsonWriter): void {
  sendLocalResponse(200, OWN_DETAILS + "models", ["content-type", "application/json"], json.out);
}
