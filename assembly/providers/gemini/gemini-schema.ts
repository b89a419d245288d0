// JSON Schemas as Gemini takes them: newer models a part of JSON Schema, older ones OpenAPI's form:
// https://ai.google.dev/api/caching#Schema
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ByteWriter } from "../../text/byte-writer";
import { isNullType, SchemaParts } from "./gemini-schema-parts";

/** Members that are copied, each between spaces. */
const JSON_MEMBERS: string =
  " $id $anchor type format title description enum minItems maxItems minimum maximum" +
  " required propertyOrdering ";
const OPEN_MEMBERS: string =
  " title description minItems maxItems minProperties maxProperties minimum maximum" +
  " minLength maxLength pattern propertyOrdering ";
/** Formats that OpenAPI's form knows. */
const FORMATS: string = " float double int32 int64 enum date-time ";

/** Levels of schemas in schemas that are written; deeper ones are any object. */
const DEEPEST: i32 = 64;
/** A text may grow to so many times its length when references are replaced. */
const MOST_GROWTH: i32 = 4;
const LEAST_LIMIT: i32 = 65536;

/** Writes schemas, one after the other. */
export class GeminiSchema {
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  private root: i32 = -1;
  /** JSON Schema; else OpenAPI's form, without references. */
  private isJson: bool = false;
  private depth: i32 = 0;
  private limit: i32 = 0;
  /** The schemas that are being replaced for references now, outermost first. */
  private readonly open: i32[] = [];

  /** Writes a schema, with `isJson` as JSON Schema. */
  write(doc: Document, schema: i32, isJson: bool, json: JsonWriter): void {
    this.doc = doc;
    this.json = json;
    this.root = schema;
    this.isJson = isJson;
    this.depth = 0;
    this.open.length = 0;
    this.limit = json.out.length + max(doc.length * MOST_GROWTH, LEAST_LIMIT);
    this.writeSchema(schema);
  }

  private writeSchema(schema: i32): void {
    const doc = this.doc;
    const json = this.json;
    const isTooMuch = this.depth > DEEPEST || json.out.length > this.limit;
    json.beginObject();
    if (isTooMuch) {
      json.keyString("type", "object");
    } else if (doc.isObject(schema)) {
      this.depth += 1;
      const opened = this.open.length;
      if (this.isJson && doc.isString(this.plainReference(schema))) this.writeReference(schema);
      else this.writeParts(schema);
      this.open.length = opened;
      this.depth -= 1;
    }
    json.endObject();
  }

  // JSON Schema's references

  /** A reference that stays one: that of the schema or of the only schema in its `allOf`. */
  private plainReference(schema: i32): i32 {
    const doc = this.doc;
    const own = doc.get(schema, "$ref");
    if (own >= 0) return own;
    const only = doc.first(doc.get(schema, "allOf"));
    return doc.next(only) < 0 ? doc.get(only, "$ref") : -1;
  }

  /** Beside a reference nothing may stand but members with a dollar sign. */
  private writeReference(schema: i32): void {
    const text = this.doc.string(this.plainReference(schema));
    const old = "#/definitions/";
    const isOld = text.startsWith(old);
    this.json.keyString("$ref", isOld ? "#/$defs/" + text.substring(old.length) : text);
    this.writeDefinitions(schema);
  }

  private writeDefinitions(schema: i32): void {
    const doc = this.doc;
    const own = doc.get(schema, "$defs");
    const old = doc.get(schema, "definitions");
    if (!doc.isObject(own) && !doc.isObject(old)) return;
    this.json.key("$defs");
    this.json.beginObject();
    this.writeMembers(own);
    this.writeMembers(old);
    this.json.endObject();
  }

  // Schemas

  /** Writes a schema together with all that it refers to. */
  private writeParts(schema: i32): void {
    const parts = new SchemaParts(this.doc, this.root, this.isJson, this.open);
    parts.collect(schema);
    if (parts.isCut) {
      this.json.keyString("type", "object");
      if (parts.isNullable) this.json.keyBool("nullable", true);
      return;
    }
    if (this.isJson) {
      this.writeDefinitions(schema);
      this.copyMembers(parts, JSON_MEMBERS);
    } else {
      this.copyMembers(parts, OPEN_MEMBERS);
      this.writeOpenType(parts);
    }
    this.writeConstant(parts);
    this.writeLists(parts);
    this.writeProperties(parts);
    this.writeItems(parts);
  }

  /** Copies the members of a list of names, each from the first part that has it. */
  private copyMembers(parts: SchemaParts, names: string): void {
    const doc = this.doc;
    const json = this.json;
    const list = parts.list;
    for (let i = 0; i < list.length; ++i) {
      for (let member = doc.first(list[i]); member >= 0; member = doc.next(member)) {
        const name = doc.key(member);
        if (name == "required" || !names.includes(" " + name + " ")) continue;
        if (parts.member(name) == member) json.keyValue(name, doc, member);
      }
    }
    this.writeRequired(parts);
  }

