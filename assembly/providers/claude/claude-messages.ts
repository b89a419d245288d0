// The conversation: OpenAI's messages become Anthropic's turns in one pass:
// https://docs.claude.com/en/api/messages
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
import { isBlank, writeCacheControl, writeTextBlock, writeTrimmedBlock } from "./claude-blocks";
import { PartSite, refuseRemote, writeFile, writeImage } from "./claude-media";
import { ClaudeSystem } from "./claude-system";
import { ToolCallWriter } from "./claude-tool-calls";
import { ClaudeTurns, Turn } from "./claude-turns";

/**
 * Writes the turns of one request. Texts are copied as they stand. A user's blocks stay open for
 * what follows, so that the results of tools and the words after them are one turn, results first.
 */
export class ClaudeMessages {
  readonly system: ClaudeSystem = new ClaudeSystem();
  readonly calls: ToolCallWriter = new ToolCallWriter();
  /** A file is named by its id. */
  usesFiles: bool = false;
  /** Images and files have to stand in the request itself. */
  isInline: bool = false;
  private doc: Document = NO_DOCUMENT;
  private json: JsonWriter = NO_WRITER;
  private readonly site: PartSite = new PartSite();
  private readonly turns: ClaudeTurns = new ClaudeTurns();

  // Members of the message at hand.
  private role: i32 = -1;
  private content: i32 = -1;
  private toolCalls: i32 = -1;
  private toolCallId: i32 = -1;
  private functionCall: i32 = -1;
  private refusal: i32 = -1;
  private cache: i32 = -1;

