// Ollama: its OpenAI-compatible endpoints, and its own API where the configuration says so:
// https://docs.ollama.com/api/openai-compatibility and https://docs.ollama.com/api/chat
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { checkTextInput, EmbeddingsWriter } from "../openai/embeddings";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { refuse } from "./compatible-request";
import { emulateToolChoice } from "./compatible-tools";
import { EncodedBody } from "./encoded-body";
import { NativeError } from "./native-error";
import { decodeChat, OllamaStream } from "./ollama/ollama-answer";
import { writeChat, writeEmbed } from "./ollama/ollama-request";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

const DEFAULT_PORT: i32 = 11434;

/** Ollama's row; it runs where the configuration says. `apiType` is `openai` or `native`. */
export function ollamaSpec(apiType: string): ProviderSpec {
  const spec = new ProviderSpec("ollama", "")
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
  if (apiType != "native") return spec;
  return spec.serves(Capability.Chat, "/api/chat").serves(Capability.Embeddings, "/api/embed");
}

/** Names the server by host and port, and speaks its own API at that API's paths. */
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

  /** Whether a call goes to an endpoint of Ollama's own. */
  private isNative(call: Call): bool {
    const path = this.pathTemplate(call.capability);
    if (call.capability == Capability.Chat) return path.endsWith("/api/chat");
    return call.capability == Capability.Embeddings && path.endsWith("/api/embed");
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (!this.isNative(call)) return super.encodeRequest(call, request, body);
    const isChat = call.capability == Capability.Chat;
    const error = isChat ? refuse(this.spec, request) : checkTextInput(request);
    if (error !== null) return error;
    const json = new JsonWriter(body.rewrite());
    if (isChat) {
      return writeChat(call.model, call.stream, this.settings.responseJsonSchema, request, json);
    }
    writeEmbed(call.model, request, json);
    return null;
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

  // Response

  readsResponse(call: Call): bool {
    return this.isNative(call) || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const root = response.root();
    // What has choices was written anew already.
    if (!this.isNative(call) || response.get(root, "choices") >= 0) {
      return super.decodeResponse(call, response, body);
    }
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    if (call.capability == Capability.Chat) return decodeChat(this, call, response, body);
    const vectors = response.get(root, "embeddings");
    if (!response.isArray(vectors)) {
      return invalidUpstreamResponse(this.id, "it has no 'embeddings'");
    }
    const embeddings = new EmbeddingsWriter(new JsonWriter(body.rewrite()), call.wantsBase64);
    embeddings.begin();
    for (let item = response.first(vectors); item >= 0; item = response.next(item)) {
      embeddings.vector(response, item);
    }
    const model = response.string(response.get(root, "model"));
    call.usage.isKnown = true;
    call.usage.prompt = response.integer(response.get(root, "prompt_eval_count"), 0);
    embeddings.end(model.length > 0 ? model : call.model, call.usage.prompt);
    return null;
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return this.isNative(call) ? new OllamaStream(this, call) : super.streamTranslator(call);
  }

  // Errors

  /** An error in the middle of a stream may tell its status. */
  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    const status = answer.integer(answer.get(answer.root(), "status"), 0);
    if (error.status == 0 && status >= 400 && status < 600) error.status = <i32>status;
  }
}
