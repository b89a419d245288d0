// Tool calls of OpenAI-compatible providers, mended, and tool choices for those that know only
// `auto`.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ToolCallTracker } from "../openai/tool-call-tracker";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());
const NAMELESS = "a tool call has no name";

/** Whole tool calls: an id, the type, and arguments that are a text. "" or what is wrong. */
export function repairToolCalls(call: Call, doc: Document, message: i32, edit: JsonEdit): string {
  const calls = doc.get(message, "tool_calls");
  if (doc.isObject(calls)) return wrapCall(call, doc, calls, -1, edit) ? "" : NAMELESS;
  if (!doc.isArray(calls)) {
    if (!doc.absent(calls)) edit.remove(message, "tool_calls");
    return "";
  }
  let index = 0;
  for (let item = doc.first(calls); item >= 0; item = doc.next(item), ++index) {
    const target = doc.get(item, "function");
    const isCustom = doc.isObject(doc.get(item, "custom"));
    if (!isCustom && doc.stringLength(doc.get(target, "name")) == 0) return NAMELESS;
    nameCall(call, doc, item, index, edit);
    if (isCustom) continue;
    if (doc.absent(doc.get(target, "arguments"))) edit.setString(target, "arguments", "{}");
    else stringifyArguments(doc, target, edit);
  }
  return "";
}

/**
 * Fragments of tool calls in a chunk: a position, and for the first one of each call what a whole
 * call has; later ones do not name it again. False: one is no call.
 */
export function repairToolFragments(
  call: Call,
  doc: Document,
  delta: i32,
  choice: i32,
  calls: ToolCallTracker,
  edit: JsonEdit,
): bool {
  const fragments = doc.get(delta, "tool_calls");
  if (doc.isObject(fragments)) {
    if (!wrapCall(call, doc, fragments, calls.count, edit)) return false;
    calls.begin("", -1);
    return true;
  }
  if (!doc.isArray(fragments)) {
    if (!doc.absent(fragments)) edit.remove(delta, "tool_calls");
    return true;
  }
  for (let item = doc.first(fragments); item >= 0; item = doc.next(item)) {
    if (!doc.isObject(item)) return false;
    repairFragment(call, doc, item, choice, calls, edit);
  }
  return true;
}

function repairFragment(
  call: Call,
  doc: Document,
  item: i32,
  choice: i32,
  calls: ToolCallTracker,
  edit: JsonEdit,
): void {
  const target = doc.get(item, "function");
  if (!doc.absent(target) && !doc.isObject(target)) edit.remove(item, "function");
  const name = doc.get(target, "name");
  const said = doc.integer(doc.get(item, "index"), -1);
  const place: i64 = said < 0 ? -1 : said + ((<i64>choice) << 32);
  const id = doc.stringIs(doc.get(item, "id"), "null") ? "" : doc.string(doc.get(item, "id"));
  let known = calls.find(id, place);
  const isAgain = id.length > 0 && known >= 0 && calls.isAt(known, place);
  const begins = doc.stringLength(name) > 0 && !isAgain;
  if (begins) known = calls.begin(id, place);
  // Clients put fragments together: a name or an id that comes twice would stand there twice.
  else if (known >= 0) dropNames(item, target, edit);
  else dropForeign(doc, item, target, name, edit);
  const index = said < 0 || calls.sharesPlace(known) ? max(known, 0) : <i32>said;
  if (index != said) edit.setInteger(item, "index", index);
  if (begins) nameCall(call, doc, item, index, edit);
  if (doc.isNull(doc.get(target, "arguments"))) edit.setString(target, "arguments", "");
  else stringifyArguments(doc, target, edit);
}

function dropNames(item: i32, target: i32, edit: JsonEdit): void {
  edit.remove(item, "id");
  edit.remove(item, "type");
  edit.remove(target, "name");
}

/** Takes out of a later fragment what names a call and is neither a text nor null. */
function dropForeign(doc: Document, item: i32, target: i32, name: i32, edit: JsonEdit): void {
  if (!isTextOrNull(doc, name)) edit.remove(target, "name");
  if (!isTextOrNull(doc, doc.get(item, "id"))) edit.remove(item, "id");
  if (!isTextOrNull(doc, doc.get(item, "type"))) edit.remove(item, "type");
}

