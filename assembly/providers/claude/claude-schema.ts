// Reduces a JSON schema to what Claude enforces; what it does not becomes part of the description:
// https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
import { Document, JsonKind } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";

/** Formats of strings that are enforced, each between spaces. */
const FORMATS: string = " date-time time date duration email hostname uri ipv4 ipv6 uuid ";

/**
 * Writes a schema in its reduced form. The recursion ends with the document's own depth, which its
 * parser limits. A schema that is no object (`true`) is written as it stands.
 */
export function writeReducedSchema(doc: Document, schema: i32, json: JsonWriter): void {
  if (!doc.isObject(schema)) {
    json.value(doc, schema);
    return;
  }
  json.beginObject();
  writeSchemas(doc, schema, "$defs", json);
  writeSchemas(doc, schema, "definitions", json);
  const reference = doc.get(schema, "$ref");
  if (reference >= 0) json.keyValue("$ref", doc, reference);
  else writeMembers(doc, schema, json);
  json.endObject();
}

function writeMembers(doc: Document, schema: i32, json: JsonWriter): void {
  const hasLiterals = hasLiteral(doc, schema);
  const choice = choiceOf(doc, schema);
  if (isLiteralList(doc, doc.get(schema, "enum"))) keep(doc, schema, "enum", json);
  if (isLiteral(doc, doc.get(schema, "const"))) keep(doc, schema, "const", json);
  if (choice >= 0) writeChoices(doc, choice, json);
  else if (!hasLiterals) writeType(doc, schema, json);
  keep(doc, schema, "title", json);
  if (isOfType(doc, schema, "object")) {
    writeSchemas(doc, schema, "properties", json);
    keep(doc, schema, "required", json);
    json.keyBool("additionalProperties", false);
  }
  const items = doc.get(schema, "items");
  if (isOfType(doc, schema, "array") && doc.isObject(items)) {
    json.key("items");
    writeReducedSchema(doc, items, json);
  }
  if (isKeptLength(doc, doc.get(schema, "minItems"))) keep(doc, schema, "minItems", json);
  if (isKnownFormat(doc, doc.get(schema, "format"))) keep(doc, schema, "format", json);
  writeDescription(doc, schema, json);
}

function keep(doc: Document, schema: i32, name: string, json: JsonWriter): void {
  const value = doc.get(schema, name);
  if (value >= 0) json.keyValue(name, doc, value);
}

/** The schema's type, or the one that its other members tell. */
function writeType(doc: Document, schema: i32, json: JsonWriter): void {
  const type = doc.get(schema, "type");
  if (type >= 0) json.keyValue("type", doc, type);
  else if (doc.get(schema, "properties") >= 0) json.keyString("type", "object");
  else if (doc.get(schema, "items") >= 0) json.keyString("type", "array");
}

/** The member that lists schemas to choose from or to combine: `oneOf` is enforced as `anyOf`. */
function choiceOf(doc: Document, schema: i32): i32 {
  let choice = doc.get(schema, "anyOf");
  if (!doc.isArray(choice)) choice = doc.get(schema, "oneOf");
  if (!doc.isArray(choice)) choice = doc.get(schema, "allOf");
  return doc.isArray(choice) ? choice : -1;
}

function writeChoices(doc: Document, choice: i32, json: JsonWriter): void {
  json.key(doc.keyIs(choice, "allOf") ? "allOf" : "anyOf");
  json.beginArray();
  for (let item = doc.first(choice); item >= 0; item = doc.next(item)) {
    writeReducedSchema(doc, item, json);
  }
  json.endArray();
}

/** Writes a member whose own members are schemas. */
function writeSchemas(doc: Document, schema: i32, name: string, json: JsonWriter): void {
  const schemas = doc.get(schema, name);
  if (!doc.isObject(schemas)) return;
  json.key(name);
  json.beginObject();
  for (let member = doc.first(schemas); member >= 0; member = doc.next(member)) {
    json.keyRaw(doc, member);
    writeReducedSchema(doc, member, json);
  }
  json.endObject();
}

