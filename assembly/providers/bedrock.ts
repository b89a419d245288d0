// Amazon Bedrock: OpenAI's chat over Converse, embeddings and images over InvokeModel:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
import { AwsCredentials, signV4, SigV4Request } from "../auth/sigv4";
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { writePercentEncoded } from "../text/url";
import { classOfBedrock, errorName } from "./bedrock/bedrock-errors";
import {
  writeEmbeddings,
  writeEmbedRequest,
  writeImageRequest,
  writeImages,
} from "./bedrock/bedrock-invoke";
import { BedrockRequest } from "./bedrock/bedrock-request";
import { BedrockResponse } from "./bedrock/bedrock-response";
import { BedrockStream } from "./bedrock/bedrock-stream";
import { Call } from "./call";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { fillTemplate } from "./path-template";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";
import { redact } from "./redact";
import { StreamTranslator } from "./stream-translator";

const SERVICE: string = "bedrock";
const CONVERSE: string = "/converse";
const STREAM_SUFFIX: string = "-stream";
/** Regions of their own, by how their names begin, and where they are: region, domain, … */
// @ts-ignore: decorator
@lazy
const DOMAINS: StaticArray<string> = [
  "cn-",
  "amazonaws.com.cn",
  "eusc-",
  "amazonaws.eu",
  "us-iso-",
  "c2s.ic.gov",
  "us-isob-",
  "sc2s.sgov.gov",
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
const DEFAULT_DOMAIN: string = "amazonaws.com";

/** The row of Bedrock. */
export function bedrockSpec(): ProviderSpec {
  const model = "/model/{model}";
  return new ProviderSpec("bedrock", "")
    .serves(Capability.Chat, model + CONVERSE)
    .serves(Capability.Embeddings, model + "/invoke")
    .serves(Capability.ImageGeneration, model + "/invoke");
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
    this.regionHost = `bedrock-runtime.${region}.${domainOf(region)}`;
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
    if (call.capability == Capability.Chat && call.stream && template.endsWith(CONVERSE)) {
      template += STREAM_SUFFIX;
    }
    return fillTemplate(template, [escapeModel(call.model)]);
  }

  signsBody(): bool {
    return this.settings.awsAccessKey.length > 0;
  }

  answerHeaders(): string[] {
    return ANSWER_HEADERS;
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const out = body.rewrite();
    switch (call.capability) {
      case Capability.Embeddings:
        return writeEmbedRequest(call, request, out);
      case Capability.ImageGeneration:
        return writeImageRequest(call, request, out);
      default:
        const error = REQUEST.write(this.settings, call.model, request, out);
        call.note = REQUEST.answersByTool ? ANSWERS_BY_TOOL : 0;
        return error;
    }
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    // Belong to a signature of the client's own.
    headers.remove("x-amz-content-sha256");
    const token = this.credentials.sessionToken;
    const isSigned = this.signsBody() && (call.token.length == 0 || call.isClientToken);
    if (!isSigned || token.length == 0) headers.remove("x-amz-security-token");
    if (!isSigned) {
      headers.remove("x-amz-date");
      super.authenticate(call, headers, body, bodyLength);
      return;
    }
    const signed = new SigV4Request();
    signed.method = call.method;
    signed.host = call.host;
    signed.target = call.target;
    signed.timestamp = call.created;
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
    const out = body.rewrite();
    switch (call.capability) {
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

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return new BedrockStream(this, call, idOf(call), call.note == ANSWERS_BY_TOOL);
  }

  // Errors

  readError(answer: Document, error: NativeError): void {
    super.readError(answer, error);
    const type = answer.string(answer.get(answer.root(), "__type"));
    if (type.length > 0) error.code = errorName(type);
    error.message = redact(error.message, this.settings.awsAccessKey);
  }

  refineError(call: Call, error: NativeError): ApiError {
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

/** A model's id as one segment of the path; one that is encoded already stays as it is. */
function escapeModel(model: string): string {
  if (model.includes("%")) return model;
  const text = new ByteWriter();
  text.text(model);
  const out = new ByteWriter();
  writePercentEncoded(text.ptr, text.length, false, out);
  const escaped = out.toString();
  text.release();
  out.release();
  return escaped;
}

function domainOf(region: string): string {
  for (let i = 0; i < DOMAINS.length; i += 2) {
    if (region.startsWith(unchecked(DOMAINS[i]))) return unchecked(DOMAINS[i + 1]);
  }
  return DEFAULT_DOMAIN;
}

function isRegion(text: string): bool {
  for (let i = 0; i < text.length; ++i) {
    const char = text.charCodeAt(i);
    const isPlain = (char >= 0x61 && char <= 0x7a) || (char >= 0x30 && char <= 0x39);
    if (!isPlain && char != 0x2d) return false;
  }
  return true;
}