  private writeRequired(parts: SchemaParts): void {
    const doc = this.doc;
    const json = this.json;
    const list = parts.list;
    let isOpen = false;
    for (let i = 0; i < list.length; ++i) {
      const required = doc.get(list[i], "required");
      for (let item = doc.first(required); item >= 0; item = doc.next(item)) {
        if (!doc.isString(item) || !parts.hasProperty(doc.string(item))) continue;
        if (!isOpen) {
          json.key("required");
          json.beginArray();
          isOpen = true;
        }
        json.value(doc, item);
      }
    }
    if (isOpen) json.endArray();
  }

  /** Writes `type`, `nullable`, `format` and `enum` of OpenAPI's form. */
  private writeOpenType(parts: SchemaParts): void {
    const doc = this.doc;
    const json = this.json;
    const type = parts.member("type");
    const values = parts.member("enum");
    const hasChoice = parts.choice >= 0;
    let isNullable = parts.isNullable;
    let types = 0;
    let only = doc.isString(type) ? type : -1;
    for (let item = doc.first(type); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "null")) isNullable = true;
      else if (++types == 1) only = item;
    }
    const isText = doc.isString(doc.first(values)) || values < 0;
    if (!isText) json.keyString("type", "string");
    else if (types > 1 && !hasChoice) this.writeTypes(type);
    else if (only >= 0) json.keyValue("type", doc, only);
    else if (!hasChoice) this.writeTypeOf(parts, values);
    if (!isText) {
      json.keyString("format", "enum");
    } else {
      const format = parts.member("format");
      if (doc.isString(format) && FORMATS.includes(" " + doc.string(format) + " ")) {
        json.keyValue("format", doc, format);
      }
    }
    if (doc.isArray(values)) {
      json.key("enum");
      json.beginArray();
      for (let item = doc.first(values); item >= 0; item = doc.next(item)) {
        if (doc.isNull(item)) isNullable = true;
        else this.writeAsText(item);
      }
      json.endArray();
    }
    if (isNullable) json.keyBool("nullable", true);
  }

  /** The type that other members tell. */
  private writeTypeOf(parts: SchemaParts, values: i32): void {
    if (parts.member("properties") >= 0) this.json.keyString("type", "object");
    else if (parts.member("items") >= 0) this.json.keyString("type", "array");
    else if (values >= 0 || parts.member("const") >= 0) this.json.keyString("type", "string");
  }

  private writeTypes(types: i32): void {
    const doc = this.doc;
    const json = this.json;
    json.key("anyOf");
    json.beginArray();
    for (let item = doc.first(types); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "null")) continue;
      json.beginObject();
      json.keyValue("type", doc, item);
      json.endObject();
    }
    json.endArray();
  }

  /** Values of `enum` are texts in OpenAPI's form. */
  private writeAsText(value: i32): void {
    const doc = this.doc;
    if (this.isJson || doc.isString(value)) this.json.value(doc, value);
    else this.json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
  }

  /** Writes `const` as an `enum` of one value. */
  private writeConstant(parts: SchemaParts): void {
    const value = parts.member("const");
    if (value < 0 || parts.member("enum") >= 0) return;
    this.json.key("enum");
    this.json.beginArray();
    this.writeAsText(value);
    this.json.endArray();
  }

  private writeLists(parts: SchemaParts): void {
    if (parts.choice >= 0) this.writeList("anyOf", parts.choice);
    if (!this.isJson) return;
    const items = parts.member("prefixItems");
    if (this.doc.isArray(items)) this.writeList("prefixItems", items);
  }

  private writeList(name: string, list: i32): void {
    const doc = this.doc;
    this.json.key(name);
    this.json.beginArray();
    for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
      if (this.isJson || !isNullType(doc, item)) this.writeSchema(item);
    }
    this.json.endArray();
  }

  private writeProperties(parts: SchemaParts): void {
    const doc = this.doc;
    const json = this.json;
    if (doc.isObject(parts.member("properties"))) {
      const list = parts.list;
      json.key("properties");
      json.beginObject();
      for (let i = 0; i < list.length; ++i) this.writeMembers(doc.get(list[i], "properties"));
      json.endObject();
    }
    if (!this.isJson) return;
    const others = parts.member("additionalProperties");
    if (doc.isObject(others)) {
      json.key("additionalProperties");
      this.writeSchema(others);
    } else if (others >= 0) {
      json.keyValue("additionalProperties", doc, others);
    }
  }

  /** Writes the members of an object of schemas. */
  private writeMembers(schemas: i32): void {
    const doc = this.doc;
    if (!doc.isObject(schemas)) return;
    for (let member = doc.first(schemas); member >= 0; member = doc.next(member)) {
      if (!this.isJson && !doc.isObject(member)) continue;
      this.json.keyRaw(doc, member);
      this.writeSchema(member);
    }
  }

  private writeItems(parts: SchemaParts): void {
    const doc = this.doc;
    const items = parts.member("items");
    const isArray = doc.stringIs(parts.member("type"), "array");
    if (doc.isObject(items)) {
      this.json.key("items");
      this.writeSchema(items);
    } else if (isArray && !this.isJson) {
      // An array has to say what it is of.
      this.json.key("items");
      this.json.beginObject();
      this.json.keyString("type", "string");
      this.json.endObject();
    }
  }
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
