// MiniMax: ChatCompletion v2, which is OpenAI's API with deviations, and the older ChatCompletion Pro:
// https://platform.minimaxi.com/document/ChatCompletion%20v2
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, unsupportedValue } from "../openai/api-error";
import { checkTextInput, firstText, nextText } from "../openai/embeddings";
import { Usage } from "../openai/usage";
import { FinishReason, finishReasonText } from "../openai/finish-reason";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { encodePathSegment } from "../text/url";
import { Call } from "./call";
import { keepMembers } from "./compatible-request";
import { tellAnswerForm, tellSchema } from "./compatible-schema";
import { emulateToolChoice } from "./compatible-tools";
import { EncodedBody } from "./encoded-body";
import { errorOf } from "./error-classes";
import { readUsage, writeEmbeddings, writeProCompletion } from "./minimax/minimax-answer";
import { classOfMinimax, readBaseResponse, tellsError } from "./minimax/minimax-errors";
import { MinimaxProRequest } from "./minimax/minimax-pro-request";
import { MinimaxProStream } from "./minimax/minimax-pro-stream";
import { NativeError, textOf } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";
import { StreamTranslator } from "./stream-translator";

const PRO_PATH: string = "/v1/text/chatcompletion_pro";
/** The one model that can be held to a schema. */
const SCHEMA_MODEL: string = "MiniMax-Text-01";
const VECTOR_LENGTH: i64 = 1536;
/** All other members are answered with a complaint. */
// @ts-ignore: decorator
@lazy
const CHAT_MEMBERS: StaticArray<string> = [
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "tools",
  "tool_choice",
  "response_format",
  "mask_sensitive_info",
  "reasoning_split",
];
/** Members of answers that OpenAI does not have. */
// @ts-ignore: decorator
@lazy
const FOREIGN_MEMBERS: StaticArray<string> = [
  "base_resp",
  "input_sensitive",
  "output_sensitive",
  "input_sensitive_type",
  "output_sensitive_type",
  "output_sensitive_int",
];

/** Bits of `Call.note`: what of the answer has come. */
const enum Note {
  Begun = 1,
  Text = 2,
  Calls = 4,
}

const PRO_REQUEST: MinimaxProRequest = new MinimaxProRequest();
const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** MiniMax's row. */
export function minimaxSpec(): ProviderSpec {
  return new ProviderSpec("minimax", "api.minimax.chat")
    .oneChoice()
    .refuses("functions function_call")
    .fits("temperature", 0.01, 1)
    .fits("top_p", 0.01, 1)
    .serves(Capability.Chat, "/v1/text/chatcompletion_v2")
    .embeddings("/v1")
    .messages("/anthropic/v1");
}

/** Speaks either API. */
export class Minimax extends Provider {
  validate(): string {
    const settings = this.settings;
    if (settings.minimaxApiType != "pro" || settings.minimaxGroupId.length > 0) return "";
    return "minimaxGroupId: expected the id of the group, which the API type pro needs";
  }

  path(call: Call): string {
    const isOwn = this.settings.capabilityPaths.has(call.capability);
    return this.isPro(call) && !isOwn ? PRO_PATH : super.path(call);
  }

  query(call: Call): string {
    const group = this.settings.minimaxGroupId;
    const needsGroup = this.isPro(call) || call.capability == Capability.Embeddings;
    if (!needsGroup || group.length == 0) return super.query(call);
    return "GroupId=" + encodePathSegment(group);
  }

  private isPro(call: Call): bool {
    return call.capability == Capability.Chat && this.settings.minimaxApiType == "pro";
  }

  // Request

