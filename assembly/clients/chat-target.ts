// What a request that becomes one for a chat completion depends on beside its text.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** Stands in a tool's result that is a picture or a file, which only a user's message can hold. */
export const SEE_BELOW: string = "The result follows.";

/** The provider that shall answer, and what it takes beyond OpenAI's own members. */
export class ChatTarget {
  /** Members that OpenAI itself refuses: `top_k`, and reasoning in the history. */
  takesExtensions: bool = false;
  /** `cache_control` in content parts. */
  takesCacheControl: bool = false;
  /** Usage may be asked for in streams. */
  asksForUsage: bool = true;

  constructor(
    /** The provider's id, for errors. */
    readonly provider: string,
  ) {}

  /** Asks for usage where the client wants a stream: `doc` is its request, `json` stands in the chat request's object. */
  writeUsageOption(doc: Document, json: JsonWriter): void {
    if (!this.asksForUsage || !doc.isTrue(doc.get(doc.root(), "stream"))) return;
    json.key("stream_options");
    json.beginObject();
    json.keyBool("include_usage", true);
    json.endObject();
  }
}
