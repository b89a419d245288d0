// A chat request in DashScope's own form:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, unsupportedValue } from "../../openai/api-error";
import { FormatType, ResponseFormat } from "../../openai/response-format";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ProviderSettings } from "../provider-settings";
import { isMedia, QwenMessages } from "./qwen-messages";
import { QwenModel } from "./qwen-model";
import { QwenThinking, Said } from "./qwen-thinking";
import { forcedTool, QwenTools } from "./qwen-tools";

/** Most choices of one answer. */
const MOST_CHOICES: i64 = 4;

/** Parameters that both sides know under the same name. */
// @ts-ignore: decorator
@lazy
const SHARED: StaticArray<string> = [
  "n",
  "top_k",
  "repetition_penalty",
  "logprobs",
  "search_options",
  "vl_high_resolution_images",
];

const FORMAT: ResponseFormat = new ResponseFormat("Qwen");

/** Writes requests, one after the other. What was learnt about the last one stands in its members. */
export class QwenRequest {
  /** Goes to the endpoint of the models with media. */
  isMultimodal: bool = false;
  /** Each event of the stream repeats what came before. */
  isCumulative: bool = false;
  /** A file in DashScope's own storage is named. */
  usesStorage: bool = false;
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());
  private readonly messages: QwenMessages = new QwenMessages(this.json);
  private readonly tools: QwenTools = new QwenTools();
  private readonly thinking: QwenThinking = new QwenThinking();
  private wantsJson: bool = false;

  /**
   * Writes the body to `out`. With `hasMediaPath` it goes to the endpoint of the models with media
   * whatever the model. An error names what cannot be said to DashScope.
   */
  write(
    settings: ProviderSettings,
    model: QwenModel,
    hasMediaPath: bool,
    call: Call,
    doc: Document,
    out: ByteWriter,
  ): ApiError | null {
    const json = this.json;
    out.reserve(doc.length + 512);
    json.out = out;
    json.reset();
    this.isMultimodal = hasMediaPath || model.isMultimodal || hasMedia(doc);
    const error = this.read(settings, model, call, doc);
    if (error !== null) return error;
    json.beginObject();
    json.keyString("model", call.model);
    json.key("input");
    json.beginObject();
    json.key("messages");
    const messages = doc.get(doc.root(), "messages");
    const messageError = this.messages.write(doc, messages, this.isMultimodal);
    if (messageError !== null) return messageError;
    this.usesStorage = this.messages.usesStorage;
    json.endObject();
    json.key("parameters");
    json.beginObject();
    const parameterError = this.writeParameters(settings, call, doc);
    if (parameterError !== null) return parameterError;
    json.endObject();
    json.endObject();
    return null;
  }

  /** Reads what the form of the request depends on, and refuses what there is no word for. */
  private read(
    settings: ProviderSettings,
    model: QwenModel,
    call: Call,
    doc: Document,
  ): ApiError | null {
    const root = doc.root();
    const toolError = this.tools.read(doc);
    if (toolError !== null) return toolError;
    const hasTools = this.tools.hasTools(doc);
    const choices = doc.integer(doc.get(root, "n"), 1);
    if (choices > MOST_CHOICES || (choices > 1 && hasTools)) {
      const message = "Qwen gives up to four choices, and one only where tools are given.";
      return unsupportedValue("n", message);
    }
    const modalities = doc.get(root, "modalities");
    for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "text")) continue;
      return unsupportedValue("modalities", "This model answers with text only.");
    }
    this.thinking.plan(doc, model, call.stream, hasTools && doc.isString(forcedTool(doc)));
    call.joinsStream = this.thinking.needsStream;
    this.isCumulative =
      doc.isFalse(doc.get(root, "incremental_output")) || (hasTools && model.isCumulative);
    this.messages.system.fileIds = model.readsFiles ? settings.qwenFileIds : NO_FILES;
    return this.readFormat(settings, doc);
  }

  /** The form of the answer; a schema can only be asked for in words. */
  private readFormat(settings: ProviderSettings, request: Document): ApiError | null {
    const system = this.messages.system;
    system.schema = -1;
    this.wantsJson = false;
    const format = FORMAT;
    let error = format.read(request, settings.responseJsonSchema);
    if (error === null) error = format.checkSchema();
    if (error !== null) return error;
    this.wantsJson = format.type != FormatType.Text;
    if (format.type != FormatType.Schema) return null;
    system.schemaDoc = format.doc;
    system.schema = format.schema >= 0 ? format.schema : format.wrapper;
    return null;
  }

  private writeParameters(settings: ProviderSettings, call: Call, doc: Document): ApiError | null {
    const json = this.json;
    const root = doc.root();
    json.keyString("result_format", "message");
    if (call.stream || call.joinsStream) {
      json.keyBool("incremental_output", !this.isCumulative);
    }
    const error = this.writeNumbers(doc);
    if (error !== null) return error;
    const stopError = this.writeStop(doc);
    if (stopError !== null) return stopError;
    for (let i = 0; i < SHARED.length; ++i) {
      const value = doc.get(root, unchecked(SHARED[i]));
      if (!doc.absent(value)) json.keyValue(unchecked(SHARED[i]), doc, value);
    }
    this.tools.write(doc, this.thinking.takesForcedTool, json);
    const parallel = doc.get(root, "parallel_tool_calls");
    if (this.tools.hasTools(doc) && !doc.absent(parallel)) {
      json.keyValue("parallel_tool_calls", doc, parallel);
    }
    this.writeForm(settings, doc);
    return null;
  }

  /** Form, thinking and search. */
  private writeForm(settings: ProviderSettings, doc: Document): void {
    const json = this.json;
    if (this.wantsJson) {
      json.key("response_format");
      json.beginObject();
      json.keyString("type", "json_object");
      json.endObject();
    }
    if (this.thinking.enables != Said.Nothing) {
      json.keyBool("enable_thinking", this.thinking.enables == Said.Yes);
    }
    if (this.thinking.budget > 0) json.keyInteger("thinking_budget", this.thinking.budget);
    const search = doc.get(doc.root(), "enable_search");
    if (!doc.absent(search)) json.keyValue("enable_search", doc, search);
    else if (settings.qwenEnableSearch) json.keyBool("enable_search", true);
  }

  private writeStop(doc: Document): ApiError | null {
    const stop = doc.get(doc.root(), "stop");
    if (doc.absent(stop)) return null;
    if (!doc.isString(stop) && !doc.isArray(stop)) {
      return invalidType("stop", "a string or an array of strings");
    }
    if (doc.isString(stop) || doc.first(stop) >= 0) this.json.keyValue("stop", doc, stop);
    return null;
  }

  private writeNumbers(doc: Document): ApiError | null {
    let name = "max_completion_tokens";
    let limit = doc.get(doc.root(), name);
    if (doc.absent(limit)) {
      name = "max_tokens";
      limit = doc.get(doc.root(), name);
    }
    const length = doc.integer(limit, -1);
    if (!doc.absent(limit) && length < 0) return invalidType(name, "an integer");
    if (length > 0) this.json.keyInteger("max_tokens", length);
    let error = this.writeFitted(doc, "temperature", 0, 1.99);
    if (error === null) error = this.writeFitted(doc, "top_p", 0.000001, 0.999999);
    if (error === null) error = this.writeFitted(doc, "presence_penalty", -2, 2);
    if (error === null) error = this.writeFitted(doc, "seed", 0, i32.MAX_VALUE);
    if (error === null) error = this.writeFitted(doc, "top_logprobs", 0, 5);
    return error;
  }

  /** Writes a number, within the range that is taken here. */
  private writeFitted(doc: Document, name: string, lowest: f64, highest: f64): ApiError | null {
    const value = doc.get(doc.root(), name);
    if (doc.absent(value)) return null;
    if (!doc.isNumber(value)) return invalidType(name, "a number");
    const asked = doc.number(value);
    const fitted = max(lowest, min(highest, asked));
    this.json.key(name);
    if (fitted == asked) this.json.value(doc, value);
    else this.json.number(fitted);
    return null;
  }
}

const NO_FILES: string[] = [];

function hasMedia(doc: Document): bool {
  const messages = doc.get(doc.root(), "messages");
  for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
    const content = doc.get(item, "content");
    if (!doc.isArray(content)) continue;
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
      if (isMedia(doc, part)) return true;
    }
  }
  return false;
}
