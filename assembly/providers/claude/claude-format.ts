// The form of the answer: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType, missingParameter, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { ClaudeModel } from "./claude-model";
import { writeReducedSchema } from "./claude-schema";

const CONFIGURED: Document = new Document();
const CONFIGURED_TEXT: ByteWriter = new ByteWriter();

/** What an answer is to look like. */
export const enum AnswerForm {
  Text,
  /** A schema that the model is held to. */
  Schema,
  /** A schema that older models are held to as that of a tool's input. */
  Tool,
  /** Some JSON object, which the model is asked for. */
  Json,
}

/** `response_format` of one request. `read` first. */
export class ClaudeFormat {
  form: AnswerForm = AnswerForm.Text;
  /** The schema and the document that it is in. */
  doc: Document = CONFIGURED;
  schema: i32 = -1;

  constructor(
    /** The provider as messages name it. */
    private readonly provider: string = "Claude",
  ) {}

  /**
   * Reads the request's format, or the configured one (JSON text, "" for none), which goes before
   * it.
   */
  read(request: Document, configured: string, model: ClaudeModel): ApiError | null {
    this.form = AnswerForm.Text;
    this.schema = -1;
    this.doc = request;
    let format = request.get(request.root(), "response_format");
    if (configured.length > 0) {
      CONFIGURED_TEXT.clear();
      CONFIGURED_TEXT.text(configured);
      CONFIGURED.parse(CONFIGURED_TEXT.ptr, CONFIGURED_TEXT.length);
      this.doc = CONFIGURED;
      format = CONFIGURED.root();
    }
    const doc = this.doc;
    if (doc.absent(format)) return null;
    if (!doc.isObject(format)) return invalidType("response_format", "an object");
    const type = doc.get(format, "type");
    if (doc.stringIs(type, "text")) return null;
    if (doc.stringIs(type, "json_object")) {
      this.form = AnswerForm.Json;
      return null;
    }
    if (doc.stringIs(type, "json_schema")) return this.readSchema(format, model);
    return unsupportedValue("response_format", `${this.provider} has no such 'response_format'.`);
  }

  private readSchema(format: i32, model: ClaudeModel): ApiError | null {
    const wrapper = this.doc.get(format, "json_schema");
    if (!this.doc.isObject(wrapper)) return missingParameter("response_format.json_schema");
    this.schema = this.doc.get(wrapper, "schema");
    if (!this.doc.isObject(this.schema)) this.form = AnswerForm.Json;
    else this.form = model.takesSchemas ? AnswerForm.Schema : AnswerForm.Tool;
    return null;
  }

  /** Writes `output_config`, where there is an effort or a schema to say. */
  writeConfig(effort: string, json: JsonWriter): void {
    if (effort.length == 0 && this.form != AnswerForm.Schema) return;
    json.key("output_config");
    json.beginObject();
    if (effort.length > 0) json.keyString("effort", effort);
    if (this.form == AnswerForm.Schema) {
      json.key("format");
      json.beginObject();
      json.keyString("type", "json_schema");
      json.key("schema");
      writeReducedSchema(this.doc, this.schema, json);
      json.endObject();
    }
    json.endObject();
  }
}
