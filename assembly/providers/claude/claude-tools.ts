// Tools and how they are to be used:
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { ClaudeModel } from "./claude-model";
import {
  ANSWER_TOOL,
  writeAnswerTool,
  writeHistoryTools,
  writeTool,
} from "./claude-tool-definitions";

const enum Choice {
  /** Nothing was said. */
  Unsaid,
  Auto,
  /** Some tool has to be called. */
  Any,
  /** The one named tool has to be called. */
  Named,
  None,
}

/** The tools of one request. `read` first. */
export class ClaudeTools {
  private doc: Document = NO_DOCUMENT;
  /** The client's `tools`, or its `functions` of old, or -1. */
  private list: i32 = -1;
  private isLegacy: bool = false;
  private choice: Choice = Choice.Unsaid;
  /** Name of the one tool that is to be called, or -1. */
  private named: i32 = -1;
  /** The client's list of the tools that may be called, or -1. */
  private allowed: i32 = -1;
  private oneAtATime: bool = false;
  /** Schema and its document where the answer is to come as a tool's input. */
  private schemaDoc: Document | null = null;
  private schema: i32 = -1;

  /** Reads and checks what the client says. An error names what cannot be said to Claude. */
  read(doc: Document): ApiError | null {
    this.doc = doc;
    const root = doc.root();
    this.list = doc.get(root, "tools");
    this.isLegacy = doc.absent(this.list);
    if (this.isLegacy) this.list = doc.get(root, "functions");
    this.choice = Choice.Unsaid;
    this.named = -1;
    this.allowed = -1;
    this.schemaDoc = null;
    this.schema = -1;
    this.oneAtATime = doc.isFalse(doc.get(root, "parallel_tool_calls"));
    const error = this.checkList();
    if (error !== null || !this.hasList) return error;
    const choice = doc.get(root, this.isLegacy ? "function_call" : "tool_choice");
    return this.readChoice(choice, this.isLegacy ? "function_call" : "tool_choice");
  }

  /** Whether the client gives tools. */
  get hasList(): bool {
    return this.doc.first(this.list) >= 0;
  }

  /**
   * Says that the answer has to match a schema. False: a call of the client's tools is asked for,
   * and no answer.
   */
  answerBySchema(schemaDoc: Document, schema: i32): bool {
    if (this.choice == Choice.Any || this.choice == Choice.Named) return false;
    this.schemaDoc = schemaDoc;
    this.schema = schema;
    return true;
  }

  /** Whether the request will force a call, if the model can be forced at all. */
  get forcesCall(): bool {
    return this.schema >= 0 || this.choice == Choice.Any || this.choice == Choice.Named;
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
    const message = `Claude takes tools of type 'function' only: '${site}' is of another type.`;
    return unsupportedValue(site, message);
  }

  private functionOf(tool: i32): i32 {
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
      return unsupportedValue(param, `Claude has no such '${param}'.`);
    }
    this.choice = Choice.Named;
    this.named = doc.get(this.functionOf(value), "name");
    if (!doc.isString(this.named)) {
      return missingParameter(this.isLegacy ? `${param}.name` : `${param}.function.name`);
    }
    return this.checkChosen(param);
  }

  private readWord(word: i32, param: string): ApiError | null {
    const doc = this.doc;
    if (doc.stringIs(word, "auto")) this.choice = Choice.Auto;
    else if (doc.stringIs(word, "required")) this.choice = Choice.Any;
    else if (doc.stringIs(word, "none")) this.choice = Choice.None;
    else return invalidValue(param, `Invalid value for '${param}': '${doc.string(word)}'.`);
    return null;
  }

  private readAllowed(value: i32, param: string): ApiError | null {
    const doc = this.doc;
    let inner = doc.get(value, "allowed_tools");
    if (!doc.isObject(inner)) inner = value;
    this.allowed = doc.get(inner, "tools");
    if (!doc.isArray(this.allowed)) return missingParameter(`${param}.allowed_tools.tools`);
    this.choice = doc.stringIs(doc.get(inner, "mode"), "required") ? Choice.Any : Choice.Auto;
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

  private isChosen(name: i32): bool {
    const doc = this.doc;
    if (this.named >= 0) return isSameText(doc, name, this.named);
    if (this.allowed < 0) return true;
    for (let item = doc.first(this.allowed); item >= 0; item = doc.next(item)) {
      const inner = doc.get(item, "function");
      if (isSameText(doc, name, doc.get(inner >= 0 ? inner : item, "name"))) return true;
    }
    return false;
  }

  /**
   * Writes `tools` and `tool_choice`. `history` names the tools that earlier turns called: Claude
   * refuses calls in a history without tools, so a client that sends none any more has them named
   * again, and no new call is allowed. Without `isForced` a call that should be forced is left to
   * the model.
   */
  write(model: ClaudeModel, isForced: bool, history: string[], json: JsonWriter): void {
    const doc = this.doc;
    if (!this.hasList && this.schema < 0) {
      if (history.length > 0) writeHistoryTools(history, json);
      return;
    }
    json.key("tools");
    json.beginArray();
    // A named tool that cannot be forced is the only one sent.
    const narrows = this.allowed >= 0 || (this.choice == Choice.Named && !isForced);
    const sendsOwn = this.schema < 0 || this.choice != Choice.None;
    for (let tool = doc.first(this.list); tool >= 0 && sendsOwn; tool = doc.next(tool)) {
      const inner = this.functionOf(tool);
      if (narrows && !this.isChosen(doc.get(inner, "name"))) continue;
      writeTool(doc, tool, inner, model, json);
    }
    const schemaDoc = this.schemaDoc;
    if (schemaDoc !== null) writeAnswerTool(schemaDoc, this.schema, json);
    json.endArray();
    this.writeChoice(isForced, json);
  }

  private writeChoice(isForced: bool, json: JsonWriter): void {
    if (this.choice == Choice.Unsaid && !this.oneAtATime && this.schema < 0) return;
    const isNone = this.choice == Choice.None && this.schema < 0;
    json.key("tool_choice");
    json.beginObject();
    json.key("type");
    if (isNone) json.ascii("none");
    else if (!isForced) json.ascii("auto");
    else if (this.schema >= 0) this.writeForcedAnswer(json);
    else if (this.choice == Choice.Named) this.writeNamed(json);
    else json.ascii("any");
    if (this.oneAtATime && !isNone) json.keyBool("disable_parallel_tool_use", true);
    json.endObject();
  }

  private writeNamed(json: JsonWriter): void {
    json.ascii("tool");
    json.keyValue("name", this.doc, this.named);
  }

  /**
   * With the client's own tools beside it the answer is one of the calls that the model may make.
   */
  private writeForcedAnswer(json: JsonWriter): void {
    if (this.hasList && this.choice != Choice.None) {
      json.ascii("any");
      return;
    }
    json.ascii("tool");
    json.key("name");
    json.ascii(ANSWER_TOOL);
  }
}

function isSameText(doc: Document, a: i32, b: i32): bool {
  return doc.isString(a) && doc.isString(b) && doc.string(a) == doc.string(b);
}

const NO_DOCUMENT: Document = new Document();
