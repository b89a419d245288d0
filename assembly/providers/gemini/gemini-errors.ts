// Google's errors as OpenAI's: https://ai.google.dev/gemini-api/docs/troubleshooting
import { Document } from "../../json/document";
import { classOf, ErrorClass } from "../error-classes";
import { NativeError } from "../native-error";

/** Google's statuses and the HTTP statuses that they stand for. */
const STATUSES: string =
  " INVALID_ARGUMENT 400 FAILED_PRECONDITION 400 OUT_OF_RANGE 400 UNAUTHENTICATED 401" +
  " PERMISSION_DENIED 403 NOT_FOUND 404 RESOURCE_EXHAUSTED 429 CANCELLED 499" +
  " UNAVAILABLE 503 DEADLINE_EXCEEDED 504 ";

/** The object `error` of an answer, which may stand in an array; -1 where there is none. */
export function errorIn(doc: Document): i32 {
  const root = doc.root();
  const error = doc.get(doc.isArray(root) ? doc.first(root) : root, "error");
  return doc.isObject(error) ? error : -1;
}

/** Takes what only Google's errors have: a status in words and details. */
export function readGoogleError(doc: Document, object: i32, error: NativeError): void {
  const word = doc.string(doc.get(object, "status"));
  if (error.status == 0) error.status = statusIn(doc, object, word);
  if (word.length > 0) error.code = word;
  const details = doc.get(object, "details");
  for (let item = doc.first(details); item >= 0; item = doc.next(item)) {
    const reason = doc.get(item, "reason");
    if (doc.stringIs(reason, "API_KEY_INVALID")) error.type = "invalid_api_key";
    const delay = doc.get(item, "retryDelay");
    if (doc.isString(delay)) error.retryAfter = secondsOf(doc.string(delay));
  }
}

/** The HTTP status that an error within an answer tells; 0 where it tells none. */
function statusIn(doc: Document, object: i32, word: string): i32 {
  const code = doc.integer(doc.get(object, "code"), 0);
  if (code >= 400 && code < 600) return <i32>code;
  const mark = " " + word + " ";
  const at = word.length > 0 ? STATUSES.indexOf(mark) : -1;
  return at < 0 ? 0 : I32.parseInt(STATUSES.substr(at + mark.length, 3), 10);
}

/** Whole seconds of a duration such as `34.07s`, a part of one counting as one; -1: it is none. */
function secondsOf(duration: string): i64 {
  let seconds: i64 = 0;
  for (let i = 0; i < duration.length && i < 9; ++i) {
    const digit = duration.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return i == 0 ? -1 : seconds + i64(duration.charAt(i) == ".");
    seconds = seconds * 10 + digit;
  }
  return -1;
}

/** The class of an error, by Google's own words first. */
export function classOfGoogle(error: NativeError): ErrorClass {
  if (error.type == "invalid_api_key" || error.mentions("api key not valid")) {
    return ErrorClass.BadCredential;
  }
  if (error.mentions("exceeds the maximum number of tokens")) return ErrorClass.ContextLength;
  if (error.code == "NOT_FOUND") return ErrorClass.ModelNotFound;
  return classOf(error);
}
