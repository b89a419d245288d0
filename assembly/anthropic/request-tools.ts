// Tools of a message request as OpenAI's functions: https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType, invalidValue, unsupportedValue } from "../openai/api-error";

/** Writes `tools`, `tool_choice` and `parallel_tool_calls`. An error names a tool that only Anthropic has. */
export function writeTools(doc: Document, json: JsonWriter): ApiError | null {
  const tools = doc.get(doc.root(), "tools");
  if (!doc.absent(tools) && !doc.isArray(tools)) return invalidType("tools", "an array");
  if (doc.first(tools) < 0) return null;
  json.key("tools");
  json.beginArray();
  let index = 0;
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool), ++index) {
    const type = doc.get(tool, "type");
    if (!doc.absent(type) && !doc.stringIs(type, "custom")) {
      const message = `The tool '${doc.string(type)}' is run by Anthropic alone.`;
      return unsupportedValue(`tools.${index}.type`, message);
    }
    if (!doc.isString(doc.get(tool, "name"))) {
      return invalidType(`tools.${index}.name`, "a string");
    }
    writeTool(doc, tool, json);
  }
  json.endArray();
  return writeChoice(doc, doc.get(doc.root(), "tool_choice"), json);
}

function writeTool(doc: Document, tool: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", "function");
  json.key("function");
  json.beginObject();
  json.keyValue("name", doc, doc.get(tool, "name"));
  const description = doc.get(tool, "description");
  if (doc.stringLength(description) > 0) json.keyValue("description", doc, description);
  const schema = doc.get(tool, "input_schema");
  if (doc.isObject(schema)) json.keyValue("parameters", doc, schema);
  if (doc.isTrue(doc.get(tool, "strict"))) json.keyBool("strict", true);
  json.endObject();
  json.endObject();
}

function writeChoice(doc: Document, choice: i32, json: JsonWriter): ApiError | null {
  if (doc.absent(choice)) return null;
  const type = doc.get(choice, "type");
  if (doc.stringIs(type, "tool")) {
    json.key("tool_choice");
    json.beginObject();
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, doc.get(choice, "name"));
    json.endObject();
    json.endObject();
  } else if (doc.stringIs(type, "auto") || doc.stringIs(type, "none")) {
    json.keyValue("tool_choice", doc, type);
  } else if (doc.stringIs(type, "any")) {
    json.keyString("tool_choice", "required");
  } else {
    return invalidValue("tool_choice.type", "tool_choice.type is one of auto, any, tool, none.");
  }
  if (doc.isTrue(doc.get(choice, "disable_parallel_tool_use"))) {
    json.keyBool("parallel_tool_calls", false);
  }
  return null;
}
