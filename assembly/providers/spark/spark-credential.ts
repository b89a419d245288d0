// What a WebSocket of Spark's is opened with: https://www.xfyun.cn/doc/spark/Web.html
import { ApiError } from "../../openai/api-error";

export const CREDENTIAL_FORM: string = "APPID:APIKEY:APISECRET";

/** The parts of a credential: "" all of them where it has not this form. */
export class SparkCredential {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;

  constructor(text: string) {
    const first = text.indexOf(":");
    const second = text.indexOf(":", first + 1);
    const isWhole = first > 0 && second > first + 1 && second + 1 < text.length;
    this.appId = isWhole ? text.substring(0, first).trim() : "";
    this.key = isWhole ? text.substring(first + 1, second).trim() : "";
    this.secret = isWhole ? text.substring(second + 1).trim() : "";
  }

  get isWhole(): bool {
    return this.secret.length > 0;
  }
}

/** A client's own key is none of these. */
export function malformedCredential(): ApiError {
  const message = `Incorrect API key provided: Spark's WebSockets take ${CREDENTIAL_FORM}.`;
  return new ApiError(401, "invalid_request_error", "invalid_api_key", message);
}
