// OpenAI's requests in Ollama's own form: https://docs.ollama.com/api/chat
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";
import { calledName, writeArguments, writeContentText } from "../../openai/message-text";
import { FormatType, ResponseFormat } from "../../openai/response-format";
import { isListed } from "../compatible-tools";
import { writeOptions } from "./ollama-options";

/** Members that stay where they are. */
const KEPT_NAMES: string[] = "logprobs top_logprobs keep_alive truncate shift".split(" ");
/** OpenAI's efforts that have a level, and the levels. */
const LEVELS: string[] =
  "minimal low low low medium medium high high xhigh max ultra max max max".split(" ");

const URL: DataUrl = new DataUrl();
const FORMAT: ResponseFormat = new ResponseFormat("Ollama");

/** Writes a chat request. `format`: the configured `response_format`, or "". */
export function writeChat(
  model: string,
  stream: bool,
  format: string,
  doc: Document,
  json: JsonWriter,
): ApiError | null {
  json.beginObject();
  json.keyString("model", model);
  const error = writeMessages(doc, json);
  if (error !== null) return error;
  // Without it Ollama streams.
  json.keyBool("stream", stream);
  writeTools(doc, json);
  writeThink(doc, json);
  writeOptions(doc, json);
  writeKept(doc, json);
  const wrong = writeFormat(doc, format, json);
  json.endObject();
  return wrong;
}

/** Writes an embeddings request. */
export function writeEmbed(model: string, doc: Document, json: JsonWriter): void {
  const root = doc.root();
  json.beginObject();
  json.keyString("model", model);
  json.keyValue("input", doc, doc.get(root, "input"));
  const dimensions = doc.get(root, "dimensions");
  if (!doc.absent(dimensions)) json.keyValue("dimensions", doc, dimensions);
  writeOptions(doc, json);
  writeKept(doc, json);
  json.endObject();
}

function writeKept(doc: Document, json: JsonWriter): void {
  for (let i = 0; i < KEPT_NAMES.length; ++i) {
    const value = doc.get(doc.root(), KEPT_NAMES[i]);
    if (!doc.absent(value)) json.keyValue(KEPT_NAMES[i], doc, value);
  }
}

// Messages

function writeMessages(doc: Document, json: JsonWriter): ApiError | null {
  const messages = doc.get(doc.root(), "messages");
  json.key("messages");
  json.beginArray();
  let index = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
    const role = doc.get(message, "role");
    const content = doc.get(message, "content");
    const isTool = doc.stringIs(role, "tool") || doc.stringIs(role, "function");
    json.beginObject();
    json.key("role");
    if (isTool) json.ascii("tool");
    else if (doc.stringIs(role, "developer")) json.ascii("system");
    else json.value(doc, role);
    json.key("content");
    json.beginString();
    writeContentText(doc, doc.absent(content) ? doc.get(message, "refusal") : content, json);
    json.endString();
    const thinking = doc.get(message, "reasoning_content");
    if (doc.stringLength(thinking) > 0) json.keyValue("thinking", doc, thinking);
    if (isTool) writeToolNames(doc, messages, message, json);
    let error = doc.isArray(content) ? writeImages(doc, content, index, json) : null;
    if (error === null) error = writeCalls(doc, message, index, json);
    if (error !== null) return error;
    json.endObject();
  }
  json.endArray();
  return null;
}

function writeToolNames(doc: Document, messages: i32, message: i32, json: JsonWriter): void {
  const name = calledName(doc, messages, message);
  if (doc.isString(name)) json.keyValue("tool_name", doc, name);
  const id = doc.get(message, "tool_call_id");
  if (doc.isString(id)) json.keyValue("tool_call_id", doc, id);
}

