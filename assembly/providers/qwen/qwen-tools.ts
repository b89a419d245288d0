// Tools and how they are to be used:
// https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { isListed } from "../compatible-tools";

/** Name of the tool that a choice says has to be called, or -1. */
export function forcedTool(doc: Document): i32 {
  const root = doc.root();
  if (doc.first(doc.get(root, "tools")) < 0) return doc.get(doc.get(root, "function_call"), "name");
  return doc.get(doc.get(doc.get(root, "tool_choice"), "function"), "name");
}

/** Writes the tools of one request. `read` first. */
export class QwenTools {
  /** The client's `tools`, or its `functions` of old, or -1. */
  private list: i32 = -1;
  private isLegacy: bool = false;
  private choice: i32 = -1;

  /** Whether there are any. */
  hasTools(doc: Document): bool {
    return doc.first(this.list) >= 0;
  }

  /** Reads and checks what the client says. */
  read(doc: Document): ApiError | null {
    const root = doc.root();
    this.list = doc.get(root, "tools");
    this.isLegacy = doc.absent(this.list);
    if (this.isLegacy) this.list = doc.get(root, "functions");
    const listName = this.isLegacy ? "functions" : "tools";
    if (!doc.absent(this.list) && !doc.isArray(this.list)) {
      return invalidType(listName, "an array of objects");
    }
    let index = 0;
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool), ++index) {
      const site = `${listName}[${index}]`;
      if (!doc.isObject(tool)) return invalidType(site, "an object");
      if (!this.isLegacy && !doc.stringIs(doc.get(tool, "type"), "function")) {
        return unsupportedValue(site + ".type", "Qwen knows tools of type 'function' only.");
      }
      const inner = this.isLegacy ? tool : doc.get(tool, "function");
      if (doc.isString(doc.get(inner, "name"))) continue;
      return missingParameter(site + (this.isLegacy ? ".name" : ".function.name"));
    }
    return this.readChoice(doc, this.isLegacy ? "function_call" : "tool_choice");
  }

  private readChoice(doc: Document, param: string): ApiError | null {
    this.choice = doc.get(doc.root(), param);
    const choice = this.choice;
    if (!this.hasTools(doc) || doc.absent(choice)) return null;
    if (doc.isString(choice)) {
      const word = doc.string(choice);
      if (word == "auto" || word == "none" || word == "required") return null;
      return invalidValue(param, `Invalid value for '${param}': '${word}'.`);
    }
    if (!doc.isObject(choice)) return invalidType(param, "a string or an object");
    if (this.isLegacy || doc.stringIs(doc.get(choice, "type"), "function")) {
      if (doc.isString(forcedTool(doc))) return null;
      return missingParameter(this.isLegacy ? `${param}.name` : `${param}.function.name`);
    }
    if (doc.isArray(allowedTools(doc, choice))) return null;
    return unsupportedValue(param, `Qwen has no such '${param}'.`);
  }

  /** Writes `tools` and `tool_choice`. Without `canForce` a forced tool is the only one sent. */
  write(doc: Document, canForce: bool, json: JsonWriter): void {
    if (!this.hasTools(doc)) return;
    const choice = this.choice;
    const forced = doc.isObject(choice) ? forcedTool(doc) : -1;
    const allowed = allowedTools(doc, choice);
    json.key("tools");
    json.beginArray();
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool)) {
      const name = doc.string(doc.get(this.isLegacy ? tool : doc.get(tool, "function"), "name"));
      if (doc.isArray(allowed) && !isListed(doc, allowed, name)) continue;
      if (forced >= 0 && !canForce && doc.string(forced) != name) continue;
      this.writeTool(doc, tool, json);
    }
    json.endArray();
    if (doc.absent(choice)) return;
    json.key("tool_choice");
    if (doc.stringIs(choice, "none")) json.ascii("none");
    else if (forced >= 0 && canForce) writeForced(doc, forced, json);
    // To call some tool, whichever it is, cannot be asked for.
    else json.ascii("auto");
  }

  private writeTool(doc: Document, tool: i32, json: JsonWriter): void {
    if (!this.isLegacy) {
      json.value(doc, tool);
      return;
    }
    json.beginObject();
    json.keyString("type", "function");
    json.keyValue("function", doc, tool);
    json.endObject();
  }
}

function allowedTools(doc: Document, choice: i32): i32 {
  return doc.get(doc.get(choice, "allowed_tools"), "tools");
}

function writeForced(doc: Document, name: i32, json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", "function");
  json.key("function");
  json.beginObject();
  json.keyValue("name", doc, name);
  json.endObject();
  json.endObject();
}
