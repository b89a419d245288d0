// iFlytek Spark over HTTP: https://www.xfyun.cn/doc/spark/HTTP调用文档.html
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, unsupportedValue } from "../openai/api-error";
import { addTexts } from "../openai/content-text";
import { addSystemTexts, Role, roleOf } from "../openai/messages";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { fitNumber } from "./compatible-request";
import { SCHEMA_REQUEST } from "./compatible-schema";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { NativeError } from "./native-error";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

// Bits of `Call.note`: which generation of the reasoning models is asked, and whether text and
// anything has come.
const GENERATION_X1: i32 = 1;
const GENERATION_X2: i32 = 2;
const GENERATION_X2_FLASH: i32 = 3;
const GENERATION_BITS: i32 = 3;
const HAS_TEXT: i32 = 4;
const HAS_BEGUN: i32 = 8;

/** The answer was cut off by moderation. */
const OUTPUT_REFUSED: i64 = 10014;
/** The conversation drifts towards what is forbidden; the answer is there all the same. */
const WARNING: i64 = 10019;
const CUT_OFF = '{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}';

/** The models that understand images, and what is searched with. */
const IMAGE_MODEL: string = "imagev";
const WEB_SEARCH: string = '{"type":"web_search","web_search":{"enable":true}}';

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Spark's row. */
export function sparkSpec(): ProviderSpec {
  return new ProviderSpec("spark", "spark-api-open.xf-yun.com")
    .withoutStreamOptions()
    .withoutJsonSchema()
    .oneChoice()
    .fits("top_p", 0.01, 1)
    .fits("presence_penalty", 0, 2)
    .fits("frequency_penalty", 0, 1)
    .renames("max_completion_tokens max_tokens")
    .drops("seed logprobs top_logprobs logit_bias stop")
    .refusesParts("image_url input_audio file")
    .chat("/v1");
}

/** Finds the path of a model's generation, and fills in what Spark's answers leave out. */
export class Spark extends Provider {
  path(call: Call): string {
    if (this.settings.capabilityPaths.has(call.capability)) return super.path(call);
    switch (call.note & GENERATION_BITS) {
      case GENERATION_X1:
        return "/v2/chat/completions";
      case GENERATION_X2:
        return "/x2/chat/completions";
      case GENERATION_X2_FLASH:
        return "/agent/v1/chat/completions";
      default:
        return super.path(call);
    }
  }

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    call.note = generationOf(call.model);
    // The reasoning models share a name: the path tells them apart.
    if (call.note != 0 && call.model != "x1") call.model = "spark-x";
    const error = super.editRequest(call, request, edit);
    if (error !== null) return onlyByWebSocket(error);
    if (call.model.startsWith(IMAGE_MODEL)) return onlyByWebSocket(unsupportedValue("model", ""));
    const root = request.root();
    editWebSearch(request, edit);
    const isRecent = call.note != 0 || call.model == "4.0Ultra";
    fitNumber(request, "temperature", 0.01, isRecent ? 2 : 1, edit);
    // Without this a call comes as text.
    if (request.first(request.get(root, "tools")) >= 0) {
      edit.setBool(root, "tool_calls_switch", true);
    }
    editMessages(request, this.settings.responseJsonSchema.length == 0, edit);
    return null;
  }

  findError(call: Call, response: Document): ApiError | null {
    const code = response.integer(response.get(response.root(), "code"), 0);
    if (code == 0 || code == WARNING) return super.findError(call, response);
    return this.decodeErrorDocument(call, 0, response);
  }

  editResponse(call: Call, response: Document, edit: JsonEdit): void {
    const root = response.root();
    const id = response.get(root, "sid");
    if (response.get(root, "id") < 0 && response.stringLength(id) > 0) {
      edit.setString(root, "id", response.string(id));
    }
    removeEnvelope(root, edit);
  }

  rewriteChunk(call: Call, chunk: Document): ByteWriter | null {
    const root = chunk.root();
    const id = chunk.get(root, "sid");
    const code = chunk.integer(chunk.get(root, "code"), 0);
    const lacksId = chunk.get(root, "id") < 0 && chunk.stringLength(id) > 0;
    if (lacksId && (code == 0 || code == WARNING)) return withId(chunk, id);
    if ((call.note & HAS_TEXT) == 0 || code != OUTPUT_REFUSED) return null;
    JSON_TEXT.out.clear();
    JSON_TEXT.out.ascii(CUT_OFF);
    return JSON_TEXT.out;
  }

  editChunk(call: Call, chunk: Document, edit: JsonEdit): bool {
    const root = chunk.root();
    const delta = chunk.get(chunk.first(chunk.get(root, "choices")), "delta");
    if (chunk.stringLength(chunk.get(delta, "content")) > 0) call.note |= HAS_TEXT;
    // It comes with every event.
    if ((call.note & HAS_BEGUN) != 0) edit.remove(delta, "role");
    if (chunk.isObject(delta)) call.note |= HAS_BEGUN;
    removeEnvelope(root, edit);
    return true;
  }

  refineError(call: Call, error: NativeError): ApiError {
    const code = I32.parseInt(error.code, 10);
    if (code >= 10000 && code <= 10002 && error.status == 0) error.status = 502;
    return errorOf(code < 10000 ? classOf(error) : classOfCode(code, error), error);
  }
}

