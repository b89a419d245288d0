// The form that an answer is to have: https://platform.openai.com/docs/guides/structured-outputs
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";
import { ApiError, invalidType, missingParameter, unsupportedValue } from "./api-error";

const CONFIGURED: Document = new Document();
const CONFIGURED_TEXT: ByteWriter = new ByteWriter();

/** The types of a `response_format`. */
export const enum FormatType {
  /** Nothing, or words. */
  Text,
  /** Some JSON object. */
  Json,
  /** One that matches a schema. */
  Schema,
}

/** `response_format` of one request. `read` first. */
export class ResponseFormat {
  type: FormatType = FormatType.Text;
  /** What the format stands in: the request, or the configured one. */
  doc: Document = CONFIGURED;
  /** Its `json_schema`, and the schema in that, or -1. */
  wrapper: i32 = -1;
  schema: i32 = -1;

  constructor(
    /** The provider as messages name it, or "". */
    private readonly provider: string = "",
  ) {}

  /**
   * Reads the request's format, or the configured one (JSON text, "" for none), which goes before
   * it.
   */
  read(request: Document, configured: string): ApiError | null {
    this.type = FormatType.Text;
    this.wrapper = this.schema = -1;
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
    this.wrapper = doc.get(format, "json_schema");
    if (doc.stringIs(type, "json_object")) {
      this.type = FormatType.Json;
    } else if (doc.stringIs(type, "json_schema")) {
      this.type = FormatType.Schema;
      this.schema = doc.get(this.wrapper, "schema");
    } else {
      const who = this.provider.length > 0 ? `${this.provider} has` : "There is";
      return unsupportedValue("response_format", `${who} no such 'response_format'.`);
    }
    return null;
  }

  /** The error of a schema that is asked for and not there. */
  checkSchema(): ApiError | null {
    if (this.type != FormatType.Schema || this.doc.isObject(this.wrapper)) return null;
    return missingParameter("response_format.json_schema");
  }
}
