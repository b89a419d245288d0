// A whole completion as a response: https://platform.openai.com/docs/api-reference/responses/object
import { Part } from "../clients/chat-events";
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { FinishReason, readFinishReason } from "../openai/finish-reason";
import { reasoningOf } from "../openai/reasoning";
import { Usage } from "../openai/usage";
import { ByteWriter } from "../text/byte-writer";
import { OutputItem } from "./output-item";
import { isIncomplete, ResponseObject } from "./response-object";

const OUTPUT: ByteWriter = new ByteWriter();
const ITEMS: JsonWriter = new JsonWriter(OUTPUT);

/** Writes the first choice of an OpenAI completion. */
export function writeResponse(response: ResponseObject, doc: Document, json: JsonWriter): void {
  const root = doc.root();
  const choice = doc.first(doc.get(root, "choices"));
  const message = doc.get(choice, "message");
  const reason = readFinishReason(doc, doc.get(choice, "finish_reason"));
  response.takeAnswer(doc, root);
  const items: OutputItem[] = [];
  addText(response, Part.Reasoning, doc, reasoningOf(doc, message), items);
  const text = addText(response, Part.Text, doc, doc.get(message, "content"), items);
  if (text !== null) addDetails(text, doc, choice);
  addText(response, Part.Refusal, doc, doc.get(message, "refusal"), items);
  const calls = doc.get(message, "tool_calls");
  for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
    items.push(callItem(response, doc, call));
  }
  writeItems(items, reason);
  const usage = new Usage();
  usage.read(doc, doc.get(root, "usage"));
  response.writeOver(reason, OUTPUT, usage, json);
}

/** The item that a text is; null: there is no text. */
function addText(
  response: ResponseObject,
  part: Part,
  doc: Document,
  text: i32,
  items: OutputItem[],
): OutputItem | null {
  if (doc.stringLength(text) == 0) return null;
  const item = response.newItem(part);
  item.addText(doc, text);
  items.push(item);
  return item;
}

function addDetails(item: OutputItem, doc: Document, choice: i32): void {
  item.addLogprobs(doc, doc.get(doc.get(choice, "logprobs"), "content"));
  const notes = doc.get(doc.get(choice, "message"), "annotations");
  for (let note = doc.first(notes); note >= 0; note = doc.next(note)) item.addAnnotation(doc, note);
}

function callItem(response: ResponseObject, doc: Document, call: i32): OutputItem {
  const custom = doc.get(call, "custom");
  const isCustom = doc.isObject(custom);
  const target = isCustom ? custom : doc.get(call, "function");
  const item = response.newItem(Part.Call, isCustom);
  item.callId = doc.string(doc.get(call, "id"));
  item.name = doc.string(doc.get(target, "name"));
  item.addText(doc, doc.get(target, isCustom ? "input" : "arguments"));
  // Clients parse it.
  if (!isCustom && item.text.length == 0) item.text.ascii("{}");
  return item;
}

/** Writes all items to `OUTPUT`; where the answer has stopped early, the last one has. */
function writeItems(items: OutputItem[], reason: FinishReason): void {
  OUTPUT.clear();
  ITEMS.reset();
  for (let i = 0; i < items.length; ++i) {
    const isCut = isIncomplete(reason) && i + 1 == items.length;
    items[i].write(isCut ? "incomplete" : "completed", true, ITEMS);
    items[i].release();
  }
}
