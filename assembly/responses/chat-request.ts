// A request for a response as one for a chat completion: https://platform.openai.com/docs/api-reference/responses/create
import { ChatTarget } from "../clients/chat-target";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidType,
  invalidValue,
  unsupportedValue,
} from "../openai/api-error";
import { checkOptionalBool } from "../openai/chat-request";
import { ByteWriter } from "../text/byte-writer";
import { RequestItems } from "./request-items";
import { writeTools } from "./request-tools";

/** Members that name what is stored. */
const STORED: StaticArray<string> = ["previous_response_id", "conversation", "prompt"];

/** Members under their names in a chat request, each before its own: chat, own, chat, own, … */
const MEMBERS: StaticArray<string> = [
  "max_completion_tokens",
  "max_output_tokens",
  "temperature",
  "temperature",
  "top_p",
  "top_p",
  "metadata",
  "metadata",
  "user",
  "user",
  "safety_identifier",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_key",
  "prompt_cache_retention",
  "prompt_cache_retention",
  "service_tier",
  "service_tier",
  "stream",
  "stream",
];

/** Writes the chat request that says the same to `out`. An error says what is wrong, or cannot be said. */
export function writeChatRequest(
  target: ChatTarget,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const error = check(doc);
  if (error !== null) return error;
  const json = new JsonWriter(out);
  out.reserve(doc.length + 512);
  json.beginObject();
  writeMember("model", doc, doc.get(root, "model"), json);
  json.key("messages");
  json.beginArray();
  const itemError = new RequestItems(target, doc, json).write();
  if (itemError !== null) return itemError;
  json.endArray();
  const toolError = writeTools(doc, json);
  if (toolError !== null) return toolError;
  writeSettings(doc, json);
  const textError = writeText(doc, doc.get(root, "text"), json);
  if (textError !== null) return textError;
  target.writeUsageOption(doc, json);
  json.endObject();
  return null;
}

function check(doc: Document): ApiError | null {
  const root = doc.root();
  for (let i = 0; i < STORED.length; ++i) {
    const name = STORED[i];
    if (doc.absent(doc.get(root, name))) continue;
    const message = `Nothing is stored here that '${name}' could name: send all of it in 'input'.`;
    return invalidRequest(message, name, "unsupported_parameter");
  }
  if (doc.isTrue(doc.get(root, "background"))) {
    return unsupportedValue("background", "Responses cannot run in the background here.");
  }
  const limit = doc.get(root, "max_output_tokens");
  if (!doc.absent(limit) && doc.integer(limit, -1) < 0) {
    return invalidType("max_output_tokens", "an integer");
  }
  const objects: StaticArray<string> = ["text", "reasoning", "metadata"];
  for (let i = 0; i < objects.length; ++i) {
    const value = doc.get(root, objects[i]);
    if (!doc.absent(value) && !doc.isObject(value)) return invalidType(objects[i], "an object");
  }
  return checkOptionalBool(doc, "parallel_tool_calls");
}

/** Members that stand for themselves, and those that another one decides. */
function writeSettings(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  for (let i = 0; i + 1 < MEMBERS.length; i += 2) {
    writeMember(MEMBERS[i], doc, doc.get(root, MEMBERS[i + 1]), json);
  }
  writeMember("reasoning_effort", doc, doc.get(doc.get(root, "reasoning"), "effort"), json);
  writeLogprobs(doc, json);
}

/** Copies a member; null stands for none. */
function writeMember(name: string, doc: Document, value: i32, json: JsonWriter): void {
  if (!doc.absent(value)) json.keyValue(name, doc, value);
}

/** Probabilities have to be included, and are asked for by their number as well. */
function writeLogprobs(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const top = doc.get(root, "top_logprobs");
  let isAsked = doc.integer(top, 0) > 0;
  const include = doc.get(root, "include");
  for (let item = doc.first(include); item >= 0; item = doc.next(item)) {
    if (doc.stringIs(item, "message.output_text.logprobs")) isAsked = true;
  }
  if (!isAsked) return;
  json.keyBool("logprobs", true);
  writeMember("top_logprobs", doc, top, json);
}

/** The format of the answer, and how long it shall be. */
function writeText(doc: Document, text: i32, json: JsonWriter): ApiError | null {
  writeMember("verbosity", doc, doc.get(text, "verbosity"), json);
  const format = doc.get(text, "format");
  if (doc.absent(format)) return null;
  const type = doc.get(format, "type");
  if (doc.stringIs(type, "text")) return null;
  const isSchema = doc.stringIs(type, "json_schema");
  if (!isSchema && !doc.stringIs(type, "json_object")) {
    const message = "text.format.type is one of text, json_object, json_schema.";
    return invalidValue("text.format.type", message);
  }
  json.key("response_format");
  json.beginObject();
  json.keyValue("type", doc, type);
  if (isSchema) {
    const names: StaticArray<string> = ["name", "description", "schema", "strict"];
    if (!doc.isString(doc.get(format, "name"))) return invalidType("text.format.name", "a string");
    if (!doc.isObject(doc.get(format, "schema"))) {
      return invalidType("text.format.schema", "an object");
    }
    json.key("json_schema");
    json.beginObject();
    for (let i = 0; i < names.length; ++i) {
      writeMember(names[i], doc, doc.get(format, names[i]), json);
    }
    json.endObject();
  }
  json.endObject();
  return null;
}
