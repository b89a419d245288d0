// Token counts and the reason of the end:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import { Document } from "../../json/document";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";

/** Takes a `usage`: counts that exclude each other become such that include each other. */
export function readUsage(doc: Document, counts: i32, usage: Usage): void {
  if (!doc.isObject(counts)) return;
  usage.isKnown = true;
  usage.cached = count(doc, counts, "cacheReadInputTokens");
  usage.cacheWrite = count(doc, counts, "cacheWriteInputTokens");
  usage.prompt = count(doc, counts, "inputTokens") + usage.cached + usage.cacheWrite;
  usage.completion = count(doc, counts, "outputTokens");
}

function count(doc: Document, counts: i32, name: string): i64 {
  return doc.integer(doc.get(counts, name), 0);
}

/** OpenAI's word for a `stopReason`. One that is not known, or none, is `Stop`. */
export function mapStopReason(doc: Document, reason: i32): FinishReason {
  if (doc.stringIs(reason, "tool_use")) return FinishReason.ToolCalls;
  if (doc.stringIs(reason, "max_tokens")) return FinishReason.Length;
  if (doc.stringIs(reason, "model_context_window_exceeded")) return FinishReason.Length;
  if (doc.stringIs(reason, "guardrail_intervened")) return FinishReason.ContentFilter;
  if (doc.stringIs(reason, "content_filtered")) return FinishReason.ContentFilter;
  return FinishReason.Stop;
}
