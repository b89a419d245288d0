// Mistral AI, whose validator refuses every member that it does not know:
// https://docs.mistral.ai/api
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { keepMembers } from "./compatible-request";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

// @ts-ignore: decorator
@lazy
const CHAT_MEMBERS: StaticArray<string> = [
  "model",
  "messages",
  "temperature",
  "top_p",
  "top_k",
  "max_tokens",
  "min_tokens",
  "stream",
  "stop",
  "random_seed",
  "metadata",
  "response_format",
  "tools",
  "tool_choice",
  "presence_penalty",
  "frequency_penalty",
  "repetition_penalty",
  "logprobs",
  "top_logprobs",
  "prompt_logprobs",
  "n",
  "prediction",
  "parallel_tool_calls",
  "reasoning_effort",
  "prompt_mode",
  "guardrails",
  "prompt_cache_key",
  "service_tier",
  "safe_prompt",
];
// @ts-ignore: decorator
@lazy
const MESSAGE_MEMBERS: StaticArray<string> = ["role", "content", "tool_calls", "prefix"];
// @ts-ignore: decorator
@lazy
const TOOL_MESSAGE_MEMBERS: StaticArray<string> = ["role", "content", "tool_call_id", "name"];
// @ts-ignore: decorator
@lazy
const EMBEDDING_MEMBERS: StaticArray<string> = [
  "model",
  "input",
  "encoding_format",
  "output_dimension",
  "output_dtype",
  "metadata",
];
/** Stands between a tool's result and a user's message, which may not follow each other. */
const ASSISTANT_TURN = '{"role":"assistant","content":"OK."}';
const ID_LENGTH: i32 = 9;
const ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Mistral's row. */
export function mistralSpec(): ProviderSpec {
  return new ProviderSpec("mistral", "api.mistral.ai")
    .withoutStreamOptions()
    .renames("seed random_seed max_completion_tokens max_tokens")
    .refuses("functions function_call")
    .cachedTokensAs("num_cached_tokens")
    .chat("/v1")
    .embeddings("/v1")
    .base64Embeddings()
    .models("/v1")
    .files("/v1")
    .transcriptions("/v1")
    .serves(Capability.Moderations, "/v1/moderations");
}

/** Fits requests to Mistral's schema. */
export class Mistral extends Provider {
  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const error = super.editRequest(call, request, edit);
    if (error !== null) return error;
    const root = request.root();
    if (call.capability == Capability.Embeddings) {
      edit.rename(root, "dimensions", "output_dimension");
      keepMembers(request, root, EMBEDDING_MEMBERS, edit);
    }
    if (call.capability != Capability.Chat) return null;
    keepMembers(request, root, CHAT_MEMBERS, edit);
    // Older deployments know only this word for it.
    const choice = request.get(root, "tool_choice");
    const allowed = request.get(request.get(choice, "allowed_tools"), "mode");
    if (request.stringIs(choice, "required") || request.stringIs(allowed, "required")) {
      edit.setString(root, "tool_choice", "any");
    }
    const tier = request.get(root, "service_tier");
    if (!request.stringIs(tier, "auto") && !request.stringIs(tier, "standard_only")) {
      edit.remove(root, "service_tier");
    }
    editMessages(request, request.get(root, "messages"), edit);
    return null;
  }
}

function editMessages(doc: Document, messages: i32, edit: JsonEdit): void {
  let followsTool: bool = false;
  let last = -1;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    last = message;
    const role = doc.get(message, "role");
    const isTool = doc.stringIs(role, "tool");
    if (followsTool && doc.stringIs(role, "user")) insertAssistant(message, edit);
    followsTool = isTool;
    keepMembers(doc, message, isTool ? TOOL_MESSAGE_MEMBERS : MESSAGE_MEMBERS, edit);
    if (isTool) editId(doc, doc.get(message, "tool_call_id"), edit);
    const calls = doc.get(message, "tool_calls");
    for (let item = doc.first(calls); item >= 0; item = doc.next(item)) {
      editId(doc, doc.get(item, "id"), edit);
    }
    const content = doc.get(message, "content");
    if (!doc.isArray(content)) continue;
    for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
      editPart(doc, part, edit);
    }
  }
  // The assistant may have the last word only as the beginning of the answer.
  const isPrefix = doc.stringIs(doc.get(last, "role"), "assistant");
  if (isPrefix && doc.first(doc.get(last, "tool_calls")) < 0) edit.setBool(last, "prefix", true);
}

function insertAssistant(message: i32, edit: JsonEdit): void {
  const text = new ByteWriter();
  text.ascii(ASSISTANT_TURN);
  edit.insertBefore(message, text.ptr, text.length);
  text.release();
}

/** Ids of other providers become nine letters and digits, the same ones wherever an id stands. */
function editId(doc: Document, id: i32, edit: JsonEdit): void {
  if (!doc.isString(id)) return;
  const text = doc.string(id);
  if (isMistralId(text)) return;
  let hash: u64 = 0xcbf29ce484222325;
  for (let i = 0; i < text.length; ++i) {
    hash = (hash ^ (<u64>text.charCodeAt(i))) * 0x100000001b3;
  }
  const letters: string[] = [];
  for (let i = 0; i < ID_LENGTH; ++i) {
    letters.push(ID_LETTERS.charAt(<i32>(hash % 62)));
    hash /= 62;
  }
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.ascii(letters.join(""));
  edit.replace(id, json.out.ptr, json.out.length);
}

function isMistralId(id: string): bool {
  for (let i = 0; i < id.length; ++i) if (!ID_LETTERS.includes(id.charAt(i))) return false;
  return id.length == ID_LENGTH;
}

/** Sound is a bare string here, and a file is a document or a file's id. */
function editPart(doc: Document, part: i32, edit: JsonEdit): void {
  const type = doc.get(part, "type");
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  if (doc.stringIs(type, "input_audio")) {
    const sound = doc.get(part, "input_audio");
    const encoded = doc.get(sound, "data");
    if (!doc.isString(encoded)) return;
    json.value(doc, encoded);
    edit.replace(sound, json.out.ptr, json.out.length);
  } else if (doc.stringIs(type, "file")) {
    const file = doc.get(part, "file");
    const content = doc.get(file, "file_data");
    json.beginObject();
    if (doc.isString(content)) {
      json.keyString("type", "document_url");
      json.keyValue("document_url", doc, content);
      const name = doc.get(file, "filename");
      if (doc.isString(name)) json.keyValue("document_name", doc, name);
    } else {
      json.keyString("type", "file");
      json.keyValue("file_id", doc, doc.get(file, "file_id"));
    }
    json.endObject();
    edit.replace(part, json.out.ptr, json.out.length);
  }
}
