// The models that clients can ask a gateway for: https://platform.openai.com/docs/api-reference/models
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { sendLocalResponse } from "../proxy-wasm/local-response";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { decodePathSegment } from "../text/url";
import { refuse } from "./attempt";
import { Exchange } from "./exchange";
import { OWN_DETAILS } from "./local-reply";
import { Phase } from "./phase";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Whether requests to an endpoint are about the models that there are. */
export function isAboutModels(capability: Capability): bool {
  return capability == Capability.Models || capability == Capability.Model;
}

/** Whether such a request to a provider is answered from its configuration. */
export function listsModels(exchange: Exchange, capability: Capability): bool {
  return exchange.listsModels && isAboutModels(capability);
}

/** Answers it: the models are the names that are mapped. */
export function tellModels(exchange: Exchange): Phase {
  const call = exchange.call;
  const name = call.pathParameters.length > 0 ? call.pathParameters[0] : "";
  const error = replyFromNames(exchange.config.modelMapping.names, name, call.method);
  return error === null ? Phase.Over : refuse(exchange, error);
}

/** Answers with all of some models, or with the one of a name that is not "", as a path has it. */
export function replyFromNames(names: string[], name: string, method: string): ApiError | null {
  if (method != "GET") {
    const message = "The models are those of the configuration: they can only be read.";
    return new ApiError(405, "invalid_request_error", "method_not_supported", message);
  }
  if (name.length > 0) return replyWithModel(names, decodePathSegment(name));
  replyWithModels(names);
  return null;
}

/** Answers with all of them. */
function replyWithModels(names: string[]): void {
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
function replyWithModel(names: string[], name: string): ApiError | null {
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
