// The form of the answer in words, for providers that have no field for it:
// https://platform.openai.com/docs/guides/structured-outputs
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "./api-error";
import { FormatType, ResponseFormat } from "./response-format";

const JSON_REQUEST: string =
  "Answer with one JSON object and nothing else: no words around it and no code fence.";
const SCHEMA_REQUEST: string = "Answer with one JSON object that matches this JSON schema:\n";

/** `response_format` of one request. `read` first. */
export class AnswerFormat extends ResponseFormat {
  /** The answer is to be JSON. */
  get isJson(): bool {
    return this.type != FormatType.Text;
  }

  read(request: Document, configured: string): ApiError | null {
    const error = super.read(request, configured);
    return error !== null ? error : this.checkSchema();
  }

  /** Adds the request for JSON to the string that is being written. */
  tell(json: JsonWriter): void {
    const doc = this.doc;
    if (!doc.isObject(this.schema)) {
      json.stringText(JSON_REQUEST);
      return;
    }
    json.stringText(SCHEMA_REQUEST);
    const start = doc.start(this.schema);
    json.stringEscape(doc.ptr + start, doc.end(this.schema) - start);
  }
}
