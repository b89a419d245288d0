// A chat request as Cohere wants it: https://docs.cohere.com/reference/chat
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, unsupportedValue } from "../../openai/api-error";
import { FormatType, ResponseFormat } from "../../openai/response-format";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { refuse } from "../compatible-request";
import { ProviderSettings } from "../provider-settings";
import { ProviderSpec } from "../provider-spec";
import { CohereMessages } from "./cohere-messages";
import { CohereTools } from "./cohere-tools";

/** Members of Cohere's own that a client may give. */
// @ts-ignore: decorator
@lazy
const OWN_MEMBERS: StaticArray<string> = ["citation_options", "safety_mode", "priority"];

const FORMAT: ResponseFormat = new ResponseFormat("Cohere");

/** Writes requests, one after the other. */
export class CohereRequest {
  private readonly messages: CohereMessages = new CohereMessages();
  private readonly tools: CohereTools = new CohereTools();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  /** Writes the body to `out`. An error names what cannot be said to Cohere. */
  write(
    spec: ProviderSpec,
    settings: ProviderSettings,
    call: Call,
    doc: Document,
    out: ByteWriter,
  ): ApiError | null {
    const json = this.json;
    const root = doc.root();
    out.reserve(doc.length + 256);
    json.out = out;
    json.reset();
    let error = refuse(spec, doc);
    if (error !== null) return error;
    json.beginObject();
    json.keyString("model", call.model);
    error = this.messages.write(doc, doc.get(root, "messages"), json);
    if (error !== null) return error;
    error = this.tools.write(doc, json);
    if (error !== null) return error;
    const hasDocuments = this.writeDocuments(doc);
    error = this.writeFormat(settings.responseJsonSchema, doc, hasDocuments);
    if (error !== null) return error;
    error = this.writeSampling(settings, doc);
    if (error !== null) return error;
    writeThinking(doc, json);
    for (let i = 0; i < OWN_MEMBERS.length; ++i) {
      const name = unchecked(OWN_MEMBERS[i]);
      const value = doc.get(root, name);
      if (!doc.absent(value)) json.keyValue(name, doc, value);
    }
    if (call.stream) json.keyBool("stream", true);
    json.endObject();
    return null;
  }

  /** The client's own documents, and the text files of its messages. */
  private writeDocuments(doc: Document): bool {
    const json = this.json;
    const files = this.messages.files.out;
    const own = doc.get(doc.root(), "documents");
    if (files.length == 0 && doc.first(own) < 0) return false;
    json.key("documents");
    json.beginArray();
    for (let item = doc.first(own); item >= 0; item = doc.next(item)) json.value(doc, item);
    if (files.length > 0) json.raw(files.ptr, files.length);
    json.endArray();
    return true;
  }

  /** `response_format`: the configured one (JSON text, "" for none) goes before the client's. */
  private writeFormat(configured: string, request: Document, hasDocuments: bool): ApiError | null {
    const format = FORMAT;
    const error = format.read(request, configured);
    if (error !== null || format.type == FormatType.Text) return error;
    if (hasDocuments || this.tools.hasTools) {
      const message = "Cohere gives JSON only without tools and documents.";
      return unsupportedValue("response_format", message);
    }
    const wrong = format.checkSchema();
    if (wrong !== null) return wrong;
    // Cohere's own form has the bare schema beside its one type.
    const schema = format.type == FormatType.Schema ? format.schema : format.wrapper;
    const doc = format.doc;
    const json = this.json;
    json.key("response_format");
    json.beginObject();
    json.key("type");
    json.ascii("json_object");
    if (doc.isObject(schema)) json.keyValue("json_schema", doc, schema);
    json.endObject();
    return null;
  }

  private writeSampling(settings: ProviderSettings, doc: Document): ApiError | null {
    const json = this.json;
    const root = doc.root();
    let name = "max_completion_tokens";
    if (doc.absent(doc.get(root, name))) name = "max_tokens";
    const limit = doc.get(root, name);
    if (!doc.absent(limit)) {
      if (doc.integer(limit, -1) < 0) return invalidType(name, "an integer");
      json.keyValue("max_tokens", doc, limit);
    } else if (settings.defaultMaxTokens > 0) {
      json.keyInteger("max_tokens", settings.defaultMaxTokens);
    }
    let error = this.writeFitted(doc, "temperature", "temperature", 0, 1);
    if (error === null) error = this.writeFitted(doc, "top_p", "p", 0.01, 0.99);
    if (error === null) error = this.writeFitted(doc, "top_k", "k", 0, 500);
    if (error === null) error = this.writeFitted(doc, "presence_penalty", "presence_penalty", 0, 1);
    if (error === null)
      error = this.writeFitted(doc, "frequency_penalty", "frequency_penalty", 0, 1);
    if (error !== null) return error;
    const seed = doc.get(root, "seed");
    if (doc.isNumber(seed)) json.keyValue("seed", doc, seed);
    const logprobs = doc.get(root, "logprobs");
    if (doc.isTrue(logprobs) || doc.isFalse(logprobs)) json.keyValue("logprobs", doc, logprobs);
    return writeStop(doc, json);
  }

  /** Writes a number, under Cohere's name and within its range. */
  private writeFitted(
    doc: Document,
    name: string,
    own: string,
    lowest: f64,
    highest: f64,
  ): ApiError | null {
    let value = doc.get(doc.root(), name);
    if (doc.absent(value)) value = doc.get(doc.root(), own);
    if (doc.absent(value)) return null;
    if (!doc.isNumber(value)) return invalidType(name, "a number");
    const asked = doc.number(value);
    const fitted = max(lowest, min(highest, asked));
    this.json.key(own);
    if (fitted == asked) this.json.value(doc, value);
    else this.json.number(fitted);
    return null;
  }
}

function writeStop(doc: Document, json: JsonWriter): ApiError | null {
  const stop = doc.get(doc.root(), "stop");
  if (doc.absent(stop)) return null;
  const isText = doc.isString(stop);
  if (!isText && !doc.isArray(stop)) return invalidType("stop", "a string or an array of strings");
  json.key("stop_sequences");
  json.beginArray();
  for (let item = isText ? stop : doc.first(stop); item >= 0; item = isText ? -1 : doc.next(item)) {
    if (!doc.isString(item)) return invalidType("stop", "a string or an array of strings");
    json.value(doc, item);
  }
  json.endArray();
  return null;
}

/** Cohere's own `thinking`, or what `reasoning_effort` says: an effort has no degrees here. */
function writeThinking(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const own = doc.get(root, "thinking");
  if (doc.isObject(own)) {
    json.keyValue("thinking", doc, own);
    return;
  }
  const effort = doc.get(root, "reasoning_effort");
  if (!doc.isString(effort)) return;
  json.key("thinking");
  json.beginObject();
  json.key("type");
  json.ascii(doc.stringIs(effort, "none") ? "disabled" : "enabled");
  json.endObject();
}
