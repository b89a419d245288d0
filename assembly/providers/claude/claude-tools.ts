// Tools and how they are to be used:
// https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview
import { JsonWriter } from "../../json/json-writer";
import { ToolChoice } from "../../openai/tool-list";
import { AnswerTools } from "./answer-tools";
import { ClaudeModel } from "./claude-model";
import {
  ANSWER_TOOL,
  writeAnswerTool,
  writeHistoryTools,
  writeTool,
} from "./claude-tool-definitions";

/** The tools of one request. `read` first. */
export class ClaudeTools extends AnswerTools {
  constructor() {
    super("Claude");
  }

  /**
   * Writes `tools` and `tool_choice`. `history` names the tools that earlier turns called: Claude
   * refuses calls in a history without tools, so a client that sends none any more has them named
   * again, and no new call is allowed. Without `isForced` a call that should be forced is left to
   * the model.
   */
  write(model: ClaudeModel, isForced: bool, history: string[], json: JsonWriter): void {
    const doc = this.doc;
    if (!this.hasList && this.schema < 0) {
      if (history.length > 0) writeHistoryTools(history, json);
      return;
    }
    json.key("tools");
    json.beginArray();
    // A named tool that cannot be forced is the only one sent.
    const narrows = this.allowed >= 0 || (this.choice == ToolChoice.Named && !isForced);
    const sendsOwn = this.schema < 0 || this.choice != ToolChoice.None;
    for (let tool = doc.first(this.list); tool >= 0 && sendsOwn; tool = doc.next(tool)) {
      const inner = this.functionOf(tool);
      if (narrows && !this.isChosen(doc.get(inner, "name"))) continue;
      writeTool(doc, tool, inner, model, json);
    }
    const schemaDoc = this.schemaDoc;
    if (schemaDoc !== null) writeAnswerTool(schemaDoc, this.schema, json);
    json.endArray();
    this.writeChoice(isForced, json);
  }

  private writeChoice(isForced: bool, json: JsonWriter): void {
    if (this.choice == ToolChoice.Unsaid && !this.oneAtATime && this.schema < 0) return;
    const isNone = this.choice == ToolChoice.None && this.schema < 0;
    json.key("tool_choice");
    json.beginObject();
    json.key("type");
    if (isNone) json.ascii("none");
    else if (!isForced) json.ascii("auto");
    else if (this.schema >= 0) this.writeForcedAnswer(json);
    else if (this.choice == ToolChoice.Named) this.writeNamed(json);
    else json.ascii("any");
    if (this.oneAtATime && !isNone) json.keyBool("disable_parallel_tool_use", true);
    json.endObject();
  }

  private writeNamed(json: JsonWriter): void {
    json.ascii("tool");
    json.keyValue("name", this.doc, this.named);
  }

  /**
   * With the client's own tools beside it the answer is one of the calls that the model may make.
   */
  private writeForcedAnswer(json: JsonWriter): void {
    if (this.hasList && this.choice != ToolChoice.None) {
      json.ascii("any");
      return;
    }
    json.ascii("tool");
    json.key("name");
    json.ascii(ANSWER_TOOL);
  }
}
