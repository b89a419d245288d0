// What stands around the content of a message: https://docs.claude.com/en/api/messages
import { JsonWriter } from "../json/json-writer";
import { FinishReason } from "../openai/finish-reason";
import { Usage } from "../openai/usage";

/** The id of a message made of that of a completion. */
export function messageId(id: string): string {
  if (id.startsWith("msg_")) return id;
  return "msg_" + (id.startsWith("chatcmpl-") ? id.substring(9) : id);
}

/** Writes the members of a message before its content. */
export function writeHead(id: string, model: string, json: JsonWriter): void {
  json.keyString("id", messageId(id));
  json.keyString("type", "message");
  json.keyString("role", "assistant");
  json.keyString("model", model);
}

/** Writes why a message ended; "" while it has not. */
export function writeStop(reason: string, json: JsonWriter): void {
  if (reason.length > 0) json.keyString("stop_reason", reason);
  else json.keyNull("stop_reason");
  json.keyNull("stop_sequence");
}

/** Anthropic's word for a finish reason: whether tools are called is told by the content alone. */
export function stopReason(reason: FinishReason, callsTools: bool): string {
  switch (reason) {
    case FinishReason.Length:
      return "max_tokens";
    case FinishReason.ContentFilter:
      return "refusal";
    default:
      return callsTools ? "tool_use" : "end_turn";
  }
}

/** Writes token counts: what is read from a cache or written to it is no part of the input here. */
export function writeUsage(usage: Usage, json: JsonWriter): void {
  const input = usage.prompt - usage.cached - usage.cacheWrite;
  json.key("usage");
  json.beginObject();
  json.keyInteger("input_tokens", max<i64>(input, 0));
  json.keyInteger("cache_creation_input_tokens", usage.cacheWrite);
  json.keyInteger("cache_read_input_tokens", usage.cached);
  json.keyInteger("output_tokens", usage.completion);
  if (usage.reasoning > 0) {
    json.key("output_tokens_details");
    json.beginObject();
    json.keyInteger("thinking_tokens", usage.reasoning);
    json.endObject();
  }
  json.endObject();
}