function isTextOrNull(doc: Document, value: i32): bool {
  return doc.absent(value) || doc.isString(value);
}

/** The id and the type that every call has. */
function nameCall(call: Call, doc: Document, item: i32, index: i32, edit: JsonEdit): void {
  const id = doc.get(item, "id");
  // Mistral's older servers write the word null in quotes.
  if (doc.stringLength(id) == 0 || doc.stringIs(id, "null")) {
    edit.setString(item, "id", call.newId("call_") + index.toString());
  }
  if (doc.stringLength(doc.get(item, "type")) == 0) edit.setString(item, "type", "function");
}

/** Arguments that came as a value become the text of that value. */
function stringifyArguments(doc: Document, target: i32, edit: JsonEdit): void {
  const value = doc.get(target, "arguments");
  if (value < 0 || doc.isString(value)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
  edit.replace(value, json.out.ptr, json.out.length);
}

/**
 * One call in place of a list, as some versions of Spark give it, becomes a list. `index` is its
 * position in a stream, or -1. False: it is no call.
 */
function wrapCall(call: Call, doc: Document, own: i32, index: i32, edit: JsonEdit): bool {
  const target = doc.get(own, "function");
  const name = doc.get(target, "name");
  if (doc.stringLength(name) == 0) return false;
  const id = doc.get(own, "id");
  const text = doc.get(target, "arguments");
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  json.beginObject();
  if (index >= 0) json.keyInteger("index", index);
  json.keyString("id", doc.stringLength(id) > 0 ? doc.string(id) : call.newId("call_"));
  json.keyString("type", "function");
  json.key("function");
  json.beginObject();
  json.keyValue("name", doc, name);
  json.key("arguments");
  if (doc.isString(text)) json.value(doc, text);
  else if (doc.absent(text)) json.string("{}");
  else json.stringBytes(doc.ptr + doc.start(text), doc.end(text) - doc.start(text));
  json.endObject();
  json.endObject();
  json.endArray();
  edit.replace(own, json.out.ptr, json.out.length);
  return true;
}

/**
 * Says a tool choice to a provider that knows only `auto`: `none` by leaving the tools out, named
 * tools by sending only those. `required` cannot be said and becomes `auto`.
 */
export function emulateToolChoice(doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const choice = doc.get(root, "tool_choice");
  if (choice < 0 || doc.stringIs(choice, "auto")) return;
  edit.remove(root, "tool_choice");
  if (doc.stringIs(choice, "none")) edit.remove(root, "tools");
  else sendChosenTools(doc, choice, edit);
}

/** Says a list of allowed tools to a provider that does not know such lists: others are not sent. */
export function emulateAllowedTools(doc: Document, edit: JsonEdit): void {
  const root = doc.root();
  const choice = doc.get(root, "tool_choice");
  const allowed = doc.get(choice, "allowed_tools");
  if (!doc.isArray(doc.get(allowed, "tools"))) return;
  sendChosenTools(doc, choice, edit);
  const isForced = doc.stringIs(doc.get(allowed, "mode"), "required");
  edit.setString(root, "tool_choice", isForced ? "required" : "auto");
}

function sendChosenTools(doc: Document, choice: i32, edit: JsonEdit): void {
  const allowed = doc.get(doc.get(choice, "allowed_tools"), "tools");
  const name = doc.get(doc.get(choice, "function"), "name");
  if (!doc.isArray(allowed) && !doc.isString(name)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  const tools = doc.get(doc.root(), "tools");
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool)) {
    const own = doc.string(doc.get(doc.get(tool, "function"), "name"));
    if (doc.isString(name) ? doc.string(name) == own : isListed(doc, allowed, own)) {
      json.value(doc, tool);
    }
  }
  json.endArray();
  edit.replace(tools, json.out.ptr, json.out.length);
}

/** Whether a list of tools has one of this name. */
export function isListed(doc: Document, list: i32, name: string): bool {
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    if (doc.string(doc.get(doc.get(item, "function"), "name")) == name) return true;
  }
  return false;
}
