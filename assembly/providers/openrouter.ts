// OpenRouter: https://openrouter.ai/docs/api-reference/overview
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError, readErrorValue, textOf } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** OpenRouter's row. */
export function openrouterSpec(): ProviderSpec {
  return new ProviderSpec("openrouter", "openrouter.ai")
    .developerRole()
    .audioOutput()
    .customTools()
    .cacheControl()
    .chat("/api/v1")
    .completions("/api/v1")
    .embeddings("/api/v1")
    .modelList("/api/v1")
    .responses("/api/v1");
}

/** Reads the errors that OpenRouter puts into answers, with the words of the provider behind it. */
export class Openrouter extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const limit = request.get(root, "reasoning_max_tokens");
    if (limit < 0) return null;
    edit.remove(root, "reasoning_max_tokens");
    const count = request.integer(limit, 0);
    if (count <= 0 || request.get(root, "reasoning") >= 0) return null;
    // A limit and an effort exclude each other.
    edit.remove(root, "reasoning_effort");
    edit.setRaw(root, "reasoning", `{"max_tokens":${count}}`);
    return null;
  }

  findError(call: Call, response: Document): ApiError | null {
    const choices = response.get(response.root(), "choices");
    for (let choice = response.first(choices); choice >= 0; choice = response.next(choice)) {
      if (!response.isObject(response.get(choice, "error"))) continue;
      const error = new NativeError(this.id, 0);
      readErrorValue(response, choice, error);
      this.addSource(response, response.get(choice, "error"), error);
      error.complete(call.token);
      return this.refineError(call, error);
    }
    return super.findError(call, response);
  }

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    this.addSource(answer, answer.get(answer.root(), "error"), error);
  }

  /** What the provider behind OpenRouter said. */
  private addSource(doc: Document, value: i32, error: NativeError): void {
    const metadata = doc.get(value, "metadata");
    const raw = textOf(doc, doc.get(metadata, "raw"));
    if (raw.length > 0 && !error.message.includes(raw)) error.message += ": " + raw;
    if (doc.first(doc.get(metadata, "reasons")) >= 0) error.type = "moderation";
  }

  refineError(call: Call, error: NativeError): ApiError {
    if (error.type == "moderation") return errorOf(ErrorClass.ContentFilter, error);
    return errorOf(classOf(error), error);
  }
}
