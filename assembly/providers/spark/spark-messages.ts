// A conversation as Spark has it: texts of the system, the user and the assistant, and nothing
// else. Calls of functions and their results are told in words: https://www.xfyun.cn/doc/spark/Web.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { AnswerFormat } from "../../openai/answer-format";
import { ApiError, invalidValue } from "../../openai/api-error";
import { addTexts, hasText } from "../../openai/content-text";
import { calledName } from "../../openai/message-text";
import { addSystemTexts, hasCalls, Role, roleOf } from "../../openai/messages";
import { ByteWriter } from "../../text/byte-writer";
import { SparkImage } from "./spark-image";

/** Goes with an image that came without a word. */
const IMAGE_TEXT: string = "See the image.";

/** Writes the messages of one request, which have been checked. */
export class SparkMessages {
  readonly image: SparkImage = new SparkImage();
  private doc: Document = new Document();
  private json: JsonWriter = new JsonWriter(new ByteWriter());
  /** The system cannot speak beside an image: its texts go before the user's first one. */
  private hasLead: bool = false;
  private count: i32 = 0;

  /** Writes the member `message`. */
  write(doc: Document, isImage: bool, format: AnswerFormat, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.count = 0;
    const messages = doc.get(doc.root(), "messages");
    json.key("message");
    json.beginObject();
    json.key("text");
    json.beginArray();
    if (isImage) this.image.write(json);
    this.hasLead = isImage && hasLead(doc, messages, format);
    if (!isImage && hasLead(doc, messages, format)) {
      this.begin("system");
      writeLead(doc, messages, format, json);
      this.end(false);
    }
    for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
      this.writeMessage(messages, message, isImage, format);
    }
    if (this.count == 0 && isImage) this.writeImageText(messages, format);
    json.endArray();
    json.endObject();
    if (this.count > 0) return null;
    const reason = "Invalid value for 'messages': there is no message with content.";
    return invalidValue("messages", reason);
  }

  private writeMessage(messages: i32, message: i32, isImage: bool, format: AnswerFormat): void {
    const doc = this.doc;
    const json = this.json;
    const content = doc.get(message, "content");
    const role = roleOf(doc, message);
    const calls = role == Role.Assistant && hasCalls(doc, message);
    if (role == Role.System) return;
    if (role != Role.Tool && !calls && !hasText(doc, content)) return;
    this.begin(role == Role.Assistant ? "assistant" : "user");
    if (this.hasLead && role == Role.User) this.writeLeadOnce(messages, format);
    if (role == Role.Tool) {
      json.stringText("Result of ");
      json.stringPart(doc, calledName(doc, messages, message));
      json.stringText(": ");
    }
    addTexts(doc, content, json);
    if (calls) this.addCalls(message, hasText(doc, content));
    this.end(isImage);
  }

  private writeLeadOnce(messages: i32, format: AnswerFormat): void {
    writeLead(this.doc, messages, format, this.json);
    this.json.stringText("\n\n");
    this.hasLead = false;
  }

  private writeImageText(messages: i32, format: AnswerFormat): void {
    this.begin("user");
    if (this.hasLead) this.writeLeadOnce(messages, format);
    this.json.stringText(IMAGE_TEXT);
    this.end(true);
  }

  private begin(role: string): void {
    const json = this.json;
    this.count += 1;
    json.beginObject();
    json.keyString("role", role);
    json.key("content");
    json.beginString();
  }

  private end(isImage: bool): void {
    this.json.endString();
    if (isImage) this.json.keyString("content_type", "text");
    this.json.endObject();
  }

  /** Adds the calls of a message to its text, each as an object on a line of its own. */
  private addCalls(message: i32, hasText: bool): void {
    const doc = this.doc;
    const calls = doc.get(message, "tool_calls");
    let call = doc.first(calls);
    if (call < 0) this.addCall(doc.get(message, "function_call"), hasText);
    for (let isBehind = hasText; call >= 0; call = doc.next(call), isBehind = true) {
      this.addCall(doc.get(call, "function"), isBehind);
    }
  }

  private addCall(inner: i32, isBehind: bool): void {
    const doc = this.doc;
    const json = this.json;
    if (isBehind) json.stringText("\n");
    json.stringText('{"name": "');
    json.stringPart(doc, doc.get(inner, "name"));
    json.stringText('", "arguments": ');
    const text = doc.get(inner, "arguments");
    const start = doc.start(text);
    if (doc.isObject(text)) json.stringEscape(doc.ptr + start, doc.end(text) - start);
    else if (doc.stringLength(text) > 0) json.stringPart(doc, text);
    else json.stringText("{}");
    json.stringText("}");
  }
}

function hasLead(doc: Document, messages: i32, format: AnswerFormat): bool {
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (roleOf(doc, message) == Role.System && hasText(doc, doc.get(message, "content"))) {
      return true;
    }
  }
  return format.isJson;
}

/** Adds the texts of the system, and how the answer is to be written, to the open string. */
function writeLead(doc: Document, messages: i32, format: AnswerFormat, json: JsonWriter): void {
  const count = addSystemTexts(doc, messages, json);
  if (!format.isJson) return;
  if (count > 0) json.stringText("\n\n");
  format.tell(json);
}
