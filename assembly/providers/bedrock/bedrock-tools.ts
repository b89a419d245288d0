// Tools and how they are to be used:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { JsonWriter } from "../../json/json-writer";
import { isBlank } from "../../openai/content-text";
import { ToolChoice } from "../../openai/tool-list";
import { AnswerTools } from "../claude/answer-tools";
import {
  ANSWER_TOOL,
  writeEmptySchema,
  writeInputSchema,
  writeStrictSchema,
} from "../claude/claude-tool-definitions";
import { writeCacheControl } from "./bedrock-blocks";
import { BedrockModel } from "./bedrock-model";

/** The tools of one request. `read` first. */
export class BedrockTools extends AnswerTools {
  constructor() {
    super("Bedrock");
  }

  /** Whether the client's tools are among those that are sent. */
  private sendsOwn(hasHistory: bool): bool {
    if (!this.hasList) return false;
    // There is no word for "none": the tools stay away, unless a history with calls needs them.
    return this.choice != ToolChoice.None || (hasHistory && this.schema < 0);
  }

  /**
   * Writes `toolConfig`. `history` names the tools that earlier turns called: Bedrock refuses calls in
   * a history without tools, so a client that sends none any more has them named again. Without
   * `isForced` a call that should be forced is left to the model.
   */
  write(model: BedrockModel, isForced: bool, history: string[], json: JsonWriter): void {
    const sendsOwn = this.sendsOwn(history.length > 0);
    const schemaDoc = this.schemaDoc;
    if (!sendsOwn && schemaDoc === null && history.length == 0) return;
    json.key("toolConfig");
    json.beginObject();
    json.key("tools");
    json.beginArray();
    if (sendsOwn) this.writeOwn(model, isForced, json);
    if (schemaDoc !== null) {
      beginTool(ANSWER_TOOL, json);
      json.keyString("description", "Gives the answer to the user.");
      beginSchema(json);
      writeInputSchema(schemaDoc, this.schema, json);
      endTool(json);
    } else if (!sendsOwn) {
      for (let i = 0; i < history.length; ++i) {
        beginTool(history[i], json);
        beginSchema(json);
        writeEmptySchema(json);
        endTool(json);
      }
    }
    json.endArray();
    if (schemaDoc !== null || (sendsOwn && this.choice != ToolChoice.None)) {
      this.writeChoice(isForced, sendsOwn, json);
    }
    json.endObject();
  }

  private writeOwn(model: BedrockModel, isForced: bool, json: JsonWriter): void {
    const doc = this.doc;
    // A named tool that cannot be forced is the only one sent.
    const narrows = this.allowed >= 0 || (this.choice == ToolChoice.Named && !isForced);
    for (let tool = doc.first(this.list); tool >= 0; tool = doc.next(tool)) {
      const inner = this.functionOf(tool);
      if (narrows && !this.isChosen(doc.get(inner, "name"))) continue;
      beginTool("", json);
      json.keyValue("name", doc, doc.get(inner, "name"));
      const description = doc.get(inner, "description");
      if (!isBlank(doc, description)) json.keyValue("description", doc, description);
      const isStrict = model.takesSchemas && doc.isTrue(doc.get(inner, "strict"));
      if (isStrict) json.keyBool("strict", true);
      beginSchema(json);
      const parameters = doc.get(inner, "parameters");
      if (isStrict && model.isClaude) writeStrictSchema(doc, parameters, json);
      else writeInputSchema(doc, parameters, json);
      endTool(json);
      const own = doc.get(tool, "cache_control");
      writeCacheControl(doc, own >= 0 ? own : doc.get(inner, "cache_control"), json);
    }
  }

  private writeChoice(isForced: bool, sendsOwn: bool, json: JsonWriter): void {
    if (this.choice == ToolChoice.Unsaid && this.schema < 0) return;
    json.key("toolChoice");
    json.beginObject();
    const isAnswer = this.schema >= 0 && !sendsOwn;
    const isNamed = this.choice == ToolChoice.Named && this.schema < 0;
    if (!isForced) json.key("auto");
    else if (isAnswer || isNamed) json.key("tool");
    else json.key("any");
    json.beginObject();
    if (isForced && isAnswer) json.keyString("name", ANSWER_TOOL);
    else if (isForced && isNamed) json.keyValue("name", this.doc, this.named);
    json.endObject();
    json.endObject();
  }

  /**
   * Writes the choice in Anthropic's own words where no more than one call is wanted: Converse has
   * none for that.
   */
  writeOneAtATime(isForced: bool, json: JsonWriter): void {
    if (!this.oneAtATime || !this.hasList || this.schema >= 0) return;
    if (this.choice == ToolChoice.None) return;
    const isNamed = this.choice == ToolChoice.Named;
    json.key("tool_choice");
    json.beginObject();
    json.key("type");
    json.ascii(isForced ? (isNamed ? "tool" : "any") : "auto");
    if (isForced && isNamed) json.keyValue("name", this.doc, this.named);
    json.keyBool("disable_parallel_tool_use", true);
    json.endObject();
  }
}

/** `name` "" is left to the caller. */
function beginTool(name: string, json: JsonWriter): void {
  json.beginObject();
  json.key("toolSpec");
  json.beginObject();
  if (name.length > 0) json.keyString("name", name);
}

function beginSchema(json: JsonWriter): void {
  json.key("inputSchema");
  json.beginObject();
  json.key("json");
}

function endTool(json: JsonWriter): void {
  json.endObject();
  json.endObject();
  json.endObject();
}
