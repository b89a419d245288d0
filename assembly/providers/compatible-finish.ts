// Finish reasons of OpenAI-compatible providers, which use OpenAI's words and some of their own.
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { FinishReason } from "../openai/finish-reason";

/**
 * Whether a finish reason says that its choice has ended: "" and the word null in quotes do not.
 */
export function tellsFinish(doc: Document, word: i32): bool {
  return doc.stringLength(word) > 0 && !doc.stringIs(word, "null");
}

/** The reason that a string value tells. A word not known is `Stop`. */
export function mapFinishReason(doc: Document, word: i32): FinishReason {
  if (doc.stringIs(word, "stop")) return FinishReason.Stop;
  if (doc.stringIs(word, "tool_calls")) return FinishReason.ToolCalls;
  if (doc.stringIs(word, "length")) return FinishReason.Length;
  if (doc.stringIs(word, "content_filter")) return FinishReason.ContentFilter;
  if (doc.stringIs(word, "function_call")) return FinishReason.FunctionCall;
  return mapForeignWord(doc.string(word));
}

function mapForeignWord(word: string): FinishReason {
  if (
    word == "max_output" ||
    word == "model_length" ||
    word == "max_tokens" ||
    word == "model_context_window_exceeded"
  ) {
    return FinishReason.Length;
  }
  if (word == "sensitive") return FinishReason.ContentFilter;
  if (word == "error" || word == "network_error" || word == "insufficient_system_resource") {
    return FinishReason.Failure;
  }
  return FinishReason.Stop;
}

/** Whether the word is one of OpenAI's own. */
export function isOpenAiFinish(doc: Document, word: i32): bool {
  return (
    doc.stringIs(word, "stop") ||
    doc.stringIs(word, "tool_calls") ||
    doc.stringIs(word, "length") ||
    doc.stringIs(word, "content_filter") ||
    doc.stringIs(word, "function_call")
  );
}

/** The error behind a finish reason that says that the provider broke. */
export function failedFinish(provider: string, doc: Document, word: i32): ApiError {
  const text = doc.string(word);
  const message = `The provider '${provider}' could not finish its answer (${text}).`;
  if (text == "insufficient_system_resource") {
    return new ApiError(503, "server_error", "overloaded", message);
  }
  return new ApiError(502, "server_error", text == "error" ? "" : text, message);
}
