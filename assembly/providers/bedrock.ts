// Amazon Bedrock: OpenAI's chat over Converse, embeddings and images over InvokeModel:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
import { AwsCredentials, signV4, SigV4Request } from "../auth/sigv4";
import { Document } from "../json/document";
import { ApiError, invalidUpstreamResponse, modelWithoutEndpoint } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { encodeSegment } from "../text/url";
import { classOfBedrock, errorName } from "./bedrock/bedrock-errors";
import {
  writeEmbeddings,
  writeEmbedRequest,
  writeImageRequest,
  writeImages,
} from "./bedrock/bedrock-invoke";
import {
  BedrockMessagesStream,
  writeCount,
  writeCountRequest,
  writeMessagesRequest,
} from "./bedrock/bedrock-messages-api";
import { baseModel, isClaude } from "./bedrock/bedrock-model";
import { isRegion, runtimeHost } from "./bedrock/bedrock-region";
import { BedrockRequest } from "./bedrock/bedrock-request";
import { BedrockResponse } from "./bedrock/bedrock-response";
import { BedrockStream } from "./bedrock/bedrock-stream";
import { Call } from "./call";
import { ClaudeUsage } from "./claude/claude-usage";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { fillTemplate } from "./path-template";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

const SERVICE: string = "bedrock";
const CONVERSE: string = "/converse";
const INVOKE: string = "/invoke";
/** Headers of a client's own signature, and those that stand in the body here. */
const WITHHELD: StaticArray<string> = [
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "anthropic-beta",
  "anthropic-version",
];
/** The headers of an answer that are read. */
const enum Answer {
  Id,
  ErrorType,
  InputTokens,
}
const ANSWER_HEADERS: string[] = [
  "x-amzn-requestid",
  "x-amzn-errortype",
  "x-amzn-bedrock-input-token-count",
];
/** A note of a call for its answer: the answer comes as the input of a tool. */
const ANSWERS_BY_TOOL: i32 = 1;

const REQUEST: BedrockRequest = new BedrockRequest();
const NO_COUNT: string = "it has no count of tokens";

/** The row of Bedrock. */
export function bedrockSpec(): ProviderSpec {
  const model = "/model/{model}";
  return new ProviderSpec("bedrock", "")
    .serves(Capability.Chat, model + CONVERSE)
    .serves(Capability.Embeddings, model + INVOKE)
    .serves(Capability.ImageGeneration, model + INVOKE)
    .serves(Capability.Messages, model + INVOKE)
    .serves(Capability.CountTokens, model + "/count-tokens");
}

/** Speaks Converse. */
export class Bedrock extends Provider {
  private readonly credentials: AwsCredentials;
  private readonly regionHost: string;

  constructor(spec: ProviderSpec, settings: ProviderSettings) {
    super(spec, settings);
    const region = settings.awsRegion;
    this.credentials = new AwsCredentials(
      settings.awsAccessKey,
      settings.awsSecretKey,
      settings.awsSessionToken,
      region,
      SERVICE,
    );
    this.regionHost = runtimeHost(region);
  }

  validate(): string {
    const settings = this.settings;
    const region = settings.awsRegion;
    if (region.length == 0 || !isRegion(region)) {
      return "awsRegion: expected a region such as us-east-1";
    }
    const hasKey = settings.awsAccessKey.length > 0;
    const hasSecret = settings.awsSecretKey.length > 0;
    if (hasKey && !hasSecret) return "awsSecretKey: expected the one that awsAccessKey has";
    if (hasSecret && !hasKey) return "awsAccessKey: expected the key of awsSecretKey";
    if (settings.awsSessionToken.length > 0 && !hasKey) {
      return "awsAccessKey: expected the key of awsSessionToken";
    }
    return "";
  }

  needsToken(): bool {
    return this.settings.awsAccessKey.length == 0;
  }

  host(call: Call): string {
    return this.regionHost;
  }

  path(call: Call): string {
    let template = this.pathTemplate(call.capability);
    let model = call.model;
    if (call.stream && template.endsWith(CONVERSE)) template += "-stream";
    else if (call.stream && template.endsWith(INVOKE)) template += "-with-response-stream";
    else if (call.capability == Capability.CountTokens) model = baseModel(model);
    return fillTemplate(template, [escapeModel(model)]);
  }

