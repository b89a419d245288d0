// The conversation: OpenAI's messages become Converse's turns in one pass:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { hasText, isBlank } from "../../openai/content-text";
import { hasCalls, Role, roleOf } from "../../openai/messages";
import { ByteWriter } from "../../text/byte-writer";
import { writeCacheControl, writeOwnText, writeTextBlock } from "./bedrock-blocks";
import { BedrockCache } from "./bedrock-cache";
import { BedrockMedia, writeAudio } from "./bedrock-media";
import { BedrockModel } from "./bedrock-model";
import { BedrockSystem } from "./bedrock-system";
import { BedrockToolCalls } from "./bedrock-tool-calls";
import { BedrockTurns } from "./bedrock-turns";

/** The result of a tool that has said nothing, which Bedrock refuses. */
const NO_RESULT: string = "(no output)";

/** Writes the turns of one request. Texts are copied as they stand. */
export class BedrockMessages {
  readonly system: BedrockSystem = new BedrockSystem();
  readonly calls: BedrockToolCalls = new BedrockToolCalls();
  readonly turns: BedrockTurns = new BedrockTurns();
  private readonly media: BedrockMedia = new BedrockMedia();
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  private takesThinking: bool = false;
  /** Where the message at hand stands, for errors. */
  private path: string = "";

