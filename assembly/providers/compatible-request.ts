// An OpenAI request for an OpenAI-compatible provider: edits in the raw text, nothing is written anew.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError, unsupportedParameter, unsupportedValue } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());
const SCHEMA_REQUEST = "Answer with one JSON object that matches this JSON schema:\n";

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
  fitTemperature(spec, doc, edit);
  if (settings.responseJsonSchema.length > 0) {
    edit.setRaw(root, "response_format", settings.responseJsonSchema);
  }
  editMessages(spec, doc, edit);
  return null;
}

/** Usage of a stream is asked for, so that it can be counted; the client sees it only if it asked too. */
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
  } else if (!call.wantsUsage && !settings.disableStreamUsageStats) {
    if (doc.isObject(options)) edit.setBool(options, "include_usage", true);
    else edit.setRaw(root, "stream_options", '{"include_usage":true}');
  }
}

/** What would change the meaning of the answer is refused rather than dropped. */
function refuse(spec: ProviderSpec, doc: Document): ApiError | null {
  const root = doc.root();
  for (let i = 0; i < spec.refused.length; ++i) {
    const name = spec.refused[i];
    const value = doc.get(root, name);
    if (doc.absent(value) || doc.stringIs(value, "none")) continue;
    if (doc.isArray(value) && doc.size(value) == 0) continue;
    return unsupportedParameter(name, spec.id);
  }
  if (!spec.takesSeveralChoices && doc.integer(doc.get(root, "n"), 1) > 1) {
    return unsupportedValue("n", `The provider '${spec.id}' gives one choice: 'n' must be 1.`);
  }
  return null;
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

function fitTemperature(spec: ProviderSpec, doc: Document, edit: JsonEdit): void {
  const value = doc.get(doc.root(), "temperature");
  if (!doc.isNumber(value)) return;
  const asked = doc.number(value);
  const fitted = max(spec.lowestTemperature, min(spec.highestTemperature, asked));
  if (fitted != asked) replaceNumber(edit, value, fitted);
}

/** Replaces a number by another. */
export function replaceNumber(edit: JsonEdit, value: i32, number: f64): void {
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  if (number == Math.floor(number)) json.integer(<i64>number);
  else json.number(number);
  edit.replace(value, json.out.ptr, json.out.length);
}

/** Roles that the provider does not know, and a schema that it must be told in words. */
function editMessages(spec: ProviderSpec, doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const format = doc.get(root, "response_format");
  const needsSchema = !spec.takesJsonSchema && doc.stringIs(doc.get(format, "type"), "json_schema");
  const messages = doc.get(root, "messages");
  let at = doc.first(messages);
  if (needsSchema) {
    tellSchema(spec, doc, doc.get(format, "json_schema"), at, edit);
    edit.setRaw(root, "response_format", '{"type":"json_object"}');
    at = doc.next(at);
  }
  if (spec.knowsDeveloper) return;
  for (; at >= 0; at = doc.next(at)) {
    const role = doc.get(at, "role");
    if (doc.stringIs(role, "developer")) edit.setString(at, "role", "system");
  }
}

/** Puts the schema in words: at the end of a leading system message, else in one of its own. */
function tellSchema(spec: ProviderSpec, doc: Document, wrapper: i32, first: i32, edit: JsonEdit): void {
  const role = doc.get(first, "role");
  const leads = doc.stringIs(role, "system") || doc.stringIs(role, "developer");
  const content = doc.get(first, "content");
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  const extends_ = leads && doc.isString(content);
  if (!extends_) json.out.ascii('{"role":"system","content":');
  json.beginString();
  if (extends_) {
    json.stringPart(doc, content);
    json.stringText("\n\n");
  }
  json.stringText(SCHEMA_REQUEST);
  const schema = doc.get(wrapper, "schema");
  const told = schema >= 0 ? schema : wrapper;
  json.stringEscape(doc.ptr + doc.start(told), doc.end(told) - doc.start(told));
  json.endString();
  if (extends_) {
    edit.replace(content, json.out.ptr, json.out.length);
    if (!spec.knowsDeveloper) edit.setString(first, "role", "system");
    return;
  }
  json.out.ascii("},");
  json.out.bytes(doc.ptr + doc.start(first), doc.end(first) - doc.start(first));
  edit.replace(first, json.out.ptr, json.out.length);
}
