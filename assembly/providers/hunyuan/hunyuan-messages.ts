// The conversation in Tencent's form: one system entry, then users (or tools) and the assistant in
// turns, which begin and end with the user: https://cloud.tencent.com/document/api/1729/101838
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { AnswerFormat } from "../../openai/answer-format";
import { ApiError, invalidValue } from "../../openai/api-error";
import { addTexts, hasMedia, hasText, isBlank, textOfPart } from "../../openai/content-text";
import { addSystemTexts, hasCalls, Role, roleOf } from "../../openai/messages";
import { ByteWriter } from "../../text/byte-writer";

/** The words where a turn has to stand and there is none. */
const USER_TURN: string = "Continue.";
const ASSISTANT_TURN: string = "OK.";
/** Goes with images that came without a word: there has to be a text. */
const IMAGE_TEXT: string = "See the image.";
/** The result of a tool that gave none: it must not be empty. */
const NO_RESULT: string = "(no output)";

/** Writes the messages of one request, which have been checked. */
export class HunyuanMessages {
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  /** Who has spoken last. */
  private last: Role = Role.None;
  /** Calls so far of the kind that has no id. */
  private functions: i32 = 0;

  /** Writes the member `Messages`. */
  write(doc: Document, format: AnswerFormat, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.last = Role.None;
    this.functions = 0;
    const messages = doc.get(doc.root(), "messages");
    json.key("Messages");
    json.beginArray();
    const hasSystem = this.writeSystem(messages, format);
    for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
      if (this.isSilent(message)) continue;
      const role = roleOf(doc, message);
      if (role == Role.User) {
        message = this.writeUsers(message);
      } else if (role == Role.Assistant) {
        message = this.writeAssistants(message);
      } else {
        this.writeResult(message);
      }
    }
    return this.end(hasSystem);
  }

  /** Ends the conversation with the user. */
  private end(hasSystem: bool): ApiError | null {
    if (this.last == Role.None && !hasSystem) {
      const reason = "Invalid value for 'messages': there is no message with content.";
      return invalidValue("messages", reason);
    }
    if (this.last == Role.Assistant || this.last == Role.None) this.writeText("user", USER_TURN);
    this.json.endArray();
    return null;
  }

  /** One entry of all system texts. False: there is none. */
  private writeSystem(messages: i32, format: AnswerFormat): bool {
    const json = this.json;
    const start = json.out.length;
    this.beginEntry("system");
    json.key("Content");
    json.beginString();
    const count = addSystemTexts(this.doc, messages, json);
    if (format.isJson) {
      if (count > 0) json.stringText("\n\n");
      format.tell(json);
    }
    json.endString();
    json.endObject();
    if (count > 0 || format.isJson) return true;
    json.out.length = start;
    json.reset();
    return false;
  }

  /** Whether a message has its place elsewhere or says nothing. */
  private isSilent(message: i32): bool {
    const doc = this.doc;
    const role = roleOf(doc, message);
    if (role == Role.System) return true;
    if (role == Role.Tool || hasCalls(doc, message)) return false;
    const content = doc.get(message, "content");
    return !hasText(doc, content) && (role == Role.Assistant || !hasMedia(doc, content));
  }

  /** The message after this one that says something, if it is of the same role; else -1. */
  private nextOf(message: i32, role: Role): i32 {
    const doc = this.doc;
    for (let at = doc.next(message); at >= 0; at = doc.next(at)) {
      if (!this.isSilent(at)) return roleOf(doc, at) == role ? at : -1;
    }
    return -1;
  }

  private beginEntry(role: string): void {
    this.json.beginObject();
    this.json.keyString("Role", role);
  }

  private writeText(role: string, text: string): void {
    this.beginEntry(role);
    this.json.keyString("Content", text);
    this.json.endObject();
  }

  // The user

  /** Writes users' messages in a row as one entry. The answer is the last of them. */
  private writeUsers(message: i32): i32 {
    const doc = this.doc;
    const json = this.json;
    if (this.last == Role.Tool) this.writeText("assistant", ASSISTANT_TURN);
    this.last = Role.User;
    let isMedia: bool = false;
    for (let at = message; at >= 0; at = this.nextOf(at, Role.User)) {
      if (hasMedia(doc, doc.get(at, "content"))) isMedia = true;
    }
    this.beginEntry("user");
    let end = message;
    if (isMedia) end = this.writeParts(message);
    else end = this.joinTexts(message, Role.User);
    json.endObject();
    return end;
  }

  /** Writes `Content`: the texts of messages in a row, each on a line of its own. */
  private joinTexts(message: i32, role: Role): i32 {
    const doc = this.doc;
    const json = this.json;
    json.key("Content");
    json.beginString();
    let end = message;
    let count = 0;
    for (let at = message; at >= 0; at = this.nextOf(at, role)) {
      const content = doc.get(at, "content");
      end = at;
      if (hasText(doc, content)) {
        if (count++ > 0) json.stringText("\n");
        addTexts(doc, content, json);
      }
      if (hasCalls(doc, at)) break;
    }
    json.endString();
    return end;
  }

  /** Writes `Contents`: the parts of messages in a row. */
  private writeParts(message: i32): i32 {
    const doc = this.doc;
    const json = this.json;
    json.key("Contents");
    json.beginArray();
    let end = message;
    let texts = 0;
    for (let at = message; at >= 0; at = this.nextOf(at, Role.User)) {
      end = at;
      const content = doc.get(at, "content");
      if (doc.isString(content)) {
        this.writeTextPart(content);
        texts += 1;
      }
      for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
        const text = textOfPart(doc, part);
        if (doc.isString(text)) {
          if (isBlank(doc, text)) continue;
          this.writeTextPart(text);
          texts += 1;
        } else {
          this.writeMedia(part);
        }
      }
    }
    if (texts == 0) {
      json.beginObject();
      json.keyString("Type", "text");
      json.keyString("Text", IMAGE_TEXT);
      json.endObject();
    }
    json.endArray();
    return end;
  }

  private writeTextPart(text: i32): void {
    this.json.beginObject();
    this.json.keyString("Type", "text");
    this.json.keyValue("Text", this.doc, text);
    this.json.endObject();
  }

  private writeMedia(part: i32): void {
    const doc = this.doc;
    const json = this.json;
    const isImage = doc.stringIs(doc.get(part, "type"), "image_url");
    const outer = doc.get(part, isImage ? "image_url" : "video_url");
    const url = doc.isString(outer) ? outer : doc.get(outer, "url");
    json.beginObject();
    json.keyString("Type", isImage ? "image_url" : "video_url");
    json.key(isImage ? "ImageUrl" : "VideoUrl");
    json.beginObject();
    json.keyValue("Url", doc, url);
    const rate = doc.get(outer, "fps");
    if (!isImage && doc.isNumber(rate)) json.keyValue("Fps", doc, rate);
    json.endObject();
    json.endObject();
  }

  // The assistant and its tools

  /** Writes the assistant's messages in a row, up to one that calls tools, as one entry. */
  private writeAssistants(message: i32): i32 {
    const doc = this.doc;
    if (this.last == Role.None) this.writeText("user", USER_TURN);
    this.last = Role.Assistant;
    this.beginEntry("assistant");
    const isSilent = !hasText(doc, doc.get(message, "content"));
    // Only a message with calls can be without a text here, and it ends the row.
    const end = isSilent ? message : this.joinTexts(message, Role.Assistant);
    if (hasCalls(doc, end)) this.writeCalls(end);
    this.json.endObject();
    return end;
  }

  private writeCalls(message: i32): void {
    const doc = this.doc;
    const json = this.json;
    json.key("ToolCalls");
    json.beginArray();
    const calls = doc.get(message, "tool_calls");
    for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
      json.beginObject();
      json.keyValue("Id", doc, doc.get(call, "id"));
      this.endCall(doc.get(call, "function"));
    }
    if (doc.first(calls) < 0) {
      this.functions += 1;
      json.beginObject();
      json.keyString("Id", `call_${this.functions}`);
      this.endCall(doc.get(message, "function_call"));
    }
    json.endArray();
  }

  private endCall(inner: i32): void {
    const doc = this.doc;
    const json = this.json;
    json.keyString("Type", "function");
    json.key("Function");
    json.beginObject();
    json.keyValue("Name", doc, doc.get(inner, "name"));
    json.key("Arguments");
    const text = doc.get(inner, "arguments");
    const start = doc.start(text);
    if (doc.isObject(text)) json.stringBytes(doc.ptr + start, doc.end(text) - start);
    else if (doc.stringLength(text) > 0) json.value(doc, text);
    else json.ascii("{}");
    json.endObject();
    json.endObject();
  }

  private writeResult(message: i32): void {
    const doc = this.doc;
    const json = this.json;
    this.last = Role.Tool;
    this.beginEntry("tool");
    const content = doc.get(message, "content");
    json.key("Content");
    json.beginString();
    if (hasText(doc, content)) addTexts(doc, content, json);
    else json.stringText(NO_RESULT);
    json.endString();
    const id = doc.get(message, "tool_call_id");
    if (doc.isString(id)) json.keyValue("ToolCallId", doc, id);
    else json.keyString("ToolCallId", `call_${this.functions}`);
    json.endObject();
  }
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
