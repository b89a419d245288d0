// Errors of Vertex AI, Google's or those of the model's publisher:
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/api-errors
import { Document } from "../../json/document";
import { ApiError } from "../../openai/api-error";
import { classOfClaude, readDetails } from "../claude/claude-errors";
import { errorOf } from "../error-classes";
import { classOfGoogle, errorIn, readGoogleError } from "../gemini/gemini-errors";
import { NativeError } from "../native-error";

/** Takes what is special about either kind of error. */
export function readVertexError(answer: Document, error: NativeError): void {
  readGoogleError(answer, errorIn(answer), error);
  readDetails(answer, error);
}

/** Only Anthropic's errors have a type, which ends alike. */
export function refineVertexError(error: NativeError): ApiError {
  const isClaudes = error.type.endsWith("_error") || error.type == "request_too_large";
  return errorOf(isClaudes ? classOfClaude(error) : classOfGoogle(error), error);
}
