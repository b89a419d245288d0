// A chat request as Coze wants it: https://www.coze.com/docs/developer_guides/chat_v3
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, missingParameter } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import {
  addText,
  checkBotRequest,
  checkUrl,
  copyMembers,
  firstNew,
  imageUrlOf,
  isSystem,
  newWriter,
  refusePart,
  writeUser,
} from "../bot-request";
import { Call } from "../call";
import { ProviderSpec } from "../provider-spec";

/** Coze takes no more messages than these. */
const MOST_MESSAGES: i32 = 100;
/** Some clients mark names of bots with it. */
const BOT_PREFIX: string = "bot-";

/** Members of Coze's own that a client may give. */
// @ts-ignore: decorator
@lazy
const OWN_MEMBERS: StaticArray<string> = [
  "custom_variables",
  "parameters",
  "extra_params",
  "shortcut_command",
  "enable_card",
];

/** Writes requests, one after the other. */
export class CozeRequest {
  private readonly json: JsonWriter = newWriter();
  /** The list of a message's parts, which Coze takes as the text of a string. */
  private readonly parts: JsonWriter = newWriter();
  /** The system's texts as a JSON string without its quotes. */
  private readonly system: JsonWriter = newWriter();
  private provider: string = "";
  private doc: Document = NO_DOCUMENT;

  /** Writes the body to `out`. An error names what cannot be said to Coze. */
  write(spec: ProviderSpec, call: Call, doc: Document, out: ByteWriter): ApiError | null {
    const error = checkBotRequest(spec, doc);
    if (error !== null) return error;
    const json = this.json;
    const root = doc.root();
    this.provider = spec.id;
    this.doc = doc;
    out.reserve(doc.length + 256);
    json.out = out;
    json.reset();
    json.beginObject();
    json.keyString("bot_id", botOf(call));
    writeUser("user_id", doc, json);
    json.keyBool("stream", true);
    const saves = doc.get(root, "auto_save_history");
    // What the client sends again each time need not be kept; a conversation lives by it.
    if (doc.isTrue(saves) || doc.isFalse(saves)) json.keyValue("auto_save_history", doc, saves);
    else json.keyBool("auto_save_history", call.conversationId.length > 0);
    const messageError = this.writeMessages(call);
    if (messageError !== null) return messageError;
    const metadata = doc.get(root, "metadata");
    if (doc.isObject(metadata)) json.keyValue("meta_data", doc, metadata);
    copyMembers(OWN_MEMBERS, doc, json);
    json.endObject();
    return null;
  }

