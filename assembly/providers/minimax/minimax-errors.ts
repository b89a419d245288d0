// MiniMax's error numbers: https://platform.minimaxi.com/document/error%20code
import { Document } from "../../json/document";
import { classOf, ErrorClass } from "../error-classes";
import { NativeError, textOf } from "../native-error";

/** Whether an answer that says 200 tells an error. */
export function tellsError(doc: Document): bool {
  return doc.integer(doc.get(doc.get(doc.root(), "base_resp"), "status_code"), 0) != 0;
}

/** Reads the number and the text of `base_resp`. */
export function readBaseResponse(doc: Document, error: NativeError): void {
  const base = doc.get(doc.root(), "base_resp");
  error.code = textOf(doc, doc.get(base, "status_code"));
  error.message = doc.string(doc.get(base, "status_msg"));
}

/** The class of an error, by its number first. */
export function classOfMinimax(error: NativeError): ErrorClass {
  switch (<i32>I32.parseInt(error.code, 10)) {
    case 1001:
      return ErrorClass.Timeout;
    case 1039:
      if (error.mentions("context")) return ErrorClass.ContextLength;
    case 1002:
    case 1041:
    case 2045:
      return ErrorClass.RateLimit;
    case 1004:
    case 2049:
      return ErrorClass.BadCredential;
    case 1008:
    case 2056:
      return ErrorClass.Quota;
    case 1026:
    case 1027:
      return ErrorClass.ContentFilter;
    case 1042:
      return ErrorClass.Invalid;
    case 2013:
      return error.mentions("context window") ? ErrorClass.ContextLength : ErrorClass.Invalid;
    case 2061:
      return ErrorClass.Permission;
    case 1000:
    case 1013:
    case 1024:
    case 1033:
      return ErrorClass.Internal;
    default:
      return classOf(error);
  }
}