  encodeRequest(call: Call, request: Document, body: EncodedBody): ApiError | null {
    if (call.capability == Capability.Embeddings) {
      return encodeEmbeddings(call, request, body.rewrite());
    }
    if (!this.isPro(call)) return super.encodeRequest(call, request, body);
    return PRO_REQUEST.write(call, request, this.settings, body.rewrite());
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null || call.capability != Capability.Chat) return error;
    const root = request.root();
    keepMembers(request, root, CHAT_MEMBERS, edit);
    const choice = request.get(root, "tool_choice");
    if (!request.stringIs(choice, "none")) emulateToolChoice(request, edit);
    if (this.settings.responseJsonSchema.length == 0) editFormat(call, request, edit);
    // Else these models put their thoughts into the text.
    const thinks = call.model.startsWith("MiniMax-M") && !call.model.startsWith("MiniMax-M1");
    if (thinks && request.get(root, "reasoning_split") < 0) {
      edit.setBool(root, "reasoning_split", true);
    }
    return null;
  }

  // Response

  readsResponse(call: Call): bool {
    return call.capability == Capability.Embeddings || super.readsResponse(call);
  }

  decodeResponse(call: Call, response: Document, body: EncodedBody): ApiError | null {
    const isEmbedding = call.capability == Capability.Embeddings;
    if (!isEmbedding && !this.isPro(call)) return super.decodeResponse(call, response, body);
    const failure = this.findError(call, response);
    if (failure !== null) return failure;
    const out = body.rewrite();
    return isEmbedding
      ? writeEmbeddings(call, response, this.id, out)
      : writeProCompletion(call, response, this.id, out);
  }

  editResponse(call: Call, response: Document, edit: JsonEdit): void {
    const root = response.root();
    const isRefused = response.isTrue(response.get(root, "output_sensitive"));
    const choices = response.get(root, "choices");
    for (let choice = response.first(choices); choice >= 0; choice = response.next(choice)) {
      const message = response.get(choice, "message");
      editMessage(response, message, edit);
      const hasText = response.stringLength(response.get(message, "content")) > 0;
      const hasCalls = response.first(response.get(message, "tool_calls")) >= 0;
      if (hasCalls && !hasText) edit.setRaw(message, "content", "null");
      editFinish(call, response, choice, hasText, hasCalls, isRefused, edit);
    }
    removeForeign(root, edit);
  }

  readUsage(response: Document, usage: i32, counts: Usage): void {
    readUsage(response, usage, counts);
  }

  /** Older models tell the total only. */
  editUsage(response: Document, usage: i32, edit: JsonEdit): void {
    edit.remove(usage, "total_characters");
    for (let i = 0; i < 2; ++i) {
      const name = i == 0 ? "prompt_tokens" : "completion_tokens";
      if (!response.isNumber(response.get(usage, name))) edit.setInteger(usage, name, 0);
    }
  }

  // Stream

  streamTranslator(call: Call): StreamTranslator | null {
    return this.isPro(call) ? new MinimaxProStream(this, call) : super.streamTranslator(call);
  }

  /** The last event can be a whole answer: of it only the end and the usage are new. */
  rewriteChunk(call: Call, chunk: Document): ByteWriter | null {
    const choice = chunk.first(chunk.get(chunk.root(), "choices"));
    const message = chunk.get(choice, "message");
    if (!chunk.isObject(message) || chunk.isObject(chunk.get(choice, "delta"))) return null;
    const json = JSON_TEXT;
    json.out.clear();
    json.reset();
    json.beginObject();
    const members: StaticArray<string> = ["id", "created", "model", "output_sensitive", "usage"];
    for (let i = 0; i < members.length; ++i) {
      const value = chunk.get(chunk.root(), members[i]);
      if (value >= 0) json.keyValue(members[i], chunk, value);
    }
    const base = chunk.get(chunk.root(), "base_resp");
    if (base >= 0) json.keyValue("base_resp", chunk, base);
    json.key("choices");
    json.beginArray();
    json.beginObject();
    json.keyInteger("index", 0);
    json.key("delta");
    if ((call.note & (Note.Text | Note.Calls)) == 0) {
      json.value(chunk, message);
    } else {
      json.beginObject();
      json.endObject();
    }
    json.keyValue("finish_reason", chunk, chunk.get(choice, "finish_reason"));
    json.endObject();
    json.endArray();
    json.endObject();
    return json.out;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const root = chunk.root();
    const choice = chunk.first(chunk.get(root, "choices"));
    const delta = chunk.get(choice, "delta");
    const role = chunk.get(delta, "role");
    // A search that MiniMax makes by itself.
    if (chunk.stringIs(role, "tool") || chunk.isArray(chunk.get(choice, "messages"))) return false;
    if ((call.note & Note.Begun) != 0 && role >= 0) edit.remove(delta, "role");
    if (chunk.isObject(delta)) call.note |= Note.Begun;
    if (chunk.stringLength(chunk.get(delta, "content")) > 0) call.note |= Note.Text;
    if (chunk.first(chunk.get(delta, "tool_calls")) >= 0) call.note |= Note.Calls;
    editMessage(chunk, delta, edit);
    if (chunk.stringLength(chunk.get(choice, "finish_reason")) > 0) {
      const isRefused = chunk.isTrue(chunk.get(root, "output_sensitive"));
      const hasText = (call.note & Note.Text) != 0;
      const hasCalls = (call.note & Note.Calls) != 0;
      editFinish(call, chunk, choice, hasText, hasCalls, isRefused, edit);
    }
    removeForeign(root, edit);
    return true;
  }

  // Errors

  findError(call: Call, response: Document): ApiError | null {
    if (tellsError(response)) return this.decodeErrorDocument(call, 0, response);
    return super.findError(call, response);
  }

  readError(answer: Document, error: NativeError): void {
    if (tellsError(answer)) {
      readBaseResponse(answer, error);
      return;
    }
    super.readError(answer, error);
    if (error.code.length > 0) return;
    error.code = textOf(answer, answer.get(answer.get(answer.root(), "error"), "http_code"));
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfMinimax(error), error);
  }
}

