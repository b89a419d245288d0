// The one message that a session begins with: https://www.xfyun.cn/doc/spark/Web.html
import { sha256 } from "../../crypto/sha256";
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { AnswerFormat } from "../../openai/answer-format";
import {
  ApiError,
  invalidType,
  unsupportedParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { checkConversation } from "../../openai/messages";
import { writeFitted } from "../../openai/sampling";
import { ToolChoice, ToolList, writeFunction } from "../../openai/tool-list";
import { ByteWriter } from "../../text/byte-writer";
import { writeHex } from "../../text/hex";
import { Call } from "../call";
import { SparkMessages } from "./spark-messages";
import { domainOf, hottest, isImageSite, knowsTools } from "./spark-sites";

/** Zero is refused. */
const SMALLEST_SAMPLING: f64 = 0.01;
const LARGEST_TOP_K: f64 = 6;
/** Characters of a user's id, at most. */
const LONGEST_USER: i32 = 32;
const PART_TYPES: string[] = ["text", "image_url"];

const DIGEST = memory.data(32, 16);
const USER: ByteWriter = new ByteWriter();

/** Writes requests, one after the other. */
export class SparkRequest {
  private doc: Document = new Document();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());
  private readonly format: AnswerFormat = new AnswerFormat();
  private readonly tools: ToolList = new ToolList("Spark");
  private readonly messages: SparkMessages = new SparkMessages();

  /** Writes the request to `out`. An error names what cannot be said. */
  write(
    call: Call,
    doc: Document,
    appId: string,
    configuredFormat: string,
    out: ByteWriter,
  ): ApiError | null {
    const site = call.note;
    const error = this.read(doc, site, configuredFormat);
    if (error !== null) return error;
    const json = this.json;
    out.reserve(doc.length + 512);
    this.doc = doc;
    json.out = out;
    json.reset();
    json.beginObject();
    this.writeHeader(appId);
    const chatError = this.writeChat(site, call.model);
    if (chatError !== null) return chatError;
    json.key("payload");
    json.beginObject();
    const messageError = this.messages.write(doc, isImageSite(site), this.format, json);
    if (messageError !== null) return messageError;
    if (this.tools.hasList && this.tools.choice != ToolChoice.None) this.writeFunctions();
    json.endObject();
    json.endObject();
    return null;
  }

  private read(doc: Document, site: i32, configuredFormat: string): ApiError | null {
    const root = doc.root();
    if (doc.integer(doc.get(root, "n"), 1) > 1) {
      return unsupportedValue("n", "Spark gives one choice: 'n' must be 1.");
    }
    const modalities = doc.get(root, "modalities");
    for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "text")) continue;
      return unsupportedValue("modalities", "Spark answers with text only.");
    }
    if (!doc.absent(doc.get(root, "web_search_options"))) {
      return unsupportedParameter("web_search_options", "spark");
    }
    let error = this.tools.read(doc);
    if (error === null && this.tools.hasList && !knowsTools(site)) {
      error = unsupportedParameter("tools", "spark");
    }
    if (error === null) error = this.format.read(doc, configuredFormat);
    if (error === null) error = checkConversation(doc, "Spark", PART_TYPES);
    if (error === null) error = this.messages.image.read(doc, isImageSite(site));
    return error;
  }

  private writeHeader(appId: string): void {
    const doc = this.doc;
    const json = this.json;
    json.key("header");
    json.beginObject();
    json.keyString("app_id", appId);
    const user = doc.get(doc.root(), "user");
    if (doc.stringLength(user) > 0) {
      USER.clear();
      doc.decodeString(user, USER);
      json.key("uid");
      if (USER.length <= LONGEST_USER) {
        json.stringBytes(USER.ptr, USER.length);
      } else {
        // Users that differ stay different: Spark counts what runs for each of them.
        sha256(USER.ptr, USER.length, DIGEST);
        USER.clear();
        writeHex(DIGEST, LONGEST_USER / 2, USER);
        json.stringBytes(USER.ptr, USER.length);
      }
    }
    json.endObject();
  }

  private writeChat(site: i32, model: string): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const root = doc.root();
    json.key("parameter");
    json.beginObject();
    json.key("chat");
    json.beginObject();
    json.keyString("domain", domainOf(site, model));
    const least = SMALLEST_SAMPLING;
    let error = writeFitted(doc, "temperature", "temperature", least, hottest(site), json);
    if (error === null) error = writeFitted(doc, "top_k", "top_k", 1, LARGEST_TOP_K, json);
    if (error === null) error = this.writeLength();
    if (error !== null) return error;
    const chat = doc.get(root, "chat_id");
    if (doc.isString(chat)) json.keyValue("chat_id", doc, chat);
    const kind = doc.get(root, "question_type");
    if (doc.isString(kind)) json.keyValue("question_type", doc, kind);
    if (isImageSite(site)) json.keyString("auditing", "default");
    json.endObject();
    json.endObject();
    return null;
  }

  private writeLength(): ApiError | null {
    const doc = this.doc;
    let name = "max_completion_tokens";
    if (doc.absent(doc.get(doc.root(), name))) name = "max_tokens";
    const limit = doc.get(doc.root(), name);
    if (doc.absent(limit)) return null;
    const length = doc.integer(limit, -1);
    if (length < 1) return invalidType(name, "a positive integer");
    this.json.keyInteger("max_tokens", length);
    return null;
  }

  /** A call cannot be required, but the named function can be left as the only one. */
  private writeFunctions(): void {
    const tools = this.tools;
    const json = this.json;
    json.key("functions");
    json.beginObject();
    json.key("text");
    json.beginArray();
    if (tools.choice == ToolChoice.Named) {
      writeFunction(this.doc, tools.functionOf(tools.namedTool()), json);
    } else {
      for (let tool = tools.firstTool(); tool >= 0; tool = tools.nextTool(tool)) {
        writeFunction(this.doc, tools.functionOf(tool), json);
      }
    }
    json.endArray();
    json.endObject();
  }
}
