// Errors that Envoy itself answered with, told by %RESPONSE_CODE_DETAILS%:
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/response_code_details
import { ApiError, invalidRequest, missingParameter } from "../openai/api-error";

/** The OpenAI error for an answer that Envoy made. */
export function gatewayError(provider: string, status: i32, bodyLimit: i32): ApiError {
  if (status == 413) return bodyTooLarge(bodyLimit);
  if (status == 504 || status == 408) {
    const message = `The provider '${provider}' did not answer in time.`;
    return new ApiError(status, "server_error", "timeout", message);
  }
  if (status >= 500) {
    const message = `The provider '${provider}' could not be reached.`;
    return new ApiError(status, "server_error", "upstream_unavailable", message);
  }
  const message = `The gateway refused the request with status ${status}.`;
  const type = status == 429 ? "rate_limit_error" : "invalid_request_error";
  return new ApiError(status, type, status == 429 ? "rate_limit_exceeded" : "", message);
}

/** 413: the request's body has more than `limit` bytes. */
export function bodyTooLarge(limit: i32): ApiError {
  const message = `The request body is larger than the gateway's limit of ${limit} bytes.`;
  return new ApiError(413, "invalid_request_error", "request_too_large", message);
}

/** 400: a request that has to have a body has none. */
export function emptyBody(): ApiError {
  return invalidRequest("We could not parse the JSON body of your request: it is empty.");
}

/** No rule takes a model; "": the request names none. */
export function unknownModel(model: string): ApiError {
  if (model.length == 0) return missingParameter("model");
  const message = `The model '${model}' does not exist or you do not have access to it.`;
  return new ApiError(404, "invalid_request_error", "model_not_found", message, "model");
}
