// What the log wants to know of an answer in OpenAI's format, besides its usage:
// https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { FinishReason } from "../openai/finish-reason";
import { Call } from "./call";
import { mapFinishReason, tellsFinish } from "./compatible-finish";

/** Keeps which model answers, and why its first choice ended, from a completion or a chunk. */
export function observeAnswer(call: Call, answer: Document): void {
  const root = answer.root();
  if (call.usage.model.length == 0) call.usage.model = answer.string(answer.get(root, "model"));
  if (call.usage.finish >= 0) return;
  const choice = answer.first(answer.get(root, "choices"));
  const finish = answer.get(choice, "finish_reason");
  if (tellsFinish(answer, finish)) {
    call.usage.finish = mapFinishReason(answer, finish);
  } else if (answer.first(answer.get(answer.get(choice, "message"), "tool_calls")) >= 0) {
    call.usage.finish = FinishReason.ToolCalls;
  } else if (answer.isObject(answer.get(choice, "message"))) {
    call.usage.finish = FinishReason.Stop;
  }
}
