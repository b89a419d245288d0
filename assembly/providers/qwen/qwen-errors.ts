// DashScope's error codes: https://www.alibabacloud.com/help/en/model-studio/error-code
import { classOf, ErrorClass } from "../error-classes";
import { NativeError } from "../native-error";

const BLOCKED: string =
  "DataInspectionFailed data_inspection_failed FaqRuleBlocked CustomRoleBlocked IPInfringementSuspect";
const UNPAID: string = "Arrearage PrepaidBillOverdue PostpaidBillOverdue CommodityNotPurchased";
const FAILED: string = "SystemError ModelServiceFailed RewriteFailed InvokePluginFailed";
const UNREADABLE: string = "BadRequest.InputDownloadFailed BadRequest.UnsupportedFileFormat";
const MALFORMED: string =
  "InvalidParameter InvalidURL InvalidSchema UnsupportedOperation BadRequest";

/** The class of an error. Sets its status where none was said and the code tells more than a class. */
export function classOfQwen(error: NativeError): ErrorClass {
  const code = error.code;
  if (error.mentions("range of input length")) return ErrorClass.ContextLength;
  if (isOneOf(code, BLOCKED)) return ErrorClass.ContentFilter;
  if (isOneOf(code, UNPAID)) return ErrorClass.Quota;
  if (code == "InvalidApiKey") return ErrorClass.BadCredential;
  if (code.includes("AccessDenied")) return ErrorClass.Permission;
  if (code == "ModelNotFound") return ErrorClass.ModelNotFound;
  if (code == "NotFound" || code == "WorkSpaceNotFound") return ErrorClass.NotFound;
  if (code.startsWith("Throttling") || code.startsWith("LimitRequests")) {
    return ErrorClass.RateLimit;
  }
  if (code == "RequestTimeOut" || code == "InternalError.Timeout") return ErrorClass.Timeout;
  if (code == "BadRequest.TooLarge") return ErrorClass.TooLarge;
  if (code == "ModelUnavailable") return ErrorClass.Overloaded;
  if (error.status != 0) return classOf(error);
  if (code.startsWith("InternalError") || isOneOf(code, FAILED)) return ErrorClass.Internal;
  if (isOneOf(code, UNREADABLE)) {
    error.status = 415;
    return ErrorClass.Invalid;
  }
  return isMalformed(code) ? ErrorClass.Invalid : classOf(error);
}

function isOneOf(code: string, codes: string): bool {
  return codes.split(" ").includes(code);
}

function isMalformed(code: string): bool {
  const beginnings = MALFORMED.split(" ");
  for (let i = 0; i < beginnings.length; ++i) if (code.startsWith(beginnings[i])) return true;
  return false;
}
