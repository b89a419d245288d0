// Baidu Qianfan, its second API: https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { fitNumber, wrapInArray } from "./compatible-request";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** Baidu's row. */
export function baiduSpec(): ProviderSpec {
  return new ProviderSpec("baidu", "qianfan.baidubce.com")
    .oneChoice()
    .embeddingsMended()
    .drops("logprobs top_logprobs")
    .chat("/v2")
    .completions("/v2")
    .embeddings("/v2")
    .rerank("/v2")
    .images("/v2")
    .serves(Capability.ImageEdit, "/v2/images/edits")
    .modelList("/v2")
    .responses("/v2");
}

/** Fits requests to the ERNIE models, and knows Qianfan's error names. */
export class Baidu extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    // Models of the first API had capital letters.
    if (call.model.startsWith("ERNIE")) call.model = call.model.toLowerCase();
    const error = super.editRequest(call, request, edit);
    if (error !== null) return error;
    if (call.capability == Capability.Chat && call.model.startsWith("ernie")) {
      fitNumber(request, "temperature", 0.01, 1, edit);
    } else if (call.capability == Capability.Embeddings) {
      const input = request.get(request.root(), "input");
      if (request.isString(input)) wrapInArray(request, input, edit);
    }
    return null;
  }

  refineError(call: Call, error: NativeError): ApiError {
    if (error.type == "unsafe_request") return errorOf(ErrorClass.ContentFilter, error);
    const code = error.code;
    if (code == "characters_too_long") return errorOf(ErrorClass.ContextLength, error);
    if (code == "no_parameter_permission" || (code == "invalid_model" && error.status == 401)) {
      return errorOf(ErrorClass.Permission, error);
    }
    return errorOf(classOf(error), error);
  }
}
