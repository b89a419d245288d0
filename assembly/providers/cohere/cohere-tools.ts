// Tools and how they are to be used: https://docs.cohere.com/v2/docs/tool-use-overview
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";

/** The tools of one request. */
export class CohereTools {
  /** The last request had tools. */
  hasTools: bool = false;
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  /** The tools come as `functions` and `function_call`. */
  private isLegacy: bool = false;
  /** `REQUIRED`, `NONE`, or "" for the model's choice, which has no word. */
  private choice: string = "";
  /** Name of the one tool that is to be called, or -1. */
  private named: i32 = -1;
  /** The client's list of the tools that may be called, or -1. */
  private allowed: i32 = -1;

  /** Writes `tools`, `tool_choice` and `strict_tools`, where there are tools. */
  write(doc: Document, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    const root = doc.root();
    let list = doc.get(root, "tools");
    this.isLegacy = doc.absent(list);
    if (this.isLegacy) list = doc.get(root, "functions");
    this.hasTools = doc.first(list) >= 0;
    const site = this.isLegacy ? "functions" : "tools";
    if (!doc.absent(list) && !doc.isArray(list)) return invalidType(site, "an array of objects");
    if (!this.hasTools) return null;
    const param = this.isLegacy ? "function_call" : "tool_choice";
    const error = this.readChoice(doc.get(root, param), param);
    return error !== null ? error : this.writeList(list, site, param);
  }

  private readChoice(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    this.choice = "";
    this.named = -1;
    this.allowed = -1;
    if (doc.absent(value) || doc.stringIs(value, "auto")) return null;
    if (doc.isString(value)) {
      if (doc.stringIs(value, "required")) this.choice = "REQUIRED";
      else if (doc.stringIs(value, "none")) this.choice = "NONE";
      else return invalidValue(param, `Invalid value for '${param}': '${doc.string(value)}'.`);
      return null;
    }
    if (!doc.isObject(value)) return invalidType(param, "a string or an object");
    if (doc.stringIs(doc.get(value, "type"), "allowed_tools")) {
      let inner = doc.get(value, "allowed_tools");
      if (!doc.isObject(inner)) inner = value;
      this.allowed = doc.get(inner, "tools");
      if (!doc.isArray(this.allowed)) return missingParameter(`${param}.allowed_tools.tools`);
      if (doc.stringIs(doc.get(inner, "mode"), "required")) this.choice = "REQUIRED";
      return null;
    }
    if (doc.stringIs(doc.get(value, "type"), "custom")) {
      return unsupportedValue(param, `Cohere has no such '${param}'.`);
    }
    this.choice = "REQUIRED";
    this.named = doc.get(this.isLegacy ? value : doc.get(value, "function"), "name");
    if (doc.isString(this.named)) return null;
    return missingParameter(this.isLegacy ? `${param}.name` : `${param}.function.name`);
  }

  private writeList(list: i32, site: string, param: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    let index = 0;
    let count = 0;
    let isStrict: bool = false;
    json.key("tools");
    json.beginArray();
    for (let tool = doc.first(list); tool >= 0; tool = doc.next(tool), ++index) {
      const target = this.isLegacy ? tool : doc.get(tool, "function");
      const name = doc.get(target, "name");
      if (!doc.isString(name)) {
        return missingParameter(`${site}[${index}].${this.isLegacy ? "name" : "function.name"}`);
      }
      if (!this.isChosen(doc.string(name))) continue;
      ++count;
      if (doc.isTrue(doc.get(target, "strict"))) isStrict = true;
      this.writeTool(target, name);
    }
    json.endArray();
    if (count == 0) {
      const message = `Invalid value for '${param}': it names no tool of this request.`;
      return invalidValue(param, message);
    }
    if (this.choice.length > 0) json.keyString("tool_choice", this.choice);
    if (isStrict) json.keyBool("strict_tools", true);
    return null;
  }

  private isChosen(name: string): bool {
    const doc = this.doc;
    if (this.named >= 0) return doc.string(this.named) == name;
    if (this.allowed < 0) return true;
    for (let item = doc.first(this.allowed); item >= 0; item = doc.next(item)) {
      const inner = doc.get(item, "function");
      if (doc.string(doc.get(inner >= 0 ? inner : item, "name")) == name) return true;
    }
    return false;
  }

  /** Only the members that Cohere knows: it refuses others. */
  private writeTool(target: i32, name: i32): void {
    const doc = this.doc;
    const json = this.json;
    json.beginObject();
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, name);
    const description = doc.get(target, "description");
    if (doc.isString(description)) json.keyValue("description", doc, description);
    const parameters = doc.get(target, "parameters");
    json.key("parameters");
    if (doc.isObject(parameters)) {
      json.value(doc, parameters);
    } else {
      json.beginObject();
      json.keyString("type", "object");
      json.key("properties");
      json.beginObject();
      json.endObject();
      json.endObject();
    }
    json.endObject();
    json.endObject();
  }
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
