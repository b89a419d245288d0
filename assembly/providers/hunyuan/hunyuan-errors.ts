// Tencent Cloud's error codes: https://cloud.tencent.com/document/api/1729/101839
import { classOf, ErrorClass } from "../error-classes";
import { NativeError } from "../native-error";

const QUOTA: StaticArray<string> = [
  "FailedOperation.FreeResourcePackExhausted",
  "FailedOperation.ResourcePackExhausted",
  "FailedOperation.ServiceStop",
  "FailedOperation.SetPayModeExceed",
  "ResourceInsufficient",
  "ResourceUnavailable",
];
const PERMISSION: StaticArray<string> = [
  "AuthFailure.UnauthorizedOperation",
  "UnauthorizedOperation",
  "FailedOperation.ServiceNotActivated",
  "FailedOperation.UserUnAuthError",
  "FailedOperation.PartnerAccountUnSupport",
];
const RATE_LIMIT: StaticArray<string> = [
  "LimitExceeded",
  "RequestLimitExceeded",
  "FailedOperation.EngineServerLimitExceeded",
];
const INVALID: StaticArray<string> = [
  "InvalidParameter",
  "MissingParameter",
  "UnknownParameter",
  "InvalidAction",
  "InvalidRequest",
  "NoSuchVersion",
  "UnsupportedOperation",
];

/** The class of an error, by the beginning of its code first. */
export function classOfHunyuan(error: NativeError): ErrorClass {
  const code = error.code;
  if (isAmong(PERMISSION, code)) return ErrorClass.Permission;
  if (code.startsWith("AuthFailure")) return ErrorClass.BadCredential;
  if (isAmong(QUOTA, code)) return ErrorClass.Quota;
  if (isAmong(RATE_LIMIT, code)) return ErrorClass.RateLimit;
  if (code == "InvalidParameterValue.Model" || code.startsWith("ResourceNotFound")) {
    return ErrorClass.ModelNotFound;
  }
  if (code.startsWith("OperationDenied")) return ErrorClass.ContentFilter;
  if (code == "FailedOperation.EngineRequestTimeout" || code == "4001") return ErrorClass.Timeout;
  if (code.startsWith("FailedOperation") || code.startsWith("InternalError") || code == "4000") {
    return ErrorClass.Internal;
  }
  const kind = classOf(error);
  return kind == ErrorClass.Internal && isAmong(INVALID, code) ? ErrorClass.Invalid : kind;
}

function isAmong(beginnings: StaticArray<string>, code: string): bool {
  for (let i = 0; i < beginnings.length; ++i) {
    if (code.startsWith(unchecked(beginnings[i]))) return true;
  }
  return false;
}
