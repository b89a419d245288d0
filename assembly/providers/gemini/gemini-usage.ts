// Token counts and the reason of the end:
// https://ai.google.dev/api/generate-content#UsageMetadata
import { Document } from "../../json/document";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";

/** Reasons that say that something was held back, each between spaces. */
const FILTERED: string =
  " SAFETY BLOCKLIST PROHIBITED_CONTENT SPII RECITATION LANGUAGE IMAGE_SAFETY" +
  " IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION MODEL_ARMOR ESCALATION PUP_LIMITED_DISABLED ";

/** Takes a `usageMetadata`: counts that exclude each other become such that include each other. */
export function readUsage(doc: Document, metadata: i32, usage: Usage): void {
  if (!doc.isObject(metadata)) return;
  usage.isKnown = true;
  const prompt = count(doc, metadata, "promptTokenCount");
  const tools = count(doc, metadata, "toolUsePromptTokenCount");
  const answer = count(doc, metadata, "candidatesTokenCount");
  const thoughts = count(doc, metadata, "thoughtsTokenCount");
  usage.prompt = prompt + tools;
  // Some models count what they think as part of the answer.
  const isInside = prompt + tools + answer == count(doc, metadata, "totalTokenCount");
  usage.completion = isInside ? answer : answer + thoughts;
  usage.cached = count(doc, metadata, "cachedContentTokenCount");
  usage.reasoning = thoughts;
  usage.promptAudio = audioTokens(doc, doc.get(metadata, "promptTokensDetails"));
  usage.completionAudio = audioTokens(doc, doc.get(metadata, "candidatesTokensDetails"));
}

function count(doc: Document, metadata: i32, name: string): i64 {
  return doc.integer(doc.get(metadata, name), 0);
}

function audioTokens(doc: Document, details: i32): i64 {
  let sum: i64 = 0;
  for (let item = doc.first(details); item >= 0; item = doc.next(item)) {
    if (doc.stringIs(doc.get(item, "modality"), "AUDIO")) sum += count(doc, item, "tokenCount");
  }
  return sum;
}

/** OpenAI's word for a `finishReason`. One that is not known is the end of a turn. */
export function mapFinishReason(reason: string, hasCalls: bool): FinishReason {
  if (reason == "MAX_TOKENS" || reason == "CONTINUATION") return FinishReason.Length;
  if (reason.length > 0 && FILTERED.includes(" " + reason + " ")) return FinishReason.ContentFilter;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}
