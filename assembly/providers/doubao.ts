// Doubao on Volcengine Ark: https://www.volcengine.com/docs/82379/1494384
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** Doubao's row. */
export function doubaoSpec(): ProviderSpec {
  return new ProviderSpec("doubao", "ark.cn-beijing.volces.com")
    .withoutJsonSchema()
    .embeddingsMended()
    .chat("/api/v3")
    .embeddings("/api/v3")
    .images("/api/v3")
    .storedResponses("/api/v3");
}

/** Sends one token limit, images without a watermark, and knows Ark's error names. */
export class Doubao extends Provider {
  host(call: Call): string {
    const domain = this.settings.doubaoDomain;
    return domain.length > 0 ? domain : super.host(call);
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null) return error;
    const root = request.root();
    if (call.capability == Capability.ImageGeneration) {
      // OpenAI's clients expect the bare image.
      if (request.get(root, "watermark") < 0) edit.setBool(root, "watermark", false);
    } else if (call.capability == Capability.Chat) {
      const isLimited = request.isNumber(request.get(root, "max_completion_tokens"));
      if (isLimited && request.get(root, "max_tokens") >= 0) edit.remove(root, "max_tokens");
    }
    return null;
  }

  findError(call: Call, response: Document): ApiError | null {
    if (response.stringIs(response.get(response.root(), "type"), "session.error")) {
      return this.decodeErrorDocument(call, 0, response);
    }
    return super.findError(call, response);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfName(error), error);
  }
}

function classOfName(error: NativeError): ErrorClass {
  const code = error.code;
  if (code.startsWith("AccountOverdue")) return ErrorClass.Quota;
  if (code.includes("SensitiveContentDetected")) return ErrorClass.ContentFilter;
  if (code.startsWith("InvalidEndpointOrModel") || code == "ModelNotOpen") {
    return ErrorClass.ModelNotFound;
  }
  if (error.status != 0) return classOf(error);
  if (code.startsWith("Authentication")) return ErrorClass.BadCredential;
  if (code.startsWith("AccessDenied")) return ErrorClass.Permission;
  if (code.startsWith("InternalService")) return ErrorClass.Internal;
  if (code.startsWith("RateLimitExceeded") || code.startsWith("QuotaExceeded")) {
    return ErrorClass.RateLimit;
  }
  if (code.startsWith("ServerOverloaded")) return ErrorClass.Overloaded;
  if (code.startsWith("InvalidParameter") || code.startsWith("MissingParameter")) {
    return ErrorClass.Invalid;
  }
  return classOf(error);
}
