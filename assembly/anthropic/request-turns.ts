// The conversation of a message request as OpenAI's messages: https://docs.claude.com/en/api/messages
import { ChatTarget, SEE_BELOW } from "../clients/chat-target";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidType, invalidValue, unsupportedValue } from "../openai/api-error";
import { writeAssistant } from "./assistant-turn";
import { appendText, isEmpty, isMedia, isText, writeMedia } from "./request-blocks";

/** What Anthropic's own clients tell of themselves; it differs in every request. */
const BILLING_HEADER: string = "x-anthropic-billing-header:";
const FAILED: string = "Error";

/** Writes the messages of one request. */
export class RequestTurns {
  constructor(
    private readonly target: ChatTarget,
    private readonly doc: Document,
    private readonly json: JsonWriter,
  ) {}

  /** Writes the elements of `messages`. */
  write(): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    const systemError = this.writeSystem(doc.get(root, "system"), "system");
    if (systemError !== null) return systemError;
    let index = 0;
    let turn = doc.first(doc.get(root, "messages"));
    for (; turn >= 0; turn = doc.next(turn), ++index) {
      const error = this.writeTurn(turn, `messages.${index}`);
      if (error !== null) return error;
    }
    return null;
  }

  private writeTurn(turn: i32, path: string): ApiError | null {
    const doc = this.doc;
    if (!doc.isObject(turn)) return invalidType(path, "an object");
    const role = doc.get(turn, "role");
    const content = doc.get(turn, "content");
    const place = path + ".content";
    if (!doc.isString(content) && !doc.isArray(content)) {
      return invalidType(place, "a string or an array of blocks");
    }
    if (doc.stringIs(role, "user")) return this.writeUser(content, place);
    if (doc.stringIs(role, "system")) return this.writeSystem(content, place);
    if (doc.stringIs(role, "assistant")) {
      writeAssistant(doc, content, this.target.takesExtensions, this.json);
      return null;
    }
    return invalidValue(path + ".role", `${path}.role is one of user, assistant, system.`);
  }

  private writeSystem(system: i32, path: string): ApiError | null {
    const doc = this.doc;
    if (doc.absent(system)) return null;
    if (!doc.isString(system) && !doc.isArray(system)) {
      return invalidType(path, "a string or an array of text blocks");
    }
    for (let block = doc.first(system); block >= 0; block = doc.next(block)) {
      if (doc.isString(doc.get(block, "text"))) continue;
      return invalidType(path, "a string or an array of text blocks");
    }
    if (doc.isEmptyString(system) || (doc.isArray(system) && this.countParts(system) == 0)) {
      return null;
    }
    this.begin("system");
    const error = this.writeContent(system, path);
    this.json.endObject();
    return error;
  }

  /** Results of tools come first, each as a message of its own. */
  private writeUser(content: i32, path: string): ApiError | null {
    const doc = this.doc;
    let index = 0;
    let results = 0;
    for (let block = doc.first(content); block >= 0; block = doc.next(block), ++index) {
      if (!isResult(doc, block)) continue;
      ++results;
      const error = this.writeResult(block, `${path}.${index}`);
      if (error !== null) return error;
    }
    if (results > 0 && this.countParts(content) == 0) return null;
    this.begin("user");
    const error = this.writeContent(content, path);
    this.json.endObject();
    return error;
  }

  private writeResult(result: i32, path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const id = doc.get(result, "tool_use_id");
    if (!doc.isString(id)) return invalidType(path + ".tool_use_id", "a string");
    this.begin("tool");
    json.keyValue("tool_call_id", doc, id);
    json.key("content");
    json.beginString();
    const start = json.out.length;
    const content = doc.get(result, "content");
    let first = doc.isString(content) ? content : doc.get(doc.first(content), "text");
    if (doc.isTrue(doc.get(result, "is_error")) && !doc.stringStartsWith(first, FAILED)) {
      json.out.ascii(FAILED);
      if (first >= 0) json.out.ascii(": ");
    }
    json.stringPart(doc, content);
    let texts = 0;
    for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
      if (isText(doc, block)) {
        if (texts++ > 0) json.out.ascii("\\n");
        appendText(doc, block, json);
      } else if (!isMedia(doc, block)) {
        return unknownBlock(doc, block, path + ".content");
      }
    }
    if (json.out.length == start && hasMedia(doc, result)) json.out.ascii(SEE_BELOW);
    json.endString();
    json.endObject();
    return null;
  }

  /** How many parts a content is made of: 1 stands for one text that may be a string. */
  private countParts(content: i32): i32 {
    const doc = this.doc;
    let count = 0;
    for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
      if (isResult(doc, block)) count += hasMedia(doc, block) ? 2 : 0;
      else if (!this.isSkipped(block)) count += this.isPlain(block) ? 1 : 2;
    }
    return count;
  }

  private isPlain(block: i32): bool {
    return isText(this.doc, block) && !this.isMarked(block);
  }

  private isMarked(block: i32): bool {
    const doc = this.doc;
    return this.target.takesCacheControl && doc.isObject(doc.get(block, "cache_control"));
  }

  private isSkipped(block: i32): bool {
    const doc = this.doc;
    return isEmpty(doc, block) || doc.stringStartsWith(doc.get(block, "text"), BILLING_HEADER);
  }

  /** Writes `content` for a system or user message. */
  private writeContent(content: i32, path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    json.key("content");
    if (doc.isString(content)) {
      json.value(doc, content);
      return null;
    }
    const isString = this.countParts(content) <= 1;
    if (isString) json.beginString();
    else json.beginArray();
    let index = 0;
    for (let block = doc.first(content); block >= 0; block = doc.next(block), ++index) {
      if (this.isSkipped(block)) continue;
      if (isString && isText(doc, block)) {
        appendText(doc, block, json);
        continue;
      }
      const error = this.writePart(block, `${path}.${index}`);
      if (error !== null) return error;
    }
    if (isString) json.endString();
    else json.endArray();
    return null;
  }

  private writePart(block: i32, path: string): ApiError | null {
    const doc = this.doc;
    if (isResult(doc, block)) return this.writeResultMedia(block, path);
    if (isMedia(doc, block)) return writeMedia(doc, block, path, this.json);
    if (!isText(doc, block)) return unknownBlock(doc, block, path);
    const json = this.json;
    json.beginObject();
    json.keyString("type", "text");
    json.key("text");
    json.beginString();
    appendText(doc, block, json);
    json.endString();
    if (this.isMarked(block)) {
      json.keyValue("cache_control", doc, doc.get(block, "cache_control"));
    }
    json.endObject();
    return null;
  }

  /** Pictures and files of a tool's result, behind a word on whose they are. */
  private writeResultMedia(result: i32, path: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    if (!hasMedia(doc, result)) return null;
    json.beginObject();
    json.keyString("type", "text");
    json.key("text");
    json.beginString();
    json.out.ascii("The result of ");
    json.stringPart(doc, doc.get(result, "tool_use_id"));
    json.out.byte(0x3a);
    json.endString();
    json.endObject();
    const content = doc.get(result, "content");
    for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
      if (!isMedia(doc, block)) continue;
      const error = writeMedia(doc, block, path + ".content", json);
      if (error !== null) return error;
    }
    return null;
  }

  private begin(role: string): void {
    this.json.beginObject();
    this.json.keyString("role", role);
  }
}

function isResult(doc: Document, block: i32): bool {
  return doc.stringIs(doc.get(block, "type"), "tool_result");
}

function hasMedia(doc: Document, result: i32): bool {
  const content = doc.get(result, "content");
  for (let block = doc.first(content); block >= 0; block = doc.next(block)) {
    if (isMedia(doc, block)) return true;
  }
  return false;
}

function unknownBlock(doc: Document, block: i32, path: string): ApiError {
  const type = doc.string(doc.get(block, "type"));
  return unsupportedValue(path + ".type", `A block of the type '${type}' cannot be passed on.`);
}
