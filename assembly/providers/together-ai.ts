// Together AI: https://docs.together.ai/reference/chat-completions-1
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { writeModelList } from "./compatible-models";
import { EncodedBody } from "./encoded-body";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** Together's row. */
export function togetherAiSpec(): ProviderSpec {
  return new ProviderSpec("together-ai", "api.together.xyz")
    .renames("max_completion_tokens max_tokens")
    .chat("/v1")
    .completions("/v1")
    .embeddings("/v1")
    .rerank("/v1")
    .modelList("/v1")
    .images("/v1")
    .speech("/v1")
    .transcriptions("/v1")
    .translations("/v1");
}

/** Asks for log probabilities by number, and makes a list of Together's array of models. */
export class TogetherAi extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const asked = request.get(root, "logprobs");
    if (!request.isTrue(asked) && !request.isFalse(asked)) return null;
    const count = request.integer(request.get(root, "top_logprobs"), 1);
    edit.remove(root, "top_logprobs");
    if (request.isTrue(asked)) edit.setInteger(root, "logprobs", max(count, 1));
    else edit.remove(root, "logprobs");
    return null;
  }

  readsResponse(call: Call): bool {
    return call.capability == Capability.Models || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Models || !response.isArray(response.root())) {
      return super.decodeResponse(call, response, body);
    }
    writeModelList(response, response.root(), "organization", body.rewrite());
    return null;
  }
}
