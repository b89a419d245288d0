// Cloudflare Workers AI: its OpenAI-compatible endpoints, and its own API where the configuration
// says so: https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, unsupportedParameter } from "../openai/api-error";
import { checkTextInput } from "../openai/embeddings";
import { calledName } from "../openai/message-text";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import {
  isNativeAnswer,
  modelPath,
  rewriteAnswer,
  writeVectors,
} from "./cloudflare/cloudflare-native";
import { keepMembers } from "./compatible-request";
import { emulateToolChoice } from "./compatible-tools";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { beginRewriting, decodeRewritten } from "./rewritten-answer";

/**
 * Sent where the client gives no limit: the models' own default of 256 tokens cuts most answers.
 */
const DEFAULT_MAX_TOKENS: i32 = 2048;

/** What stands for the model in the paths of the API of its own. */
const MODEL: string = "{model}";
/** Members of a chat that this API knows; the limit is renamed. */
// @ts-ignore: decorator
@lazy
const NATIVE_NAMES: StaticArray<string> = [
  "messages",
  "prompt",
  "stream",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "repetition_penalty",
  "frequency_penalty",
  "presence_penalty",
  "tools",
  "response_format",
  "lora",
  "raw",
];

/** Cloudflare's row; the paths follow the account. `apiType` is `openai` or `native`. */
export function cloudflareSpec(apiType: string): ProviderSpec {
  const spec = new ProviderSpec("cloudflare", "api.cloudflare.com")
    .oneChoice()
    .withoutStreamOptions()
    .withoutImageUrls()
    .reasoningRenamed()
    .embeddingsMended()
    .renames("max_completion_tokens max_tokens")
    .drops("logprobs top_logprobs logit_bias parallel_tool_calls user")
    .chat("/ai/v1")
    .embeddings("/ai/v1")
    .responses("/ai/v1");
  if (apiType != "native") return spec;
  const path = "/ai/run/" + MODEL;
  return spec.serves(Capability.Chat, path).serves(Capability.Embeddings, path);
}

/**
 * Puts the account into the paths, takes answers out of their wrapping, and knows Cloudflare's
 * error numbers.
 */
export class Cloudflare extends Provider {
  validate(): string {
    const account = this.settings.cloudflareAccountId;
    return account.length > 0 ? "" : "cloudflareAccountId: expected the id of the account";
  }

  /** Whether a call goes to the API whose path names the model. */
  private isNative(call: Call): bool {
    const isKnown = call.capability == Capability.Chat || call.capability == Capability.Embeddings;
    return isKnown && this.pathTemplate(call.capability).endsWith(MODEL);
  }

