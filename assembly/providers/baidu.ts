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

/** Host and paths of the first API, which has been switched off. */
const V1_HOST: string = "aip.baidubce.com";
const V1_PATH: string = "/rpc/2.0/";
const V1_IS_OFF: string = "Baidu's first API was switched off on 2026-08-31; expected ";

/** Fits requests to the ERNIE models, and knows Qianfan's error names. */
export class Baidu extends Provider {
  /** Nothing may be left of the first API. */
  validate(): string {
    const settings = this.settings;
    if (settings.providerDomain.toLowerCase().startsWith(V1_HOST)) {
      return `providerDomain: ${V1_IS_OFF}${this.spec.host}`;
    }
    if (settings.providerBasePath.includes(V1_PATH.substring(0, V1_PATH.length - 1))) {
      return `providerBasePath: ${V1_IS_OFF}no path of it`;
    }
    const paths = settings.capabilityPaths.values();
    for (let i = 0; i < paths.length; ++i) {
      if (paths[i].includes(V1_PATH)) return `capabilities: ${V1_IS_OFF}paths such as /v2/…`;
    }
    return "";
  }

  /** Keys in pairs, access tokens and signatures are of the first API. */
  validateToken(token: string): string {
    const isV1 =
      token.includes("|") ||
      token.startsWith("24.") ||
      token.startsWith("bce-auth-v1/") ||
      isKeyPair(token);
    return isV1 ? V1_IS_OFF + "a key of the second, such as bce-v3/ALTAK-…" : "";
  }

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

/** Whether a text is 24 letters and digits, another character, and 32 letters and digits. */
function isKeyPair(text: string): bool {
  if (text.length != 57) return false;
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i) | 0x20;
    const isWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
    if (isWord == (i == 24)) return false;
  }
  return true;
}
