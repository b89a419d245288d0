// Functions and how they are to be used:
// https://ai.google.dev/gemini-api/docs/function-calling#function_calling_modes
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { GeminiModel } from "./gemini-model";
import { GeminiSchema } from "./gemini-schema";

const SCHEMA: GeminiSchema = new GeminiSchema();

/** The tools of one request. `read` first. */
export class GeminiTools {
  private doc: Document = NO_DOCUMENT;
  /** The client's `tools`, or its `functions` of old, or -1. */
  private list: i32 = -1;
  private isLegacy: bool = false;
  /** Mode of calling, or "" where nothing was said. */
  private mode: string = "";
  /** Name of the one function that is to be called, or -1. */
  private named: i32 = -1;
  /** The client's list of functions that may be called, or -1. */
  private allowed: i32 = -1;
  private isStrict: bool = false;

  /** Reads and checks what the client says. An error names what cannot be said to Gemini. */
  read(doc: Document, model: GeminiModel): ApiError | null {
    this.doc = doc;
    const root = doc.root();
    this.list = doc.get(root, "tools");
    this.isLegacy = doc.absent(this.list);
    if (this.isLegacy) this.list = doc.get(root, "functions");
    this.mode = "";
    this.named = this.allowed = -1;
    this.isStrict = false;
    const error = this.checkList();
    if (error !== null) return error;
    if (!this.hasFunctions) return null;
    if (!model.isThird && this.searches) {
      const message = "This model of Gemini does not take it beside functions.";
      return unsupportedValue("web_search_options", message);
    }
    const param = this.isLegacy ? "function_call" : "tool_choice";
    return this.readChoice(doc.get(root, param), param);
  }

  /** Whether the client gives functions. */
  get hasFunctions(): bool {
    return this.doc.first(this.list) >= 0;
  }

  private get searches(): bool {
    return this.doc.isObject(this.doc.get(this.doc.root(), "web_search_options"));
  }

  private checkList(): ApiError | null {
    const doc = this.doc;
    if (!doc.absent(this.list) && !doc.isArray(this.list)) {
      return invalidType(this.isLegacy ? "functions" : "tools", "an array of objects");
    }
    let index = 0;
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool), ++index) {
      const inner = this.functionOf(tool);
      const isFunction = this.isLegacy || doc.stringIs(doc.get(tool, "type"), "function");
      if (isFunction && doc.isString(doc.get(inner, "name"))) {
        if (doc.isTrue(doc.get(inner, "strict"))) this.isStrict = true;
        continue;
      }
      const site = this.isLegacy ? `functions[${index}]` : `tools[${index}]`;
      if (!doc.isObject(tool)) return invalidType(site, "an object");
      if (isFunction) return missingParameter(site + (this.isLegacy ? ".name" : ".function.name"));
      return unsupportedValue(site, "Gemini takes tools of type 'function' only.");
    }
    return null;
  }

  private functionOf(tool: i32): i32 {
    return this.isLegacy ? tool : this.doc.get(tool, "function");
  }

  // The choice

  private readChoice(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    // Strict functions are held to by a mode of their own.
    const auto = this.isStrict ? "VALIDATED" : "AUTO";
    if (doc.absent(value)) {
      if (this.isStrict) this.mode = auto;
      return null;
    }
    if (doc.isString(value)) {
      if (doc.stringIs(value, "auto")) this.mode = auto;
      else if (doc.stringIs(value, "required")) this.mode = "ANY";
      else if (doc.stringIs(value, "none")) this.mode = "NONE";
      else return invalidValue(param, `Invalid value for '${param}': '${doc.string(value)}'.`);
      return null;
    }
    if (!doc.isObject(value)) return invalidType(param, "a string or an object");
    const type = doc.get(value, "type");
    if (doc.stringIs(type, "allowed_tools")) return this.readAllowed(value, param);
    if (!this.isLegacy && !doc.stringIs(type, "function")) {
      return unsupportedValue(param, `Gemini has no such '${param}'.`);
    }
    this.mode = "ANY";
    this.named = doc.get(this.functionOf(value), "name");
    if (doc.isString(this.named)) return null;
    return missingParameter(param + (this.isLegacy ? ".name" : ".function.name"));
  }

  private readAllowed(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    let inner = doc.get(value, "allowed_tools");
    if (!doc.isObject(inner)) inner = value;
    this.allowed = doc.get(inner, "tools");
    if (doc.first(this.allowed) < 0) return missingParameter(param + ".allowed_tools.tools");
    // Names cannot be listed in the mode AUTO.
    this.mode = doc.stringIs(doc.get(inner, "mode"), "required") ? "ANY" : "VALIDATED";
    return null;
  }

  // Writing

  /** Writes `tools` and `toolConfig`, where there is something to say. */
  write(model: GeminiModel, json: JsonWriter): void {
    const doc = this.doc;
    if (!this.hasFunctions && !this.searches) return;
    json.key("tools");
    json.beginArray();
    if (this.hasFunctions) {
      json.beginObject();
      json.key("functionDeclarations");
      json.beginArray();
      for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool)) {
        this.writeFunction(this.functionOf(tool), model, json);
      }
      json.endArray();
      json.endObject();
    }
    if (this.searches) {
      json.beginObject();
      json.key("googleSearch");
      json.beginObject();
      json.endObject();
      json.endObject();
    }
    json.endArray();
    if (this.mode.length > 0) this.writeConfig(json);
  }

  private writeFunction(inner: i32, model: GeminiModel, json: JsonWriter): void {
    const doc = this.doc;
    json.beginObject();
    json.keyValue("name", doc, doc.get(inner, "name"));
    const description = doc.get(inner, "description");
    if (doc.stringLength(description) > 0) json.keyValue("description", doc, description);
    const parameters = doc.get(inner, "parameters");
    if (hasMembers(doc, parameters)) {
      json.key(model.takesJsonSchema ? "parametersJsonSchema" : "parameters");
      SCHEMA.write(doc, parameters, model.takesJsonSchema, json);
    }
    json.endObject();
  }

  private writeConfig(json: JsonWriter): void {
    const doc = this.doc;
    json.key("toolConfig");
    json.beginObject();
    json.key("functionCallingConfig");
    json.beginObject();
    json.keyString("mode", this.mode);
    if (this.named >= 0 || this.allowed >= 0) {
      json.key("allowedFunctionNames");
      json.beginArray();
      if (this.named >= 0) json.value(doc, this.named);
      for (let item = doc.first(this.allowed); item >= 0; item = doc.next(item)) {
        const inner = doc.get(item, "function");
        const name = doc.get(inner >= 0 ? inner : item, "name");
        if (doc.isString(name)) json.value(doc, name);
      }
      json.endArray();
    }
    json.endObject();
    json.endObject();
  }
}

/** Whether parameters have something to say: an object without properties is refused. */
function hasMembers(doc: Document, schema: i32): bool {
  for (let member = doc.first(schema); member >= 0 && doc.isObject(schema);) {
    const isPlain =
      doc.keyIs(member, "type") ||
      doc.keyIs(member, "required") ||
      doc.keyIs(member, "title") ||
      doc.keyIs(member, "description") ||
      doc.keyIs(member, "$schema") ||
      doc.isFalse(member) ||
      (doc.keyIs(member, "properties") && doc.first(member) < 0);
    if (!isPlain) return true;
    member = doc.next(member);
  }
  return false;
}

const NO_DOCUMENT: Document = new Document();
