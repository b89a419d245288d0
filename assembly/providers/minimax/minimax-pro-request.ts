// A chat request for MiniMax's ChatCompletion Pro:
// https://platform.minimaxi.com/document/ChatCompletion%20Pro
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { AnswerFormat } from "../../openai/answer-format";
import { ApiError, invalidType, invalidValue, unsupportedValue } from "../../openai/api-error";
import { addTexts, hasText } from "../../openai/content-text";
import { addSystemTexts, checkConversation, hasCalls, Role, roleOf } from "../../openai/messages";
import { writeFitted } from "../../openai/sampling";
import { ToolChoice, ToolList, writeFunction } from "../../openai/tool-list";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ProviderSettings } from "../provider-settings";

/** Every speaker has a name, and those of bots must be declared. */
const BOT_NAME: string = "MM智能助理";
const USER_NAME: string = "用户";
/** A bot has to be described. */
const BOT_TEXT: string = "You are a helpful assistant.";
/** MiniMax's own default is so small that answers are cut off. */
const DEFAULT_LENGTH: i64 = 2048;
const SMALLEST_SAMPLING: f64 = 0.01;
/** The one model that cannot call functions. */
const MODEL_WITHOUT_TOOLS: string = "abab5.5s-chat";
const PART_TYPES: string[] = ["text"];

