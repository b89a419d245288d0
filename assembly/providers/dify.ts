// Dify's applications: https://docs.dify.ai/api-reference
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { botHeaders, readBotHeaders, readConversation } from "./bot-request";
import { Call } from "./call";
import { CustomUrl } from "./custom-url";
import { BotType, DifyRequest } from "./dify/dify-request";
import { writeCompletion } from "./dify/dify-response";
import { DifyStream } from "./dify/dify-stream";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

/** Every path of the API begins with it. */
const VERSION: string = "/v1";
/** Codes of what is wrong with a request or with the application, as one word each. */
const INVALID_CODES: string =
  " invalid_param bad_request app_unavailable model_currently_not_support " +
  "completion_request_error workflow_request_error draft_workflow_error " +
  "workflow_id_format_error provider_not_initialize not_chat_app not_workflow_app ";

const REQUEST: DifyRequest = new DifyRequest();

/** The row of Dify; the path follows the kind of the application. */
export function difySpec(): ProviderSpec {
  return new ProviderSpec("dify", "api.dify.ai")
    .oneChoice()
    .refusesParts("input_audio file")
    .serves(Capability.Chat, "/v1/chat-messages");
}

/** Asks the one application that the token belongs to. */
export class Dify extends Provider {
  private readonly url: CustomUrl;
  private readonly type: BotType;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    let url = settings.difyApiUrl;
    while (url.endsWith("/")) url = url.substring(0, url.length - 1);
    // A base path may be given with the version or without it.
    const isBare = url.length > 0 && !url.endsWith(VERSION);
    this.url = new CustomUrl(isBare ? url + VERSION : url);
    this.type = typeOf(settings.botType);
  }

  validate(): string {
    if (this.url.isBroken()) return "difyApiUrl: expected a URL with a host";
    if (this.type != BotType.Workflow || this.settings.inputVariable.length > 0) return "";
    return "inputVariable: expected the name of the workflow's input";
  }

  clientHeaders(): string[] {
    return botHeaders(this.settings);
  }

  readClientHeaders(call: Call): ApiError | null {
    readBotHeaders(call);
    return null;
  }

  host(call: Call): string {
    return this.url.host.length > 0 ? this.url.host : super.host(call);
  }

  path(call: Call): string {
    if (this.settings.capabilityPaths.has(call.capability)) return super.path(call);
    return this.url.pathOf(VERSION + pathOf(this.type));
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (call.capability != Capability.Chat) return super.encodeRequest(call, request, body);
    readConversation(call, request);
    const input = this.settings.inputVariable;
    return REQUEST.write(this.spec, this.type, input, call, request, body.rewrite());
  }

  // Response

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    return writeCompletion(this, call, response, body.rewrite());
  }

  /** An error has a status of its own, and a failed workflow an error in its result. */
  findError(call: Call, response: Document): ApiError | null {
    const root = response.root();
    const isError = response.isNumber(response.get(root, "status"));
    const result = response.get(root, "data");
    const hasFailed = response.stringIs(response.get(result, "status"), "failed");
    if (!isError && !hasFailed) return super.findError(call, response);
    return this.decodeErrorDocument(call, 0, response);
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new DifyStream(this, call, this.type == BotType.Workflow);
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    const root = answer.root();
    const failed = answer.get(answer.get(root, "data"), "error");
    if (answer.isString(failed)) error.message = answer.string(failed);
    if (error.status != 0) return;
    const status = <i32>answer.integer(answer.get(root, "status"), 0);
    if (status >= 400 && status < 600) error.status = status;
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfDify(error), error);
  }
}

function typeOf(name: string): BotType {
  if (name == "Agent") return BotType.Agent;
  if (name == "Completion") return BotType.Completion;
  return name == "Workflow" ? BotType.Workflow : BotType.Chat;
}

function pathOf(type: BotType): string {
  if (type == BotType.Completion) return "/completion-messages";
  return type == BotType.Workflow ? "/workflows/run" : "/chat-messages";
}

function classOfDify(error: NativeError): ErrorClass {
  const code = error.code;
  if (code == "provider_quota_exceeded") return ErrorClass.Quota;
  if (code == "workflow_not_found") return ErrorClass.NotFound;
  if (code == "too_many_requests") return ErrorClass.RateLimit;
  const kind = classOf(error);
  const isInvalid = code.length > 0 && INVALID_CODES.includes(` ${code} `);
  return isInvalid && kind == ErrorClass.Internal ? ErrorClass.Invalid : kind;
}