/** Writes the description, and behind it in braces all that could not be kept. */
function writeDescription(doc: Document, schema: i32, json: JsonWriter): void {
  const description = doc.get(schema, "description");
  let isOpen = false;
  let rest = 0;
  for (let member = doc.first(schema); member >= 0; member = doc.next(member)) {
    if (isHandled(doc, schema, member)) continue;
    if (!isOpen) {
      beginDescription(doc, description, json);
      json.stringText(doc.stringLength(description) > 0 ? "\n\n{" : "{");
      isOpen = true;
    }
    if (rest++ > 0) json.stringText(", ");
    // The key's inside is escaped as the text of a string has to be.
    const key = doc.keyStart(member) + 1;
    json.out.bytes(doc.ptr + key, doc.keyEnd(member) - 1 - key);
    json.stringText(": ");
    json.stringEscape(doc.ptr + doc.start(member), doc.end(member) - doc.start(member));
  }
  if (isOpen) {
    json.stringText("}");
    json.endString();
  } else if (doc.isString(description)) {
    json.keyValue("description", doc, description);
  }
}

function beginDescription(doc: Document, description: i32, json: JsonWriter): void {
  json.key("description");
  json.beginString();
  json.stringPart(doc, description);
}

/** Whether a member has been written, or says nothing that matters. */
function isHandled(doc: Document, schema: i32, member: i32): bool {
  if (doc.keyIs(member, "type") || doc.keyIs(member, "description")) return true;
  if (doc.keyIs(member, "title") || doc.keyIs(member, "$schema")) return true;
  if (doc.keyIs(member, "anyOf") || doc.keyIs(member, "oneOf")) return doc.isArray(member);
  if (doc.keyIs(member, "allOf")) return choiceOf(doc, schema) == member;
  if (doc.keyIs(member, "$defs") || doc.keyIs(member, "definitions")) return doc.isObject(member);
  if (doc.keyIs(member, "properties")) {
    return isOfType(doc, schema, "object") && doc.isObject(member);
  }
  if (doc.keyIs(member, "required")) return isOfType(doc, schema, "object");
  if (doc.keyIs(member, "additionalProperties")) return isOfType(doc, schema, "object");
  if (doc.keyIs(member, "items")) return isOfType(doc, schema, "array") && doc.isObject(member);
  if (doc.keyIs(member, "enum")) return isLiteralList(doc, member);
  if (doc.keyIs(member, "const")) return isLiteral(doc, member);
  if (doc.keyIs(member, "minItems")) return isKeptLength(doc, member);
  return doc.keyIs(member, "format") && isKnownFormat(doc, member);
}

/** Whether the schema's type is, or includes, the named one. */
function isOfType(doc: Document, schema: i32, name: string): bool {
  const type = doc.get(schema, "type");
  for (let item = doc.first(type); item >= 0; item = doc.next(item)) {
    if (doc.stringIs(item, name)) return true;
  }
  if (type >= 0) return doc.stringIs(type, name);
  return doc.get(schema, name == "object" ? "properties" : "items") >= 0;
}

function hasLiteral(doc: Document, schema: i32): bool {
  return isLiteralList(doc, doc.get(schema, "enum")) || isLiteral(doc, doc.get(schema, "const"));
}

function isLiteralList(doc: Document, list: i32): bool {
  if (!doc.isArray(list) || doc.first(list) < 0) return false;
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    if (!isLiteral(doc, item)) return false;
  }
  return true;
}

function isLiteral(doc: Document, value: i32): bool {
  const kind = doc.kind(value);
  return kind >= JsonKind.Null && kind <= JsonKind.String;
}

function isKeptLength(doc: Document, value: i32): bool {
  const length = doc.integer(value, -1);
  return length == 0 || length == 1;
}

function isKnownFormat(doc: Document, value: i32): bool {
  const length = doc.stringLength(value);
  return length > 0 && length <= 16 && FORMATS.includes(" " + doc.string(value) + " ");
}