  /** Anthropic's protocol is spoken by Claude alone; what hides behind a profile's name is asked over Converse. */
  hasMessages(model: string): bool {
    return isClaude(model);
  }

  query(call: Call): string {
    return isMessages(call) ? "" : super.query(call);
  }

  /** Requests and answers are Anthropic's own, but errors are Amazon's. */
  speaksNatively(call: Call): bool {
    return false;
  }

  signsBody(): bool {
    return this.settings.awsAccessKey.length > 0;
  }

  answerHeaders(): string[] {
    return ANSWER_HEADERS;
  }

  withheldHeaders(): StaticArray<string> {
    return WITHHELD;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.Embeddings:
        return writeEmbedRequest(call, request, out);
      case Capability.ImageGeneration:
        return writeImageRequest(call, request, out);
      case Capability.Messages:
        writeMessagesRequest(call, request, out);
        return null;
      case Capability.CountTokens:
        if (!isClaude(call.model)) return modelWithoutEndpoint(call.model, call.clientPath);
        writeCountRequest(call, request, out);
        return null;
      default:
        const error = REQUEST.write(this.settings, call.model, request, out);
        call.note = REQUEST.answersByTool ? ANSWERS_BY_TOOL : 0;
        return error;
    }
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const token = this.credentials.sessionToken;
    const isSigned = this.signsBody() && (call.token.length == 0 || call.isClientToken);
    if (!isSigned) {
      super.authenticate(call, headers, body, bodyLength);
      return;
    }
    const signed = new SigV4Request(call.created);
    signed.method = call.method;
    signed.host = call.host;
    signed.target = call.target;
    headers.set("authorization", signV4(this.credentials, signed, body, bodyLength));
    headers.set("x-amz-date", signed.date);
    if (token.length > 0) headers.set("x-amz-security-token", token);
  }

  // Response

  readsResponse(call: Call): bool {
    return true;
  }

  speaksOpenAi(): bool {
    return false;
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const isMessage = call.capability == Capability.Messages;
    if (isMessage) return this.checkMessage(call, response);
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.CountTokens:
        return writeCount(response, out) ? null : invalidUpstreamResponse(this.id, NO_COUNT);
      case Capability.Embeddings:
        return writeEmbeddings(
          call,
          answerHeader(call, Answer.InputTokens),
          response,
          this.id,
          out,
        );
      case Capability.ImageGeneration:
        return writeImages(call, response, this.id, out);
      default:
        const failure = this.findError(call, response);
        if (failure !== null) return failure;
        const answersByTool = call.note == ANSWERS_BY_TOOL;
        return new BedrockResponse(call, idOf(call), response, answersByTool, out).write(this.id);
    }
  }

  /** A message goes on as it is. */
  private checkMessage(call: Call, response: Document): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    if (call.stream) return invalidUpstreamResponse(this.id, "it is no stream");
    const counts = new ClaudeUsage();
    counts.read(response, response.get(response.root(), "usage"));
    counts.tell(call.usage);
    return null;
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    if (call.capability == Capability.Messages) return new BedrockMessagesStream(this.id, call);
    return new BedrockStream(this, call, idOf(call), call.note == ANSWERS_BY_TOOL);
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    const type = answer.string(answer.get(answer.root(), "__type"));
    if (type.length > 0) error.code = errorName(type);
  }

  refineError(call: Call, error: NativeError): ApiError {
    error.mask(this.settings.awsAccessKey);
    error.mask(this.settings.awsSessionToken);
    const type = errorName(answerHeader(call, Answer.ErrorType));
    if (type.length > 0) error.code = type;
    return errorOf(classOfBedrock(error), error);
  }
}

/** The id of the answer, which stands in a header only. */
function idOf(call: Call): string {
  const id = answerHeader(call, Answer.Id);
  return id.length > 0 ? id : call.newId("chatcmpl-");
}

function answerHeader(call: Call, which: Answer): string {
  return which < call.answerHeaders.length ? call.answerHeaders[which] : "";
}

function isMessages(call: Call): bool {
  return call.capability == Capability.Messages || call.capability == Capability.CountTokens;
}

/** A model's id as one segment of the path; one that is encoded already stays as it is. */
function escapeModel(model: string): string {
  return model.includes("%") ? model : encodeSegment(model);
}
