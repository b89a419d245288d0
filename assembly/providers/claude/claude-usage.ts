// Token counts and the reason of the end: https://docs.claude.com/en/api/messages#response-usage
import { Document } from "../../json/document";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";

/** Anthropic's counts, which exclude each other, as they come in one or several pieces. */
export class ClaudeUsage {
  private input: i64 = 0;
  private cacheWrite: i64 = 0;
  private cacheRead: i64 = 0;
  private output: i64 = 0;
  private thinking: i64 = 0;
  private isKnown: bool = false;

  /**
   * Takes a usage object. Later ones replace what they say anew; of the input the larger count
   * holds, since some servers tell it at the start only and others at the end only.
   */
  read(doc: Document, usage: i32): void {
    if (!doc.isObject(usage)) return;
    this.isKnown = true;
    this.input = max(this.input, total(doc, usage, "input_tokens", 0));
    const cacheWrite = total(doc, usage, "cache_creation_input_tokens", 0);
    const cacheRead = total(doc, usage, "cache_read_input_tokens", 0);
    this.cacheWrite = max(this.cacheWrite, cacheWrite);
    this.cacheRead = max(this.cacheRead, cacheRead);
    this.output = total(doc, usage, "output_tokens", this.output);
    const details = doc.get(usage, "output_tokens_details");
    this.thinking = doc.integer(doc.get(details, "thinking_tokens"), this.thinking);
  }

  /** Tells OpenAI's counts, which include each other. */
  tell(usage: Usage): void {
    usage.isKnown = this.isKnown;
    usage.prompt = this.input + this.cacheWrite + this.cacheRead;
    usage.completion = this.output;
    usage.cached = this.cacheRead;
    usage.cacheWrite = this.cacheWrite;
    usage.reasoning = this.thinking;
  }
}

/**
 * A count, of all passes where the answer took several: the object itself then tells those of the
 * last one.
 */
function total(doc: Document, usage: i32, name: string, fallback: i64): i64 {
  const passes = doc.get(usage, "iterations");
  let pass = doc.first(passes);
  if (pass < 0) return doc.integer(doc.get(usage, name), fallback);
  let sum: i64 = 0;
  for (; pass >= 0; pass = doc.next(pass)) sum += doc.integer(doc.get(pass, name), 0);
  return sum;
}

/** OpenAI's word for a `stop_reason`. One that is not known, or none, is `Stop`. */
export function mapStopReason(doc: Document, reason: i32): FinishReason {
  if (doc.stringIs(reason, "tool_use")) return FinishReason.ToolCalls;
  if (doc.stringIs(reason, "max_tokens")) return FinishReason.Length;
  if (doc.stringIs(reason, "model_context_window_exceeded")) return FinishReason.Length;
  if (doc.stringIs(reason, "refusal")) return FinishReason.ContentFilter;
  return FinishReason.Stop;
}
