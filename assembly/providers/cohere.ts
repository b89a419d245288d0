// Cohere's API of the second version: https://docs.cohere.com/reference/chat
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { writeEmbeddingsAnswer, writeEmbeddingsRequest } from "./cohere/cohere-embeddings";
import { writeModelList, writeOneModel } from "./cohere/cohere-models";
import { CohereRequest } from "./cohere/cohere-request";
import { CohereResponse } from "./cohere/cohere-response";
import { CohereStream } from "./cohere/cohere-stream";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

/** All models in one page: the default page has 20. */
const LIST_QUERY: string = "page_size=1000";
/** An invalid token, or text that was blocked. */
const STATUS_498: i32 = 498;

const REQUEST: CohereRequest = new CohereRequest();

/** The row of Cohere. */
export function cohereSpec(): ProviderSpec {
  return new ProviderSpec("cohere", "api.cohere.com")
    .oneChoice()
    .refusesParts("input_audio")
    .serves(Capability.Chat, "/v2/chat")
    .serves(Capability.Embeddings, "/v2/embed")
    .rerank("/v2")
    .models("/v1");
}

/** Speaks Cohere's own protocol. */
export class Cohere extends Provider {
  query(call: Call): string {
    const isList = call.capability == Capability.Models && call.query.length == 0;
    return isList ? LIST_QUERY : call.query;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    switch (call.capability) {
      case Capability.Chat:
        return REQUEST.write(this.spec, this.settings, call, request, body.rewrite());
      case Capability.Embeddings:
        return writeEmbeddingsRequest(call, request, new JsonWriter(body.rewrite()));
      default:
        return super.encodeRequest(call, request, body);
    }
  }

  /** Requests for rankings come in Cohere's words; those of the first version lose what is gone. */
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const root = request.root();
    if (call.model != call.requestedModel) edit.setString(root, "model", call.model);
    const documents = request.get(root, "documents");
    for (let item = request.first(documents); item >= 0; item = request.next(item)) {
      const text = request.get(item, "text");
      if (!request.isString(text)) continue;
      edit.replace(
        item,
        request.ptr + request.start(text),
        request.end(text) - request.start(text),
      );
    }
    edit.remove(root, "return_documents");
    edit.remove(root, "rank_fields");
    edit.remove(root, "max_chunks_per_doc");
    return null;
  }

  // Response

  readsResponse(call: Call): bool {
    switch (call.capability) {
      case Capability.Chat:
      case Capability.Embeddings:
      case Capability.Models:
      case Capability.Model:
        return true;
      default:
        return false;
    }
  }

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.Embeddings:
        return writeEmbeddingsAnswer(call, response, this.id, new JsonWriter(out));
      case Capability.Models:
        return writeModelList(response, this.id, new JsonWriter(out));
      case Capability.Model:
        return writeOneModel(response, this.id, new JsonWriter(out));
      default:
        return new CohereResponse(this, call, response, out).write();
    }
  }

  /** An error has a text where an answer has its message. */
  findError(call: Call, response: Document): ApiError | null {
    const isError = response.isString(response.get(response.root(), "message"));
    if (!isError) return super.findError(call, response);
    return this.decodeErrorDocument(call, 0, response);
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new CohereStream(this, call);
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    if (error.message.length > 0) return;
    // Some refusals of the validator have their text here.
    const value = answer.get(answer.root(), "data");
    error.message = answer.string(answer.isObject(value) ? answer.get(value, "message") : value);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfCohere(error), error);
  }
}

function classOfCohere(error: NativeError): ErrorClass {
  if (error.mentions("invalid api token") || error.mentions("no api key supplied")) {
    return ErrorClass.BadCredential;
  }
  if (error.status < 500 && error.mentions("too many tokens")) return ErrorClass.ContextLength;
  if (error.status == STATUS_498) return ErrorClass.Invalid;
  return classOf(error);
}
