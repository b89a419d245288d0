// Alibaba's Qwen on DashScope, in its OpenAI-compatible API or in its own:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { ErrorClass, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { editQwenRequest } from "./qwen/qwen-compatible";
import { writeEmbeddings, writeEmbeddingsRequest } from "./qwen/qwen-embeddings";
import { classOfQwen } from "./qwen/qwen-errors";
import { QwenModel } from "./qwen/qwen-model";
import { QwenRequest } from "./qwen/qwen-request";
import { isNativeRerank, writeRerank, writeRerankRequest } from "./qwen/qwen-rerank";
import { writeQwenCompletion } from "./qwen/qwen-response";
import { QwenStream } from "./qwen/qwen-stream";
import { StreamTranslator } from "./stream-translator";

const COMPATIBLE: string = "/compatible-mode/v1";
const AIGC: string = "/api/v1/services/aigc/";
const MULTIMODAL: string = "multimodal-generation";

/** Notes of a call for its answer. */
const enum Note {
  /** Request and answer are in DashScope's own form, and translated. */
  Native = 1,
  /** Goes to the endpoint of the models with media. */
  Multimodal = 2,
  /** Each event of the stream repeats what came before. */
  Cumulative = 4,
  /** A file in DashScope's own storage is named. */
  UsesStorage = 8,
  /** The client itself speaks DashScope's form. */
  Untranslated = 16,
}

const REQUEST: QwenRequest = new QwenRequest();

/** Makes the provider for the API that is configured. */
export function createQwen(settings: ProviderSettings): Provider {
  if (!settings.qwenEnableCompatible) return new QwenNative(nativeSpec(), settings);
  const spec = commonSpec()
    .chat(COMPATIBLE)
    .completions(COMPATIBLE)
    .embeddings(COMPATIBLE)
    .responses(COMPATIBLE)
    .batches(COMPATIBLE)
    .serves(Capability.Conversations, COMPATIBLE + "/conversations")
    .serves(Capability.Rerank, "/compatible-api/v1/reranks")
    .serves(Capability.QwenRerank, "/compatible-api/v1/reranks");
  return new Qwen(spec, settings);
}

/** What both APIs share. */
function commonSpec(): ProviderSpec {
  return new ProviderSpec("qwen", "dashscope.aliyuncs.com")
    .audioOutput()
    .renames("max_completion_tokens max_tokens")
    .fits("temperature", 0, 1.99)
    .fits("top_p", 0.000001, 1)
    .fits("top_logprobs", 0, 5)
    .refusesParts("file")
    .models(COMPATIBLE)
    .files(COMPATIBLE)
    .messages("/apps/anthropic/v1")
    .serves(Capability.QwenServices, AIGC + "{task}/{function}")
    .serves(Capability.QwenTask, "/api/v1/tasks/{task_id}");
}

function nativeSpec(): ProviderSpec {
  const rerank = "/api/v1/services/rerank/text-rerank/text-rerank";
  return commonSpec()
    .serves(Capability.Chat, AIGC + "text-generation/generation")
    .serves(Capability.Embeddings, "/api/v1/services/embeddings/text-embedding/text-embedding")
    .serves(Capability.Rerank, rerank)
    .serves(Capability.QwenRerank, rerank);
}

/** Speaks the OpenAI-compatible API. */
export class Qwen extends Provider {
  validate(): string {
    return this.settings.qwenFileIds.includes("") ? "qwenFileIds: expected ids of files" : "";
  }

  host(call: Call): string {
    const domain = this.settings.qwenDomain;
    return domain.length > 0 ? domain : super.host(call);
  }

  speaksNatively(call: Call): bool {
    const isJob =
      call.capability == Capability.QwenServices || call.capability == Capability.QwenTask;
    return isJob || super.speaksNatively(call);
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    return editQwenRequest(this.settings, call, request, edit);
  }

  /** An error of DashScope's own form has a code at its top; other answers may have an empty one. */
  findError(call: Call, response: Document): ApiError | null {
    if (response.stringLength(response.get(response.root(), "code")) == 0) {
      return super.findError(call, response);
    }
    return this.decodeErrorDocument(call, 0, response);
  }

