// Tools as Claude gets them described:
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { writeCacheControl } from "./claude-blocks";
import { ClaudeModel } from "./claude-model";
import { writeReducedSchema } from "./claude-schema";

/**
 * The tool whose input stands for the answer, where a model cannot be given a schema for its
 * answer.
 */
export const ANSWER_TOOL: string = "json";

/** Writes one tool of the client's; `inner` is its function. */
export function writeTool(
  doc: Document,
  tool: i32,
  inner: i32,
  model: ClaudeModel,
  json: JsonWriter,
): void {
  json.beginObject();
  json.keyValue("name", doc, doc.get(inner, "name"));
  const description = doc.get(inner, "description");
  if (doc.stringLength(description) > 0) json.keyValue("description", doc, description);
  const isStrict = model.takesSchemas && doc.isTrue(doc.get(inner, "strict"));
  const parameters = doc.get(inner, "parameters");
  json.key("input_schema");
  if (isStrict) writeStrictSchema(doc, parameters, json);
  else writeInputSchema(doc, parameters, json);
  if (isStrict) json.keyBool("strict", true);
  const own = doc.get(tool, "cache_control");
  writeCacheControl(doc, own >= 0 ? own : doc.get(inner, "cache_control"), json);
  json.endObject();
}

/** Writes a schema that is kept to: strict tools have the limits of schemas for answers. */
export function writeStrictSchema(doc: Document, schema: i32, json: JsonWriter): void {
  if (doc.isObject(doc.get(schema, "properties"))) {
    writeReducedSchema(doc, schema, json);
    return;
  }
  json.beginObject();
  writeEmptyMembers(json);
  json.keyBool("additionalProperties", false);
  json.endObject();
}

/** Writes a schema as it stands where its type is "object"; Claude takes no other at the top. */
export function writeInputSchema(doc: Document, schema: i32, json: JsonWriter): void {
  if (!doc.isObject(schema)) {
    writeEmptySchema(json);
    return;
  }
  if (doc.stringIs(doc.get(schema, "type"), "object")) {
    json.value(doc, schema);
    return;
  }
  json.beginObject();
  json.key("type");
  json.ascii("object");
  let hasProperties = false;
  for (let member = doc.first(schema); member >= 0; member = doc.next(member)) {
    if (doc.keyIs(member, "type")) continue;
    if (doc.keyIs(member, "properties")) hasProperties = true;
    json.keyRaw(doc, member);
    json.value(doc, member);
  }
  if (!hasProperties) {
    json.key("properties");
    json.beginObject();
    json.endObject();
  }
  json.endObject();
}

/** Writes the schema of a tool without parameters. */
export function writeEmptySchema(json: JsonWriter): void {
  json.beginObject();
  writeEmptyMembers(json);
  json.endObject();
}

/** The members of the schema of a tool without parameters. */
function writeEmptyMembers(json: JsonWriter): void {
  json.key("type");
  json.ascii("object");
  json.key("properties");
  json.beginObject();
  json.endObject();
}

/** Writes the tool whose input is the answer. */
export function writeAnswerTool(doc: Document, schema: i32, json: JsonWriter): void {
  json.beginObject();
  json.key("name");
  json.ascii(ANSWER_TOOL);
  json.key("description");
  json.ascii("Gives the answer to the user.");
  json.key("input_schema");
  writeInputSchema(doc, schema, json);
  json.endObject();
}

/** Writes tools that only the history knows, and that none may be called. */
export function writeHistoryTools(names: string[], json: JsonWriter): void {
  json.key("tools");
  json.beginArray();
  for (let i = 0; i < names.length; ++i) {
    json.beginObject();
    json.keyString("name", names[i]);
    json.key("input_schema");
    writeEmptySchema(json);
    json.endObject();
  }
  json.endArray();
  json.key("tool_choice");
  json.beginObject();
  json.key("type");
  json.ascii("none");
  json.endObject();
}
