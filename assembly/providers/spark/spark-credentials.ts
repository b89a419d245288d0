// Spark's three credentials, configured or sent by the client: https://www.xfyun.cn/doc/spark/Web.html
import { ApiError, invalidValue, missingParameter } from "../../openai/api-error";
import { Call } from "../call";

/** With `sparkClientCredentials`: the client's headers, in the order of the credentials, and the version of the API. */
export const CREDENTIAL_HEADERS: string[] = ["x_app_id", "x_api_key", "x_api_secret", "version"];
const VERSION: i32 = 3;

/** One application of the console; the HTTP API does not ask for its id. */
export class SparkCredentials {
  constructor(
    /** "" where nobody has said it. */
    readonly appId: string,
    readonly apiKey: string,
    readonly apiSecret: string,
  ) {}
}

/**
 * The credentials of a request: those of the client's headers, else those that its token is made of, `key:secret` or
 * `app id:key:secret`. Null: the token is a password of the HTTP API.
 */
export function sparkCredentials(call: Call): SparkCredentials | null {
  const own = call.clientHeaders;
  if (own.length > VERSION && own[1].length > 0) {
    return new SparkCredentials(own[0], own[1], own[2]);
  }
  const parts = call.token.split(":");
  if (parts.length == 2) return new SparkCredentials("", parts[0], parts[1]);
  return parts.length == 3 ? new SparkCredentials(parts[0], parts[1], parts[2]) : null;
}

/** Takes what the client's headers say. The error names the header that is missing or wrong. */
export function readSparkHeaders(call: Call): ApiError | null {
  const own = call.clientHeaders;
  const version = own[VERSION];
  if (version.length > 0 && modelOfVersion(version).length == 0) {
    return invalidValue("version", `Invalid value for 'version': '${version}'.`);
  }
  call.apiVersion = version;
  if (own[0].length + own[1].length + own[2].length == 0) return null;
  for (let i = 0; i < VERSION; ++i) {
    if (own[i].length == 0) return missingParameter(CREDENTIAL_HEADERS[i].toUpperCase());
  }
  call.token = `${own[1]}:${own[2]}`;
  call.isClientToken = true;
  return null;
}

/** Today's model of a version of the WebSocket API; the second one lives on in the third. "": there is none. */
export function modelOfVersion(version: string): string {
  if (version == "v1.1" || version == "v1.5") return "lite";
  if (version == "v2.1" || version == "v3.1") return "generalv3";
  if (version == "v3.5") return "generalv3.5";
  return version == "v4.0" ? "4.0Ultra" : "";
}

/** Today's name of a model: gateways for the WebSocket API have named theirs by its versions. */
export function modelToday(model: string): string {
  if (!model.startsWith("spark-chat-")) return model;
  const rest = model.substring(11);
  if (rest == "v1.5") return "lite";
  if (rest == "v2" || rest == "v3") return "generalv3";
  return rest == "vision" ? "imagev3" : model;
}
