// NVIDIA Triton, its generate extension:
// https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_generate.md
import { Document, JsonError } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidUpstreamResponse,
  invalidValue,
  streamIncomplete,
  unsupportedValue,
} from "../openai/api-error";
import { ChunkWriter } from "../openai/chunk-writer";
import { CompletionWriter } from "../openai/completion-writer";
import { FinishReason } from "../openai/finish-reason";
import { hasText, writeContentText } from "../openai/message-text";
import { Usage } from "../openai/usage";
import { Capability } from "../routing/capability";
import { StreamOutput } from "../stream/stream-output";
import { encodePathSegment } from "../text/url";
import { Call } from "./call";
import { failedFinish, mapFinishReason } from "./compatible-finish";
import { refuse } from "./compatible-request";
import { EncodedBody } from "./encoded-body";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { SseTranslator, StreamTranslator } from "./stream-translator";

/** OpenAI's members, and those common among models, that become parameters of the same name. */
const PARAMETERS: string[] = (
  "temperature top_p top_k min_p seed presence_penalty frequency_penalty repetition_penalty " +
  "min_tokens ignore_eos exclude_input_in_output return_finish_reason return_num_input_tokens " +
  "return_num_output_tokens"
).split(" ");

const EVENT: Document = new Document();

/** Triton's row; it runs where the configuration says. */
export function tritonSpec(): ProviderSpec {
  return new ProviderSpec("triton", "")
    .withoutToken()
    .oneChoice()
    .refuses("tools functions response_format")
    .refusesParts("image_url input_audio file")
    .serves(Capability.Chat, "/generate");
}

/** Gives a conversation to a model that completes one text. */
export class Triton extends Provider {
  validate(): string {
    const hasHost = this.settings.tritonDomain.length > 0;
    if (hasHost || this.settings.providerDomain.length > 0) return "";
    return "tritonDomain: expected the host of the Triton server";
  }

  host(call: Call): string {
    return this.settings.tritonDomain;
  }

  path(call: Call): string {
    if (this.settings.capabilityPaths.has(call.capability)) return super.path(call);
    const version = this.settings.tritonModelVersion;
    const model = "/v2/models/" + encodePathSegment(call.model);
    const versioned =
      version.length > 0 ? `${model}/versions/${encodePathSegment(version)}` : model;
    return versioned + (call.stream ? "/generate_stream" : "/generate");
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    const error = refuse(this.spec, request);
    if (error !== null) return error;
    const json = new JsonWriter(body.rewrite());
    json.beginObject();
    json.key("text_input");
    const wrong = writePrompt(request, json);
    if (wrong !== null) return wrong;
    json.key("parameters");
    json.beginObject();
    json.keyBool("stream", call.stream);
    const refused = writeParameters(request, json);
    json.endObject();
    json.endObject();
    return refused;
  }

  // Response

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const text = textOf(response);
    if (text < 0) return invalidUpstreamResponse(this.id, "it has no 'text_output'");
    const reason = finishOf(response);
    if (reason == FinishReason.Failure) return brokenBy(this.id, response);
    const json = new JsonWriter(body.rewrite());
    const completion = new CompletionWriter(json);
    const model = response.string(response.get(response.root(), "model_name"));
    const named = model.length > 0 ? model : call.model;
    completion.begin(call.newId("chatcmpl-"), call.created, named);
    completion.beginContent();
    json.stringPart(response, text);
    completion.endContent();
    readCounts(response, call.usage);
    completion.end(reason, call.usage);
    return null;
  }

  speaksOpenAi(): bool {
    return false;
  }

  streamTranslator(call: Call): StreamTranslator | null {
    return new TritonStream(this, call);
  }

  // Errors

  refineError(call: Call, error: NativeError): ApiError {
    const isUnknown = error.mentions("unknown model");
    return errorOf(isUnknown ? ErrorClass.ModelNotFound : classOf(error), error);
  }
}

/** A single message is the prompt as it stands; more become a transcript to go on with. */
function writePrompt(doc: Document, json: JsonWriter): ApiError | null {
  const messages = doc.get(doc.root(), "messages");
  let count = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (hasText(doc, doc.get(message, "content"))) count += 1;
  }
  if (count == 0) return invalidValue("messages", "No message has any text.");
  json.beginString();
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (!hasText(doc, content)) continue;
    if (count > 1) json.stringText(speakerOf(doc, doc.get(message, "role")) + ": ");
    writeContentText(doc, content, json);
    if (count > 1) json.stringText("\n");
  }
  if (count > 1) json.stringText("Assistant:");
  json.endString();
  return null;
}

