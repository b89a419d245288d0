// Tool calls of OpenAI-compatible providers, mended, and tool choices for those that know only
// `auto`.
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";

const JSON_TEXT: JsonWriter = new JsonWriter(new ByteWriter());

/** Whole tool calls of an answer: an id, the type, and arguments that are a text. */
export function repairToolCalls(call: Call, doc: Document, calls: i32, edit: JsonEdit): void {
  if (!doc.isArray(calls)) return;
  let index = 0;
  for (let item = doc.first(calls); item >= 0; item = doc.next(item), ++index) {
    if (!doc.isObject(item)) continue;
    nameCall(call, doc, item, index, edit);
    stringifyArguments(doc, doc.get(doc.get(item, "function"), "arguments"), edit);
  }
}

/**
 * Fragments of tool calls in a chunk: a position, and for the first one of each call what a whole
 * call has. `begun` is how many calls have begun before, the answer how many have now.
 */
export function repairToolFragments(
  call: Call,
  doc: Document,
  fragments: i32,
  begun: i32,
  edit: JsonEdit,
): i32 {
  if (!doc.isArray(fragments)) return begun;
  for (let item = doc.first(fragments); item >= 0; item = doc.next(item)) {
    if (!doc.isObject(item)) continue;
    const target = doc.get(item, "function");
    const begins = doc.stringLength(doc.get(target, "name")) > 0;
    if (begins) ++begun;
    const place = doc.get(item, "index");
    const index = <i32>doc.integer(place, max(begun - 1, 0));
    if (!doc.isNumber(place)) edit.setInteger(item, "index", index);
    if (begins) nameCall(call, doc, item, index, edit);
    stringifyArguments(doc, doc.get(target, "arguments"), edit);
  }
  return begun;
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

/** Arguments that came as an object become the text of that object. */
function stringifyArguments(doc: Document, value: i32, edit: JsonEdit): void {
  if (!doc.isObject(value)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.stringBytes(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
  edit.replace(value, json.out.ptr, json.out.length);
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
  if (doc.stringIs(choice, "none")) {
    edit.remove(root, "tools");
    return;
  }
  const allowed = doc.get(doc.get(choice, "allowed_tools"), "tools");
  const name = doc.get(doc.get(choice, "function"), "name");
  if (!doc.isArray(allowed) && !doc.isString(name)) return;
  const json = JSON_TEXT;
  json.out.clear();
  json.reset();
  json.beginArray();
  const tools = doc.get(root, "tools");
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
