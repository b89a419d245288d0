// Usage objects of OpenAI-compatible providers:
// https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";

/** Says cached tokens, which the provider counts in a member of its own, where OpenAI says them. */
export function editCachedTokens(doc: Document, usage: i32, name: string, edit: JsonEdit): void {
  const cached = doc.get(usage, name);
  if (!doc.isNumber(cached)) return;
  const details = doc.get(usage, "prompt_tokens_details");
  if (doc.isNumber(doc.get(details, "cached_tokens"))) return;
  const count = doc.integer(cached, 0);
  if (doc.isObject(details)) edit.setInteger(details, "cached_tokens", count);
  else edit.setRaw(usage, "prompt_tokens_details", `{"cached_tokens":${count}}`);
}

/**
 * Adds reasoning tokens, which the provider counts beside the completion, to the completion and the
 * total.
 */
export function editReasoningTokens(
  doc: Document,
  usage: i32,
  reasoning: i64,
  edit: JsonEdit,
): void {
  const prompt = doc.integer(doc.get(usage, "prompt_tokens"), 0);
  const completion = doc.integer(doc.get(usage, "completion_tokens"), 0) + reasoning;
  edit.setInteger(usage, "completion_tokens", completion);
  edit.setInteger(usage, "total_tokens", prompt + completion);
}

/** Fills in counts of a chat's usage that are missing or no numbers. */
export function mendCounts(doc: Document, usage: i32, edit: JsonEdit): void {
  const prompt = doc.integer(doc.get(usage, "prompt_tokens"), -1);
  const completion = doc.integer(doc.get(usage, "completion_tokens"), -1);
  if (prompt < 0) edit.setInteger(usage, "prompt_tokens", 0);
  if (completion < 0) edit.setInteger(usage, "completion_tokens", 0);
  if (doc.integer(doc.get(usage, "total_tokens"), -1) >= 0) return;
  edit.setInteger(usage, "total_tokens", max(prompt, 0) + max(completion, 0));
}

/**
 * The usage of a chunk with choices, wherever the provider has put it: it is taken out, or with `isKept` is null in
 * its place. -1, or what is no object: there is none.
 */
export function takeUsageOf(doc: Document, choice: i32, isKept: bool, edit: JsonEdit): i32 {
  const root = doc.root();
  const usage = doc.get(root, "usage");
  let found = usage;
  if (doc.isObject(usage)) {
    if (isKept) edit.setRaw(root, "usage", "null");
    else edit.remove(root, "usage");
  } else {
    found = doc.get(choice, "usage");
    if (!doc.absent(usage)) edit.remove(root, "usage");
    if (doc.isObject(found)) edit.remove(choice, "usage");
    else found = doc.get(doc.get(root, "x_groq"), "usage");
  }
  return found;
}
