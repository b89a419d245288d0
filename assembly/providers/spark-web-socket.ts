// iFlytek Spark by its WebSockets, chat and image understanding: https://www.xfyun.cn/doc/spark/Web.html
import { signedQuery } from "../auth/signed-url";
import { Document } from "../json/document";
import { ApiError, invalidType, unsupportedValue } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { HeaderEdits } from "./header-edits";
import { NativeError, textOf } from "./native-error";
import { Provider } from "./provider";
import { ProviderSettings, Protocol } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { Spark, sparkSpec } from "./spark";
import { CREDENTIAL_FORM, malformedCredential, SparkCredential } from "./spark/spark-credential";
import { refineSparkError, WARNING } from "./spark/spark-errors";
import { SparkRequest } from "./spark/spark-request";
import { isImageSite, OWN_SITE, pathOfSite, siteOf, UNKNOWN_SITE } from "./spark/spark-sites";
import { SparkStream } from "./spark/spark-stream";
import { StreamTranslator } from "./stream-translator";

const IMAGE_HOST: string = "spark-api.cn-huabei-1.xf-yun.com";

const REQUEST: SparkRequest = new SparkRequest();

/** The provider of one of Spark's two APIs. */
export function createSpark(settings: ProviderSettings): Provider {
  if (settings.sparkApiType != "websocket") return new Spark(sparkSpec(), settings);
  const spec = new ProviderSpec("spark", "spark-api.xf-yun.com");
  return new SparkWebSocket(spec.serves(Capability.Chat, pathOfSite(0)), settings);
}

/** One question for each session. `Call.note` is the row of the model's version. */
export class SparkWebSocket extends Provider {
  validate(): string {
    const isOriginal = this.settings.protocol == Protocol.Original;
    return isOriginal ? "protocol: expected openai where sparkApiType is websocket" : "";
  }

  validateToken(token: string): string {
    return new SparkCredential(token).isWhole ? "" : `expected ${CREDENTIAL_FORM}`;
  }

  host(call: Call): string {
    return isImageSite(call.note) ? IMAGE_HOST : super.host(call);
  }

  path(call: Call): string {
    return call.note < 0 || this.hasOwnPath() ? super.path(call) : pathOfSite(call.note);
  }

  private hasOwnPath(): bool {
    return this.settings.capabilityPaths.has(Capability.Chat);
  }

  /** The credentials are all there is to it. */
  query(call: Call): string {
    return "";
  }

  speaksWebSocket(call: Call): bool {
    return call.capability == Capability.Chat;
  }

  speaksOpenAi(): bool {
    return false;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const credential = new SparkCredential(call.token);
    if (!credential.isWhole) return malformedCredential();
    const version = request.get(request.root(), "version");
    if (!request.absent(version) && !request.isString(version)) {
      return invalidType("version", "a string");
    }
    const name = request.string(version);
    call.note = siteOf(call.model, name);
    if (call.note == UNKNOWN_SITE && this.hasOwnPath()) call.note = OWN_SITE;
    if (call.note == UNKNOWN_SITE) return unknownModel(call.model, name);
    const format = this.settings.responseJsonSchema;
    return REQUEST.write(call, request, credential.appId, format, body.rewrite());
  }

  /** Signs the path with the host that the provider hears. */
  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const credential = new SparkCredential(call.token);
    const target = call.target;
    const mark = target.indexOf("?");
    const path = mark < 0 ? target : target.substring(0, mark);
    const query = signedQuery(call.host, path, call.created, credential.key, credential.secret);
    headers.set(":path", target + (mark < 0 ? "?" : "&") + query);
  }

  // Answer

  streamTranslator(call: Call): StreamTranslator | null {
    return new SparkStream(this, call);
  }

  findError(call: Call, response: Document): ApiError | null {
    const header = response.get(response.root(), "header");
    const code = response.integer(response.get(header, "code"), 0);
    if (code == 0 || code == WARNING) return super.findError(call, response);
    return this.decodeErrorDocument(call, 0, response);
  }

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    const header = answer.get(answer.root(), "header");
    if (!answer.isObject(header)) return;
    error.code = textOf(answer, answer.get(header, "code"));
    error.message = answer.string(answer.get(header, "message"));
  }

  refineError(call: Call, error: NativeError): ApiError {
    return refineSparkError(error);
  }
}

function unknownModel(model: string, version: string): ApiError {
  if (version.length > 0) {
    return unsupportedValue("version", `Spark has no WebSocket of the version '${version}'.`);
  }
  const message = `The model '${model}' is none that Spark has a WebSocket for.`;
  return new ApiError(404, "invalid_request_error", "model_not_found", message, "model");
}
