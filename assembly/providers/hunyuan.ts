// Tencent Hunyuan: Tencent Cloud's signed API where there is a secret, else the compatible one:
// https://cloud.tencent.com/document/api/1729/105701
// https://cloud.tencent.com/document/product/1729/111007
import { signTc3, Tc3Request } from "../auth/tc3";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, invalidValue, unsupportedValue } from "../openai/api-error";
import { checkTextInput, countTexts, firstText, nextText } from "../openai/embeddings";
import { readStops } from "../openai/sampling";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { trimStop, writeCompletion, writeEmbeddings } from "./hunyuan/hunyuan-answer";
import { classOfHunyuan } from "./hunyuan/hunyuan-errors";
import { CLOUD_NAMES, COMPATIBLE_NAMES } from "./hunyuan/hunyuan-names";
import { HunyuanRequest } from "./hunyuan/hunyuan-request";
import { HunyuanStream } from "./hunyuan/hunyuan-stream";
import { NativeError, textOf } from "./native-error";
import { ProviderSettings } from "./provider-settings";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

const CLOUD_HOST: string = "hunyuan.tencentcloudapi.com";
const VERSION: string = "2023-09-01";
const CONTENT_TYPE: string = "application/json";
const ID_LENGTH: i32 = 36;
const KEY_LENGTH: i32 = 32;
const VECTOR_LENGTH: i64 = 1024;
const MOST_TEXTS: i32 = 50;

const REQUEST: HunyuanRequest = new HunyuanRequest();

/** The row of the compatible API. */
export function hunyuanSpec(): ProviderSpec {
  return new ProviderSpec("hunyuan", "api.hunyuan.cloud.tencent.com")
    .renames("max_completion_tokens max_tokens")
    .chat("/v1")
    .embeddings("/v1")
    .modelList("/v1");
}

