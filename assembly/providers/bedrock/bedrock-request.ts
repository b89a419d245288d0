// A chat request as Converse wants it:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { AnswerForm, ClaudeFormat } from "../claude/claude-format";
import { writeReducedSchema } from "../claude/claude-schema";
import { ClaudeThinking } from "../claude/claude-thinking";
import { ProviderSettings } from "../provider-settings";
import { BedrockCache } from "./bedrock-cache";
import { BedrockFields } from "./bedrock-fields";
import { BedrockMessages } from "./bedrock-messages";
import { BedrockModel, modelOf } from "./bedrock-model";
import { effortOf, writeNumbers } from "./bedrock-numbers";
import { BedrockTools } from "./bedrock-tools";

const JSON_INSTRUCTION: string =
  "Answer with one JSON object and nothing else: no words around it and no code fence.";
const TIERS: string = " priority default flex reserved ";
/** Bedrock takes at most as many pairs of metadata, and texts of this length. */
const MOST_PAIRS: i32 = 16;
const LONGEST_TEXT: i32 = 256;
const METADATA_CHARS: string = " \t\n:_@$#=/+,-.";

const SCHEMA: JsonWriter = new JsonWriter(new ByteWriter());

/** Writes requests, one after the other. What was learnt about the last one stands in its members. */
export class BedrockRequest {
  /** The answer comes as the input of a tool. */
  answersByTool: bool = false;
  private readonly messages: BedrockMessages = new BedrockMessages();
  private readonly tools: BedrockTools = new BedrockTools();
  private readonly format: ClaudeFormat = new ClaudeFormat("Bedrock");
  private readonly thinking: ClaudeThinking = new ClaudeThinking();
  private readonly cache: BedrockCache = new BedrockCache();
  private readonly fields: BedrockFields = new BedrockFields();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  /** Writes the body to `out`. An error names what cannot be said to Bedrock. */
  write(settings: ProviderSettings, id: string, doc: Document, out: ByteWriter): ApiError | null {
    const model = modelOf(id);
    const json = this.json;
    out.reserve(doc.length + 512);
    json.out = out;
    json.reset();
    const error = this.read(settings, model, doc);
    if (error !== null) return error;
    json.beginObject();
    const conversationError = this.writeConversation(settings, model, doc);
    if (conversationError !== null) return conversationError;
    const numbersError = writeNumbers(doc, model, this.thinking, this.fields, json);
    if (numbersError !== null) return numbersError;
    this.writeEffort(doc, model);
    this.fields.write(json);
    if (this.format.form == AnswerForm.Schema) this.writeFormat(doc, model);
    writeMetadata(doc, json);
    writeTier(doc, json);
    json.endObject();
    return null;
  }

