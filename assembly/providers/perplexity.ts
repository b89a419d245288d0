// Perplexity's Sonar models: https://docs.perplexity.ai/api-reference/chat-completions-post
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { mapEffort } from "./compatible-request";
import { editReasoningTokens } from "./compatible-usage";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** The only way to ask for JSON is a schema. */
const ANY_OBJECT = '{"type":"json_schema","json_schema":{"schema":{"type":"object"}}}';

// @ts-ignore: decorator
@lazy
const EFFORTS: StaticArray<string> = ["none", "minimal", "xhigh", "high", "max", "high"];

/** Perplexity's row. */
export function perplexitySpec(): ProviderSpec {
  return new ProviderSpec("perplexity", "api.perplexity.ai")
    .oneChoice()
    .withoutStreamOptions()
    .renames("max_completion_tokens max_tokens")
    .drops("tool_choice parallel_tool_calls stop seed logit_bias logprobs top_logprobs")
    .refuses("tools functions")
    .refusesParts("input_audio")
    .chat("");
}

/** Takes the whole message out of each chunk, and counts reasoning as part of the completion. */
export class Perplexity extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    mapEffort(request, EFFORTS, edit);
    const format = request.get(request.get(root, "response_format"), "type");
    if (request.stringIs(format, "json_object")) edit.setRaw(root, "response_format", ANY_OBJECT);
    return null;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const choices = chunk.get(chunk.root(), "choices");
    for (let choice = chunk.first(choices); choice >= 0; choice = chunk.next(choice)) {
      edit.remove(choice, "message");
    }
    return true;
  }

  readUsage(response: Document, usage: i32, counts: Usage): void {
    super.readUsage(response, usage, counts);
    counts.reasoning = response.integer(response.get(usage, "reasoning_tokens"), 0);
    counts.completion += counts.reasoning;
  }

  editUsage(response: Document, usage: i32, edit: JsonEdit): void {
    const reasoning = response.integer(response.get(usage, "reasoning_tokens"), 0);
    if (reasoning <= 0) return;
    editReasoningTokens(response, usage, reasoning, edit);
    edit.setRaw(usage, "completion_tokens_details", `{"reasoning_tokens":${reasoning}}`);
  }
}
