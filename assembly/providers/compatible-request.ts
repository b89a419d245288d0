// An OpenAI request for an OpenAI-compatible provider: edits in the raw text, nothing is written
// anew.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, unsupportedParameter, unsupportedValue } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { checkContent, checkTools } from "./compatible-content";
import { tellSchema } from "./compatible-schema";
import { emulateAllowedTools } from "./compatible-tools";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Collects the edits of a row. An error names what this provider cannot be asked for. */
export function editChatRequest(
  spec: ProviderSpec,
  settings: ProviderSettings,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): ApiError | null {
  const root = doc.root();
  if (call.model != call.requestedModel) edit.setString(root, "model", call.model);
  const isChat = call.capability == Capability.Chat;
  if (isChat || call.capability == Capability.Completions) {
    editStreamOptions(spec, settings, call, doc, edit);
  }
  if (!isChat) return null;
  const error = refuse(spec, doc);
  if (error !== null) return error;
  editNames(spec, doc, edit);
  for (let i = 0; i < spec.fitted.length; ++i) {
    const range = spec.fitted[i];
    fitNumber(doc, range.name, range.lowest, range.highest, edit);
  }
  if (!spec.knowsDeveloper) renameDeveloper(doc, edit);
  if (!spec.takesCustomTools) emulateAllowedTools(doc, edit);
  editResponseFormat(spec, settings, doc, edit);
  return null;
}

/**
 * Usage of a stream is asked for, so that it can be counted; the client sees it only if it asked
 * too.
 */
function editStreamOptions(
  spec: ProviderSpec,
  settings: ProviderSettings,
  call: Call,
  doc: Document,
  edit: JsonEdit,
): void {
  const root = doc.root();
  const options = doc.get(root, "stream_options");
  if (!spec.takesStreamOptions || !call.stream) {
    if (options >= 0) edit.remove(root, "stream_options");
    return;
  }
  if (call.wantsUsage || !spec.asksForUsage || settings.disableStreamUsageStats) return;
  if (doc.isObject(options)) edit.setBool(options, "include_usage", true);
  else edit.setRaw(root, "stream_options", '{"include_usage":true}');
}

/** What would change the meaning of the answer is refused rather than dropped. */
export function refuse(spec: ProviderSpec, doc: Document): ApiError | null {
  const root = doc.root();
  for (let i = 0; i < spec.refused.length; ++i) {
    const name = spec.refused[i];
    const value = doc.get(root, name);
    if (doc.absent(value) || doc.stringIs(value, "none")) continue;
    if (doc.stringIs(doc.get(value, "type"), "text")) continue;
    if (doc.isArray(value) && doc.first(value) < 0) continue;
    return unsupportedParameter(name, spec.id);
  }
  if (!spec.takesSeveralChoices && doc.integer(doc.get(root, "n"), 1) > 1) {
    return unsupportedValue("n", `The provider '${spec.id}' gives one choice: 'n' must be 1.`);
  }
  if (!spec.takesAudioOutput && asksForAudio(doc)) {
    const message = `The provider '${spec.id}' answers with text only.`;
    return unsupportedValue("modalities", message);
  }
  const error = checkTools(spec, doc);
  return error !== null ? error : checkContent(spec, doc);
}

function asksForAudio(doc: Document): bool {
  const modalities = doc.get(doc.root(), "modalities");
  for (let item = doc.first(modalities); item >= 0; item = doc.next(item)) {
    if (doc.stringIs(item, "audio")) return true;
  }
  return false;
}

function editNames(spec: ProviderSpec, doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  for (let i = 0; i + 1 < spec.renamed.length; i += 2) {
    const value = doc.get(root, spec.renamed[i]);
    if (value < 0) continue;
    if (doc.isNull(value)) edit.remove(root, spec.renamed[i]);
    else edit.rename(root, spec.renamed[i], spec.renamed[i + 1]);
  }
  for (let i = 0; i < spec.dropped.length; ++i) {
    if (doc.get(root, spec.dropped[i]) >= 0) edit.remove(root, spec.dropped[i]);
  }
  if (!spec.takesSeveralChoices && doc.get(root, "n") >= 0) edit.remove(root, "n");
}

/** For providers that know low, medium and high. */
// @ts-ignore: decorator
@lazy
export const LOW_TO_HIGH: StaticArray<string> = ["minimal", "low", "xhigh", "high", "max", "high"];

/**
 * Replaces values of `reasoning_effort` by the nearest that the provider knows: from, to, from, to,
 * …
 */
export function mapEffort(doc: Document, pairs: StaticArray<string>, edit: JsonEdit): void {
  const effort = doc.get(doc.root(), "reasoning_effort");
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    if (!doc.stringIs(effort, pairs[i])) continue;
    edit.setString(doc.root(), "reasoning_effort", pairs[i + 1]);
    return;
  }
}

/** Fits a number of the request to a range. */
export function fitNumber(
  doc: Document,
  name: string,
  lowest: f64,
  highest: f64,
  edit: JsonEdit,
): void {
  const value = doc.get(doc.root(), name);
  if (!doc.isNumber(value)) return;
  const asked = doc.number(value);
  const fitted = max(lowest, min(highest, asked));
  if (fitted == asked) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.number(fitted);
  edit.replace(value, json.out.ptr, json.out.length);
}

/** The role `developer` is `system` for models that do not know it. */
function renameDeveloper(doc: Document, edit: JsonEdit): void {
  const messages = doc.get(doc.root(), "messages");
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (doc.stringIs(doc.get(message, "role"), "developer")) {
      edit.setString(message, "role", "system");
    }
  }
}

function editResponseFormat(
  spec: ProviderSpec,
  settings: ProviderSettings,
  doc: Document,
  edit: JsonEdit,
): void {
  const root = doc.root();
  if (settings.responseJsonSchema.length > 0) {
    edit.setRaw(root, "response_format", settings.responseJsonSchema);
    return;
  }
  if (spec.takesJsonSchema) return;
  const format = doc.get(root, "response_format");
  if (!doc.stringIs(doc.get(format, "type"), "json_schema")) return;
  tellSchema(doc, doc.get(format, "json_schema"), edit);
  edit.setRaw(root, "response_format", '{"type":"json_object"}');
}

/** Makes an array of a value that the provider takes only in one. */
export function wrapInArray(doc: Document, value: i32, edit: JsonEdit): void {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  json.value(doc, value);
  json.endArray();
  edit.replace(value, json.out.ptr, json.out.length);
}

/**
 * Takes out of an object what is not among these names, for a provider that refuses what it does
 * not know.
 */
export function keepMembers(
  doc: Document,
  object: i32,
  names: StaticArray<string>,
  edit: JsonEdit,
): void {
  for (let value = doc.first(object); value >= 0; value = doc.next(value)) {
    let isKnown: bool = false;
    for (let i = 0; i < names.length && !isKnown; ++i) {
      isKnown = doc.keyIs(value, unchecked(names[i]));
    }
    if (!isKnown) edit.remove(object, doc.key(value));
  }
}