  /** Reads what the conversation's form depends on, and refuses what there is no word for. */
  private read(settings: ProviderSettings, model: BedrockModel, doc: Document): ApiError | null {
    const root = doc.root();
    if (doc.integer(doc.get(root, "n"), 1) > 1) {
      return unsupportedValue("n", "The provider 'bedrock' gives one choice: 'n' must be 1.");
    }
    const modalities = doc.get(root, "modalities");
    for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "text")) continue;
      return unsupportedValue("modalities", "Bedrock answers with text only.");
    }
    const effort = doc.get(root, "reasoning_effort");
    if (!doc.absent(effort) && !doc.isString(effort)) {
      return invalidType("reasoning_effort", "a string");
    }
    this.cache.plan(doc, model, settings);
    this.fields.begin(doc, settings.bedrockAdditionalFields);
    const toolError = this.tools.read(doc);
    if (toolError !== null) return toolError;
    const format = this.format;
    const formatError = format.readFor(model.claude, doc, settings.responseJsonSchema);
    if (formatError !== null) return formatError;
    if (format.form == AnswerForm.Schema && !model.takesSchemas) format.form = AnswerForm.Tool;
    if (format.form == AnswerForm.Tool && model.takesSchemas) format.form = AnswerForm.Schema;
    this.answersByTool = false;
    if (format.form == AnswerForm.Tool) {
      this.answersByTool = this.tools.answerBySchema(format.doc, format.schema);
    }
    return null;
  }

  /** Turns, system and tools, which depend on each other. */
  private writeConversation(
    settings: ProviderSettings,
    model: BedrockModel,
    doc: Document,
  ): ApiError | null {
    const json = this.json;
    const messages = this.messages;
    json.key("messages");
    const messageError = messages.write(doc, model, this.cache, json);
    if (messageError !== null) return messageError;
    let thinks: bool = false;
    let canForce: bool = model.takesForcedTools;
    if (model.isClaude) {
      const allowsBudget = !messages.calls.lacksThinking && !this.answersByTool;
      const error = this.thinking.plan(doc, model.claude, allowsBudget);
      if (error !== null) return error;
      thinks = this.thinking.isOn;
      if (this.thinking.isManual) canForce = false;
    }
    const isForced = this.tools.forcesCall && canForce;
    messages.turns.end(model.takesPrefill && !thinks && !isForced);
    if (this.format.form == AnswerForm.Json) messages.system.addInstruction(JSON_INSTRUCTION);
    messages.system.write(this.cache.afterSystem, this.cache.lifetime, json);
    this.tools.write(model, isForced, messages.calls.names, json);
    const choice = model.isClaude ? this.fields.member("tool_choice") : null;
    if (choice !== null) this.tools.writeOneAtATime(isForced, choice);
    return null;
  }

  /** How much the model is to think, in the words of its family. */
  private writeEffort(doc: Document, model: BedrockModel): void {
    if (model.isClaude) {
      const thinking = this.fields.member("thinking");
      if (thinking !== null) this.thinking.write(doc, thinking);
      const config = this.fields.member("output_config");
      if (config === null || this.thinking.effort.length == 0) return;
      config.key("output_config");
      config.beginObject();
      config.keyString("effort", this.thinking.effort);
      config.endObject();
      return;
    }
    const effort = effortOf(doc);
    if (model.isGptOss && effort.length > 0) {
      const json = this.fields.member("reasoning_effort");
      if (json !== null) json.keyString("reasoning_effort", effort);
    } else if (model.isNova2) {
      this.writeNovaEffort(effort, doc.stringIs(doc.get(doc.root(), "reasoning_effort"), "none"));
    }
  }

  private writeNovaEffort(effort: string, isNone: bool): void {
    if (effort.length == 0 && !isNone) return;
    const json = this.fields.member("reasoningConfig");
    if (json === null) return;
    json.key("reasoningConfig");
    json.beginObject();
    json.keyString("type", isNone ? "disabled" : "enabled");
    if (!isNone) json.keyString("maxReasoningEffort", effort);
    json.endObject();
  }

  /** Writes `outputConfig` with the schema, which is text there. */
  private writeFormat(request: Document, model: BedrockModel): void {
    const json = this.json;
    const doc = this.format.doc;
    const format = doc === request ? doc.get(doc.root(), "response_format") : doc.root();
    const wrapper = doc.get(format, "json_schema");
    SCHEMA.out.clear();
    SCHEMA.reset();
    if (model.isClaude) writeReducedSchema(doc, this.format.schema, SCHEMA);
    else SCHEMA.value(doc, this.format.schema);
    json.key("outputConfig");
    json.beginObject();
    json.key("textFormat");
    json.beginObject();
    json.keyString("type", "json_schema");
    json.key("structure");
    json.beginObject();
    json.key("jsonSchema");
    json.beginObject();
    json.key("schema");
    json.stringBytes(SCHEMA.out.ptr, SCHEMA.out.length);
    const name = doc.get(wrapper, "name");
    if (doc.stringLength(name) > 0) json.keyValue("name", doc, name);
    const description = doc.get(wrapper, "description");
    if (doc.stringLength(description) > 0) json.keyValue("description", doc, description);
    json.endObject();
    json.endObject();
    json.endObject();
    json.endObject();
  }
}

/** Pairs that Bedrock takes; others say nothing about the answer. */
function writeMetadata(doc: Document, json: JsonWriter): void {
  const metadata = doc.get(doc.root(), "metadata");
  if (!doc.isObject(metadata)) return;
  let count = 0;
  for (let item = doc.first(metadata); item >= 0 && count < MOST_PAIRS; item = doc.next(item)) {
    const key = doc.key(item);
    if (!doc.isString(item) || key.length == 0) continue;
    if (!isMetadataText(key) || !isMetadataText(doc.string(item))) continue;
    if (count++ == 0) {
      json.key("requestMetadata");
      json.beginObject();
    }
    json.keyRaw(doc, item);
    json.value(doc, item);
  }
  if (count > 0) json.endObject();
}

function isMetadataText(text: string): bool {
  if (text.length > LONGEST_TEXT) return false;
  for (let i = 0; i < text.length; ++i) {
    const char = text.charCodeAt(i);
    const letter = char | 0x20;
    if ((letter >= 0x61 && letter <= 0x7a) || (char >= 0x30 && char <= 0x39)) continue;
    if (!METADATA_CHARS.includes(text.charAt(i))) return false;
  }
  return true;
}

/** Tiers that both sides know; all others say nothing about the answer. */
function writeTier(doc: Document, json: JsonWriter): void {
  const tier = doc.string(doc.get(doc.root(), "service_tier"));
  if (tier.length == 0 || !TIERS.includes(` ${tier} `)) return;
  json.key("serviceTier");
  json.beginObject();
  json.keyString("type", tier);
  json.endObject();
}
