// The error object that clients get: https://platform.openai.com/docs/guides/error-codes
import { JsonWriter } from "../json/json-writer";

/** Longest message kept, in UTF-16 units: a provider may echo a whole prompt. */
const LONGEST_MESSAGE: i32 = 4000;

/** What an error says about the credential that the request had. */
export const enum TokenFault {
  /** Nothing: the request was wrong, or the answer. */
  None,
  /** It may be used again in a while: a rate limit, an overload, a failure of the provider. */
  Pause,
  /** It will not work again by itself: it is wrong, without quota, or its account is closed. */
  Refused,
}

/** An error as a value: HTTP status and OpenAI's four members. `param` and `code` "" stand for null. */
export class ApiError {
  /** Seconds until a retry makes sense, or -1 where nobody said. */
  retryAfter: i64 = -1;
  fault: TokenFault = TokenFault.None;

  constructor(
    readonly status: i32,
    readonly type: string,
    readonly code: string,
    readonly message: string,
    readonly param: string = "",
  ) {}

  /** Takes from another error what clients do not see in the body. */
  like(other: ApiError): ApiError {
    this.retryAfter = other.retryAfter;
    this.fault = other.fault;
    return this;
  }

  /** Writes `{"error":{…}}`. */
  write(json: JsonWriter): void {
    json.beginObject();
    json.key("error");
    json.beginObject();
    json.keyString("message", shorten(this.message));
    json.keyString("type", this.type);
    writeTextOrNull(json, "param", this.param);
    writeTextOrNull(json, "code", this.code);
    json.endObject();
    json.endObject();
  }
}

function writeTextOrNull(json: JsonWriter, name: string, text: string): void {
  if (text.length == 0) json.keyNull(name);
  else json.keyString(name, text);
}

/** A message that is not too long to pass on. */
export function shorten(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
}

/** 400: the request is malformed or breaks a rule. */
export function invalidRequest(message: string, param: string = "", code: string = ""): ApiError {
  return new ApiError(400, "invalid_request_error", code, message, param);
}

/** 400: a required member is missing. */
export function missingParameter(param: string): ApiError {
  const message = `Missing required parameter: '${param}'.`;
  return invalidRequest(message, param, "missing_required_parameter");
}

/** 400: a member has the wrong JSON type. */
export function invalidType(param: string, expected: string): ApiError {
  const message = `Invalid type for '${param}': expected ${expected}.`;
  return invalidRequest(message, param, "invalid_type");
}

/** 400: a member's value is not allowed. */
export function invalidValue(param: string, message: string): ApiError {
  return invalidRequest(message, param, "invalid_value");
}

/** 400: this provider has no such field or feature. */
export function unsupportedParameter(param: string, provider: string): ApiError {
  const message = `Unsupported parameter: '${param}' is not supported by the provider '${provider}'.`;
  return invalidRequest(message, param, "unsupported_parameter");
}

/** 400: this provider has the field, but not this value of it. */
export function unsupportedValue(param: string, message: string): ApiError {
  return invalidRequest(message, param, "unsupported_value");
}

/** 401: the client has sent no key. */
export function missingApiKey(): ApiError {
  const message =
    "You didn't provide an API key. You need to provide it in an Authorization header using " +
    "Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
  return new ApiError(401, "invalid_request_error", "", message);
}

/** 502: the provider answered 200 with something that is not an answer. */
export function invalidUpstreamResponse(provider: string, why: string): ApiError {
  const message = `The provider '${provider}' sent an invalid response: ${why}.`;
  return new ApiError(502, "server_error", "invalid_upstream_response", message);
}

/** A stream that stopped before its end. */
export function streamIncomplete(provider: string): ApiError {
  const message = `The stream from the provider '${provider}' ended before it was complete.`;
  return new ApiError(502, "server_error", "stream_incomplete", message);
}

/** 404: the provider has this endpoint, but not for this model. */
export function modelWithoutEndpoint(model: string, path: string): ApiError {
  if (model.length == 0) return missingParameter("model");
  const message = `The model '${model}' does not have ${path}.`;
  return new ApiError(404, "invalid_request_error", "unsupported_endpoint", message, "model");
}
