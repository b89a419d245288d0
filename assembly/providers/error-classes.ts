// From what a provider said to OpenAI's status, type and code: https://platform.openai.com/docs/guides/error-codes
import { ApiError } from "../openai/api-error";
import { NativeError } from "./native-error";

/** The kinds of error that clients can tell apart. */
export const enum ErrorClass {
  Invalid,
  Unsupported,
  ContextLength,
  ContentFilter,
  BadCredential,
  Permission,
  NotFound,
  ModelNotFound,
  TooLarge,
  RateLimit,
  Quota,
  Overloaded,
  Timeout,
  Internal,
}

/** The error of a class. Its status is the provider's where the class allows it. */
export function errorOf(kind: ErrorClass, native: NativeError): ApiError {
  const status = statusOf(kind, native.status);
  const code = codeOf(kind, native.code);
  return new ApiError(status, typeOf(kind), code, native.message, native.param);
}

/** The class that status, code and words of an error tell. */
export function classOf(error: NativeError): ErrorClass {
  if (isContextLength(error)) return ErrorClass.ContextLength;
  if (isQuota(error)) return ErrorClass.Quota;
  if (error.code == "content_filter" || error.code == "content_policy_violation") {
    return ErrorClass.ContentFilter;
  }
  const status = error.status != 0 ? error.status : impliedStatus(error);
  const kind = classOfStatus(status);
  if (kind == ErrorClass.NotFound && error.mentions("model")) return ErrorClass.ModelNotFound;
  if (error.code == "model_not_found") return ErrorClass.ModelNotFound;
  return kind;
}

/** The class of a bare HTTP status. */
export function classOfStatus(status: i32): ErrorClass {
  switch (status) {
    case 401:
    case 407:
      return ErrorClass.BadCredential;
    case 403:
      return ErrorClass.Permission;
    case 404:
      return ErrorClass.NotFound;
    case 402:
    case 456:
      return ErrorClass.Quota;
    case 408:
    case 504:
    case 524:
      return ErrorClass.Timeout;
    case 413:
      return ErrorClass.TooLarge;
    case 429:
      return ErrorClass.RateLimit;
    case 503:
    case 529:
      return ErrorClass.Overloaded;
    default:
      return status >= 500 || status == 424 ? ErrorClass.Internal : ErrorClass.Invalid;
  }
}

/** An error inside a 200: its code may be a status, its type or code a known word. Unknown: 500. */
function impliedStatus(error: NativeError): i32 {
  if (error.code.length == 3 && error.code >= "400" && error.code <= "599") {
    return <i32>parseInt(error.code, 10);
  }
  const word = error.type + " " + error.code;
  if (word.includes("invalid_api_key") || word.includes("authentication")) return 401;
  if (word.includes("permission")) return 403;
  if (word.includes("not_found")) return 404;
  if (word.includes("rate_limit")) return 429;
  if (word.includes("overloaded") || word.includes("unavailable")) return 503;
  if (word.includes("timeout")) return 504;
  if (word.includes("invalid_request") || word.includes("BadRequest")) return 400;
  return 500;
}

function isContextLength(error: NativeError): bool {
  if (error.code == "context_length_exceeded") return true;
  if (error.status != 0 && error.status != 400 && error.status != 413 && error.status != 422) {
    return false;
  }
  return (
    error.mentions("maximum context length") ||
    error.mentions("prompt is too long") ||
    error.mentions("context window") ||
    error.mentions("tokens_too_long") ||
    error.mentions("tokens_limit_reached")
  );
}

function isQuota(error: NativeError): bool {
  if (error.code == "insufficient_quota" || error.type == "insufficient_quota") return true;
  if (error.code == "billing_hard_limit_reached") return true;
  return error.mentions("insufficient balance") || error.mentions("credit balance is too low");
}

function statusOf(kind: ErrorClass, status: i32): i32 {
  if (kind == ErrorClass.Quota) return 429;
  if (status == 424) return 502;
  if (status == 498) return 400;
  if (status >= 400) return status;
  switch (kind) {
    case ErrorClass.BadCredential:
      return 401;
    case ErrorClass.Permission:
      return 403;
    case ErrorClass.NotFound:
    case ErrorClass.ModelNotFound:
      return 404;
    case ErrorClass.TooLarge:
      return 413;
    case ErrorClass.RateLimit:
      return 429;
    case ErrorClass.Overloaded:
      return 503;
    case ErrorClass.Timeout:
      return 504;
    case ErrorClass.Internal:
      return 500;
    default:
      return 400;
  }
}

function typeOf(kind: ErrorClass): string {
  switch (kind) {
    case ErrorClass.RateLimit:
      return "rate_limit_error";
    case ErrorClass.Quota:
      return "insufficient_quota";
    case ErrorClass.Overloaded:
    case ErrorClass.Timeout:
    case ErrorClass.Internal:
      return "server_error";
    default:
      return "invalid_request_error";
  }
}

/** OpenAI's code of a class; a class without one keeps the provider's. */
function codeOf(kind: ErrorClass, native: string): string {
  switch (kind) {
    case ErrorClass.ContextLength:
      return "context_length_exceeded";
    case ErrorClass.ContentFilter:
      return "content_filter";
    case ErrorClass.BadCredential:
      return "invalid_api_key";
    case ErrorClass.Permission:
      return "permission_denied";
    case ErrorClass.ModelNotFound:
      return "model_not_found";
    case ErrorClass.TooLarge:
      return "request_too_large";
    case ErrorClass.RateLimit:
      return "rate_limit_exceeded";
    case ErrorClass.Quota:
      return "insufficient_quota";
    case ErrorClass.Overloaded:
      return "overloaded";
    case ErrorClass.Timeout:
      return "timeout";
    default:
      return native;
  }
}
