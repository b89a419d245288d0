// Token counts and the reason of the end:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope
import { Document } from "../../json/document";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";

/** Takes a native usage object, whose counts include each other like OpenAI's. */
export function readQwenUsage(doc: Document, usage: i32, counts: Usage): void {
  if (!doc.isObject(usage)) return;
  counts.isKnown = true;
  counts.prompt = doc.integer(doc.get(usage, "input_tokens"), counts.prompt);
  counts.completion = doc.integer(doc.get(usage, "output_tokens"), counts.completion);
  const prompt = doc.get(usage, "prompt_tokens_details");
  const input = doc.get(usage, "input_tokens_details");
  counts.cached = detail(doc, prompt, input, "cached_tokens", counts.cached);
  counts.cacheWrite = detail(doc, prompt, input, "cache_creation_input_tokens", counts.cacheWrite);
  counts.image = detail(doc, input, usage, "image_tokens", counts.image);
  counts.promptAudio = detail(doc, input, usage, "audio_tokens", counts.promptAudio);
  const output = doc.get(usage, "output_tokens_details");
  counts.reasoning = doc.integer(doc.get(output, "reasoning_tokens"), counts.reasoning);
}

/** A count that stands in one of two objects. */
function detail(doc: Document, first: i32, second: i32, name: string, fallback: i64): i64 {
  return doc.integer(doc.get(first, name), doc.integer(doc.get(second, name), fallback));
}

/** Whether a choice has ended: while it goes on its reason is null, "" or the word `null`. */
export function isFinished(doc: Document, reason: i32): bool {
  return doc.stringLength(reason) > 0 && !doc.stringIs(reason, "null");
}

/** OpenAI's word for a reason. One that is not known, or none, is `Stop`. */
export function mapQwenFinish(doc: Document, reason: i32, hasCalls: bool): FinishReason {
  if (doc.stringIs(reason, "length")) return FinishReason.Length;
  if (doc.stringIs(reason, "content_filter")) return FinishReason.ContentFilter;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}
