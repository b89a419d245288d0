// Coze's bots over its third chat API: https://www.coze.com/docs/developer_guides/chat_v3
import { Document } from "../json/document";
import { ApiError, invalidUpstreamResponse } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { encodePathSegment } from "../text/url";
import { readConversation } from "./bot-request";
import { Call } from "./call";
import { CozeRequest } from "./coze/coze-request";
import { CozeStream } from "./coze/coze-stream";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError, textOf } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

const REQUEST: CozeRequest = new CozeRequest();

/** The row of Coze. Bots and tokens belong to this host or to api.coze.com. */
export function cozeSpec(): ProviderSpec {
  return new ProviderSpec("coze", "api.coze.cn")
    .oneChoice()
    .refusesParts("input_audio")
    .serves(Capability.Chat, "/v3/chat");
}

/**
 * Asks a bot. It always answers with a stream: a whole answer would have to be asked for again and
 * again.
 */
export class Coze extends Provider {
  keepsConversations(): bool {
    return true;
  }

  query(call: Call): string {
    if (call.conversationId.length == 0) return call.query;
    const own = "conversation_id=" + encodePathSegment(call.conversationId);
    return call.query.length == 0 ? own : `${call.query}&${own}`;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Chat) return super.encodeRequest(call, request, body);
    readConversation(call, request);
    call.joinsStream = !call.stream;
    return REQUEST.write(this.spec, call, request, body.rewrite());
  }

  // Response

  speaksOpenAi(): bool {
    return false;
  }

  /** What comes whole is an error. */
  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    return invalidUpstreamResponse(this.id, "it is no stream");
  }

  findError(call: Call, response: Document): ApiError | null {
    const root = response.root();
    const code = response.get(root, "code");
    const isFine = response.absent(code) || response.integer(code, -1) == 0;
    if (!isFine || response.isObject(response.get(root, "last_error"))) {
      return this.decodeErrorDocument(call, 0, response);
    }
    return super.findError(call, response);
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new CozeStream(this, call);
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    let root = answer.root();
    const last = answer.get(root, "last_error");
    if (answer.isObject(last)) root = last;
    const message = answer.get(root, "msg");
    if (answer.stringLength(message) > 0) error.message = answer.string(message);
    const code = answer.get(root, "code");
    if (!answer.absent(code)) error.code = textOf(answer, code);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfCoze(error), error);
  }
}

/** The class of a number: https://www.coze.com/docs/developer_guides/coze_error_codes */
function classOfCoze(error: NativeError): ErrorClass {
  const code = error.code;
  if (code == "4100" || code == "700012006") return ErrorClass.BadCredential;
  if (code == "4101") return ErrorClass.Permission;
  if (code == "4200" || code == "4015") return ErrorClass.ModelNotFound;
  if (code == "4016") return ErrorClass.RateLimit;
  if (code == "4027" || code == "4028") return ErrorClass.Quota;
  const isRequest = code == "4000" || (code.length == 4 && code.startsWith("401"));
  if (isRequest && (error.status == 0 || error.status == 400)) return ErrorClass.Invalid;
  return classOf(error);
}
