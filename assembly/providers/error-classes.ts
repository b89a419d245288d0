// From what a provider said to OpenAI's status, type and code:
// https://platform.openai.com/docs/guides/error-codes
import { ApiError, TokenFault } from "../openai/api-error";
import { NativeError } from "./native-error";

/** What messages and codes say of a prompt that is too long, in lower case. */
// @ts-ignore: decorator
@lazy
const TOO_LONG: StaticArray<string> = [
  "maximum context length",
  "maximum context limit",
  "maximum prompt length",
  "exceeds the context length",
  "exceeded model token limit",
  "prompt is too long",
  "context window",
  "tokens_too_long",
  "tokens_limit_reached",
];

/** What messages and codes say of a key or an account that is closed, in lower case. */
// @ts-ignore: decorator
@lazy
const CLOSED: StaticArray<string> = [
  "deactivat",
  "suspend",
  "disabled",
  "not active",
  "not_active",
  "revoked",
  "expired",
  "leaked",
  "banned",
  "invalid api key",
];

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

/** The error of a class. Its status is the provider's where that says the class. */
export function errorOf(kind: ErrorClass, native: NativeError): ApiError {
  const said = saidStatus(native);
  const status = saysClass(kind, said) ? said : statusOf(kind, said);
  const own = plainCode(native);
  // A moderation's own number tells what it objected to.
  const tells = kind == ErrorClass.ContentFilter && isNumber(own);
  const message = tells ? `${native.message} (code ${own})` : native.message;
  const error = new ApiError(status, typeOf(kind), codeOf(kind, own), message, native.param);
  error.retryAfter = native.retryAfter;
  error.fault = faultOf(kind, native);
  return error;
}

/** What an error says about the token. */
function faultOf(kind: ErrorClass, native: NativeError): TokenFault {
  switch (kind) {
    case ErrorClass.BadCredential:
    case ErrorClass.Quota:
      return TokenFault.Refused;
    case ErrorClass.Permission:
      // Another model may be allowed.
      if (native.mentions("model")) return TokenFault.None;
      return isClosed(native) ? TokenFault.Refused : TokenFault.Pause;
    case ErrorClass.RateLimit:
      return isClosed(native) ? TokenFault.Refused : TokenFault.Pause;
    case ErrorClass.Overloaded:
    case ErrorClass.Timeout:
    case ErrorClass.Internal:
      return TokenFault.Pause;
    default:
      return TokenFault.None;
  }
}

function isClosed(error: NativeError): bool {
  for (let i = 0; i < CLOSED.length; ++i) if (error.mentions(unchecked(CLOSED[i]))) return true;
  return false;
}

/** The class that status, code and words of an error tell. */
export function classOf(error: NativeError): ErrorClass {
  if (isContextLength(error)) return ErrorClass.ContextLength;
  if (isQuota(error)) return ErrorClass.Quota;
  const code = error.code;
  if (code == "content_filter" || code == "content_policy_violation") {
    return ErrorClass.ContentFilter;
  }
  if (code == "model_not_found" || code == "unknown_model") return ErrorClass.ModelNotFound;
  const said = saidStatus(error);
  const kind = classOfStatus(said != 0 ? said : impliedStatus(error));
  if (kind == ErrorClass.NotFound && error.mentions("model")) return ErrorClass.ModelNotFound;
  if (kind == ErrorClass.Invalid && namesUnknownModel(error)) return ErrorClass.ModelNotFound;
  return kind;
}

/** What providers say of a model that they do not have, with a status that says less. */
function namesUnknownModel(error: NativeError): bool {
  return (
    error.mentions("model does not exist") ||
    error.mentions("model not exist") ||
    error.mentions("not a valid model id") ||
    error.type == "invalid_model"
  );
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

/**
 * The HTTP status, or for an error inside a 200 the status that its code is; 0 where neither is
 * there.
 */
function saidStatus(error: NativeError): i32 {
  if (error.status != 0) return error.status;
  return isStatusCode(error.code) ? I32.parseInt(error.code, 10) : 0;
}

function isStatusCode(code: string): bool {
  return code.length == 3 && isNumber(code) && code >= "400" && code < "600";
}

/** The status that the words of an error tell. Unknown: 500. */
function impliedStatus(error: NativeError): i32 {
  const word = (error.type + " " + error.code).toLowerCase().replaceAll("_", "");
  if (word.includes("invalidapikey") || word.includes("authentication")) return 401;
  if (word.includes("unauthorized")) return 401;
  if (word.includes("permission")) return 403;
  if (word.includes("notfound")) return 404;
  if (word.includes("ratelimit")) return 429;
  if (word.includes("overloaded") || word.includes("unavailable")) return 503;
  if (word.includes("timeout")) return 504;
  if (word.includes("invalidrequest") || word.includes("badrequest")) return 400;
  return 500;
}

function isContextLength(error: NativeError): bool {
  if (error.code == "context_length_exceeded") return true;
  if (error.status != 0 && error.status != 400 && error.status != 413 && error.status != 422) {
    return false;
  }
  for (let i = 0; i < TOO_LONG.length; ++i) if (error.mentions(unchecked(TOO_LONG[i]))) return true;
  return false;
}

function isQuota(error: NativeError): bool {
  if (error.code == "insufficient_quota" || error.type == "insufficient_quota") return true;
  if (error.code == "billing_hard_limit_reached") return true;
  return error.mentions("insufficient balance") || error.mentions("credit balance is too low");
}

/** Whether an HTTP status says a class, or leaves it open, so that it may stay. */
function saysClass(kind: ErrorClass, status: i32): bool {
  switch (kind) {
    case ErrorClass.ContextLength:
      return status == 413 || saysInvalid(status);
    case ErrorClass.Invalid:
    case ErrorClass.Unsupported:
    case ErrorClass.ContentFilter:
      return saysInvalid(status);
    case ErrorClass.NotFound:
    case ErrorClass.ModelNotFound:
      return status == 404;
    case ErrorClass.Internal:
      return status >= 500;
    case ErrorClass.Quota:
      return status == 429;
    default:
      return status >= 400 && classOfStatus(status) == kind;
  }
}

/**
 * Whether a status is a 4xx without a class of its own. Cohere's 498 says no more than 400 does.
 */
function saysInvalid(status: i32): bool {
  return status >= 400 && status != 498 && classOfStatus(status) == ErrorClass.Invalid;
}

/** The status of a class where the provider's says another. */
function statusOf(kind: ErrorClass, status: i32): i32 {
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
    case ErrorClass.Quota:
      return 429;
    case ErrorClass.Overloaded:
      return 503;
    case ErrorClass.Timeout:
      return 504;
    case ErrorClass.Internal:
      return status == 424 ? 502 : 500;
    default:
      return 400;
  }
}

/** The provider's code, unless it only repeats the status. */
function plainCode(native: NativeError): string {
  return isStatusCode(native.code) ? "" : native.code;
}

function isNumber(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const unit = text.charCodeAt(i);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return text.length > 0;
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
