// A chat request as Gemini wants it: https://ai.google.dev/api/generate-content
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { UNSET } from "../provider-settings";
import { GeminiConfig } from "./gemini-config";
import { GeminiContents } from "./gemini-contents";
import { modelOf } from "./gemini-model";
import { GeminiTools } from "./gemini-tools";

/** What a request's text depends on beside the request. */
export class GeminiDialect {
  /** Calls and their results carry ids, where the model knows them. */
  sendsCallIds: bool = true;
  /** Replaces the client's `response_format`: JSON text, or "". */
  responseFormat: string = "";
  /** Tokens to think with, or `UNSET`. */
  thinkingBudget: i32 = UNSET;

  constructor(
    /** Harm category → threshold. */
    readonly safety: Map<string, string>,
  ) {}
}

/** Writes requests, one after the other. */
export class GeminiRequest {
  private readonly contents: GeminiContents = new GeminiContents();
  private readonly tools: GeminiTools = new GeminiTools();
  private readonly config: GeminiConfig = new GeminiConfig();
  private readonly json: JsonWriter = new JsonWriter(new ByteWriter());

  /** Writes the body to `out`. An error names what cannot be said to Gemini. */
  write(dialect: GeminiDialect, id: string, doc: Document, out: ByteWriter): ApiError | null {
    const model = modelOf(id);
    const json = this.json;
    out.reserve(doc.length + 512);
    json.out = out;
    json.reset();
    const toolError = this.tools.read(doc, model);
    if (toolError !== null) return toolError;
    json.beginObject();
    json.key("contents");
    const contents = this.contents;
    const contentError = contents.write(model, doc, dialect.sendsCallIds, json);
    if (contentError !== null) return contentError;
    const system = contents.system.out;
    if (model.takesSystem && system.length > 0) {
      json.key("systemInstruction");
      json.beginObject();
      json.key("parts");
      json.beginArray();
      json.raw(system.ptr, system.length);
      json.endArray();
      json.endObject();
    }
    this.tools.write(model, json);
    writeSafety(dialect.safety, json);
    const configError = this.config.write(
      doc,
      model,
      dialect.responseFormat,
      dialect.thinkingBudget,
      this.tools.hasFunctions,
      contents.detail,
      json,
    );
    if (configError !== null) return configError;
    const google = doc.get(doc.get(doc.root(), "extra_body"), "google");
    const cached = doc.get(google, "cached_content");
    if (doc.isString(cached)) json.keyValue("cachedContent", doc, cached);
    json.endObject();
    return null;
  }
}

/** Writes `safetySettings`, where there are any. */
export function writeSafety(safety: Map<string, string>, json: JsonWriter): void {
  if (safety.size == 0) return;
  const categories = safety.keys();
  json.key("safetySettings");
  json.beginArray();
  for (let i = 0; i < categories.length; ++i) {
    json.beginObject();
    json.keyString("category", categories[i]);
    json.keyString("threshold", safety.get(categories[i]));
    json.endObject();
  }
  json.endArray();
}
