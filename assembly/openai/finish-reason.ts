// Why a choice ended: a closed set of words (https://platform.openai.com/docs/api-reference/chat/object).

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
