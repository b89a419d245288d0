// The conversation as Cohere wants it: https://docs.cohere.com/reference/chat#request.body.messages
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
import { writeImage, writeTextFile } from "./cohere-media";

/** Writes the messages of one request. Texts are copied as they stand. */
export class CohereMessages {
  /** Text files of the messages, as elements of `documents`. */
  readonly files: JsonWriter = new JsonWriter(new ByteWriter());
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  private index: i32 = 0;
  private part: i32 = 0;
  /** Calls of old, which have no ids, so far. */
  private functions: i32 = 0;

  /** Writes the member `messages`. */
  write(doc: Document, messages: i32, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.index = 0;
    this.functions = 0;
    this.files.out.clear();
    this.files.reset();
    json.key("messages");
    json.beginArray();
    for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
      const error = this.writeMessage(message);
      if (error !== null) return error;
      this.index += 1;
    }
    json.endArray();
    return null;
  }

  private path(member: string): string {
    return `messages[${this.index}]${member}`;
  }

  private partPath(member: string = ""): string {
    return `messages[${this.index}].content[${this.part}]${member}`;
  }

  private writeMessage(message: i32): ApiError | null {
    const doc = this.doc;
    const role = doc.get(message, "role");
    const content = doc.get(message, "content");
    if (!doc.absent(content) && !doc.isString(content) && !doc.isArray(content)) {
      return invalidType(this.path(".content"), "a string or an array of objects");
    }
    if (doc.stringIs(role, "user")) return this.writePlain("user", content);
    if (doc.stringIs(role, "assistant")) return this.writeAssistant(message, content);
    if (doc.stringIs(role, "tool")) return this.writeTool(message, content);
    if (doc.stringIs(role, "system") || doc.stringIs(role, "developer")) {
      return this.writePlain("system", content);
    }
    if (doc.stringIs(role, "function")) return this.writeTool(message, content);
    const path = this.path(".role");
    return invalidValue(path, `Invalid value for '${path}': '${doc.string(role)}'.`);
  }

  private begin(role: string): void {
    this.json.beginObject();
    this.json.key("role");
    this.json.ascii(role);
  }

  private writePlain(role: string, content: i32): ApiError | null {
    this.begin(role);
    const error = this.writeContent(content);
    this.json.endObject();
    return error;
  }

  private writeContent(content: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    json.key("content");
    if (!doc.isArray(content)) {
      if (doc.isString(content)) json.value(doc, content);
      else json.ascii("");
      return null;
    }
    json.beginArray();
    const error = this.writeParts(content);
    json.endArray();
    return error;
  }

  private writeParts(content: i32): ApiError | null {
    const doc = this.doc;
    this.part = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
      const error = this.writePart(part);
      if (error !== null) return error;
      this.part += 1;
    }
    return null;
  }

  private writePart(part: i32): ApiError | null {
    const doc = this.doc;
    const type = doc.get(part, "type");
    if (doc.stringIs(type, "text")) return this.writeText(doc.get(part, "text"), ".text");
    if (doc.stringIs(type, "image_url")) {
      return writeImage(doc, doc.get(part, "image_url"), this.partPath(), this.json);
    }
    if (doc.stringIs(type, "file")) {
      return writeTextFile(doc, doc.get(part, "file"), this.partPath(), this.files);
    }
    if (doc.stringIs(type, "refusal")) return this.writeText(doc.get(part, "refusal"), ".refusal");
    // Cohere's own parts: thoughts that a client kept, and documents as results of tools.
    if (doc.stringIs(type, "thinking") || doc.stringIs(type, "document")) {
      this.json.value(doc, part);
      return null;
    }
    if (!doc.isString(type)) return missingParameter(this.partPath(".type"));
    const message = `Cohere takes no content part of the type '${doc.string(type)}'.`;
    return unsupportedValue(this.partPath(), message);
  }

  private writeText(text: i32, member: string): ApiError | null {
    if (!this.doc.isString(text)) return missingParameter(this.partPath(member));
    const json = this.json;
    json.beginObject();
    json.keyString("type", "text");
    json.keyValue("text", this.doc, text);
    json.endObject();
    return null;
  }

  // The assistant

  private writeAssistant(message: i32, content: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const calls = doc.get(message, "tool_calls");
    const legacy = doc.get(message, "function_call");
    const thoughts = doc.get(message, "reasoning_content");
    this.begin("assistant");
    let error: ApiError | null = null;
    if (doc.first(calls) >= 0 || doc.isObject(legacy)) {
      this.writePlan(thoughts, content);
      json.key("tool_calls");
      json.beginArray();
      if (doc.first(calls) >= 0) error = this.writeCalls(calls);
      else error = this.writeCall(-1, legacy, this.path(".function_call"));
      json.endArray();
    } else if (doc.stringLength(thoughts) > 0) {
      error = this.writeThoughts(thoughts, content);
    } else {
      const isEmpty = doc.absent(content);
      error = this.writeContent(isEmpty ? doc.get(message, "refusal") : content);
    }
    json.endObject();
    return error;
  }

  /** Beside calls there is no content: what was said and thought before them is the plan. */
  private writePlan(thoughts: i32, content: i32): void {
    const doc = this.doc;
    const json = this.json;
    const first = doc.isArray(content) ? doc.first(content) : -1;
    const hasText = doc.stringLength(content) > 0 || doc.stringLength(doc.get(first, "text")) > 0;
    const hasThoughts = doc.stringLength(thoughts) > 0;
    if (!hasText && !hasThoughts) return;
    json.key("tool_plan");
    json.beginString();
    json.stringPart(doc, thoughts);
    if (hasText && hasThoughts) json.stringText("\n");
    json.stringPart(doc, content);
    for (let part = first; part >= 0; part = doc.next(part)) {
      json.stringPart(doc, doc.get(part, "text"));
    }
    json.endString();
  }

  private writeThoughts(thoughts: i32, content: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    let error: ApiError | null = null;
    json.key("content");
    json.beginArray();
    json.beginObject();
    json.keyString("type", "thinking");
    json.keyValue("thinking", doc, thoughts);
    json.endObject();
    if (doc.stringLength(content) > 0) error = this.writeText(content, "");
    else if (doc.isArray(content)) error = this.writeParts(content);
    json.endArray();
    return error;
  }

  private writeCalls(calls: i32): ApiError | null {
    const doc = this.doc;
    let index = 0;
    for (let call = doc.first(calls); call >= 0; call = doc.next(call), ++index) {
      const site = this.path(`.tool_calls[${index}]`);
      if (doc.stringIs(doc.get(call, "type"), "custom")) {
        return unsupportedValue(site, "Cohere knows no tools of type 'custom'.");
      }
      const id = doc.get(call, "id");
      if (!doc.isString(id)) return missingParameter(`${site}.id`);
      const error = this.writeCall(id, doc.get(call, "function"), `${site}.function`);
      if (error !== null) return error;
    }
    return null;
  }

  /** `id` -1: a call of old, which is given one. */
  private writeCall(id: i32, target: i32, site: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const name = doc.get(target, "name");
    if (!doc.isString(name)) return missingParameter(`${site}.name`);
    json.beginObject();
    if (id >= 0) json.keyValue("id", doc, id);
    else json.keyString("id", `call_${++this.functions}`);
    json.keyString("type", "function");
    json.key("function");
    json.beginObject();
    json.keyValue("name", doc, name);
    const input = doc.get(target, "arguments");
    json.key("arguments");
    if (doc.stringLength(input) > 0) json.value(doc, input);
    else if (doc.isObject(input))
      json.stringBytes(doc.ptr + doc.start(input), doc.end(input) - doc.start(input));
    else json.ascii("{}");
    json.endObject();
    json.endObject();
    return null;
  }

  // Results of tools

  /** The result of a function of old answers the last call. */
  private writeTool(message: i32, content: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const isLegacy = doc.stringIs(doc.get(message, "role"), "function");
    const id = doc.get(message, "tool_call_id");
    if (!isLegacy && !doc.isString(id)) return missingParameter(this.path(".tool_call_id"));
    this.begin("tool");
    if (isLegacy) json.keyString("tool_call_id", `call_${this.functions}`);
    else json.keyValue("tool_call_id", doc, id);
    const error = this.writeContent(content);
    json.endObject();
    return error;
  }
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
