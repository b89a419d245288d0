// Ollama, its OpenAI-compatible endpoints: https://docs.ollama.com/api/openai-compatibility
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { emulateToolChoice } from "./compatible-tools";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

const DEFAULT_PORT: i32 = 11434;

/** Ollama's row; it runs where the configuration says. */
export function ollamaSpec(): ProviderSpec {
  return new ProviderSpec("ollama", "")
    .withoutToken()
    .oneChoice()
    .withoutImageUrls()
    .reasoningRenamed()
    .renames("max_completion_tokens max_tokens")
    .chat("/v1")
    .completions("/v1")
    .embeddings("/v1")
    .models("/v1")
    .responses("/v1")
    .messages("/v1");
}

/** Names the server by host and port, and says tool choices by the tools it sends. */
export class Ollama extends Provider {
  validate(): string {
    const hasHost = this.settings.ollamaServerHost.length > 0;
    if (hasHost || this.settings.providerDomain.length > 0) return "";
    return "ollamaServerHost: expected the host of the Ollama server";
  }

  host(call: Call): string {
    const host = this.settings.ollamaServerHost;
    if (host.length == 0) return "";
    const port = this.settings.ollamaServerPort;
    return host + ":" + (port > 0 ? port : DEFAULT_PORT).toString();
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    emulateToolChoice(request, edit);
    const messages = request.get(request.root(), "messages");
    for (let item = request.first(messages); item >= 0; item = request.next(item)) {
      edit.rename(item, "reasoning_content", "reasoning");
    }
    return null;
  }
}
