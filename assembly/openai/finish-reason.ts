// Why a choice ended: a closed set of words (https://platform.openai.com/docs/api-reference/chat/object).
import { Document } from "../json/document";

/** OpenAI's finish reasons; `Failure` is a provider's word for "it broke", which is an error and no finish reason. */
export const enum FinishReason {
  Stop,
  Length,
  ToolCalls,
  ContentFilter,
  FunctionCall,
  Failure,
}

/** The word on the wire. */
export function finishReasonText(reason: FinishReason): string {
  switch (reason) {
    case FinishReason.Length:
      return "length";
    case FinishReason.ToolCalls:
      return "tool_calls";
    case FinishReason.ContentFilter:
      return "content_filter";
    case FinishReason.FunctionCall:
      return "function_call";
    default:
      return "stop";
  }
}

/** The reason that a word on the wire means; `Stop` for any other value. */
export function readFinishReason(doc: Document, word: i32): FinishReason {
  for (let reason = FinishReason.Length; reason < FinishReason.Failure; ++reason) {
    if (doc.stringIs(word, finishReasonText(reason))) return reason;
  }
  return FinishReason.Stop;
}
