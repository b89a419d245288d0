// Tools of a request for a response as those of a chat request: https://platform.openai.com/docs/guides/function-calling
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType, invalidValue, unsupportedValue } from "../openai/api-error";

/** Writes `tools`, `tool_choice` and `parallel_tool_calls`. An error names a tool that only OpenAI can run. */
export function writeTools(doc: Document, json: JsonWriter): ApiError | null {
  const root = doc.root();
  const tools = doc.get(root, "tools");
  const choice = doc.get(root, "tool_choice");
  if (!doc.absent(tools) && !doc.isArray(tools)) return invalidType("tools", "an array");
  if (doc.first(tools) < 0) return checkChoiceOfNone(doc, choice);
  json.key("tools");
  json.beginArray();
  let index = 0;
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool), ++index) {
    const error = writeTool(doc, tool, `tools[${index}]`, json);
    if (error !== null) return error;
  }
  json.endArray();
  const parallel = doc.get(root, "parallel_tool_calls");
  if (!doc.absent(parallel)) json.keyValue("parallel_tool_calls", doc, parallel);
  return writeChoice(doc, choice, json);
}

function checkChoiceOfNone(doc: Document, choice: i32): ApiError | null {
  if (doc.absent(choice) || doc.stringIs(choice, "auto") || doc.stringIs(choice, "none")) {
    return null;
  }
  return invalidValue("tool_choice", "tool_choice asks for a tool, but there are no tools.");
}

function writeTool(doc: Document, tool: i32, path: string, json: JsonWriter): ApiError | null {
  const type = doc.get(tool, "type");
  const isCustom = doc.stringIs(type, "custom");
  if (!isCustom && !doc.stringIs(type, "function")) {
    if (!doc.isString(type)) return invalidType(path + ".type", "a string");
    const message = `The tool '${doc.string(type)}' is run by OpenAI alone.`;
    return unsupportedValue(path + ".type", message);
  }
  if (!doc.isString(doc.get(tool, "name"))) return invalidType(path + ".name", "a string");
  beginTool(doc, tool, json);
  const description = doc.get(tool, "description");
  if (doc.stringLength(description) > 0) json.keyValue("description", doc, description);
  if (isCustom) {
    writeFormat(doc, doc.get(tool, "format"), json);
  } else {
    const schema = doc.get(tool, "parameters");
    if (doc.isObject(schema)) json.keyValue("parameters", doc, schema);
    if (doc.isTrue(doc.get(tool, "strict"))) json.keyBool("strict", true);
  }
  endTool(json);
  return null;
}

/** A tool, or the choice of one, has its name in a member of its type. */
function beginTool(doc: Document, tool: i32, json: JsonWriter): void {
  const type = doc.get(tool, "type");
  json.beginObject();
  json.keyValue("type", doc, type);
  json.key(doc.stringIs(type, "custom") ? "custom" : "function");
  json.beginObject();
  json.keyValue("name", doc, doc.get(tool, "name"));
}

function endTool(json: JsonWriter): void {
  json.endObject();
  json.endObject();
}

function writeFormat(doc: Document, format: i32, json: JsonWriter): void {
  if (!doc.isObject(format)) return;
  if (!doc.stringIs(doc.get(format, "type"), "grammar")) {
    json.keyValue("format", doc, format);
    return;
  }
  json.key("format");
  json.beginObject();
  json.keyString("type", "grammar");
  json.key("grammar");
  json.beginObject();
  json.keyValue("definition", doc, doc.get(format, "definition"));
  json.keyValue("syntax", doc, doc.get(format, "syntax"));
  json.endObject();
  json.endObject();
}

function writeChoice(doc: Document, choice: i32, json: JsonWriter): ApiError | null {
  if (doc.absent(choice)) return null;
  if (doc.isString(choice)) {
    const isKnown =
      doc.stringIs(choice, "auto") ||
      doc.stringIs(choice, "none") ||
      doc.stringIs(choice, "required");
    if (!isKnown) return invalidValue("tool_choice", "tool_choice is none, auto or required.");
    json.keyValue("tool_choice", doc, choice);
    return null;
  }
  if (!doc.isObject(choice)) return invalidType("tool_choice", "a string or an object");
  if (doc.stringIs(doc.get(choice, "type"), "allowed_tools")) {
    return writeAllowed(doc, choice, json);
  }
  const error = checkChosen(doc, choice, "tool_choice");
  if (error !== null) return error;
  json.key("tool_choice");
  beginTool(doc, choice, json);
  endTool(json);
  return null;
}

function checkChosen(doc: Document, choice: i32, path: string): ApiError | null {
  const type = doc.get(choice, "type");
  if (!doc.stringIs(type, "function") && !doc.stringIs(type, "custom")) {
    const message = `The tool '${doc.string(type)}' cannot be chosen here.`;
    return unsupportedValue(path + ".type", message);
  }
  return doc.isString(doc.get(choice, "name")) ? null : invalidType(path + ".name", "a string");
}

function writeAllowed(doc: Document, choice: i32, json: JsonWriter): ApiError | null {
  json.key("tool_choice");
  json.beginObject();
  json.keyString("type", "allowed_tools");
  json.key("allowed_tools");
  json.beginObject();
  json.keyString("mode", doc.stringIs(doc.get(choice, "mode"), "required") ? "required" : "auto");
  json.key("tools");
  json.beginArray();
  const tools = doc.get(choice, "tools");
  let index = 0;
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool), ++index) {
    const error = checkChosen(doc, tool, `tool_choice.tools[${index}]`);
    if (error !== null) return error;
    beginTool(doc, tool, json);
    endTool(json);
  }
  json.endArray();
  json.endObject();
  json.endObject();
  return null;
}