  /** Calls that go on come with an empty id, and clients would take it for another. */
  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const choices = chunk.get(chunk.root(), "choices");
    for (let choice = chunk.first(choices); choice >= 0; choice = chunk.next(choice)) {
      const calls = chunk.get(chunk.get(choice, "delta"), "tool_calls");
      for (let item = chunk.first(calls); item >= 0; item = chunk.next(item)) {
        const target = chunk.get(item, "function");
        if (chunk.stringLength(chunk.get(target, "name")) > 0) continue;
        edit.remove(target, "name");
        if (chunk.stringLength(chunk.get(item, "id")) == 0) edit.remove(item, "id");
      }
    }
    return true;
  }

  refineError(call: Call, error: NativeError): ApiError {
    const kind = classOfQwen(error);
    const refined = errorOf(kind, error);
    if (kind != ErrorClass.Timeout || error.code != "InternalError.Timeout") return refined;
    const status = error.status > 0 ? error.status : 500;
    const own = new ApiError(status, refined.type, refined.code, refined.message, refined.param);
    return own.like(refined);
  }
}

/** Speaks DashScope's own API, where a model has it. */
class QwenNative extends Qwen {
  path(call: Call): string {
    const isOwn = this.settings.capabilityPaths.has(call.capability);
    if (isOwn || call.capability != Capability.Chat) return super.path(call);
    if ((call.note & Note.Native) == 0) return COMPATIBLE + "/chat/completions";
    if ((call.note & Note.Multimodal) == 0) return super.path(call);
    return `${AIGC}${MULTIMODAL}/generation`;
  }

  speaksNatively(call: Call): bool {
    return (call.note & Note.Untranslated) != 0 || super.speaksNatively(call);
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    switch (call.capability) {
      case Capability.Chat:
        return this.encodeChat(call, request, body);
      case Capability.Embeddings:
        call.note = Note.Native;
        return writeEmbeddingsRequest(call, request, body.rewrite());
      case Capability.Rerank:
      case Capability.QwenRerank:
        if (isNativeRerank(request)) {
          call.note = Note.Untranslated;
          return super.encodeRequest(call, request, body);
        }
        call.note = Note.Native;
        return writeRerankRequest(call, request, body.rewrite());
      default:
        return super.encodeRequest(call, request, body);
    }
  }

  private encodeChat(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const model = new QwenModel(call.model);
    if (model.isOmni) return super.encodeRequest(call, request, body);
    const path = this.pathTemplate(Capability.Chat);
    const error = REQUEST.write(
      this.settings,
      model,
      path.includes(MULTIMODAL),
      call,
      request,
      body.rewrite(),
    );
    call.note = Note.Native;
    if (REQUEST.isMultimodal) call.note |= Note.Multimodal;
    if (REQUEST.isCumulative) call.note |= Note.Cumulative;
    if (REQUEST.usesStorage) call.note |= Note.UsesStorage;
    return error;
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    super.authenticate(call, headers, body, bodyLength);
    if ((call.note & Note.Native) == 0 || call.capability != Capability.Chat) return;
    if (call.stream || call.joinsStream) {
      headers.set("accept", "text/event-stream");
      headers.set("x-dashscope-sse", "enable");
    } else {
      headers.remove("x-dashscope-sse");
    }
    if ((call.note & Note.UsesStorage) != 0)
      headers.set("x-dashscope-ossresourceresolve", "enable");
  }

  // Response

  readsResponse(call: Call): bool {
    return (call.note & Note.Native) != 0 || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    if ((call.note & Note.Native) == 0) return super.decodeResponse(call, response, body);
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.Chat:
        return writeQwenCompletion(this.id, call, response, out);
      case Capability.Embeddings:
        return writeEmbeddings(this.id, call, response, out);
      default:
        return writeRerank(this.id, call, response, out);
    }
  }

  speaksOpenAi(): bool {
    return false;
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    if ((call.note & Note.Native) == 0) return super.streamTranslator(call);
    return new QwenStream(this, call, (call.note & Note.Cumulative) != 0);
  }
}
