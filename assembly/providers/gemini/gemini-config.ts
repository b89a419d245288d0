// How an answer is to be generated: https://ai.google.dev/api/generate-content#generationconfig
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, unsupportedValue } from "../../openai/api-error";
import { FormatType, ResponseFormat } from "../../openai/response-format";
import { ByteWriter } from "../../text/byte-writer";
import { UNSET } from "../provider-settings";
import { Detail, resolutionOf } from "./gemini-media";
import { GeminiModel } from "./gemini-model";
import { GeminiSchema } from "./gemini-schema";

/** Tokens to think with for OpenAI's efforts. */
const LOW_BUDGET: i32 = 1024;
const MEDIUM_BUDGET: i32 = 8192;
const HIGH_BUDGET: i32 = 24576;
/** Choices that one request can ask for. */
const MOST_CHOICES: i64 = 8;
const MOST_LOGPROBS: f64 = 20;
/** Penalties are below 2. */
const LARGEST_PENALTY: f64 = 1.99;

const FORMAT: ResponseFormat = new ResponseFormat("Gemini");
const NO_DOCUMENT: Document = new Document();
const SCHEMA: GeminiSchema = new GeminiSchema();

/** Writes `generationConfig`. `json` stands within the request's object. */
export class GeminiConfig {
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());
  private doc: Document = NO_DOCUMENT;
  private model: GeminiModel = NO_MODEL;

  /**
   * `format`: JSON text that replaces the client's `response_format`, or "". `budget`: the
   * configured budget of thinking, or `UNSET`. `hasFunctions`: the model may call functions.
   */
  write(
    doc: Document,
    model: GeminiModel,
    format: string,
    budget: i32,
    hasFunctions: bool,
    detail: Detail,
    json: JsonWriter,
  ): ApiError | null {
    this.doc = doc;
    this.model = model;
    this.json.out.clear();
    this.json.reset();
    let error = this.writeNumbers();
    if (error === null) error = this.writeStop();
    if (error === null) error = this.writeChoices();
    if (error === null) error = this.writeModalities();
    if (error === null) error = this.writeFormat(format, hasFunctions);
    if (error === null) error = this.writeThinking(budget);
    if (error !== null) return error;
    if (detail != Detail.Unsaid) this.json.keyString("mediaResolution", resolutionOf(detail));
    const members = this.json.out;
    if (members.length == 0) return null;
    json.key("generationConfig");
    json.beginObject();
    json.out.writer(members);
    json.endObject();
    return null;
  }

  // Numbers

  private writeNumbers(): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    const model = this.model;
    const samples = model.takesSampling;
    let error = this.writeNumber("temperature", "temperature", 0, 2, samples);
    if (error === null) error = this.writeNumber("top_p", "topP", 0, 1, samples);
    if (error === null) error = this.writeNumber("top_k", "topK", 0, f64.MAX_VALUE, samples);
    const penalizes = model.takesPenalties;
    for (let i = 0; i < 2 && error === null; ++i) {
      const name = i == 0 ? "presence_penalty" : "frequency_penalty";
      const own = i == 0 ? "presencePenalty" : "frequencyPenalty";
      error = this.writeNumber(name, own, -2, LARGEST_PENALTY, penalizes);
    }
    if (error !== null) return error;
    let name = "max_completion_tokens";
    if (doc.absent(doc.get(root, name))) name = "max_tokens";
    const length = doc.get(root, name);
    if (!doc.absent(length)) {
      const tokens = doc.integer(length, -1);
      if (tokens < 0) return invalidType(name, "an integer");
      this.json.keyInteger("maxOutputTokens", min(tokens, i32.MAX_VALUE));
    }
    const seed = doc.get(root, "seed");
    if (!doc.absent(seed)) {
      const number = doc.integer(seed, i64.MIN_VALUE);
      if (number == i64.MIN_VALUE) return invalidType("seed", "an integer");
      const isSmall = number == <i64>(<i32>number);
      this.json.keyInteger("seed", isSmall ? number : number & i32.MAX_VALUE);
    }
    if (!doc.isTrue(doc.get(root, "logprobs"))) return null;
    this.json.keyBool("responseLogprobs", true);
    return this.writeNumber("top_logprobs", "logprobs", 0, MOST_LOGPROBS, true);
  }

  /** Writes a number as the client wrote it, or the bound that it is beyond. */
  private writeNumber(
    name: string,
    own: string,
    lowest: f64,
    highest: f64,
    isSent: bool,
  ): ApiError | null {
    const doc = this.doc;
    const value = doc.get(doc.root(), name);
    if (doc.absent(value)) return null;
    if (!doc.isNumber(value)) return invalidType(name, "a number");
    if (!isSent) return null;
    const number = doc.number(value);
    this.json.key(own);
    if (number < lowest) this.json.number(lowest);
    else if (number > highest) this.json.number(highest);
    else this.json.value(doc, value);
    return null;
  }

  private writeStop(): ApiError | null {
    const doc = this.doc;
    const stop = doc.get(doc.root(), "stop");
    if (doc.absent(stop)) return null;
    const isText = doc.isString(stop);
    if (!isText && !doc.isArray(stop)) return wrongStop();
    if (!isText && doc.first(stop) < 0) return null;
    this.json.key("stopSequences");
    this.json.beginArray();
    if (isText) this.json.value(doc, stop);
    for (let item = isText ? -1 : doc.first(stop); item >= 0; item = doc.next(item)) {
      if (!doc.isString(item)) return wrongStop();
      this.json.value(doc, item);
    }
    this.json.endArray();
    return null;
  }

  private writeChoices(): ApiError | null {
    const doc = this.doc;
    const value = doc.get(doc.root(), "n");
    if (doc.absent(value)) return null;
    const count = doc.integer(value, 0);
    if (count < 1) return invalidType("n", "an integer from 1 on");
    if (count == 1) return null;
    if (count > MOST_CHOICES) return unsupportedValue("n", "Gemini gives at most 8 choices.");
    if (doc.isTrue(doc.get(doc.root(), "stream"))) {
      return unsupportedValue("n", "Gemini streams one choice only: 'n' must be 1.");
    }
    this.json.keyInteger("candidateCount", count);
    return null;
  }

  // Kinds of answers

  private writeModalities(): ApiError | null {
    const doc = this.doc;
    const list = doc.get(doc.root(), "modalities");
    if (!doc.absent(list) && !doc.isArray(list)) {
      return invalidType("modalities", "an array of strings");
    }
    let isOther = false;
    let speaks = false;
    for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
      if (!doc.isString(item)) return invalidType("modalities", "an array of strings");
      const isText = doc.stringIs(item, "text");
      const isImage = doc.stringIs(item, "image");
      if (doc.stringIs(item, "audio")) speaks = true;
      else if (!isText && !isImage) {
        return unsupportedValue("modalities", "Gemini answers with text, image or audio.");
      }
      if (!isText) isOther = true;
    }
    if (!isOther) return null;
    this.json.key("responseModalities");
    this.json.beginArray();
    for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
      const isText = doc.stringIs(item, "text");
      this.json.ascii(isText ? "TEXT" : doc.stringIs(item, "image") ? "IMAGE" : "AUDIO");
    }
    this.json.endArray();
    return speaks ? this.writeSpeech(doc.get(doc.root(), "audio")) : null;
  }

  private writeSpeech(audio: i32): ApiError | null {
    const doc = this.doc;
    const format = doc.get(audio, "format");
    if (!doc.absent(format) && !doc.stringIs(format, "pcm16")) {
      return unsupportedValue("audio.format", "Gemini speaks in the format 'pcm16' only.");
    }
    let voice = doc.get(audio, "voice");
    if (doc.isObject(voice)) voice = doc.get(voice, "id");
    if (!doc.isString(voice)) return null;
    this.json.key("speechConfig");
    this.json.beginObject();
    this.json.key("voiceConfig");
    this.json.beginObject();
    this.json.key("prebuiltVoiceConfig");
    this.json.beginObject();
    this.json.keyValue("voiceName", doc, voice);
    this.json.endObject();
    this.json.endObject();
    this.json.endObject();
    return null;
  }

  private writeFormat(configured: string, hasFunctions: bool): ApiError | null {
    const format = FORMAT;
    const error = format.read(this.doc, configured);
    if (error !== null || format.type == FormatType.Text) return error;
    if (hasFunctions && !this.model.isThird) {
      const message = "This model of Gemini does not take it beside functions.";
      return unsupportedValue("response_format", message);
    }
    this.json.keyString("responseMimeType", "application/json");
    const wrong = format.checkSchema();
    if (wrong !== null || !format.doc.isObject(format.schema)) return wrong;
    const isJson = this.model.takesJsonSchema;
    this.json.key(isJson ? "responseJsonSchema" : "responseSchema");
    SCHEMA.write(format.doc, format.schema, isJson, this.json);
    return null;
  }

  // Thinking

  private writeThinking(configured: i32): ApiError | null {
    const doc = this.doc;
    const root = doc.root();
    const effort = doc.get(root, "reasoning_effort");
    if (!doc.absent(effort) && !doc.isString(effort)) {
      return invalidType("reasoning_effort", "a string");
    }
    const google = doc.get(doc.get(root, "extra_body"), "google");
    const own = doc.get(google, "thinking_config");
    const word = doc.string(effort);
    if (!this.model.thinks) return null;
    if (configured != UNSET) this.writeBudget(configured);
    else if (doc.isObject(own)) this.json.keyValue("thinkingConfig", doc, own);
    else if (this.model.isThird) this.writeLevel(word);
    else if (word == "none") this.writeBudget(0);
    else if (word == "minimal" || word == "low") this.writeBudget(LOW_BUDGET);
    else if (word == "medium") this.writeBudget(MEDIUM_BUDGET);
    else if (this.model.level(word).length > 0) this.writeBudget(HIGH_BUDGET);
    return null;
  }

  private writeLevel(effort: string): void {
    const level = this.model.level(effort);
    if (level.length == 0) return;
    this.json.key("thinkingConfig");
    this.json.beginObject();
    if (effort != "none") this.json.keyBool("includeThoughts", true);
    this.json.keyString("thinkingLevel", level);
    this.json.endObject();
  }

  private writeBudget(asked: i32): void {
    // This generation always thinks; it can only be told to do little of it.
    if (asked == 0 && this.model.isThird) {
      this.writeLevel("none");
      return;
    }
    this.json.key("thinkingConfig");
    this.json.beginObject();
    if (asked != 0) this.json.keyBool("includeThoughts", true);
    this.json.keyInteger("thinkingBudget", this.model.budget(asked));
    this.json.endObject();
  }
}

function wrongStop(): ApiError {
  return invalidType("stop", "a string or an array of strings");
}

const NO_MODEL: GeminiModel = new GeminiModel("");