/** Writes requests, one after the other. */
export class MinimaxProRequest {
  private doc: Document = new Document();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());
  private readonly format: AnswerFormat = new AnswerFormat();
  private readonly tools: ToolList = new ToolList("MiniMax");
  /** The last message that calls tools, whose results stand behind their calls. */
  private caller: i32 = -1;
  private count: i32 = 0;
  private last: Role = Role.None;

  /** Writes the body to `out`. An error names what cannot be said. */
  write(call: Call, doc: Document, settings: ProviderSettings, out: ByteWriter): ApiError | null {
    const error = this.read(call, doc, settings.responseJsonSchema);
    if (error !== null) return error;
    const json = this.json;
    const root = doc.root();
    out.reserve(doc.length + 512);
    this.doc = doc;
    json.out = out;
    json.reset();
    json.beginObject();
    json.keyString("model", call.model);
    if (call.stream) json.keyBool("stream", true);
    const fallback = settings.defaultMaxTokens > 0 ? settings.defaultMaxTokens : DEFAULT_LENGTH;
    const numberError = this.writeNumbers(fallback);
    if (numberError !== null) return numberError;
    json.keyBool("mask_sensitive_info", doc.isTrue(doc.get(root, "mask_sensitive_info")));
    const messages = doc.get(root, "messages");
    this.writeMessages(messages);
    if (this.count == 0) {
      const reason = "Invalid value for 'messages': there is no message with content.";
      return invalidValue("messages", reason);
    }
    this.writeBot(messages);
    if (this.tools.hasList) this.writeTools();
    json.endObject();
    return null;
  }

  private read(call: Call, doc: Document, configuredFormat: string): ApiError | null {
    if (doc.integer(doc.get(doc.root(), "n"), 1) > 1) {
      return unsupportedValue("n", "MiniMax gives one choice: 'n' must be 1.");
    }
    let error = this.tools.read(doc);
    if (error === null) error = this.format.read(doc, configuredFormat);
    if (error === null) error = checkConversation(doc, "MiniMax", PART_TYPES);
    if (error !== null) return error;
    const calls = this.tools.hasList && this.tools.choice != ToolChoice.None;
    if (!calls || call.model != MODEL_WITHOUT_TOOLS) return null;
    return unsupportedValue("tools", `The model '${call.model}' cannot call functions.`);
  }

  private writeNumbers(fallback: i64): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    let name = "max_completion_tokens";
    if (doc.absent(doc.get(root, name))) name = "max_tokens";
    const limit = doc.get(root, name);
    const length = doc.absent(limit) ? fallback : doc.integer(limit, -1);
    if (length < 0) return invalidType(name, "an integer");
    const json = this.json;
    json.keyInteger("tokens_to_generate", length);
    const least = SMALLEST_SAMPLING;
    const error = writeFitted(doc, "temperature", "temperature", least, 1, json);
    return error !== null ? error : writeFitted(doc, "top_p", "top_p", least, 1, json);
  }

  // The conversation

  private writeMessages(messages: i32): void {
    const doc = this.doc;
    const json = this.json;
    this.caller = -1;
    this.count = 0;
    json.key("messages");
    json.beginArray();
    for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
      const role = roleOf(doc, message);
      if (role == Role.System) continue;
      this.last = role;
      if (role == Role.Tool) {
        if (!this.isAnswered(message)) this.writeSpeech("FUNCTION", BOT_NAME, message);
      } else if (role == Role.Assistant && hasCalls(doc, message)) {
        this.writeCalls(message);
      } else if (hasText(doc, doc.get(message, "content"))) {
        const isUser = role == Role.User;
        this.writeSpeech(isUser ? "USER" : "BOT", isUser ? USER_NAME : BOT_NAME, message);
      }
    }
    json.endArray();
  }

  private writeSpeech(type: string, name: string, message: i32): void {
    this.beginSpeech(type, name, message);
    this.json.endObject();
  }

  private beginSpeech(type: string, name: string, message: i32): void {
    const json = this.json;
    this.count += 1;
    json.beginObject();
    json.keyString("sender_type", type);
    json.keyString("sender_name", name);
    json.key("text");
    json.beginString();
    if (message >= 0) addTexts(this.doc, this.doc.get(message, "content"), json);
    json.endString();
  }

  /** A message holds one call here: each is followed by its own result. */
  private writeCalls(message: i32): void {
    const doc = this.doc;
    const calls = doc.get(message, "tool_calls");
    this.caller = doc.first(calls) >= 0 ? message : -1;
    if (this.caller < 0) this.writeCall(message, doc.get(message, "function_call"));
    let speech = message;
    for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
      this.writeCall(speech, doc.get(call, "function"));
      speech = -1;
      const result = this.resultOf(message, doc.string(doc.get(call, "id")));
      if (result >= 0) this.writeSpeech("FUNCTION", BOT_NAME, result);
    }
  }

  private writeCall(speech: i32, inner: i32): void {
    const doc = this.doc;
    const json = this.json;
    this.beginSpeech("BOT", BOT_NAME, speech);
    json.key("function_call");
    json.beginObject();
    json.keyValue("name", doc, doc.get(inner, "name"));
    json.key("arguments");
    const text = doc.get(inner, "arguments");
    const start = doc.start(text);
    if (doc.isObject(text)) json.stringBytes(doc.ptr + start, doc.end(text) - start);
    else if (doc.stringLength(text) > 0) json.value(doc, text);
    else json.ascii("{}");
    json.endObject();
    json.endObject();
  }

  /** The result of a call among the messages behind the one that calls, or -1. */
  private resultOf(message: i32, id: string): i32 {
    const doc = this.doc;
    for (let at = doc.next(message); at >= 0; at = doc.next(at)) {
      if (roleOf(doc, at) != Role.Tool) return -1;
      if (doc.string(doc.get(at, "tool_call_id")) == id) return at;
    }
    return -1;
  }

  /** Whether a result has been written behind its call. */
  private isAnswered(message: i32): bool {
    const doc = this.doc;
    if (this.caller < 0) return false;
    const id = doc.string(doc.get(message, "tool_call_id"));
    const calls = doc.get(this.caller, "tool_calls");
    for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
      if (doc.string(doc.get(call, "id")) == id) return this.resultOf(this.caller, id) == message;
    }
    return false;
  }

  // Bot and functions

  /** All system texts describe the one bot. */
  private writeBot(messages: i32): void {
    const json = this.json;
    json.key("bot_setting");
    json.beginArray();
    json.beginObject();
    json.keyString("bot_name", BOT_NAME);
    json.key("content");
    json.beginString();
    if (addSystemTexts(this.doc, messages, json) == 0) json.stringText(BOT_TEXT);
    if (this.format.isJson) {
      json.stringText("\n\n");
      this.format.tell(json);
    }
    json.endString();
    json.endObject();
    json.endArray();
    json.key("reply_constraints");
    json.beginObject();
    json.keyString("sender_type", "BOT");
    json.keyString("sender_name", BOT_NAME);
    json.endObject();
  }

  private writeTools(): void {
    const doc = this.doc;
    const json = this.json;
    const tools = this.tools;
    json.key("functions");
    json.beginArray();
    for (let tool = tools.firstTool(); tool >= 0; tool = tools.nextTool(tool)) {
      writeFunction(doc, tools.functionOf(tool), json);
    }
    json.endArray();
    // A call that is asked for by name would be made again when its result is there.
    const isAsked = tools.choice == ToolChoice.Named && this.last != Role.Tool;
    if (tools.choice == ToolChoice.Named ? isAsked : tools.choice != ToolChoice.Unsaid) {
      this.writeChoice(isAsked);
    }
  }

  /** Calls cannot be required, except one by its name. */
  private writeChoice(isAsked: bool): void {
    const json = this.json;
    const word = this.tools.choice == ToolChoice.None ? "none" : isAsked ? "specific" : "auto";
    json.key("function_call");
    json.beginObject();
    json.keyString("type", word);
    if (isAsked) json.keyValue("name", this.doc, this.tools.named);
    json.endObject();
  }
}