/** The chunk with its session's id as its id. */
function withId(doc: Document, id: i32): ByteWriter {
  const root = doc.root();
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginObject();
  json.keyValue("id", doc, id);
  for (let value = doc.first(root); value >= 0; value = doc.next(value)) {
    json.keyRaw(doc, value);
    json.value(doc, value);
  }
  json.endObject();
  return json.out;
}

/** Which of the reasoning models a name means; 0 for the others. */
function generationOf(model: string): i32 {
  if (model == "spark-x2-flash") return GENERATION_X2_FLASH;
  if (model == "spark-x2") return GENERATION_X2;
  const isX1 = model == "spark-x" || model == "x1" || model.startsWith("spark-x1");
  return isX1 ? GENERATION_X1 : 0;
}

/** Says of images why they are refused. */
function onlyByWebSocket(error: ApiError): ApiError {
  if (error.param != "model" && !error.message.endsWith("'image_url'.")) return error;
  const message = "Spark understands images by its WebSocket API only, and not over HTTP.";
  return unsupportedValue(error.param, message);
}

/** OpenAI's way to ask for a search on the web becomes the tool that searches. */
function editWebSearch(doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const options = doc.get(root, "web_search_options");
  if (options < 0) return;
  edit.remove(root, "web_search_options");
  if (!doc.isObject(options)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  const tools = doc.get(root, "tools");
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool)) {
    // The client's own tool of this kind goes before it.
    if (doc.stringIs(doc.get(tool, "type"), "web_search")) return;
    json.value(doc, tool);
  }
  if (doc.first(tools) >= 0) json.out.byte(0x2c);
  json.out.ascii(WEB_SEARCH);
  json.endArray();
  edit.set(root, "tools", json.out.ptr, json.out.length);
  edit.setBool(root, "tool_calls_switch", true);
}

/** Content is one text here, and of the system there is one message at most, which stands first. */
function editMessages(doc: Document, tellsSchema: bool, edit: JsonEdit): void {
  const messages = doc.get(doc.root(), "messages");
  const first = doc.first(messages);
  for (let item = first; item >= 0; item = doc.next(item)) {
    if (item == first || roleOf(doc, item) != Role.System) continue;
    writeMessages(doc, messages, tellsSchema);
    edit.replace(messages, JSON_TEXT.out.ptr, JSON_TEXT.out.length);
    return;
  }
  for (let item = first; item >= 0; item = doc.next(item)) {
    const content = doc.get(item, "content");
    if (doc.isArray(content)) {
      beginText();
      addTexts(doc, content, JSON_TEXT);
      JSON_TEXT.endString();
      edit.replace(content, JSON_TEXT.out.ptr, JSON_TEXT.out.length);
    } else if (doc.absent(content)) {
      edit.setString(item, "content", "");
    }
  }
}

function beginText(): void {
  JSON_TEXT.out.clear();
  JSON_TEXT.reset();
  JSON_TEXT.beginString();
}

/** Writes the conversation anew, all system texts in one message and with them a schema. */
function writeMessages(doc: Document, messages: i32, tellsSchema: bool): void {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  json.beginObject();
  json.keyString("role", "system");
  json.key("content");
  json.beginString();
  addSystemTexts(doc, messages, json);
  const wrapper = doc.get(doc.get(doc.root(), "response_format"), "json_schema");
  if (tellsSchema && doc.isObject(wrapper)) {
    const own = doc.get(wrapper, "schema");
    const schema = own >= 0 ? own : wrapper;
    json.stringText("\n\n" + SCHEMA_REQUEST);
    json.stringEscape(doc.ptr + doc.start(schema), doc.end(schema) - doc.start(schema));
  }
  json.endString();
  json.endObject();
  for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
    if (roleOf(doc, item) == Role.System) continue;
    json.beginObject();
    for (let member = doc.first(item); member >= 0; member = doc.next(member)) {
      if (doc.keyIs(member, "content")) continue;
      json.keyRaw(doc, member);
      json.value(doc, member);
    }
    json.key("content");
    json.beginString();
    addTexts(doc, doc.get(item, "content"), json);
    json.endString();
    json.endObject();
  }
  json.endArray();
}

function removeEnvelope(root: i32, edit: JsonEdit): void {
  edit.remove(root, "code");
  edit.remove(root, "message");
  edit.remove(root, "sid");
}

/** The class of a number: https://www.xfyun.cn/doc/spark/接口说明.html */
function classOfCode(code: i32, error: NativeError): ErrorClass {
  if (code <= 10002) return ErrorClass.Internal;
  if (code <= 10005) return ErrorClass.Invalid;
  if (code <= 10007) return ErrorClass.RateLimit;
  if (code == 10008 || code == 10110) return ErrorClass.Overloaded;
  if (code <= 10012 || code == 10017 || code == 10222 || code == 10223) return ErrorClass.Internal;
  if (code <= 10014 || code == 10021 || code == 10022) return ErrorClass.ContentFilter;
  if (code <= 10016 || code == 11200) return ErrorClass.Permission;
  if (code == 10029 || code == 10041 || code == 10163 || code == 11501) return ErrorClass.Invalid;
  if (code == 10907 || code == 10910) return ErrorClass.ContextLength;
  if (code == 11201 || code == 11210) return ErrorClass.Quota;
  if (code == 11202 || code == 11203) return ErrorClass.RateLimit;
  if (code == 11221) return ErrorClass.ModelNotFound;
  if (code == 11500) return ErrorClass.BadCredential;
  return classOf(error);
}
