// The members of an answer, which Tencent names in two ways:
// https://cloud.tencent.com/document/api/1729/101838
// https://cloud.tencent.com/document/product/1729/111007

/** The names of one of the two APIs. */
export class HunyuanNames {
  choices: string = "choices";
  delta: string = "delta";
  content: string = "content";
  reasoning: string = "reasoning_content";
  toolCalls: string = "tool_calls";
  finishReason: string = "finish_reason";
  created: string = "created";
  id: string = "id";
  index: string = "index";
  function: string = "function";
  name: string = "name";
  arguments: string = "arguments";
  usage: string = "usage";
  promptTokens: string = "prompt_tokens";
  completionTokens: string = "completion_tokens";
  promptDetails: string = "prompt_tokens_details";
  cachedTokens: string = "cached_tokens";
  completionDetails: string = "completion_tokens_details";
  reasoningTokens: string = "reasoning_tokens";
}

/** The names of OpenAI's API. */
export const COMPATIBLE_NAMES: HunyuanNames = new HunyuanNames();

/** The names of Tencent Cloud's own API. */
export const CLOUD_NAMES: HunyuanNames = cloudNames();

function cloudNames(): HunyuanNames {
  const names = new HunyuanNames();
  names.choices = "Choices";
  names.delta = "Delta";
  names.content = "Content";
  names.reasoning = "ReasoningContent";
  names.toolCalls = "ToolCalls";
  names.finishReason = "FinishReason";
  names.created = "Created";
  names.id = "Id";
  names.index = "Index";
  names.function = "Function";
  names.name = "Name";
  names.arguments = "Arguments";
  names.usage = "Usage";
  names.promptTokens = "PromptTokens";
  names.completionTokens = "CompletionTokens";
  names.promptDetails = "PromptTokensDetails";
  names.cachedTokens = "CachedTokens";
  names.completionDetails = "CompletionTokensDetails";
  names.reasoningTokens = "ReasoningTokens";
  return names;
}
