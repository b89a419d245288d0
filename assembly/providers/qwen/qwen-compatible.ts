// What a chat request needs for DashScope's OpenAI-compatible API:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions
import { Document } from "../../json/document";
import { JsonEdit } from "../../json/edit";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, unsupportedValue } from "../../openai/api-error";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { emulateToolChoice } from "../compatible-tools";
import { ProviderSettings } from "../provider-settings";
import { isUrl } from "./qwen-messages";
import { QwenModel } from "./qwen-model";
import { isSystem, QwenSystem } from "./qwen-system";
import { QwenThinking, Said } from "./qwen-thinking";
import { forcedTool } from "./qwen-tools";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());
const SYSTEM: QwenSystem = new QwenSystem(JSON_TEXT);
const THINKING: QwenThinking = new QwenThinking();

/** Collects the edits of a chat request. */
export function editQwenRequest(
  settings: ProviderSettings,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  const root = doc.root();
  const model = new QwenModel(call.model);
  THINKING.plan(doc, model, call.stream, doc.isString(forcedTool(doc)));
  edit.remove(root, "reasoning_effort");
  if (THINKING.enables != Said.Nothing) {
    edit.setBool(root, "enable_thinking", THINKING.enables == Said.Yes);
  }
  if (THINKING.budget > 0) edit.setInteger(root, "thinking_budget", THINKING.budget);
  else edit.remove(root, "thinking_budget");
  if (settings.qwenEnableSearch && doc.get(root, "enable_search") < 0) {
    edit.setBool(root, "enable_search", true);
  }
  editChoice(doc, THINKING.takesForcedTool, edit);
  const messages = doc.get(root, "messages");
  const files = settings.qwenFileIds;
  if (model.readsFiles && files.length > 0) nameFiles(files, doc, messages, edit);
  else editMessages(doc, messages, edit);
  return THINKING.needsStream ? askForStream(call, doc, edit) : null;
}

/** The model only streams: its answer is put together again. */
function askForStream(call: Call, doc: Document, edit: JsonEdit): ApiError | null {
  const root = doc.root();
  if (doc.isObject(doc.get(root, "audio"))) {
    return unsupportedValue("modalities", "This model speaks in streams only.");
  }
  call.joinsStream = true;
  call.wantsUsage = true;
  edit.setBool(root, "stream", true);
  edit.setRaw(root, "stream_options", '{"include_usage":true}');
  return null;
}

function editChoice(doc: Document, canForce: bool, edit: JsonEdit): void {
  const choice = doc.get(doc.root(), "tool_choice");
  if (doc.stringIs(choice, "required")) edit.setString(doc.root(), "tool_choice", "auto");
  if (!doc.isObject(choice)) return;
  const isForced = doc.stringIs(doc.get(choice, "type"), "function");
  if (!isForced || !canForce) emulateToolChoice(doc, edit);
}

function editMessages(doc: Document, messages: i32, edit: JsonEdit): void {
  for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
    const content = doc.get(item, "content");
    if (doc.isArray(content)) {
      for (let part = doc.first(content); part >= 0; part = doc.next(part)) {
        editSound(doc, doc.get(doc.get(part, "input_audio"), "data"), edit);
      }
    }
    const isLast = doc.next(item) < 0 && doc.first(doc.get(item, "tool_calls")) < 0;
    if (isLast && doc.stringIs(doc.get(item, "role"), "assistant")) {
      // The answer goes on where the last message ends.
      edit.setBool(item, "partial", true);
    }
  }
}

/** Sound comes as a URL here, one with the sound itself included. */
function editSound(doc: Document, sound: i32, edit: JsonEdit): void {
  if (!doc.isString(sound) || isUrl(doc, sound)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginString();
  json.out.ascii("data:;base64,");
  json.stringPart(doc, sound);
  json.endString();
  edit.replace(sound, json.out.ptr, json.out.length);
}

/** Puts the documents behind the system prompt. */
function nameFiles(files: string[], doc: Document, messages: i32, edit: JsonEdit): void {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  SYSTEM.fileIds = files;
  SYSTEM.write(doc, messages, false);
  for (let item = doc.first(messages); item >= 0; item = doc.next(item)) {
    if (!isSystem(doc, item)) json.value(doc, item);
  }
  json.endArray();
  edit.replace(messages, json.out.ptr, json.out.length);
}
