// The conversation: OpenAI's messages become Gemini's contents:
// https://ai.google.dev/api/caching#Content
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
import { Detail, detailOf, partPath, resolutionOf, writeMedia } from "./gemini-media";
import { GeminiModel } from "./gemini-model";
import { GeminiToolTurns } from "./gemini-tool-turns";
import { GeminiTurns, Turn } from "./gemini-turns";

/** Writes the contents of one request. Texts are copied as they stand. */
export class GeminiContents {
  /** System texts as parts, in order. */
  readonly system: JsonWriter = new JsonWriter(new ByteWriter());
  /** The one resolution for all images, where older models are told it. */
  detail: Detail = Detail.Unsaid;
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  private model: GeminiModel = NO_MODEL;
  private readonly turns: GeminiTurns = new GeminiTurns();
  private readonly tools: GeminiToolTurns = new GeminiToolTurns(this.turns);
  /** Place of the message at hand. */
  private index: i32 = 0;
  private images: i32 = 0;
  private lowImages: i32 = 0;

  /** Writes the list of contents. `sendsIds`: calls and their results have ids. */
  write(model: GeminiModel, doc: Document, sendsIds: bool, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.model = model;
    this.detail = Detail.Unsaid;
    this.images = this.lowImages = this.index = 0;
    const messages = doc.get(doc.root(), "messages");
    const systemError = this.readSystem(messages);
    if (systemError !== null) return systemError;
    this.turns.begin(model, this.system.out, json);
    this.tools.begin(model, doc, sendsIds, json);
    let message = doc.first(messages);
    while (message >= 0) {
      const last = this.tools.isResult(message) ? this.tools.endOfResults(message) : message;
      const error = this.writeMessage(message, last);
      if (error !== null) return error;
      for (; message != last; message = doc.next(message)) this.index += 1;
      message = doc.next(message);
      this.index += 1;
    }
    if (this.detail == Detail.Unsaid && this.images > 0 && this.images == this.lowImages) {
      this.detail = Detail.Low;
    }
    if (this.turns.isEmpty && this.system.out.length == 0) {
      return invalidValue("messages", "Invalid value for 'messages': there is no content.");
    }
    this.turns.end();
    return null;
  }

  // System texts

  private readSystem(messages: i32): ApiError | null {
    const doc = this.doc;
    this.system.out.clear();
    this.system.reset();
    let index = 0;
    for (let item = doc.first(messages); item >= 0; item = doc.next(item), ++index) {
      if (!this.isSystem(item)) continue;
      const content = doc.get(item, "content");
      if (doc.isString(content)) writeText(doc, content, this.system);
      let place = 0;
      for (let part = firstPart(doc, content); part >= 0; part = doc.next(part), ++place) {
        const text = doc.get(part, "text");
        if (!doc.isString(text)) {
          const message = "Gemini takes texts only here.";
          return unsupportedValue(partPath(index, place), message);
        }
        writeText(doc, text, this.system);
      }
    }
    return null;
  }

  private isSystem(message: i32): bool {
    const role = this.doc.get(message, "role");
    return this.doc.stringIs(role, "system") || this.doc.stringIs(role, "developer");
  }

  // Messages

  /** Writes one message, or all results of tools up to the message `last`. */
  private writeMessage(message: i32, last: i32): ApiError | null {
    const doc = this.doc;
    const content = doc.get(message, "content");
    const path = `messages[${this.index}]`;
    if (!doc.absent(content) && !doc.isString(content) && !doc.isArray(content)) {
      return invalidType(path + ".content", "a string or an array of objects");
    }
    const role = doc.get(message, "role");
    if (doc.stringIs(role, "user")) return this.writeContent(content, Turn.User);
    if (doc.stringIs(role, "assistant")) return this.writeAssistant(message, content);
    if (this.isSystem(message)) return null;
    if (this.tools.isResult(message)) return this.tools.writeResults(message, last, this.index);
    const name = doc.string(role);
    return invalidValue(path + ".role", `Invalid value for '${path}.role': '${name}'.`);
  }

  private writeContent(content: i32, turn: Turn): ApiError | null {
    const doc = this.doc;
    if (doc.isString(content)) {
      this.writeTextPart(content, turn);
      return null;
    }
    let place = 0;
    for (let part = firstPart(doc, content); part >= 0; part = doc.next(part), ++place) {
      const error = this.writePart(part, turn, place);
      if (error !== null) return error;
    }
    return null;
  }

  private writePart(part: i32, turn: Turn, place: i32): ApiError | null {
    const doc = this.doc;
    const type = doc.get(part, "type");
    const isText = doc.stringIs(type, "text");
    if (isText || (turn == Turn.Model && doc.stringIs(type, "refusal"))) {
      const text = doc.get(part, isText ? "text" : "refusal");
      if (!doc.isString(text)) return missingParameter(partPath(this.index, place, ".text"));
      this.writeTextPart(text, turn);
      return null;
    }
    const path = partPath(this.index, place);
    this.turns.open(turn);
    this.json.beginObject();
    const error = writeMedia(doc, part, path, this.json);
    if (error === null && doc.stringIs(type, "image_url")) this.writeDetail(detailOf(doc, part));
    this.json.endObject();
    return error;
  }

  /** Newer models are told the resolution with each image, older ones once for all. */
  private writeDetail(detail: Detail): void {
    this.images += 1;
    if (detail == Detail.Unsaid) return;
    if (!this.model.isThird) {
      if (detail == Detail.High) this.detail = detail;
      else this.lowImages += 1;
      return;
    }
    this.json.key("mediaResolution");
    this.json.beginObject();
    this.json.keyString("level", resolutionOf(detail));
    this.json.endObject();
  }

  private writeTextPart(text: i32, turn: Turn): void {
    if (this.doc.stringLength(text) == 0) return;
    this.turns.open(turn);
    writeText(this.doc, text, this.json);
  }

  private writeAssistant(message: i32, content: i32): ApiError | null {
    const doc = this.doc;
    const error = this.writeContent(content, Turn.Model);
    if (error !== null) return error;
    if (doc.absent(content)) this.writeTextPart(doc.get(message, "refusal"), Turn.Model);
    return this.tools.writeCalls(message, this.index);
  }
}

function firstPart(doc: Document, content: i32): i32 {
  return doc.isArray(content) ? doc.first(content) : -1;
}

/** Writes a text as a part; an empty one would be refused. */
function writeText(doc: Document, text: i32, json: JsonWriter): void {
  if (doc.stringLength(text) == 0) return;
  json.beginObject();
  json.keyValue("text", doc, text);
  json.endObject();
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
const NO_MODEL: GeminiModel = new GeminiModel("");