/** A form of the answer that the model cannot be held to is asked for in words. */
function editFormat(call: Call, doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const format = doc.get(root, "response_format");
  if (format < 0) return;
  const type = doc.get(format, "type");
  const isSchema = doc.stringIs(type, "json_schema");
  if (isSchema && call.model == SCHEMA_MODEL) return;
  edit.remove(root, "response_format");
  if (isSchema) tellSchema(doc, doc.get(format, "json_schema"), edit);
  else if (doc.stringIs(type, "json_object")) tellAnswerForm(doc, -1, edit);
}

function editMessage(doc: Document, message: i32, edit: JsonEdit): void {
  if (!doc.isObject(message)) return;
  edit.remove(message, "name");
  edit.remove(message, "audio_content");
  const details = doc.get(message, "reasoning_details");
  if (doc.first(details) < 0 || !doc.absent(doc.get(message, "reasoning_content"))) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginString();
  for (let item = doc.first(details); item >= 0; item = doc.next(item)) {
    json.stringPart(doc, doc.get(item, "text"));
  }
  json.endString();
  edit.set(message, "reasoning_content", json.out.ptr, json.out.length);
}

/** Says ends that MiniMax calls a stop. */
function editFinish(
  call: Call,
  doc: Document,
  choice: i32,
  hasText: bool,
  hasCalls: bool,
  isRefused: bool,
  edit: JsonEdit,
): void {
  const finish = doc.get(choice, "finish_reason");
  if (doc.stringLength(finish) > 0 && !doc.stringIs(finish, "stop")) return;
  if (!hasCalls && (hasText || !isRefused)) return;
  const reason = hasCalls ? FinishReason.ToolCalls : FinishReason.ContentFilter;
  call.usage.finish = reason;
  edit.setString(choice, "finish_reason", finishReasonText(reason));
}

function removeForeign(root: i32, edit: JsonEdit): void {
  for (let i = 0; i < FOREIGN_MEMBERS.length; ++i) {
    edit.remove(root, unchecked(FOREIGN_MEMBERS[i]));
  }
}

/** Texts are stored or searched for, and the vectors differ: OpenAI does not ask. */
function encodeEmbeddings(call: Call, request: Document, out: ByteWriter): ApiError | null {
  const error = checkTextInput(request);
  if (error !== null) return error;
  const root = request.root();
  const dimensions = request.get(root, "dimensions");
  if (!request.absent(dimensions) && request.integer(dimensions, 0) != VECTOR_LENGTH) {
    const message = `MiniMax's embeddings have ${VECTOR_LENGTH} dimensions.`;
    return unsupportedValue("dimensions", message);
  }
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyString("model", call.model);
  json.key("texts");
  json.beginArray();
  const input = request.get(root, "input");
  for (let text = firstText(request, input); text >= 0; text = nextText(request, input, text)) {
    json.value(request, text);
  }
  json.endArray();
  json.keyString("type", request.stringIs(request.get(root, "type"), "query") ? "query" : "db");
  json.endObject();
  return null;
}