  private writeMessages(call: Call): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    this.collectSystem();
    const start = firstNew(call, doc);
    let count = 0;
    for (let item = start; item >= 0; item = doc.next(item)) if (!isSystem(doc, item)) ++count;
    let skipped = count - MOST_MESSAGES;
    json.key("additional_messages");
    json.beginArray();
    let index = -1;
    for (let item = doc.first(doc.get(doc.root(), "messages")); item >= 0; item = doc.next(item)) {
      ++index;
      if (item < start || isSystem(doc, item) || skipped-- > 0) continue;
      const error = this.writeMessage(item, index);
      if (error !== null) return error;
    }
    // A system's text alone is what the bot is asked.
    if (this.system.out.length > 0) this.writeSystemOnly();
    json.endArray();
    return null;
  }

  /** There is no such role: its texts go in front of the user's first one. */
  private collectSystem(): void {
    const doc = this.doc;
    const system = this.system;
    system.out.clear();
    const messages = doc.get(doc.root(), "messages");
    for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
      if (!isSystem(doc, item)) continue;
      if (system.out.length > 0) system.stringText("\n");
      addText(doc, item, system);
    }
  }

  private writeMessage(message: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const role = doc.get(message, "role");
    if (doc.stringIs(role, "assistant")) {
      this.begin("assistant", "answer");
      json.beginString();
      addText(doc, message, json);
      this.end("text");
      return null;
    }
    const content = doc.get(message, "content");
    this.begin("user", "question");
    if (doc.stringIs(role, "user") && doc.isArray(content)) {
      const error = this.writeParts(content, index);
      if (error !== null) return error;
      json.stringBytes(this.parts.out.ptr, this.parts.out.length);
      json.keyString("content_type", "object_string");
      json.endObject();
      return null;
    }
    json.beginString();
    this.takeSystem(json);
    if (!doc.stringIs(role, "user")) json.stringText("[tool result] ");
    addText(doc, message, json);
    this.end("text");
    return null;
  }

  private writeSystemOnly(): void {
    this.begin("user", "question");
    this.json.beginString();
    this.json.out.writer(this.system.out);
    this.end("text");
  }

  private begin(role: string, type: string): void {
    const json = this.json;
    json.beginObject();
    json.keyString("role", role);
    json.keyString("type", type);
    json.key("content");
  }

  private end(type: string): void {
    this.json.endString();
    this.json.keyString("content_type", type);
    this.json.endObject();
  }

  /** Puts the system's texts into the string at hand, once. */
  private takeSystem(json: JsonWriter): void {
    if (this.system.out.length == 0) return;
    json.out.writer(this.system.out);
    json.stringText("\n\n");
    this.system.out.clear();
  }

  private writeParts(content: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const parts = this.parts;
    parts.out.clear();
    parts.reset();
    parts.beginArray();
    let place = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      const error = this.writePart(part, `messages[${index}].content[${place}]`);
      if (error !== null) return error;
    }
    if (this.system.out.length > 0) {
      this.beginPart("text");
      parts.key("text");
      parts.raw(this.system.out.ptr, this.system.out.length);
      parts.endObject();
    }
    parts.endArray();
    return null;
  }

  private writePart(part: i32, site: string): ApiError | null {
    const doc = this.doc;
    const parts = this.parts;
    const type = doc.get(part, "type");
    if (doc.stringIs(type, "text")) {
      const text = doc.get(part, "text");
      if (!doc.isString(text)) return missingParameter(`${site}.text`);
      this.beginPart("text");
      parts.key("text");
      parts.beginString();
      this.takeSystem(parts);
      parts.stringPart(doc, text);
      parts.endString();
    } else if (doc.stringIs(type, "image_url")) {
      const url = imageUrlOf(doc, part);
      const error = checkUrl(doc, url, `${site}.image_url.url`);
      if (error !== null) return error;
      this.beginPart("image");
      parts.keyValue("file_url", doc, url);
    } else if (doc.stringIs(type, "file")) {
      return this.writeFile(doc.get(part, "file"), site);
    } else {
      return refusePart(doc, part, this.provider, site);
    }
    parts.endObject();
    return null;
  }

  private beginPart(type: string): void {
    this.parts.beginObject();
    this.parts.keyString("type", type);
  }

  /** A file by its id or its address; one that is the content itself would have to be uploaded. */
  private writeFile(file: i32, site: string): ApiError | null {
    const doc = this.doc;
    const id = doc.get(file, "file_id");
    let url = doc.get(file, "file_url");
    if (!doc.isString(url)) url = doc.get(file, "file_data");
    if (!doc.isString(id)) {
      const error = checkUrl(doc, url, `${site}.file.file_data`);
      if (error !== null) return error;
    }
    this.beginPart("file");
    if (doc.isString(id)) this.parts.keyValue("file_id", doc, id);
    else this.parts.keyValue("file_url", doc, url);
    this.parts.endObject();
    return null;
  }
}

/** The bot: the client's own header goes before the model's name. */
function botOf(call: Call): string {
  const bot = call.botId.length > 0 ? call.botId : call.model;
  return bot.startsWith(BOT_PREFIX) ? bot.substring(BOT_PREFIX.length) : bot;
}

const NO_DOCUMENT: Document = new Document();
