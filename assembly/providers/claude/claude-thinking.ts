// From `reasoning_effort`, or a client's own `thinking`, to what a model takes, and what that means
// for sampling:
// https://platform.claude.com/docs/en/build-with-claude/thinking
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidType } from "../../openai/api-error";
import { ClaudeModel, WithoutThinking } from "./claude-model";

/** Tokens to think with on models that are given a budget; 1024 is the least that they take. */
const LOW_BUDGET: i64 = 1024;
const MEDIUM_BUDGET: i64 = 8192;
const HIGH_BUDGET: i64 = 16384;
/** With a budget a model takes no smaller `top_p`. */
const LEAST_TOP_P_WITH_THINKING: f64 = 0.95;

const enum Mode {
  Unsaid,
  Disabled,
  BetweenTools,
  Adaptive,
  Budget,
  /** What the client said itself. */
  Client,
}

/** How one request lets the model think. `plan` first. */
export class ClaudeThinking {
  private mode: Mode = Mode.Unsaid;
  private budget: i64 = 0;
  private client: i32 = -1;
  /** The word for `output_config.effort`, or "". */
  effort: string = "";
  /** The model thinks before it answers, because the request says so. */
  isOn: bool = false;
  /** It does so with a budget, which rules out forced tools and a prefilled answer. */
  isManual: bool = false;

  /**
   * Decides. `isBudgetAllowed` is false where a budget would be refused: the history has tool calls
   * without the thinking before them, or a tool call has to be forced.
   */
  plan(doc: Document, model: ClaudeModel, isBudgetAllowed: bool): ApiError | null {
    this.mode = Mode.Unsaid;
    this.effort = "";
    this.isOn = false;
    this.isManual = false;
    const root = doc.root();
    const effort = doc.get(root, "reasoning_effort");
    if (!doc.absent(effort) && !doc.isString(effort)) {
      return invalidType("reasoning_effort", "a string");
    }
    const word = doc.string(effort);
    this.client = doc.get(root, "thinking");
    if (doc.isObject(this.client)) this.planClient(doc, isBudgetAllowed);
    else if (word == "none") this.planNone(model);
    else if (word.length > 0) this.planEffort(word, model, isBudgetAllowed);
    if (model.thinksAdaptively && word != "none") this.effort = effortWord(word, model);
    return null;
  }

  private planClient(doc: Document, isBudgetAllowed: bool): void {
    const type = doc.get(this.client, "type");
    this.isManual = doc.stringIs(type, "enabled");
    if (this.isManual && !isBudgetAllowed) {
      this.isManual = false;
      return;
    }
    this.mode = Mode.Client;
    this.isOn = this.isManual || doc.stringIs(type, "adaptive");
    this.budget = doc.integer(doc.get(this.client, "budget_tokens"), 0);
  }

  private planNone(model: ClaudeModel): void {
    switch (model.withoutThinking) {
      case WithoutThinking.Disabled:
        this.mode = Mode.Disabled;
        break;
      case WithoutThinking.BetweenTools:
        this.mode = Mode.BetweenTools;
        break;
      case WithoutThinking.LowEffort:
        this.effort = "low";
        break;
    }
  }

  private planEffort(word: string, model: ClaudeModel, isBudgetAllowed: bool): void {
    if (effortWord(word, model).length == 0) return;
    if (model.thinksAdaptively) {
      this.mode = Mode.Adaptive;
      this.isOn = true;
    } else if (model.thinksWithBudget && isBudgetAllowed) {
      this.mode = Mode.Budget;
      this.isOn = true;
      this.isManual = true;
      this.budget = budgetOf(word);
    }
  }

  /** Writes `thinking` where there is something to say. */
  write(doc: Document, json: JsonWriter): void {
    if (this.mode == Mode.Unsaid) return;
    if (this.mode == Mode.Client) {
      json.keyValue("thinking", doc, this.client);
      return;
    }
    json.key("thinking");
    json.beginObject();
    json.key("type");
    switch (this.mode) {
      case Mode.Adaptive:
        json.ascii("adaptive");
        // Without it newer models send thinking without its text.
        json.key("display");
        json.ascii("summarized");
        break;
      case Mode.Budget:
        json.ascii("enabled");
        json.keyInteger("budget_tokens", this.budget);
        break;
      case Mode.BetweenTools:
        json.ascii("between_tools");
        break;
      default:
        json.ascii("disabled");
    }
    json.endObject();
  }

  /**
   * `max_tokens` for an answer of `asked` tokens: it has to hold the budget as well, up to the
   * model's limit.
   */
  maxTokens(asked: i64, model: ClaudeModel): i64 {
    if (!this.isManual) return asked;
    if (this.mode == Mode.Client && asked > this.budget) return asked;
    return max(asked, min(asked + this.budget, max(model.longestAnswer, this.budget + 1)));
  }

  /** Writes the sampling members that the model takes, fitted to its ranges. */
  writeSampling(doc: Document, model: ClaudeModel, json: JsonWriter): ApiError | null {
    const root = doc.root();
    const temperature = doc.get(root, "temperature");
    const topP = doc.get(root, "top_p");
    if (!isNumberOrAbsent(doc, temperature)) return invalidType("temperature", "a number");
    if (!isNumberOrAbsent(doc, topP)) return invalidType("top_p", "a number");
    if (!model.takesSampling) return null;
    const sendsTemperature = doc.isNumber(temperature) && !this.isOn;
    if (sendsTemperature) writeFraction("temperature", doc, temperature, json);
    if (doc.isNumber(topP) && (!sendsTemperature || model.takesBothSamplings)) {
      const isHigh = doc.number(topP) >= LEAST_TOP_P_WITH_THINKING;
      if (isHigh || !this.isOn) writeFraction("top_p", doc, topP, json);
    }
    const topK = doc.get(root, "top_k");
    if (doc.isNumber(topK) && !this.isOn) json.keyValue("top_k", doc, topK);
    return null;
  }
}

/** OpenAI's effort as the model's, or "" for a word that is not known. */
function effortWord(word: string, model: ClaudeModel): string {
  if (word == "minimal" || word == "low") return "low";
  if (word == "medium" || word == "high" || word == "max") return word;
  if (word == "xhigh") return model.takesExtraHighEffort ? word : "max";
  return "";
}

function budgetOf(word: string): i64 {
  if (word == "minimal" || word == "low") return LOW_BUDGET;
  return word == "medium" ? MEDIUM_BUDGET : HIGH_BUDGET;
}

function isNumberOrAbsent(doc: Document, value: i32): bool {
  return doc.absent(value) || doc.isNumber(value);
}

/** A number between 0 and 1: as the client wrote it, or the bound that it is beyond. */
function writeFraction(name: string, doc: Document, value: i32, json: JsonWriter): void {
  const number = doc.number(value);
  if (number > 1) json.keyInteger(name, 1);
  else if (number < 0) json.keyInteger(name, 0);
  else json.keyValue(name, doc, value);
}