  /** Writes the list `messages`, up to its end, which `end` writes. System texts go to `system`. */
  write(doc: Document, messages: i32, json: JsonWriter): ApiError | null {
    this.doc = doc;
    this.json = json;
    this.system.begin();
    this.calls.begin(json);
    this.usesFiles = false;
    this.site.message = 0;
    this.turns.begin(json);
    for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
      const error = this.writeMessage(message);
      if (error !== null) return error;
      this.site.message += 1;
    }
    if (!this.turns.isEmpty || !this.system.isEmpty) return null;
    const reason = "Invalid value for 'messages': there is no message with content.";
    return invalidValue("messages", reason);
  }

  /** Ends the list. It may end in the assistant's words only where the model goes on with them. */
  end(takesPrefill: bool): void {
    this.turns.end(takesPrefill);
  }

  private writeMessage(message: i32): ApiError | null {
    const doc = this.doc;
    this.readMembers(message);
    const role = this.role;
    const content = this.content;
    if (!doc.absent(content) && !doc.isString(content) && !doc.isArray(content)) {
      return invalidType(
        `messages[${this.site.message}].content`,
        "a string or an array of objects",
      );
    }
    if (doc.stringIs(role, "user")) return this.writeUser();
    if (doc.stringIs(role, "assistant")) return this.writeAssistant(message);
    if (doc.stringIs(role, "tool")) return this.writeToolResult();
    if (doc.stringIs(role, "system") || doc.stringIs(role, "developer")) {
      return this.system.add(doc, content, this.cache, this.site);
    }
    if (doc.stringIs(role, "function")) return this.writeFunctionResult();
    const path = `messages[${this.site.message}].role`;
    return invalidValue(path, `Invalid value for '${path}': '${doc.string(role)}'.`);
  }

  private readMembers(message: i32): void {
    const doc = this.doc;
    this.role = this.content = this.toolCalls = this.toolCallId = -1;
    this.functionCall = this.refusal = this.cache = -1;
    for (let member = doc.first(message); member >= 0; member = doc.next(member)) {
      if (doc.keyIs(member, "role")) this.role = member;
      else if (doc.keyIs(member, "content")) this.content = member;
      else if (doc.keyIs(member, "tool_calls")) this.toolCalls = member;
      else if (doc.keyIs(member, "tool_call_id")) this.toolCallId = member;
      else if (doc.keyIs(member, "function_call")) this.functionCall = member;
      else if (doc.keyIs(member, "refusal")) this.refusal = member;
      else if (doc.keyIs(member, "cache_control")) this.cache = member;
    }
  }

  // The user

  private writeUser(): ApiError | null {
    const doc = this.doc;
    if (!doc.isString(this.content)) return this.writeParts(Turn.User, this.cache, false);
    if (isBlank(doc, this.content)) return null;
    if (this.turns.open == Turn.User || doc.isObject(this.cache)) {
      this.turns.openBlocks(Turn.User);
      writeTextBlock(doc, this.content, this.cache, this.json);
    } else {
      this.writePlainTurn(Turn.User, false);
    }
    return null;
  }

  /** Writes a turn that is one text. */
  private writePlainTurn(turn: Turn, isTrimmed: bool): void {
    const doc = this.doc;
    this.turns.beginText(turn);
    if (isTrimmed) this.json.string(doc.string(this.content).trimEnd());
    else this.json.value(doc, this.content);
    this.turns.endText();
  }

  /**
   * Writes the parts of the content as blocks. The last one gets `cache`, the value of a
   * `cache_control` or -1, unless it has its own. With `isLast` the last text loses the space at
   * its end.
   */
  private writeParts(turn: Turn, cache: i32, isLast: bool): ApiError | null {
    const doc = this.doc;
    this.site.part = 0;
    for (let part = doc.first(this.content); part >= 0; part = doc.next(part)) {
      const isEnd = doc.next(part) < 0;
      let mark = doc.get(part, "cache_control");
      if (isEnd && mark < 0) mark = cache;
      const error = this.writePart(part, turn, mark, isLast && isEnd);
      if (error !== null) return error;
      this.site.part += 1;
    }
    return null;
  }

  private writePart(part: i32, turn: Turn, cache: i32, isLast: bool): ApiError | null {
    const doc = this.doc;
    const type = doc.get(part, "type");
    if (doc.stringIs(type, "text")) {
      return this.writeText(doc.get(part, "text"), turn, cache, isLast);
    }
    if (turn == Turn.Assistant) return this.writeAssistantPart(part, type, cache);
    this.turns.openBlocks(turn);
    const refused = this.isInline ? refuseRemote(doc, part, this.site) : null;
    if (refused !== null) return refused;
    if (doc.stringIs(type, "image_url")) return writeImage(doc, part, cache, this.site, this.json);
    if (doc.stringIs(type, "file")) {
      if (doc.isString(doc.get(doc.get(part, "file"), "file_id"))) this.usesFiles = true;
      return writeFile(doc, part, cache, this.site, this.json);
    }
    return this.refusePart(type);
  }

  private writeText(text: i32, turn: Turn, cache: i32, isLast: bool): ApiError | null {
    const doc = this.doc;
    if (!doc.isString(text)) return missingParameter(this.site.path(".text"));
    if (isBlank(doc, text)) return null;
    this.turns.openBlocks(turn);
    if (isLast) writeTrimmedBlock(doc, text, cache, this.json);
    else writeTextBlock(doc, text, cache, this.json);
    return null;
  }

  private refusePart(type: i32): ApiError {
    const path = this.site.path();
    if (!this.doc.isString(type)) return missingParameter(this.site.path(".type"));
    const message = `Claude takes no content part of the type '${this.doc.string(type)}' here.`;
    return unsupportedValue(path, message);
  }

  // The assistant

  private writeAssistant(message: i32): ApiError | null {
    const doc = this.doc;
    const hasCalls = doc.first(this.toolCalls) >= 0 || doc.isObject(this.functionCall);
    const isText = doc.isString(this.content);
    const isLast = !hasCalls && this.isLastTurn(message);
    if (isText && !hasCalls && !doc.isObject(this.cache)) {
      if (!isBlank(doc, this.content)) this.writePlainTurn(Turn.Assistant, isLast);
      return null;
    }
    this.calls.beginTurn();
    const cache = hasCalls ? -1 : this.cache;
    let error: ApiError | null = null;
    if (doc.isArray(this.content)) {
      error = this.writeParts(Turn.Assistant, cache, isLast);
    } else {
      const text = isText ? this.content : this.refusal;
      if (doc.isString(text)) error = this.writeText(text, Turn.Assistant, cache, isLast);
    }
    if (error === null && hasCalls) error = this.writeCalls();
    this.turns.closeBlocks();
    return error;
  }

  private writeCalls(): ApiError | null {
    this.turns.openBlocks(Turn.Assistant);
    this.turns.hasCalls = true;
    const index = this.site.message;
    if (this.doc.first(this.toolCalls) >= 0) {
      return this.calls.write(this.doc, this.toolCalls, this.cache, index);
    }
    return this.calls.writeFunction(this.doc, this.functionCall, index);
  }

  /**
   * Parts that only an assistant has: refusals, and thinking that a client kept as Claude gave it.
   */
  private writeAssistantPart(part: i32, type: i32, cache: i32): ApiError | null {
    const doc = this.doc;
    if (doc.stringIs(type, "refusal")) {
      return this.writeText(doc.get(part, "refusal"), Turn.Assistant, cache, false);
    }
    if (doc.stringIs(type, "thinking") || doc.stringIs(type, "redacted_thinking")) {
      this.turns.openBlocks(Turn.Assistant);
      this.json.value(doc, part);
      this.calls.hasThinking = true;
      return null;
    }
    return this.refusePart(type);
  }

  /** Whether nothing but system texts and empty messages follow. */
  private isLastTurn(message: i32): bool {
    const doc = this.doc;
    for (let at = doc.next(message); at >= 0; at = doc.next(at)) {
      const role = doc.get(at, "role");
      if (doc.stringIs(role, "system") || doc.stringIs(role, "developer")) continue;
      const content = doc.get(at, "content");
      if (!doc.isString(content) || !isBlank(doc, content)) return false;
    }
    return true;
  }

  // Results of tools

  private writeToolResult(): ApiError | null {
    if (!this.doc.isString(this.toolCallId)) {
      return missingParameter(`messages[${this.site.message}].tool_call_id`);
    }
    this.turns.openBlocks(Turn.User);
    this.json.beginObject();
    this.json.out.ascii('"type":"tool_result","tool_use_id":');
    this.calls.writeId(this.doc, this.toolCallId);
    return this.writeResult();
  }

  /** The result of a `function_call` of old, which has no id: it answers the last one. */
  private writeFunctionResult(): ApiError | null {
    if (this.calls.functions == 0) {
      const path = `messages[${this.site.message}].role`;
      return invalidValue(path, `Invalid value for '${path}': no 'function_call' comes before it.`);
    }
    this.turns.openBlocks(Turn.User);
    this.json.beginObject();
    this.json.out.ascii('"type":"tool_result","tool_use_id":');
    this.calls.writeFunctionId();
    return this.writeResult();
  }

  private writeResult(): ApiError | null {
    const doc = this.doc;
    const json = this.json;
    let error: ApiError | null = null;
    if (doc.isString(this.content)) {
      if (!isBlank(doc, this.content)) json.keyValue("content", doc, this.content);
    } else if (doc.first(this.content) >= 0) {
      json.key("content");
      json.beginArray();
      error = this.writeParts(Turn.User, -1, false);
      json.endArray();
    }
    writeCacheControl(doc, this.cache, json);
    json.endObject();
    return error;
  }
}

const NO_DOCUMENT: Document = new Document();
const NO_WRITER: JsonWriter = new JsonWriter(new ByteWriter());