  path(call: Call): string {
    const path = this.isNative(call)
      ? this.pathTemplate(call.capability).replace(MODEL, modelPath(call.model))
      : super.path(call);
    if (this.settings.capabilityPaths.has(call.capability)) return path;
    return "/client/v4/accounts/" + this.settings.cloudflareAccountId + path;
  }

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (!this.isNative(call)) return super.encodeRequest(call, request, body);
    if (modelPath(call.model).length == 0) {
      const message = `The model '${call.model}' does not exist.`;
      return new ApiError(404, "invalid_request_error", "model_not_found", message, "model");
    }
    if (call.capability == Capability.Chat) return super.encodeRequest(call, request, body);
    const error = checkTextInput(request);
    if (error !== null) return error;
    const root = request.root();
    if (!request.absent(request.get(root, "dimensions"))) {
      return unsupportedParameter("dimensions", this.id);
    }
    const json = new JsonWriter(body.rewrite());
    json.beginObject();
    json.keyValue("text", request, request.get(root, "input"));
    const pooling = request.get(root, "pooling");
    if (!request.absent(pooling)) json.keyValue("pooling", request, pooling);
    json.endObject();
    return null;
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    const limit = request.get(root, "max_completion_tokens");
    if (request.absent(limit) && request.absent(request.get(root, "max_tokens"))) {
      const own = this.settings.defaultMaxTokens;
      edit.setInteger(root, "max_tokens", own > 0 ? own : DEFAULT_MAX_TOKENS);
    }
    const messages = request.get(root, "messages");
    for (let item = request.first(messages); item >= 0; item = request.next(item)) {
      edit.rename(item, "reasoning_content", "reasoning");
      if (request.isNull(request.get(item, "content"))) edit.setString(item, "content", "");
    }
    bareSchema(request, edit);
    if (this.isNative(call)) editNative(request, edit);
    return null;
  }

  readsResponse(call: Call): bool {
    return this.isNative(call) || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const root = response.root();
    const result = response.get(root, "result");
    const isChat = call.capability == Capability.Chat;
    const list = response.get(result, isChat ? "choices" : "data");
    const answer = response.isObject(result) ? result : root;
    if (isChat && isNativeAnswer(response, answer)) {
      rewriteAnswer(call, response, answer, false);
    } else if (!isChat && response.isArray(response.first(list))) {
      writeVectors(call, response, result, body);
      return null;
    } else if (list >= 0) {
      beginRewriting().value(response, result);
    } else {
      return super.decodeResponse(call, response, body);
    }
    return decodeRewritten(this, call, body);
  }

  rewriteChunk(call: Call, chunk: Document): ByteWriter | null {
    const root = chunk.root();
    return isNativeAnswer(chunk, root) ? rewriteAnswer(call, chunk, root, true).out : null;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const choice = chunk.first(chunk.get(chunk.root(), "choices"));
    if (!chunk.absent(chunk.get(choice, "finish_reason"))) return true;
    const fragments = chunk.get(chunk.get(choice, "delta"), "tool_calls");
    return !endsToolCall(chunk, chunk.first(fragments));
  }

  refineError(call: Call, error: NativeError): ApiError {
    // The method was right: a model or an adapter was not.
    if (error.status == 405) error.status = 400;
    return errorOf(classOfCode(I32.parseInt(error.code, 10), error), error);
  }
}

/** Leaves out what the models' own API does not know, and names the tools behind results. */
function editNative(doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  emulateToolChoice(doc, edit);
  keepMembers(doc, root, NATIVE_NAMES, edit);
  const format = doc.get(root, "response_format");
  if (doc.stringIs(doc.get(format, "type"), "text")) edit.remove(root, "response_format");
  const messages = doc.get(root, "messages");
  for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
    if (!doc.stringIs(doc.get(item, "role"), "tool")) continue;
    const name = calledName(doc, messages, item);
    if (doc.isString(name)) edit.setString(item, "name", doc.string(name));
  }
}

/** The models take a schema without OpenAI's wrapping. */
function bareSchema(doc: Document, edit: JsonEdit): void {
  const wrapper = doc.get(doc.get(doc.root(), "response_format"), "json_schema");
  const schema = doc.get(wrapper, "schema");
  if (!doc.isObject(schema)) return;
  const start = doc.start(schema);
  edit.replace(wrapper, doc.ptr + start, doc.end(schema) - start);
}

/** Whether a fragment says nothing but that its call is over. */
function endsToolCall(doc: Document, fragment: i32): bool {
  if (fragment < 0 || doc.next(fragment) >= 0) return false;
  const target = doc.get(fragment, "function");
  return (
    doc.absent(doc.get(fragment, "id")) &&
    doc.isNull(doc.get(target, "name")) &&
    doc.stringLength(doc.get(target, "arguments")) == 0
  );
}

/** The class of a number: https://developers.cloudflare.com/workers-ai/platform/errors/ */
function classOfCode(code: i32, error: NativeError): ErrorClass {
  switch (code) {
    case 5007:
    case 3042:
    case 7000:
    case 7003:
      return ErrorClass.ModelNotFound;
    case 5004:
    case 5005:
    case 5006:
    case 5019:
    case 3003:
    case 3039:
      return ErrorClass.Invalid;
    case 5016:
    case 5018:
    case 3023:
    case 3041:
      return ErrorClass.Permission;
    case 3006:
      return ErrorClass.TooLarge;
    case 3007:
    case 3008:
      return ErrorClass.Timeout;
    case 3036:
      return ErrorClass.Quota;
    case 971:
    case 1015:
    case 3040:
      return ErrorClass.RateLimit;
    case 10000:
      return ErrorClass.BadCredential;
    default:
      return classOf(error);
  }
}
