// How much a model thinks: https://www.alibabacloud.com/help/en/model-studio/deep-thinking
import { Document } from "../../json/document";
import { QwenModel, Thinking } from "./qwen-model";

/** Tokens to think with. Larger efforts leave it to the model. */
const LOW_BUDGET: i64 = 1024;
const MEDIUM_BUDGET: i64 = 8192;
const HIGH_BUDGET: i64 = 16384;

/** What is said. */
export const enum Said {
  Nothing,
  No,
  Yes,
}

/** The thinking of one request. */
export class QwenThinking {
  /** What goes into `enable_thinking`. */
  enables: Said = Said.Nothing;
  /** What goes into `thinking_budget`; 0: nothing. */
  budget: i64 = 0;
  /** The answer has to be asked for as a stream. */
  needsStream: bool = false;
  /** A tool can be forced; else the model can only be left with that one tool. */
  takesForcedTool: bool = true;

  /** Decides for a model and a request. `forcesTool`: one tool has to be called. */
  plan(doc: Document, model: QwenModel, isStream: bool, forcesTool: bool): void {
    this.enables = Said.Nothing;
    this.budget = 0;
    this.takesForcedTool = model.thinking != Thinking.Always;
    this.read(doc, model);
    const isDefault = this.enables == Said.Nothing;
    const thinks =
      model.thinking == Thinking.Always || (isDefault ? model.thinking == Thinking.On : this.isOn);
    if (forcesTool && thinks && this.takesForcedTool) this.disable();
    // A short answer that comes at once is what the client asks for.
    else if (!isStream && isDefault && thinks && model.streamsThoughts) {
      if (model.thinking == Thinking.On) this.disable();
    }
    const stillThinks = thinks && !this.isOff;
    this.needsStream = !isStream && (model.isOmni || (stillThinks && model.streamsThoughts));
  }

  private get isOn(): bool {
    return this.enables == Said.Yes;
  }

  private get isOff(): bool {
    return this.enables == Said.No;
  }

  private disable(): void {
    this.enables = Said.No;
    this.budget = 0;
  }

  /** What the client says in Qwen's own members goes before what it says in OpenAI's. */
  private read(doc: Document, model: QwenModel): void {
    const root = doc.root();
    const own = doc.get(root, "enable_thinking");
    this.readEffort(doc, doc.get(root, "reasoning_effort"));
    const canChoose = model.thinking == Thinking.Off || model.thinking == Thinking.On;
    if (!canChoose) this.enables = Said.Nothing;
    if (model.thinking == Thinking.Never || !model.takesBudget) this.budget = 0;
    if (doc.isTrue(own)) this.enables = Said.Yes;
    else if (doc.isFalse(own)) this.disable();
    this.budget = doc.integer(doc.get(root, "thinking_budget"), this.budget);
  }

  private readEffort(doc: Document, effort: i32): void {
    if (!doc.isString(effort)) return;
    if (doc.stringIs(effort, "none") || doc.stringIs(effort, "minimal")) {
      this.enables = Said.No;
      return;
    }
    this.enables = Said.Yes;
    if (doc.stringIs(effort, "low")) this.budget = LOW_BUDGET;
    else if (doc.stringIs(effort, "medium")) this.budget = MEDIUM_BUDGET;
    else if (doc.stringIs(effort, "high")) this.budget = HIGH_BUDGET;
  }
}
