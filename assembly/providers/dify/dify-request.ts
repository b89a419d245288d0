// A chat request as Dify's applications want it: https://docs.dify.ai/api-reference
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import {
  addText,
  checkBotRequest,
  checkUrl,
  firstNew,
  imageUrlOf,
  isSystem,
  newWriter,
  refusePart,
  writeUser,
} from "../bot-request";
import { Call } from "../call";
import { ProviderSpec } from "../provider-spec";

/** Kinds of applications. */
export const enum BotType {
  Chat,
  Agent,
  Completion,
  Workflow,
}

/** The input of a text generator that gets the prompt. */
const COMPLETION_INPUT: string = "query";

/** Writes requests, one after the other. */
export class DifyRequest {
  private readonly json: JsonWriter = newWriter();
  /** Elements of `files`. */
  private readonly files: JsonWriter = newWriter();

  /**
   * Writes the body to `out`. `input` is the workflow's input. An error names what cannot be said
   * to Dify.
   */
  write(
    spec: ProviderSpec,
    type: BotType,
    input: string,
    call: Call,
    doc: Document,
    out: ByteWriter,
  ): ApiError | null {
    const error = checkBotRequest(spec, doc);
    if (error !== null) return error;
    const fileError = this.collectFiles(spec, type, call, doc);
    if (fileError !== null) return fileError;
    const json = this.json;
    const isChat = type == BotType.Chat || type == BotType.Agent;
    out.reserve(doc.length + 256);
    json.out = out;
    json.reset();
    json.beginObject();
    this.writeInputs(isChat ? "" : type == BotType.Workflow ? input : COMPLETION_INPUT, call, doc);
    if (isChat) {
      json.key("query");
      this.writePrompt(call, doc);
    }
    // Agents do not answer in one piece.
    const isStream = call.stream || type == BotType.Agent;
    call.joinsStream = !call.stream && isStream;
    json.keyString("response_mode", isStream ? "streaming" : "blocking");
    writeUser("user", doc, json);
    if (isChat) {
      json.keyString("conversation_id", call.conversationId);
      json.keyBool("auto_generate_name", false);
    }
    if (type != BotType.Workflow) {
      json.key("files");
      json.beginArray();
      const files = this.files.out;
      if (files.length > 0) json.raw(files.ptr, files.length);
      json.endArray();
    }
    json.endObject();
    return null;
  }

  /** The client's own `inputs`, and the prompt as the one named `prompt`, unless that is "". */
  private writeInputs(prompt: string, call: Call, doc: Document): void {
    const json = this.json;
    const own = doc.get(doc.root(), "inputs");
    json.key("inputs");
    json.beginObject();
    if (doc.isObject(own)) {
      for (let item = doc.first(own); item >= 0; item = doc.next(item)) {
        if (prompt.length > 0 && doc.key(item) == prompt) continue;
        json.keyRaw(doc, item);
        json.value(doc, item);
      }
    }
    if (prompt.length > 0) {
      // The name comes from the configuration: it may need escapes.
      json.string(prompt);
      json.out.byte(0x3a);
      json.reset();
      this.writePrompt(call, doc);
    }
    json.endObject();
  }

  /**
   * The conversation as one text. A user's only message stands for itself, and so does the new one
   * of a conversation that Dify keeps.
   */
  private writePrompt(call: Call, doc: Document): void {
    const json = this.json;
    const first = firstNew(call, doc);
    const isKept = call.conversationId.length > 0;
    let count = 0;
    let last = -1;
    for (let item = first; item >= 0; item = doc.next(item)) {
      if (isKept && isSystem(doc, item)) continue;
      ++count;
      last = item;
    }
    json.beginString();
    if (count == 1 && doc.stringIs(doc.get(last, "role"), "user")) {
      addText(doc, last, json);
    } else {
      for (let item = first; item >= 0; item = doc.next(item)) {
        if (isKept && isSystem(doc, item)) continue;
        json.stringText(headingOf(doc, item));
        addText(doc, item, json);
        json.stringText("\n");
      }
    }
    json.endString();
  }

  private collectFiles(
    spec: ProviderSpec,
    type: BotType,
    call: Call,
    doc: Document,
  ): ApiError | null {
    const files = this.files;
    files.out.clear();
    files.reset();
    const start = firstNew(call, doc);
    let index = 0;
    let message = doc.first(doc.get(doc.root(), "messages"));
    for (; message >= 0; message = doc.next(message), ++index) {
      const content = doc.get(message, "content");
      if (message < start || !doc.isArray(content)) continue;
      let place = 0;
      for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
        const kind = doc.get(part, "type");
        if (doc.stringIs(kind, "text") || doc.stringIs(kind, "refusal")) continue;
        const site = `messages[${index}].content[${place}]`;
        if (!doc.stringIs(kind, "image_url")) return refusePart(doc, part, spec.id, site);
        if (type == BotType.Workflow) {
          return unsupportedValue(site, "A workflow takes images as its inputs only.");
        }
        const error = this.writeImage(doc, part, site);
        if (error !== null) return error;
      }
    }
    return null;
  }

  private writeImage(doc: Document, part: i32, site: string): ApiError | null {
    const url = imageUrlOf(doc, part);
    const error = checkUrl(doc, url, `${site}.image_url.url`);
    if (error !== null) return error;
    const json = this.files;
    json.beginObject();
    json.keyString("type", "image");
    json.keyString("transfer_method", "remote_url");
    json.keyValue("url", doc, url);
    json.endObject();
    return null;
  }
}

/** The line before a message in a text of several. */
function headingOf(doc: Document, message: i32): string {
  const role = doc.get(message, "role");
  if (doc.stringIs(role, "user")) return "USER: \n";
  if (doc.stringIs(role, "assistant")) return "ASSISTANT: \n";
  return isSystem(doc, message) ? "SYSTEM: \n" : "TOOL: \n";
}