function speakerOf(doc: Document, role: i32): string {
  if (doc.stringIs(role, "user")) return "User";
  if (doc.stringIs(role, "assistant")) return "Assistant";
  return doc.stringIs(role, "tool") || doc.stringIs(role, "function") ? "Tool" : "System";
}

/** Parameters are numbers, booleans and strings. The client's own `parameters` go first. */
function writeParameters(doc: Document, json: JsonWriter): ApiError | null {
  const root = doc.root();
  const own = doc.get(root, "parameters");
  for (let value = doc.first(own); value >= 0 && doc.isObject(own); value = doc.next(value)) {
    if (doc.absent(value) || doc.keyIs(value, "stream") || !isUnsaid(doc, doc.key(value))) continue;
    json.keyRaw(doc, value);
    json.value(doc, value);
  }
  let limit = doc.get(root, "max_completion_tokens");
  if (doc.absent(limit)) limit = doc.get(root, "max_tokens");
  if (!doc.absent(limit)) json.keyValue("max_tokens", doc, limit);
  for (let i = 0; i < PARAMETERS.length; ++i) {
    const value = doc.get(root, PARAMETERS[i]);
    if (!doc.absent(value)) json.keyValue(PARAMETERS[i], doc, value);
  }
  let stop = doc.get(root, "stop");
  if (doc.size(stop) > 1) {
    return unsupportedValue("stop", "The provider 'triton' takes one stop sequence only.");
  }
  if (doc.isArray(stop)) stop = doc.first(stop);
  if (!doc.absent(stop)) json.keyValue("stop", doc, stop);
  return null;
}

/** Whether the request does not say a parameter in OpenAI's way too. */
function isUnsaid(doc: Document, name: string): bool {
  const root = doc.root();
  const isLimit = name == "max_tokens" && !doc.absent(doc.get(root, "max_completion_tokens"));
  return !isLimit && doc.absent(doc.get(root, name));
}

/** The text of an answer: a JSON string, the first of several; -1 where there is none. */
function textOf(doc: Document): i32 {
  const text = doc.get(doc.root(), "text_output");
  const first = doc.isArray(text) ? doc.first(text) : text;
  return doc.isString(first) ? first : -1;
}

/** Some models say why they stopped. */
function finishOf(doc: Document): FinishReason {
  return mapFinishReason(doc, doc.get(doc.root(), "finish_reason"));
}

function brokenBy(provider: string, doc: Document): ApiError {
  return failedFinish(provider, doc, doc.get(doc.root(), "finish_reason"));
}

/** Some models count, where they are asked to. */
function readCounts(doc: Document, usage: Usage): void {
  const prompt = doc.get(doc.root(), "num_input_tokens");
  const completion = doc.get(doc.root(), "num_output_tokens");
  if (doc.isNumber(prompt)) usage.prompt = doc.integer(prompt, 0);
  if (doc.isNumber(completion)) usage.completion += doc.integer(completion, 0);
  if (doc.isNumber(prompt) || doc.isNumber(completion)) usage.isKnown = true;
}

/** Translates one stream. It has no event for its end: it ends with its last byte. */
class TritonStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private reason: FinishReason = FinishReason.Stop;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (event.payloadLength == 0 || event.isDoneMark()) return;
    if (!EVENT.parse(event.payload, event.payloadLength)) {
      this.failure =
        EVENT.error == JsonError.UnexpectedEnd
          ? streamIncomplete(this.provider.id)
          : invalidUpstreamResponse(this.provider.id, "an event is no JSON");
      return;
    }
    this.failure = this.provider.findError(this.call, EVENT);
    const reason = finishOf(EVENT);
    if (this.failure === null && reason == FinishReason.Failure) {
      this.failure = brokenBy(this.provider.id, EVENT);
    }
    if (this.failure !== null) return;
    if (reason != FinishReason.Stop) this.reason = reason;
    readCounts(EVENT, this.call.usage);
    const text = textOf(EVENT);
    if (text < 0) return;
    const writer = out.writer();
    if (!this.chunks.isStarted) {
      const model = EVENT.string(EVENT.get(EVENT.root(), "model_name"));
      const call = this.call;
      const named = model.length > 0 ? model : call.model;
      this.chunks.start(call.newId("chatcmpl-"), call.created, named);
      this.chunks.role(writer);
    }
    if (EVENT.stringLength(text) > 0) this.chunks.content(EVENT, text, writer);
  }

  onEnd(out: StreamOutput): void {
    if (!this.chunks.isStarted) {
      this.failure = streamIncomplete(this.provider.id);
      return;
    }
    const writer = out.writer();
    this.chunks.finish(this.reason, writer);
    this.chunks.end(this.call.usage, writer);
  }

  release(): void {
    super.release();
    this.chunks.release();
  }
}
