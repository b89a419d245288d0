// The form of the answer: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError } from "../../openai/api-error";
import { FormatType, ResponseFormat } from "../../openai/response-format";
import { ClaudeModel } from "./claude-model";
import { writeReducedSchema } from "./claude-schema";

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

/** `response_format` of one request. `readFor` first. */
export class ClaudeFormat extends ResponseFormat {
  form: AnswerForm = AnswerForm.Text;

  /** Reads it as `read` does, and decides how this model is held to it. */
  readFor(model: ClaudeModel, request: Document, configured: string): ApiError | null {
    this.form = AnswerForm.Text;
    let error = this.read(request, configured);
    if (error === null) error = this.checkSchema();
    if (error !== null || this.type == FormatType.Text) return error;
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
