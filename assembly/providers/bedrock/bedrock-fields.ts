// Members that only some models know, and those of Converse that OpenAI has no word for:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ByteWriter } from "../../text/byte-writer";
import { OptionalObject } from "./bedrock-blocks";

/** Members of Converse that a request or the configuration may give as they are. */
// @ts-ignore: decorator
@lazy
const OWN_MEMBERS: StaticArray<string> = [
  "guardrailConfig",
  "performanceConfig",
  "promptVariables",
  "additionalModelResponseFieldPaths",
];
const ADDITIONAL: string = "additionalModelRequestFields";

const CONFIGURED: Document = new Document();
const CONFIGURED_TEXT: ByteWriter = new ByteWriter();
const NONE: Document = new Document();

/** `additionalModelRequestFields` of one request; what comes later replaces what was there. */
export class BedrockFields {
  private readonly object: OptionalObject = new OptionalObject();
  private doc: Document = NONE;
  /** The client's own fields, or -1; and the configured ones. */
  private client: i32 = -1;
  private configured: i32 = -1;

  /** Begins; `configured` is the JSON text of an object, or "". */
  begin(doc: Document, configured: string): void {
    this.object.begin();
    this.doc = doc;
    this.client = doc.get(doc.root(), ADDITIONAL);
    this.configured = -1;
    if (configured.length == 0) return;
    CONFIGURED_TEXT.clear();
    CONFIGURED_TEXT.text(configured);
    if (CONFIGURED.parse(CONFIGURED_TEXT.ptr, CONFIGURED_TEXT.length)) {
      this.configured = CONFIGURED.root();
    }
  }

  /** Where to write a member, or null where the client or the configuration says it. */
  member(name: string): JsonWriter | null {
    const isSaid = this.doc.get(this.client, name) >= 0 || this.isConfigured(name);
    return isSaid ? null : this.object.json;
  }

  private isConfigured(name: string): bool {
    return this.configured >= 0 && CONFIGURED.get(this.configured, name) >= 0;
  }

  /** Writes all fields, and the members of Converse's own that were given. */
  write(json: JsonWriter): void {
    const doc = this.doc;
    const fields = this.object.json;
    for (let field = doc.first(this.client); field >= 0; field = doc.next(field)) {
      if (!doc.isObject(this.client) || this.isConfigured(doc.key(field))) continue;
      fields.keyRaw(doc, field);
      fields.value(doc, field);
    }
    if (this.configured >= 0) {
      const more = CONFIGURED;
      for (let field = more.first(this.configured); field >= 0; field = more.next(field)) {
        if (OWN_MEMBERS.includes(more.key(field))) continue;
        fields.keyRaw(more, field);
        fields.value(more, field);
      }
    }
    this.object.write(ADDITIONAL, json);
    for (let i = 0; i < OWN_MEMBERS.length; ++i) {
      const name = unchecked(OWN_MEMBERS[i]);
      const own = doc.get(doc.root(), name);
      if (this.isConfigured(name)) {
        json.keyValue(name, CONFIGURED, CONFIGURED.get(this.configured, name));
      } else if (!doc.absent(own)) {
        json.keyValue(name, doc, own);
      }
    }
  }
}
