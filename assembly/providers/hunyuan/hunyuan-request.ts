// A chat request as Tencent Cloud's API takes it, which refuses every member that it does not know:
// https://cloud.tencent.com/document/api/1729/105701
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { AnswerFormat } from "../../openai/answer-format";
import { ApiError, unsupportedValue } from "../../openai/api-error";
import { checkConversation } from "../../openai/messages";
import { readStops, writeFitted } from "../../openai/sampling";
import { ToolChoice, ToolList } from "../../openai/tool-list";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { HunyuanMessages } from "./hunyuan-messages";

const LARGEST_SEED: i64 = 10_000;
const NO_PARAMETERS: string = '{"type":"object","properties":{}}';
/** The one model whose thinking can be switched. */
const SWITCHED_MODEL: string = "hunyuan-a13b";
/** Switches of Tencent's own, as the compatible API and this one name them. */
// @ts-ignore: decorator
@lazy
const SWITCHES: StaticArray<string> = [
  "enable_enhancement",
  "EnableEnhancement",
  "force_search_enhancement",
  "ForceSearchEnhancement",
  "search_info",
  "SearchInfo",
  "citation",
  "Citation",
  "enable_speed_search",
  "EnableSpeedSearch",
  "enable_deep_search",
  "EnableDeepSearch",
  "stream_moderation",
  "StreamModeration",
  "enable_recommended_questions",
  "EnableRecommendedQuestions",
];
const PART_TYPES: string[] = ["text", "image_url", "video_url"];

/** Writes requests, one after the other. */
export class HunyuanRequest {
  private readonly format: AnswerFormat = new AnswerFormat();
  private readonly tools: ToolList = new ToolList("Hunyuan");
  private readonly messages: HunyuanMessages = new HunyuanMessages();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  /** Writes the body to `out`. An error names what cannot be said. */
  write(call: Call, doc: Document, configuredFormat: string, out: ByteWriter): ApiError | null {
    const error = this.read(call, doc, configuredFormat);
    if (error !== null) return error;
    const json = this.json;
    out.reserve(doc.length + 512);
    json.out = out;
    json.reset();
    json.beginObject();
    json.keyString("Model", call.model);
    const messageError = this.messages.write(doc, this.format, json);
    if (messageError !== null) return messageError;
    if (call.stream) json.keyBool("Stream", true);
    let numberError = writeFitted(doc, "temperature", "Temperature", 0, 2, json);
    if (numberError === null) numberError = writeFitted(doc, "top_p", "TopP", 0, 1, json);
    if (numberError !== null) return numberError;
    writeSeed(doc, json);
    writeStops(call.stops, json);
    if (this.tools.hasList) this.writeTools(doc);
    writeSwitches(call, doc, json);
    json.endObject();
    return null;
  }

  private read(call: Call, doc: Document, configuredFormat: string): ApiError | null {
    const root = doc.root();
    if (doc.integer(doc.get(root, "n"), 1) > 1) {
      return unsupportedValue("n", "Hunyuan gives one choice: 'n' must be 1.");
    }
    const modalities = doc.get(root, "modalities");
    for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
      if (doc.stringIs(item, "text")) continue;
      return unsupportedValue("modalities", "Hunyuan answers with text only.");
    }
    call.stops = [];
    let error = readStops(doc, call.stops);
    if (error === null) error = this.tools.read(doc);
    if (error === null) error = this.format.read(doc, configuredFormat);
    return error !== null ? error : checkConversation(doc, "Hunyuan", PART_TYPES);
  }

  private writeTools(doc: Document): void {
    const tools = this.tools;
    const json = this.json;
    json.key("Tools");
    json.beginArray();
    for (let tool = tools.firstTool(); tool >= 0; tool = tools.nextTool(tool)) {
      this.writeTool(doc, tools.functionOf(tool));
    }
    json.endArray();
    switch (tools.choice) {
      case ToolChoice.Unsaid:
        break;
      case ToolChoice.None:
        json.keyString("ToolChoice", "none");
        break;
      case ToolChoice.Named:
        json.keyString("ToolChoice", "custom");
        json.key("CustomTool");
        this.writeTool(doc, tools.functionOf(tools.namedTool()));
        break;
      default:
        json.keyString("ToolChoice", "auto");
    }
  }

  private writeTool(doc: Document, inner: i32): void {
    const json = this.json;
    json.beginObject();
    json.keyString("Type", "function");
    json.key("Function");
    json.beginObject();
    json.keyValue("Name", doc, doc.get(inner, "name"));
    const description = doc.get(inner, "description");
    if (doc.stringLength(description) > 0) json.keyValue("Description", doc, description);
    const parameters = doc.get(inner, "parameters");
    json.key("Parameters");
    if (doc.isObject(parameters)) {
      const start = doc.start(parameters);
      json.stringBytes(doc.ptr + start, doc.end(parameters) - start);
    } else {
      json.string(NO_PARAMETERS);
    }
    json.endObject();
    json.endObject();
  }
}

/** Seeds go from 1 to 10,000 here. */
function writeSeed(doc: Document, json: JsonWriter): void {
  const seed = doc.integer(doc.get(doc.root(), "seed"), i64.MIN_VALUE);
  if (seed == i64.MIN_VALUE) return;
  const rest = ((seed % LARGEST_SEED) + LARGEST_SEED) % LARGEST_SEED;
  json.keyInteger("Seed", rest == 0 ? LARGEST_SEED : rest);
}

function writeStops(stops: string[], json: JsonWriter): void {
  if (stops.length == 0) return;
  json.key("Stop");
  json.beginArray();
  for (let i = 0; i < stops.length; ++i) json.string(stops[i]);
  json.endArray();
}

function writeSwitches(call: Call, doc: Document, json: JsonWriter): void {
  const root = doc.root();
  for (let i = 0; i + 1 < SWITCHES.length; i += 2) {
    writeSwitch(doc, doc.get(root, SWITCHES[i]), SWITCHES[i + 1], json);
  }
  const search = doc.get(root, "WebSearchOptions");
  if (doc.isObject(search)) json.keyValue("WebSearchOptions", doc, search);
  if (!call.model.startsWith(SWITCHED_MODEL)) return;
  const own = doc.get(root, "enable_thinking");
  const effort = doc.get(root, "reasoning_effort");
  if (own >= 0) {
    writeSwitch(doc, own, "EnableThinking", json);
  } else if (doc.isString(effort)) {
    const isOff = doc.stringIs(effort, "none") || doc.stringIs(effort, "minimal");
    json.keyBool("EnableThinking", !isOff);
  }
}

function writeSwitch(doc: Document, value: i32, name: string, json: JsonWriter): void {
  if (doc.isTrue(value)) json.keyBool(name, true);
  else if (doc.isFalse(value)) json.keyBool(name, false);
}
