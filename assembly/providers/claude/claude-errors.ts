// Anthropic's errors as OpenAI's: https://docs.claude.com/en/api/errors
import { Document } from "../../json/document";
import { classOf, ErrorClass } from "../error-classes";
import { NativeError } from "../native-error";

/** Takes the code that names an error's cause more closely, where there is one. */
export function readDetails(answer: Document, error: NativeError): void {
  const details = answer.get(answer.get(answer.root(), "error"), "details");
  const code = answer.get(details, "error_code");
  if (answer.stringLength(code) > 0) error.code = answer.string(code);
}

/** The class of an error, by Anthropic's own words first. */
export function classOfClaude(error: NativeError): ErrorClass {
  if (error.type == "billing_error" || error.code.endsWith("spend_limit_reached")) {
    return ErrorClass.Quota;
  }
  if (error.mentions("prompt: length") || error.mentions("exceed context limit")) {
    return ErrorClass.ContextLength;
  }
  if (error.mentions("content filtering policy")) return ErrorClass.ContentFilter;
  if (error.type == "request_too_large") return ErrorClass.TooLarge;
  return classOf(error);
}
