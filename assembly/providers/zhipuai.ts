// Zhipu AI (GLM, Z.ai): https://docs.bigmodel.cn/api-reference
import { signHs256 } from "../auth/jwt";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { DataUrl } from "../openai/data-url";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { wrapInArray } from "./compatible-request";
import { emulateToolChoice } from "./compatible-tools";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

const TOKEN_HEADER: string = '{"alg":"HS256","sign_type":"SIGN"}';
/** Milliseconds that a signed token holds. */
const TOKEN_LIFETIME: i64 = 210_000;

const HEADER: ByteWriter = new ByteWriter();
const CLAIMS: JsonWriter = new JsonWriter(new ByteWriter());
const SECRET: ByteWriter = new ByteWriter();
const URL: DataUrl = new DataUrl();

/** Zhipu's row. */
export function zhipuaiSpec(): ProviderSpec {
  return new ProviderSpec("zhipuai", "open.bigmodel.cn")
    .withoutJsonSchema()
    .withoutStreamOptions()
    .oneChoice()
    .fits("temperature", 0.01, 1)
    .fits("top_p", 0.01, 0.99)
    .renames("max_completion_tokens max_tokens user user_id")
    .drops(
      "seed presence_penalty frequency_penalty logit_bias logprobs top_logprobs " +
        "parallel_tool_calls",
    )
    .chat("/api/paas/v4")
    .embeddings("/api/paas/v4")
    .rerank("/api/paas/v4")
    .files("/api/paas/v4")
    .batches("/api/paas/v4")
    .images("/api/paas/v4")
    .transcriptions("/api/paas/v4")
    .messages("/api/anthropic/v1");
}

/** Says reasoning, stops and tool choices in GLM's way, and knows Zhipu's error numbers. */
export class Zhipuai extends Provider {
  host(call: Call): string {
    const domain = this.settings.zhipuDomain;
    return domain.length > 0 ? domain : super.host(call);
  }

  path(call: Call): string {
    const isPlan = this.settings.zhipuCodePlanMode && call.capability == Capability.Chat;
    if (!isPlan || this.settings.capabilityPaths.has(call.capability)) return super.path(call);
    return "/api/coding/paas/v4/chat/completions";
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const stop = request.get(root, "stop");
    if (request.isString(stop)) wrapInArray(request, stop, edit);
    // Names of other lengths are refused.
    const length = request.stringLength(request.get(root, "user"));
    if (length < 6 || length > 128) edit.remove(root, "user_id");
    emulateToolChoice(request, edit);
    editImages(request, edit);
    editReasoning(request, edit);
    return null;
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const dot = call.token.indexOf(".");
    const isPair = dot > 0 && dot + 1 < call.token.length && call.token.indexOf(".", dot + 1) < 0;
    if (!this.settings.zhipuSignToken || !isPair) {
      super.authenticate(call, headers, body, bodyLength);
      return;
    }
    headers.set("authorization", "Bearer " + signToken(call.token, dot, call.created * 1000));
  }

  refineError(call: Call, error: NativeError): ApiError {
    const code = I32.parseInt(error.code, 10);
    if (code < 1000) return errorOf(classOf(error), error);
    return errorOf(classOfCode(code, error), error);
  }
}

/** The token that a key of two parts signs; times are in milliseconds, unlike other tokens'. */
function signToken(key: string, dot: i32, now: i64): string {
  HEADER.clear();
  HEADER.ascii(TOKEN_HEADER);
  CLAIMS.out.clear();
  CLAIMS.reset();
  CLAIMS.beginObject();
  CLAIMS.keyString("api_key", key.substring(0, dot));
  CLAIMS.keyInteger("exp", now + TOKEN_LIFETIME);
  CLAIMS.keyInteger("timestamp", now);
  CLAIMS.endObject();
  SECRET.clear();
  SECRET.text(key.substring(dot + 1));
  return signHs256(HEADER, CLAIMS.out, SECRET);
}

/** Not all models read data URLs, and all read what stands in them. */
function editImages(doc: Document, edit: JsonEdit): void {
  const messages = doc.get(doc.root(), "messages");
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (!doc.isArray(content)) continue;
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
      const url = doc.get(doc.get(part, "image_url"), "url");
      if (!doc.isString(url)) continue;
      URL.read(doc, url);
      if (!URL.isBase64 || !URL.mediaType.startsWith("image/")) continue;
      const json = CLAIMS;
      json.out.clear();
      json.out.byte(0x22);
      json.out.bytes(URL.payload, URL.payloadLength);
      json.out.byte(0x22);
      edit.replace(url, json.out.ptr, json.out.length);
    }
  }
}

/** An effort switches thinking on or off; a request that says so itself is left alone. */
function editReasoning(doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const effort = doc.get(root, "reasoning_effort");
  if (effort < 0) return;
  edit.remove(root, "reasoning_effort");
  if (!doc.isString(effort) || doc.get(root, "thinking") >= 0) return;
  const isOff = doc.stringIs(effort, "none") || doc.stringIs(effort, "minimal");
  edit.setRaw(root, "thinking", isOff ? '{"type":"disabled"}' : '{"type":"enabled"}');
}

/** The class of a number: https://docs.bigmodel.cn/cn/api/api-code */
function classOfCode(code: i32, error: NativeError): ErrorClass {
  if (code <= 1004) return ErrorClass.BadCredential;
  if (code == 1113 || code == 1304 || code == 1308 || code == 1310) return ErrorClass.Quota;
  if (code >= 1110 && code <= 1121) return ErrorClass.Permission;
  if (code == 1211) return ErrorClass.ModelNotFound;
  if (code >= 1210 && code <= 1215) return ErrorClass.Invalid;
  if (code >= 1220 && code <= 1222)
    return error.status == 404 ? ErrorClass.NotFound : ErrorClass.Permission;
  if (code == 1261) return ErrorClass.ContextLength;
  if (code == 1301) return ErrorClass.ContentFilter;
  if (code == 1302 || code == 1303 || code == 1305 || code == 1312) return ErrorClass.RateLimit;
  if (code == 1309 || code == 1311) return ErrorClass.Permission;
  if (code == 1200 || code == 1230 || code == 1234) return ErrorClass.Internal;
  return classOf(error);
}