  /** Writes the list `messages`, up to its end, which `turns` writes. System texts go to `system`. */
  write(
    doc: Document,
    model: BedrockModel,
    cache: BedrockCache,
    json: JsonWriter,
  ): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.takesThinking = model.isClaude;
    this.system.begin();
    this.calls.begin(json);
    this.calls.isMistral = model.isMistral;
    this.media.begin();
    this.turns.begin(json);
    this.turns.lifetime = cache.lifetime;
    const messages = doc.get(doc.root(), "messages");
    let index = 0;
    for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
      const error = this.writeMessage(message, index);
      if (error !== null) return error;
      if (cache.isAfter(index) && !this.turns.isEmpty) this.turns.isCached = true;
    }
    if (!this.turns.isEmpty || !this.system.isEmpty) return null;
    const reason = "Invalid value for 'messages': there is no message with content.";
    return invalidValue("messages", reason);
  }

  private writeMessage(message: i32, index: i32): ApiError | null {
    const doc = this.doc;
    const path = `messages[${index}]`;
    this.path = path;
    const content = doc.get(message, "content");
    const cache = doc.get(message, "cache_control");
    if (!doc.absent(content) && !doc.isString(content) && !doc.isArray(content)) {
      return invalidType(`${path}.content`, "a string or an array of objects");
    }
    switch (roleOf(doc, message)) {
      case Role.System:
        return this.system.add(doc, content, cache, path);
      case Role.User:
        return this.writeContent(content, cache, Role.User, false);
      case Role.Assistant:
        return this.writeAssistant(message, index, content, cache);
      case Role.Tool:
        return this.writeResult(message, content, cache);
      default:
        const word = doc.string(doc.get(message, "role"));
        return invalidValue(`${path}.role`, `Invalid value for '${path}.role': '${word}'.`);
    }
  }

  /**
   * Writes a content, a text or parts, as blocks. The last one gets a cache point where `cache`, a
   * `cache_control`, asks for it. With `isLast` the last text loses the space at its end.
   */
  private writeContent(content: i32, cache: i32, role: Role, isLast: bool): ApiError | null {
    const doc = this.doc;
    if (!doc.isArray(content)) {
      this.writeText(content, role, isLast);
      if (!isBlank(doc, content)) this.writeCache(cache);
      return null;
    }
    let place = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      const isEnd = doc.next(part) < 0;
      const site = `${this.path}.content[${place}]`;
      const error = this.writePart(part, site, role, isLast && isEnd);
      if (error !== null) return error;
      const own = doc.get(part, "cache_control");
      if (!this.turns.isEmpty) this.writeCache(own < 0 && isEnd ? cache : own);
    }
    return null;
  }

  private writeCache(cache: i32): void {
    if (this.turns.endsInCachePoint) return;
    if (writeCacheControl(this.doc, cache, this.json)) this.turns.endsInCachePoint = true;
  }

  private writePart(part: i32, site: string, role: Role, isLast: bool): ApiError | null {
    const doc = this.doc;
    const type = doc.get(part, "type");
    if (!doc.isString(type)) return missingParameter(site + ".type");
    if (doc.stringIs(type, "text")) {
      const text = doc.get(part, "text");
      if (!doc.isString(text)) return missingParameter(site + ".text");
      this.writeText(text, role, isLast);
      return null;
    }
    if (role == Role.Assistant) return this.writeAssistantPart(part, type, site);
    this.turns.open(Role.User);
    return this.writeMedia(part, type, site, role);
  }

  private writeMedia(part: i32, type: i32, site: string, role: Role): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    if (doc.stringIs(type, "image_url") || doc.stringIs(type, "video_url")) {
      return this.media.writePicture(doc, part, doc.string(type), site, json);
    }
    if (doc.stringIs(type, "file")) {
      // The result of a tool may be a document alone.
      if (role == Role.User) this.turns.hasDocument = true;
      return this.media.writeFile(doc, part, site, json);
    }
    if (doc.stringIs(type, "input_audio") && role == Role.User) {
      return writeAudio(doc, part, site, json);
    }
    return refusePart(doc, type, site);
  }

  /** Blank texts are refused, and left out. */
  private writeText(text: i32, role: Role, isLast: bool): void {
    const doc = this.doc;
    if (isBlank(doc, text)) return;
    if (role != Role.Tool) {
      this.turns.open(role);
      this.turns.hasText = true;
    }
    if (isLast) writeOwnText(doc.string(text).trimEnd(), this.json);
    else writeTextBlock(doc, text, this.json);
  }

  // The assistant

  private writeAssistant(message: i32, index: i32, content: i32, cache: i32): ApiError | null {
    const doc = this.doc;
    const calls = hasCalls(doc, message);
    const refusal = doc.get(message, "refusal");
    const text = doc.absent(content) && doc.isString(refusal) ? refusal : content;
    this.calls.beginTurn();
    const isLast = !calls && this.isLastTurn(message);
    const error = this.writeContent(text, calls ? -1 : cache, Role.Assistant, isLast);
    if (error !== null || !calls) return error;
    this.turns.open(Role.Assistant);
    this.turns.hasCalls = true;
    const list = doc.get(message, "tool_calls");
    const callError =
      doc.first(list) >= 0
        ? this.calls.write(doc, list, -1, index)
        : this.calls.writeFunction(doc, doc.get(message, "function_call"), index);
    if (callError === null) this.writeCache(cache);
    return callError;
  }

  /** Parts that only an assistant has: refusals, and thinking that a client kept with its signature. */
  private writeAssistantPart(part: i32, type: i32, site: string): ApiError | null {
    const doc = this.doc;
    if (doc.stringIs(type, "refusal")) {
      this.writeText(doc.get(part, "refusal"), Role.Assistant, false);
      return null;
    }
    const isRedacted = doc.stringIs(type, "redacted_thinking");
    if (!isRedacted && !doc.stringIs(type, "thinking")) return refusePart(doc, type, site);
    if (!this.takesThinking) return null;
    this.turns.open(Role.Assistant);
    this.calls.hasThinking = true;
    const json = this.json;
    json.beginObject();
    json.key("reasoningContent");
    json.beginObject();
    if (isRedacted) {
      json.keyValue("redactedContent", doc, doc.get(part, "data"));
    } else {
      json.key("reasoningText");
      json.beginObject();
      json.keyValue("text", doc, doc.get(part, "thinking"));
      const signature = doc.get(part, "signature");
      if (doc.isString(signature)) json.keyValue("signature", doc, signature);
      json.endObject();
    }
    json.endObject();
    json.endObject();
    return null;
  }

  /** Whether nothing but system texts and empty messages follow. */
  private isLastTurn(message: i32): bool {
    const doc = this.doc;
    for (let at = doc.next(message); at >= 0; at = doc.next(at)) {
      if (roleOf(doc, at) == Role.System) continue;
      const content = doc.get(at, "content");
      if (doc.isArray(content) || !isBlank(doc, content) || hasCalls(doc, at)) return false;
    }
    return true;
  }

  // Results of tools

  private writeResult(message: i32, content: i32, cache: i32): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    const isFunction = doc.stringIs(doc.get(message, "role"), "function");
    const id = doc.get(message, "tool_call_id");
    if (isFunction && this.calls.functions == 0) {
      const path = `${this.path}.role`;
      return invalidValue(path, `Invalid value for '${path}': no 'function_call' comes before it.`);
    }
    if (!isFunction && !doc.isString(id)) return missingParameter(`${this.path}.tool_call_id`);
    this.turns.open(Role.User);
    json.beginObject();
    json.key("toolResult");
    json.beginObject();
    json.key("toolUseId");
    if (isFunction) this.calls.writeFunctionId();
    else this.calls.writeId(doc, id);
    json.key("content");
    json.beginArray();
    const error = this.writeResultContent(content);
    json.endArray();
    json.endObject();
    json.endObject();
    this.writeCache(cache);
    return error;
  }

  private writeResultContent(content: i32): ApiError | null {
    const doc = this.doc;
    if (doc.first(content) < 0 && !hasText(doc, content)) {
      writeOwnText(NO_RESULT, this.json);
      return null;
    }
    if (!doc.isArray(content)) {
      this.writeText(content, Role.Tool, false);
      return null;
    }
    let place = 0;
    let hasBlock: bool = false;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      const site = `${this.path}.content[${place}]`;
      const before = this.json.out.length;
      const error = this.writePart(part, site, Role.Tool, false);
      if (error !== null) return error;
      if (this.json.out.length > before) hasBlock = true;
    }
    if (!hasBlock) writeOwnText(NO_RESULT, this.json);
    return null;
  }
}

function refusePart(doc: Document, type: i32, site: string): ApiError {
  const message = `Bedrock takes no content part of the type '${doc.string(type)}' here.`;
  return unsupportedValue(site, message);
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
