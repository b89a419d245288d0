// The tools that a client gives and how they are to be used:
// https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "./api-error";

/** How the model is to use its tools. */
export const enum ToolChoice {
  /** Nothing was said. */
  Unsaid,
  Auto,
  /** Some tool has to be called. */
  Any,
  /** The one named tool has to be called. */
  Named,
  None,
}

/** The tools of one request, or its functions of old. `read` first. */
export class ToolList {
  protected doc: Document = NO_DOCUMENT;
  /** The client's `tools`, or its `functions` of old, or -1. */
  protected list: i32 = -1;
  protected isLegacy: bool = false;
  choice: ToolChoice = ToolChoice.Unsaid;
  /** Name of the one tool that is to be called, or -1. */
  named: i32 = -1;
  /** The client's list of the tools that may be called, or -1. */
  protected allowed: i32 = -1;

  constructor(
    /** The provider as messages name it. */
    private readonly provider: string,
  ) {}

  /** Reads and checks what the client says. An error names what cannot be said to the provider. */
  read(doc: Document): ApiError | null {
    this.doc = doc;
    const root = doc.root();
    this.list = doc.get(root, "tools");
    this.isLegacy = doc.absent(this.list);
    if (this.isLegacy) this.list = doc.get(root, "functions");
    this.choice = ToolChoice.Unsaid;
    this.named = -1;
    this.allowed = -1;
    const error = this.checkList();
    if (error !== null || !this.hasList) return error;
    const param = this.isLegacy ? "function_call" : "tool_choice";
    return this.readChoice(doc.get(root, param), param);
  }

  /** Whether the client gives tools. */
  get hasList(): bool {
    return this.doc.first(this.list) >= 0;
  }

  /** The first tool that may be called, or -1; `nextTool` gives the others. */
  firstTool(): i32 {
    return this.chosenFrom(this.doc.first(this.list));
  }

  /** The tool behind `tool` that may be called, or -1. */
  nextTool(tool: i32): i32 {
    return this.chosenFrom(this.doc.next(tool));
  }

  private chosenFrom(tool: i32): i32 {
    if (this.allowed < 0) return tool;
    while (tool >= 0 && !this.isChosen(this.doc.get(this.functionOf(tool), "name"))) {
      tool = this.doc.next(tool);
    }
    return tool;
  }

  /** The tool that is named as the one to call, or -1. */
  namedTool(): i32 {
    let tool = this.named < 0 ? -1 : this.doc.first(this.list);
    while (tool >= 0 && !this.isChosen(this.doc.get(this.functionOf(tool), "name"))) {
      tool = this.doc.next(tool);
    }
    return tool;
  }

  private checkList(): ApiError | null {
    const doc = this.doc;
    if (!doc.absent(this.list) && !doc.isArray(this.list)) {
      return invalidType(this.isLegacy ? "functions" : "tools", "an array of objects");
    }
    let index = 0;
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool), ++index) {
      const isFunction = this.isLegacy || doc.stringIs(doc.get(tool, "type"), "function");
      const name = doc.get(this.functionOf(tool), "name");
      if (!isFunction || !doc.isString(name)) return this.refuseTool(tool, isFunction, index);
    }
    return null;
  }

  private refuseTool(tool: i32, isFunction: bool, index: i32): ApiError {
    const site = this.isLegacy ? `functions[${index}]` : `tools[${index}]`;
    if (!this.doc.isObject(tool)) return invalidType(site, "an object");
    if (isFunction) return missingParameter(site + (this.isLegacy ? ".name" : ".function.name"));
    const message = `${this.provider} takes tools of type 'function' only: '${site}' is of another type.`;
    return unsupportedValue(site, message);
  }

  /** The object with a tool's name and parameters. */
  functionOf(tool: i32): i32 {
    return this.isLegacy ? tool : this.doc.get(tool, "function");
  }

  private readChoice(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    if (doc.absent(value)) return null;
    if (doc.isString(value)) return this.readWord(value, param);
    if (!doc.isObject(value)) return invalidType(param, "a string or an object");
    const type = doc.get(value, "type");
    if (doc.stringIs(type, "allowed_tools")) return this.readAllowed(value, param);
    if (!this.isLegacy && !doc.stringIs(type, "function")) {
      return unsupportedValue(param, `${this.provider} has no such '${param}'.`);
    }
    this.choice = ToolChoice.Named;
    this.named = doc.get(this.functionOf(value), "name");
    if (!doc.isString(this.named)) {
      return missingParameter(this.isLegacy ? `${param}.name` : `${param}.function.name`);
    }
    return this.checkChosen(param);
  }

  private readWord(word: i32, param: string): ApiError | null {
    const doc = this.doc;
    if (doc.stringIs(word, "auto")) this.choice = ToolChoice.Auto;
    else if (doc.stringIs(word, "required")) this.choice = ToolChoice.Any;
    else if (doc.stringIs(word, "none")) this.choice = ToolChoice.None;
    else return invalidValue(param, `Invalid value for '${param}': '${doc.string(word)}'.`);
    return null;
  }

  private readAllowed(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    let inner = doc.get(value, "allowed_tools");
    if (!doc.isObject(inner)) inner = value;
    this.allowed = doc.get(inner, "tools");
    if (!doc.isArray(this.allowed)) return missingParameter(`${param}.allowed_tools.tools`);
    this.choice = doc.stringIs(doc.get(inner, "mode"), "required")
      ? ToolChoice.Any
      : ToolChoice.Auto;
    return this.checkChosen(param);
  }

  /** At least one of the client's tools has to be left. */
  private checkChosen(param: string): ApiError | null {
    const doc = this.doc;
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool)) {
      if (this.isChosen(doc.get(this.functionOf(tool), "name"))) return null;
    }
    return invalidValue(param, `Invalid value for '${param}': it names no tool of this request.`);
  }

  /** Whether a tool of this name may be called. */
  protected isChosen(name: i32): bool {
    const doc = this.doc;
    if (this.named >= 0) return isSameText(doc, name, this.named);
    if (this.allowed < 0) return true;
    for (let item = doc.first(this.allowed); item >= 0; item = doc.next(item)) {
      const inner = doc.get(item, "function");
      if (isSameText(doc, name, doc.get(inner >= 0 ? inner : item, "name"))) return true;
    }
    return false;
  }
}

function isSameText(doc: Document, a: i32, b: i32): bool {
  return doc.isString(a) && doc.isString(b) && doc.string(a) == doc.string(b);
}

const NO_DOCUMENT: Document = new Document();

/** Writes `{name, description, parameters}` of a tool's function, with an empty schema where it has none. */
export function writeFunction(doc: Document, inner: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyValue("name", doc, doc.get(inner, "name"));
  const description = doc.get(inner, "description");
  if (doc.isString(description)) json.keyValue("description", doc, description);
  const parameters = doc.get(inner, "parameters");
  json.key("parameters");
  if (doc.isObject(parameters)) json.value(doc, parameters);
  else writeNoParameters(json);
  json.endObject();
}

/** The schema of a function without parameters. */
function writeNoParameters(json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", "object");
  json.key("properties");
  json.beginObject();
  json.endObject();
  json.endObject();
}
