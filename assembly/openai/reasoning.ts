// What becomes of a model's reasoning in whole answers. OpenAI has no member for it; `reasoning_content` is DeepSeek's:
// https://api-docs.deepseek.com/guides/reasoning_model
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";

/** What stands around reasoning that becomes part of the content. */
export const THINK_START: string = "<think>";
/** The same as it is written within a JSON string. */
export const THINK_END: string = "</think>\\n";

/** Longest raw string that can be blank in practice. */
const LONGEST_BLANK: i32 = 64;

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** What happens to reasoning. */
export const enum ReasoningMode {
  /** It stays where it is. */
  Passthrough,
  /** It is left out. */
  Ignore,
  /** It stands before the content, as part of it. */
  Concat,
}

/** What happens to answers. */
export class AnswerShape {
  mode: ReasoningMode = ReasoningMode.Passthrough;
  /** Reasoning becomes the content where there is no other answer. */
  promotes: bool = false;

  get isActive(): bool {
    return this.promotes || this.mode != ReasoningMode.Passthrough;
  }
}

/** Collects the edits of a chat completion. */
export function editReasoning(shape: AnswerShape, doc: Document, edit: JsonEdit): void {
  const choices = doc.get(doc.root(), "choices");
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice)) {
    editMessage(shape, doc, doc.get(choice, "message"), edit);
  }
}

function editMessage(shape: AnswerShape, doc: Document, message: i32, edit: JsonEdit): void {
  const reasoning = reasoningOf(doc, message);
  const content = doc.get(message, "content");
  if (shape.promotes && reasoning >= 0 && !isAnswer(doc, message)) {
    const start = doc.start(reasoning);
    edit.set(message, "content", doc.ptr + start, doc.end(reasoning) - start);
    removeReasoning(message, edit);
  } else if (shape.mode == ReasoningMode.Ignore) {
    removeReasoning(message, edit);
    edit.remove(message, "reasoning_details");
  } else if (shape.mode == ReasoningMode.Concat && reasoning >= 0) {
    if (!doc.absent(content) && !doc.isString(content)) return;
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginString();
    json.out.ascii(THINK_START);
    json.stringPart(doc, reasoning);
    json.out.ascii(THINK_END);
    json.stringPart(doc, content);
    json.endString();
    edit.set(message, "content", json.out.ptr, json.out.length);
    removeReasoning(message, edit);
  }
}

/** The reasoning of a message or delta, under whichever name; -1 where there is none. */
export function reasoningOf(doc: Document, message: i32): i32 {
  const reasoning = doc.get(message, "reasoning_content");
  if (doc.stringLength(reasoning) > 0) return reasoning;
  const other = doc.get(message, "reasoning");
  return doc.stringLength(other) > 0 ? other : -1;
}

/** Takes the text of the reasoning out. */
export function removeReasoning(message: i32, edit: JsonEdit): void {
  edit.remove(message, "reasoning_content");
  edit.remove(message, "reasoning");
}

/** Whether a message or delta says more than reasoning and white space. */
export function isAnswer(doc: Document, message: i32): bool {
  const content = doc.get(message, "content");
  if (!isBlank(doc, content) || doc.first(doc.get(message, "tool_calls")) >= 0) return true;
  return (
    doc.stringLength(doc.get(message, "refusal")) > 0 ||
    doc.isObject(doc.get(message, "audio")) ||
    doc.isObject(doc.get(message, "function_call"))
  );
}

function isBlank(doc: Document, text: i32): bool {
  if (!doc.isString(text)) return doc.absent(text);
  const length = doc.stringLength(text);
  if (length > LONGEST_BLANK) return false;
  return length == 0 || doc.string(text).trim().length == 0;
}
