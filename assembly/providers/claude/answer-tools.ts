// The tools of a request whose answer, too, may come as the input of one:
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
import { Document } from "../../json/document";
import { ApiError } from "../../openai/api-error";
import { ToolChoice, ToolList } from "../../openai/tool-list";

/** What Claude's own protocol and Converse have in common. `read` first. */
export class AnswerTools extends ToolList {
  /** No more than one call is wanted. */
  protected oneAtATime: bool = false;
  /** Schema and its document where the answer is to come as a tool's input. */
  protected schemaDoc: Document | null = null;
  protected schema: i32 = -1;

  read(doc: Document): ApiError | null {
    this.schemaDoc = null;
    this.schema = -1;
    this.oneAtATime = doc.isFalse(doc.get(doc.root(), "parallel_tool_calls"));
    return super.read(doc);
  }

  /**
   * Says that the answer has to match a schema. False: a call of the client's tools is asked for,
   * and no answer.
   */
  answerBySchema(schemaDoc: Document, schema: i32): bool {
    if (this.choice == ToolChoice.Any || this.choice == ToolChoice.Named) return false;
    this.schemaDoc = schemaDoc;
    this.schema = schema;
    return true;
  }

  /** Whether the request will force a call, if the model can be forced at all. */
  get forcesCall(): bool {
    return this.schema >= 0 || this.choice == ToolChoice.Any || this.choice == ToolChoice.Named;
  }
}