/** Speaks either API. */
export class Hunyuan extends Provider {
  /** Requests are signed, and go to Tencent Cloud's own API. */
  private readonly isCloud: bool;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    this.isCloud = settings.hunyuanAuthId.length > 0 || settings.hunyuanAuthKey.length > 0;
  }

  validate(): string {
    if (!this.isCloud) return "";
    if (this.settings.hunyuanAuthId.length != ID_LENGTH) {
      return `hunyuanAuthId: expected ${ID_LENGTH} characters`;
    }
    if (this.settings.hunyuanAuthKey.length != KEY_LENGTH) {
      return `hunyuanAuthKey: expected ${KEY_LENGTH} characters`;
    }
    return "";
  }

  needsToken(): bool {
    return !this.isCloud;
  }

  host(call: Call): string {
    return this.isCloud ? CLOUD_HOST : super.host(call);
  }

  /** The operation is said by a header there, and the path is always the same. */
  pathTemplate(capability: Capability): string {
    if (!this.isCloud || this.settings.capabilityPaths.has(capability)) {
      return super.pathTemplate(capability);
    }
    return actionOf(capability).length > 0 ? "/" : "";
  }

  query(call: Call): string {
    return this.isCloud ? "" : super.query(call);
  }

  signsBody(): bool {
    return this.isCloud;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (!this.isCloud) return super.encodeRequest(call, request, body);
    if (call.capability == Capability.Embeddings) return encodeEmbeddings(request, body.rewrite());
    return REQUEST.write(call, request, this.settings.responseJsonSchema, body.rewrite());
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    call.stops = [];
    return readStops(request, call.stops);
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    if (!this.isCloud) {
      super.authenticate(call, headers, body, bodyLength);
      return;
    }
    const settings = this.settings;
    const domain = settings.providerDomain;
    const version = settings.apiVersion;
    const signed = new Tc3Request("hunyuan");
    signed.host = domain.length > 0 ? domain : CLOUD_HOST;
    signed.contentType = CONTENT_TYPE;
    signed.timestamp = call.created;
    // A client that speaks the protocol itself says its action where its path does not.
    signed.action = actionOf(call.capability);
    const value = signTc3(
      settings.hunyuanAuthId,
      settings.hunyuanAuthKey,
      signed,
      body,
      bodyLength,
    );
    headers.set("authorization", value);
    headers.set("content-type", CONTENT_TYPE);
    if (signed.action.length > 0) headers.set("x-tc-action", signed.action);
    headers.set("x-tc-version", version.length > 0 ? version : VERSION);
    headers.set("x-tc-timestamp", signed.timestamp.toString());
    // Belongs to temporary credentials of a client's own.
    headers.remove("x-tc-token");
  }

  // Response

  readsResponse(call: Call): bool {
    return this.isCloud || super.readsResponse(call);
  }

  speaksOpenAi(): bool {
    return !this.isCloud;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    if (!this.isCloud) return super.decodeResponse(call, response, body);
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const inner = response.get(response.root(), "Response");
    const out = body.rewrite();
    return call.capability == Capability.Embeddings
      ? writeEmbeddings(call, response, inner, CLOUD_NAMES, this.id, out)
      : writeCompletion(call, response, inner, CLOUD_NAMES, this.id, out);
  }

  /** The compatible API leaves stop sequences in its text as well. */
  editResponse(call: Call, response: Document, edit: JsonEdit): void {
    if (call.stops.length == 0) return;
    const choices = response.get(response.root(), "choices");
    for (let choice = response.first(choices); choice >= 0; choice = response.next(choice)) {
      const text = response.get(response.get(choice, "message"), "content");
      const reason = response.get(choice, "finish_reason");
      if (response.stringLength(text) == 0 || !response.stringIs(reason, "stop")) continue;
      const trimmed = trimStop(call, response, text);
      if (trimmed.length == 0) trimmed.ascii('""');
      edit.replace(text, trimmed.ptr, trimmed.length);
    }
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    if (this.isCloud) return new HunyuanStream(this, call, CLOUD_NAMES);
    if (call.capability != Capability.Chat || call.stops.length == 0) {
      return super.streamTranslator(call);
    }
    return new HunyuanStream(this, call, COMPATIBLE_NAMES);
  }

  // Errors

  findError(call: Call, response: Document): ApiError | null {
    if (errorValue(response) >= 0) return this.decodeErrorDocument(call, 0, response);
    return super.findError(call, response);
  }

  readError(answer: Document, error: NativeError): void {
    const value = errorValue(answer);
    if (value < 0) {
      super.readError(answer, error);
      return;
    }
    const text = answer.get(value, "Message");
    error.message = answer.string(answer.isString(text) ? text : answer.get(value, "Msg"));
    error.code = textOf(answer, answer.get(value, "Code"));
  }

  refineError(call: Call, error: NativeError): ApiError {
    if (this.isCloud) error.mask(this.settings.hunyuanAuthId);
    return errorOf(classOfHunyuan(error), error);
  }
}

/** `Response.Error` of an answer or `ErrorMsg` of an event, or -1. */
function errorValue(doc: Document): i32 {
  const root = doc.root();
  const error = doc.get(doc.get(root, "Response"), "Error");
  if (doc.isObject(error)) return error;
  const notice = doc.get(root, "ErrorMsg");
  const code = doc.get(notice, "Code");
  const says = doc.stringLength(doc.get(notice, "Msg")) > 0 || doc.stringLength(code) > 0;
  return says || doc.integer(code, 0) != 0 ? notice : -1;
}

function actionOf(capability: Capability): string {
  if (capability == Capability.Chat) return "ChatCompletions";
  return capability == Capability.Embeddings ? "GetEmbedding" : "";
}

function encodeEmbeddings(request: Document, out: ByteWriter): ApiError | null {
  const error = checkTextInput(request);
  if (error !== null) return error;
  const dimensions = request.get(request.root(), "dimensions");
  if (!request.absent(dimensions) && request.integer(dimensions, 0) != VECTOR_LENGTH) {
    const message = `Hunyuan's embeddings have ${VECTOR_LENGTH} dimensions.`;
    return unsupportedValue("dimensions", message);
  }
  const input = request.get(request.root(), "input");
  if (countTexts(request, input) > MOST_TEXTS) {
    return invalidValue("input", `Hunyuan takes at most ${MOST_TEXTS} texts at a time.`);
  }
  const json = new JsonWriter(out);
  json.beginObject();
  json.key("InputList");
  json.beginArray();
  for (let text = firstText(request, input); text >= 0; text = nextText(request, input, text)) {
    json.value(request, text);
  }
  json.endArray();
  json.endObject();
  return null;
}
