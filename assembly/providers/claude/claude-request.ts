// A chat request as Anthropic's Messages API wants it: https://docs.claude.com/en/api/messages
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, unsupportedValue } from "../../openai/api-error";
import { writeStopList } from "../../openai/stop-list";
import { ByteWriter } from "../../text/byte-writer";
import { writeCacheControl } from "./claude-blocks";
import { AnswerForm, ClaudeFormat } from "./claude-format";
import { ClaudeMessages } from "./claude-messages";
import { ClaudeModel } from "./claude-model";
import { ClaudeThinking } from "./claude-thinking";
import { ClaudeTools } from "./claude-tools";

/** From this version of the API on no model takes sampling members, whatever their value. */
const VERSION_WITHOUT_SAMPLING: string = "2026-10-21";
const JSON_INSTRUCTION: string =
  "Answer with one JSON object and nothing else: no words around it and no code fence.";

/** What a request's text depends on beside the request. */
export class ClaudeDialect {
  /**
   * Goes into the body in place of the model, where a cloud serves Claude; "" for Anthropic itself.
   */
  bodyVersion: string = "";
  /** Replaces the client's `response_format`: JSON text, or "". */
  responseFormat: string = "";
  /** `max_tokens` where a request has none; 0: what the model can write at most. */
  defaultMaxTokens: i64 = 0;
  /** Like Anthropic's command-line client. */
  isCodeMode: bool = false;

  constructor(
    /** Version of the API, a date. */
    readonly version: string,
  ) {}
}

/**
 * Writes requests, one after the other. What was learnt about the last one stands in its members.
 */
export class ClaudeRequest {
  /** The answer comes as the input of a tool. */
  answersByTool: bool = false;
  private readonly messages: ClaudeMessages = new ClaudeMessages();
  private readonly tools: ClaudeTools = new ClaudeTools();
  private readonly format: ClaudeFormat = new ClaudeFormat("Claude");
  private readonly thinking: ClaudeThinking = new ClaudeThinking();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  /** A file is named by its id, which Anthropic wants a beta header for. */
  get usesFiles(): bool {
    return this.messages.usesFiles;
  }

  /** Writes the body to `out`. An error names what cannot be said to Claude. */
  write(dialect: ClaudeDialect, id: string, doc: Document, out: ByteWriter): ApiError | null {
    const model = modelOf(id);
    const json = this.json;
    out.reserve(doc.length + 512);
    json.out = out;
    json.reset();
    const error = this.read(dialect, model, doc);
    if (error !== null) return error;
    json.beginObject();
    if (dialect.bodyVersion.length > 0) json.keyString("anthropic_version", dialect.bodyVersion);
    else json.keyString("model", id);
    const conversationError = this.writeConversation(dialect, model, doc);
    if (conversationError !== null) return conversationError;
    const samplingError = this.writeNumbers(dialect, model, doc);
    if (samplingError !== null) return samplingError;
    this.thinking.write(doc, json);
    this.format.writeConfig(this.thinking.effort, json);
    const stopError = writeStopList(doc, "stop_sequences", json);
    if (stopError !== null) return stopError;
    writeUser(doc, json);
    if (dialect.bodyVersion.length == 0) writeServiceTier(doc, json);
    writeCacheControl(doc, doc.get(doc.root(), "cache_control"), json);
    if (doc.isTrue(doc.get(doc.root(), "stream"))) json.keyBool("stream", true);
    json.endObject();
    return null;
  }

  /** Reads what the conversation's form depends on, and refuses what there is no word for. */
  private read(dialect: ClaudeDialect, model: ClaudeModel, doc: Document): ApiError | null {
    const root = doc.root();
    if (doc.integer(doc.get(root, "n"), 1) > 1) {
      return unsupportedValue("n", "The provider 'claude' gives one choice: 'n' must be 1.");
    }
    const modalities = doc.get(root, "modalities");
    for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "text")) continue;
      return unsupportedValue("modalities", "Claude answers with text only.");
    }
    const toolError = this.tools.read(doc);
    if (toolError !== null) return toolError;
    const formatError = this.format.readFor(model, doc, dialect.responseFormat);
    if (formatError !== null) return formatError;
    this.answersByTool = false;
    if (this.format.form == AnswerForm.Tool) {
      this.answersByTool = this.tools.answerBySchema(this.format.doc, this.format.schema);
    }
    return null;
  }

  /** Turns, system and tools, which depend on each other. */
  private writeConversation(
    dialect: ClaudeDialect,
    model: ClaudeModel,
    doc: Document,
  ): ApiError | null {
    const json = this.json;
    const messages = this.messages;
    json.key("messages");
    messages.isInline = dialect.bodyVersion.length > 0;
    const messageError = messages.write(doc, doc.get(doc.root(), "messages"), json);
    if (messageError !== null) return messageError;
    const allowsBudget = !messages.calls.lacksThinking && !this.answersByTool;
    const thinkingError = this.thinking.plan(doc, model, allowsBudget);
    if (thinkingError !== null) return thinkingError;
    const canForce = model.takesForcedTools && !this.thinking.isManual;
    const isForced = this.tools.forcesCall && canForce;
    messages.end(model.takesPrefill && !this.thinking.isOn && !isForced);
    if (this.format.form == AnswerForm.Json) messages.system.addInstruction(JSON_INSTRUCTION);
    if (dialect.isCodeMode) messages.system.writeForCodeMode(doc, json);
    else messages.system.write(doc, json);
    this.tools.write(model, isForced, messages.calls.names, json);
    return null;
  }

  /** The length of the answer and the sampling. */
  private writeNumbers(dialect: ClaudeDialect, model: ClaudeModel, doc: Document): ApiError | null {
    const root = doc.root();
    const json = this.json;
    let name = "max_completion_tokens";
    if (doc.absent(doc.get(root, name))) name = "max_tokens";
    const limit = doc.get(root, name);
    const asked = doc.integer(limit, -1);
    if (!doc.absent(limit) && asked < 0) return invalidType(name, "an integer");
    const fallback = dialect.defaultMaxTokens > 0 ? dialect.defaultMaxTokens : model.longestAnswer;
    const length = doc.absent(limit) ? fallback : asked;
    json.keyInteger("max_tokens", this.thinking.maxTokens(length, model));
    if (dialect.version >= VERSION_WITHOUT_SAMPLING) return null;
    return this.thinking.writeSampling(doc, model, json);
  }
}

let lastModel: ClaudeModel = new ClaudeModel("");

/** The limits of a model; the last one asked for is kept. */
function modelOf(id: string): ClaudeModel {
  if (lastModel.id != id) lastModel = new ClaudeModel(id);
  return lastModel;
}

/** Who the end user is, from whichever member says it. */
function writeUser(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  let user = doc.get(doc.get(root, "metadata"), "user_id");
  if (doc.stringLength(user) == 0) user = doc.get(root, "safety_identifier");
  if (doc.stringLength(user) == 0) user = doc.get(root, "user");
  if (doc.stringLength(user) == 0) return;
  json.key("metadata");
  json.beginObject();
  json.keyValue("user_id", doc, user);
  json.endObject();
}

/** Tiers that both sides know; all others say nothing about the answer. */
function writeServiceTier(doc: Document, json: JsonWriter): void {
  const tier = doc.get(doc.root(), "service_tier");
  if (doc.stringIs(tier, "auto")) json.keyString("service_tier", "auto");
  if (doc.stringIs(tier, "default") || doc.stringIs(tier, "standard_only")) {
    json.keyString("service_tier", "standard_only");
  }
}
