// The length of the answer and the sampling:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType } from "../../openai/api-error";
import { writeFitted } from "../../openai/sampling";
import { writeStopList } from "../../openai/stop-list";
import { ClaudeThinking } from "../claude/claude-thinking";
import { OptionalObject } from "./bedrock-blocks";
import { BedrockFields } from "./bedrock-fields";
import { BedrockModel } from "./bedrock-model";

/** Amazon's own models take no temperature of 0. */
const LEAST_NOVA_TEMPERATURE: f64 = 0.00001;
/** With a budget to think with a model of Anthropic's takes no smaller `top_p`. */
const LEAST_TOP_P_WITH_THINKING: f64 = 0.95;

const OBJECT: OptionalObject = new OptionalObject();

/**
 * Writes `inferenceConfig`, and what belongs there but is another field of the model's. `thinking`
 * is that of Anthropic's models.
 */
export function writeNumbers(
  doc: Document,
  model: BedrockModel,
  thinking: ClaudeThinking,
  fields: BedrockFields,
  json: JsonWriter,
): ApiError | null {
  OBJECT.begin();
  const own = OBJECT.json;
  // Amazon's models take none of these with their highest effort.
  if (!isHighNova(doc, model)) {
    const limitError = writeLimit(doc, model, thinking, own);
    if (limitError !== null) return limitError;
    const error = writeSampling(doc, model, thinking, own);
    if (error !== null) return error;
    writeTopK(doc, model, thinking, fields);
  }
  const stopError = writeStopList(doc, "stopSequences", own);
  if (stopError !== null) return stopError;
  OBJECT.write("inferenceConfig", json);
  return null;
}

/** Whether the effort of an answer of Nova 2 will be `high`. */
export function isHighNova(doc: Document, model: BedrockModel): bool {
  return model.isNova2 && effortOf(doc) == "high";
}

/** OpenAI's effort in the three words that most models know; "" where there is none. */
export function effortOf(doc: Document): string {
  const word = doc.string(doc.get(doc.root(), "reasoning_effort"));
  if (word == "minimal") return "low";
  if (word == "xhigh" || word == "max") return "high";
  return word == "low" || word == "medium" || word == "high" ? word : "";
}

function writeLimit(
  doc: Document,
  model: BedrockModel,
  thinking: ClaudeThinking,
  json: JsonWriter,
): ApiError | null {
  const root = doc.root();
  let name = "max_completion_tokens";
  if (doc.absent(doc.get(root, name))) name = "max_tokens";
  const limit = doc.get(root, name);
  if (doc.absent(limit)) return null;
  const asked = doc.integer(limit, -1);
  if (asked < 0) return invalidType(name, "an integer");
  json.keyInteger("maxTokens", model.isClaude ? thinking.maxTokens(asked, model.claude) : asked);
  return null;
}

function writeSampling(
  doc: Document,
  model: BedrockModel,
  thinking: ClaudeThinking,
  json: JsonWriter,
): ApiError | null {
  const root = doc.root();
  const temperature = doc.get(root, "temperature");
  const topP = doc.get(root, "top_p");
  if (!doc.absent(temperature) && !doc.isNumber(temperature)) {
    return invalidType("temperature", "a number");
  }
  if (!doc.absent(topP) && !doc.isNumber(topP)) return invalidType("top_p", "a number");
  let takesTemperature: bool = true;
  let takesTopP: bool = true;
  if (model.isClaude) {
    const isOn = thinking.isOn;
    takesTemperature = model.claude.takesSampling && !isOn;
    const takesBoth = model.claude.takesBothSamplings || doc.absent(temperature) || isOn;
    takesTopP = model.claude.takesSampling && takesBoth;
    if (isOn && doc.number(topP) < LEAST_TOP_P_WITH_THINKING) takesTopP = false;
  }
  const lowest = model.isNova ? LEAST_NOVA_TEMPERATURE : 0;
  if (takesTemperature) writeFitted(doc, "temperature", "temperature", lowest, 1, json);
  if (takesTopP) writeFitted(doc, "top_p", "topP", 0, 1, json);
  return null;
}

/** A client's `top_k`, which OpenAI does not have, for the families that do. */
function writeTopK(
  doc: Document,
  model: BedrockModel,
  thinking: ClaudeThinking,
  fields: BedrockFields,
): void {
  const topK = doc.get(doc.root(), "top_k");
  if (!doc.isNumber(topK)) return;
  if (model.isClaude) {
    const json = fields.member("top_k");
    if (json === null || !model.claude.takesSampling || thinking.isOn) return;
    json.keyValue("top_k", doc, topK);
  } else if (model.isNova) {
    const json = fields.member("inferenceConfig");
    if (json === null) return;
    json.key("inferenceConfig");
    json.beginObject();
    json.keyValue("topK", doc, topK);
    json.endObject();
  }
}
