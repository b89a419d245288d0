// Spark's codes, the same over HTTP and WebSockets: https://www.xfyun.cn/doc/spark/接口说明.html
import { ApiError } from "../../openai/api-error";
import { classOf, ErrorClass, errorOf } from "../error-classes";
import { NativeError } from "../native-error";

/** The answer was cut off by moderation. */
export const OUTPUT_REFUSED: i64 = 10014;
/** The conversation drifts towards what is forbidden; the answer is there all the same. */
export const WARNING: i64 = 10019;

/** The error that a code is. */
export function refineSparkError(error: NativeError): ApiError {
  const code = I32.parseInt(error.code, 10);
  if (code >= 10000 && code <= 10002 && error.status == 0) error.status = 502;
  return errorOf(code < 10000 ? classOf(error) : classOfCode(code, error), error);
}

/** The class of a number. */
function classOfCode(code: i32, error: NativeError): ErrorClass {
  if (code <= 10002) return ErrorClass.Internal;
  if (code <= 10005) return ErrorClass.Invalid;
  if (code <= 10007) return ErrorClass.RateLimit;
  if (code == 10008 || code == 10110) return ErrorClass.Overloaded;
  if (code <= 10012 || code == 10017 || code == 10222 || code == 10223) return ErrorClass.Internal;
  if (code <= 10014 || code == 10021 || code == 10022) return ErrorClass.ContentFilter;
  if (code <= 10016 || code == 11200) return ErrorClass.Permission;
  if (code == 10029 || code == 10041 || code == 10163 || code == 11501) return ErrorClass.Invalid;
  if (code == 10907 || code == 10910) return ErrorClass.ContextLength;
  if (code == 11201 || code == 11210) return ErrorClass.Quota;
  if (code == 11202 || code == 11203) return ErrorClass.RateLimit;
  if (code == 11221) return ErrorClass.ModelNotFound;
  if (code == 11500) return ErrorClass.BadCredential;
  return classOf(error);
}
