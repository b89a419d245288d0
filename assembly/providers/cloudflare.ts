// Cloudflare Workers AI, its OpenAI-compatible endpoints:
// https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/**
 * Sent where the client gives no limit: the models' own default of 256 tokens cuts most answers.
 */
const DEFAULT_MAX_TOKENS: i32 = 2048;

const RESULT: Document = new Document();
const UNWRAPPED: ByteWriter = new ByteWriter();

/** Cloudflare's row; the paths follow the account. */
export function cloudflareSpec(): ProviderSpec {
  return new ProviderSpec("cloudflare", "api.cloudflare.com")
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

  path(call: Call): string {
    const path = super.path(call);
    if (this.settings.capabilityPaths.has(call.capability)) return path;
    return "/client/v4/accounts/" + this.settings.cloudflareAccountId + path;
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
    return null;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const result = response.get(response.root(), "result");
    const name = call.capability == Capability.Embeddings ? "data" : "choices";
    if (response.get(result, name) < 0) return super.decodeResponse(call, response, body);
    UNWRAPPED.clear();
    UNWRAPPED.bytes(
      response.ptr + response.start(result),
      response.end(result) - response.start(result),
    );
    if (!RESULT.parse(UNWRAPPED.ptr, UNWRAPPED.length)) return null;
    const error = super.decodeResponse(call, RESULT, body);
    if (error !== null) return error;
    // What was edited at the front of the result is the front of the whole body.
    body.out.bytes(UNWRAPPED.ptr + body.replaces, UNWRAPPED.length - body.replaces);
    body.replaces = -1;
    return null;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const choice = chunk.first(chunk.get(chunk.root(), "choices"));
    if (!chunk.absent(chunk.get(choice, "finish_reason"))) return true;
    const fragments = chunk.get(chunk.get(choice, "delta"), "tool_calls");
    return !endsToolCall(chunk, chunk.first(fragments));
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfCode(I32.parseInt(error.code, 10), error), error);
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
