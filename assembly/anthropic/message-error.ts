// Errors as Anthropic's clients know them: https://docs.claude.com/en/api/errors
import { JsonWriter } from "../json/json-writer";
import { ApiError, shorten } from "../openai/api-error";
import { beginNamedEvent, endEvent } from "../stream/sse-encoder";
import { ByteWriter } from "../text/byte-writer";

/** Writes `{"type":"error","error":{…}}`. */
export function writeMessageError(error: ApiError, json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", "error");
  json.key("error");
  json.beginObject();
  json.keyString("type", typeOf(error));
  json.keyString("message", shorten(error.message));
  json.endObject();
  json.endObject();
}

/** The event that ends a broken stream. */
export function writeMessageErrorEvent(error: ApiError, out: ByteWriter): void {
  beginNamedEvent("error", out);
  writeMessageError(error, new JsonWriter(out));
  endEvent(out);
}

function typeOf(error: ApiError): string {
  switch (error.status) {
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 408:
    case 504:
      return "timeout_error";
    case 409:
      return "conflict_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 503:
      return error.code == "upstream_unavailable" ? "api_error" : "overloaded_error";
    case 529:
      return "overloaded_error";
    default:
      return error.status >= 500 ? "api_error" : "invalid_request_error";
  }
}
