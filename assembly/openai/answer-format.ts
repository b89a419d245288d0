// The form of the answer in words, for providers that have no field for it:
// https://platform.openai.com/docs/guides/structured-outputs
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";
import { ApiError, invalidType, missingParameter, unsupportedValue } from "./api-error";

const JSON_REQUEST: string =
  "Answer with one JSON object and nothing else: no words around it and no code fence.";
const SCHEMA_REQUEST: string = "Answer with one JSON object that matches this JSON schema:\n";

const CONFIGURED: Document = new Document();
const CONFIGURED_TEXT: ByteWriter = new ByteWriter();

/** `response_format` of one request. `read` first. */
export class AnswerFormat {
  /** The answer is to be JSON. */
  isJson: bool = false;
  private doc: Document = CONFIGURED;
  private schema: i32 = -1;

  /**
   * Reads the request's format, or the configured one (JSON text, "" for none), which goes before
   * it.
   */
  read(request: Document, configured: string): ApiError | null {
    this.isJson = false;
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
    this.isJson = true;
    if (doc.stringIs(type, "json_object")) return null;
    if (!doc.stringIs(type, "json_schema")) {
      return unsupportedValue("response_format", "There is no such 'response_format'.");
    }
    const wrapper = doc.get(format, "json_schema");
    if (!doc.isObject(wrapper)) return missingParameter("response_format.json_schema");
    this.schema = doc.get(wrapper, "schema");
    return null;
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