/** Images, and sound for models that hear, stand beside the text as bare base64. */
function writeImages(doc: Document, parts: i32, index: i32, json: JsonWriter): ApiError | null {
  let count = 0;
  let place = -1;
  for (let part = doc.first(parts); part >= 0; part = doc.next(part)) {
    ++place;
    const type = doc.get(part, "type");
    if (doc.stringIs(type, "text") || doc.stringIs(type, "refusal")) continue;
    const param = `messages[${index}].content[${place}]`;
    const image = doc.get(doc.get(part, "image_url"), "url");
    const sound = doc.get(doc.get(part, "input_audio"), "data");
    if (!doc.isString(image) && !doc.isString(sound)) {
      const message = `Ollama takes no content parts of type '${doc.string(type)}'.`;
      return unsupportedValue(param, message);
    }
    if (count++ == 0) {
      json.key("images");
      json.beginArray();
    }
    if (doc.isString(sound)) {
      json.value(doc, sound);
      continue;
    }
    URL.read(doc, image);
    if (!URL.isBase64) {
      const message = "Images must be given as data URLs in base64.";
      return invalidRequest(message, param + ".image_url.url", "invalid_base64");
    }
    json.beginString();
    json.out.bytes(URL.payload, URL.payloadLength);
    json.endString();
  }
  if (count > 0) json.endArray();
  return null;
}

function writeCalls(doc: Document, message: i32, index: i32, json: JsonWriter): ApiError | null {
  const calls = doc.get(message, "tool_calls");
  const legacy = doc.get(message, "function_call");
  const isLegacy = doc.isObject(legacy) && doc.first(calls) < 0;
  if (!isLegacy && doc.first(calls) < 0) return null;
  json.key("tool_calls");
  json.beginArray();
  let place = 0;
  let call = isLegacy ? legacy : doc.first(calls);
  while (call >= 0) {
    const inner = isLegacy ? legacy : doc.get(call, "function");
    const name = doc.get(inner, "name");
    const param = isLegacy
      ? `messages[${index}].function_call`
      : `messages[${index}].tool_calls[${place++}].function`;
    if (!doc.isString(name)) return missingParameter(param + ".name");
    const id = doc.get(call, "id");
    json.beginObject();
    if (!isLegacy && doc.isString(id)) json.keyValue("id", doc, id);
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, name);
    json.key("arguments");
    if (!writeArguments(doc, doc.get(inner, "arguments"), json)) {
      const message = `Invalid value for '${param}.arguments': expected the JSON of an object.`;
      return invalidValue(param + ".arguments", message);
    }
    json.endObject();
    json.endObject();
    call = isLegacy ? -1 : doc.next(call);
  }
  json.endArray();
  return null;
}

// Tools and the form of the answer

/** Ollama has no choice of tools: `none` leaves all out, and named ones are the only ones sent. */
function writeTools(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  let tools = doc.get(root, "tools");
  const isLegacy = doc.absent(tools);
  if (isLegacy) tools = doc.get(root, "functions");
  const choice = doc.get(root, isLegacy ? "function_call" : "tool_choice");
  if (doc.first(tools) < 0 || doc.stringIs(choice, "none")) return;
  const allowed = doc.get(doc.get(choice, "allowed_tools"), "tools");
  const named = doc.get(isLegacy ? choice : doc.get(choice, "function"), "name");
  json.key("tools");
  json.beginArray();
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool)) {
    const name = doc.string(doc.get(isLegacy ? tool : doc.get(tool, "function"), "name"));
    if (doc.isString(named) && doc.string(named) != name) continue;
    if (doc.isArray(allowed) && !isListed(doc, allowed, name)) continue;
    if (isLegacy) {
      json.beginObject();
      json.keyString("type", "function");
      json.keyValue("function", doc, tool);
      json.endObject();
    } else {
      json.value(doc, tool);
    }
  }
  json.endArray();
}

function writeThink(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const own = doc.get(root, "think");
  if (!doc.absent(own)) {
    json.keyValue("think", doc, own);
    return;
  }
  const effort = doc.get(root, "reasoning_effort");
  if (doc.stringIs(effort, "none")) json.keyBool("think", false);
  for (let i = 0; i + 1 < LEVELS.length; i += 2) {
    if (!doc.stringIs(effort, LEVELS[i])) continue;
    json.keyString("think", LEVELS[i + 1]);
    return;
  }
}

function writeFormat(request: Document, configured: string, json: JsonWriter): ApiError | null {
  const format = FORMAT;
  const error = format.read(request, configured);
  if (error !== null || format.type == FormatType.Text) return error;
  if (format.doc.isObject(format.schema)) json.keyValue("format", format.doc, format.schema);
  else json.keyString("format", "json");
  return null;
}
