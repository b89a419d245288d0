// A whole answer of Dify's as OpenAI's completion: https://docs.dify.ai/api-reference
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { FinishReason } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";
import { ByteWriter } from "../../text/byte-writer";
import { tellConversation } from "../bot-request";
import { Call } from "../call";
import { Provider } from "../provider";

/** Ids of an answer, the best one first. */
// @ts-ignore: decorator
@lazy
const IDS: StaticArray<string> = ["message_id", "conversation_id", "workflow_run_id"];

/** Writes one completion. An error: the answer is none. */
export function writeCompletion(
  provider: Provider,
  call: Call,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const result = doc.get(root, "data");
  const outputs = doc.get(result, "outputs");
  let text = doc.get(root, "answer");
  if (doc.isObject(outputs)) text = findOutput(doc, outputs, provider.settings.outputVariable);
  if (!doc.isString(text) && !doc.isObject(result)) {
    return invalidUpstreamResponse(provider.id, "it has no 'answer'");
  }
  tellConversation(call, doc, doc.get(root, "conversation_id"));
  const completion = new CompletionWriter(new JsonWriter(out));
  const id = idOf(doc);
  const holder = doc.isObject(result) ? result : root;
  const created = doc.integer(doc.get(holder, "created_at"), 0);
  completion.begin(
    id.length > 0 ? id : call.newId("chatcmpl-"),
    created > 0 ? created : call.created,
    call.model,
  );
  completion.beginContent();
  if (doc.isString(text)) completion.json.stringPart(doc, text);
  else if (!doc.absent(text)) addJson(doc, text, completion.json);
  completion.endContent();
  readUsage(doc, call.usage);
  completion.end(FinishReason.Stop, call.usage);
  return null;
}

/** The id of an answer or of an event, or "". */
export function idOf(doc: Document): string {
  for (let i = 0; i < IDS.length; ++i) {
    const id = doc.get(doc.root(), unchecked(IDS[i]));
    if (doc.stringLength(id) > 0) return doc.string(id);
  }
  return "";
}

/**
 * The output of a workflow that is the answer: the named one, or where none is named `text` or the
 * only one. -1: there is none.
 */
export function findOutput(doc: Document, outputs: i32, name: string): i32 {
  for (let item = doc.first(outputs); item >= 0; item = doc.next(item)) {
    if (name.length > 0 ? doc.key(item) == name : doc.keyIs(item, "text")) return item;
  }
  const first = doc.first(outputs);
  return name.length == 0 && first >= 0 && doc.next(first) < 0 ? first : -1;
}

/** Adds a value's JSON text to an open string. */
export function addJson(doc: Document, value: i32, json: JsonWriter): void {
  json.stringEscape(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
}

/** Takes the counts of an answer or of an event; a workflow tells their sum alone. */
export function readUsage(doc: Document, counts: Usage): void {
  const root = doc.root();
  counts.read(doc, doc.get(doc.get(root, "metadata"), "usage"));
  const total = doc.get(doc.get(root, "data"), "total_tokens");
  if (!doc.isNumber(total)) return;
  counts.isKnown = true;
  counts.stated = doc.integer(total, 0);
}
