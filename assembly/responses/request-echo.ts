// What a response repeats of its request: https://platform.openai.com/docs/api-reference/responses/object
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";

/** Members that stand for themselves, and are null where the request has none. */
const PLAIN: StaticArray<string> = [
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "prompt_cache_key",
  "safety_identifier",
  "temperature",
  "top_logprobs",
  "top_p",
];

/** Writes the members of a response that the request decides, without braces around them. */
export function writeEcho(doc: Document, json: JsonWriter): void {
  const root = doc.root();
  json.keyBool("background", false);
  json.keyNull("previous_response_id");
  json.keyBool("store", false);
  for (let i = 0; i < PLAIN.length; ++i) json.keyValue(PLAIN[i], doc, doc.get(root, PLAIN[i]));
  writeOr("tool_choice", doc, root, "auto", json);
  writeOr("truncation", doc, root, "disabled", json);
  const parallel = doc.get(root, "parallel_tool_calls");
  json.keyBool("parallel_tool_calls", !doc.isFalse(parallel));
  const user = doc.get(root, "user");
  if (!doc.absent(user)) json.keyValue("user", doc, user);
  writeMetadata(doc, doc.get(root, "metadata"), json);
  writeReasoning(doc, doc.get(root, "reasoning"), json);
  writeText(doc, doc.get(root, "text"), json);
  writeTools(doc, doc.get(root, "tools"), json);
}

/** A member, or the word that stands for it by default. */
function writeOr(name: string, doc: Document, object: i32, word: string, json: JsonWriter): void {
  const value = doc.get(object, name);
  if (doc.absent(value)) json.keyString(name, word);
  else json.keyValue(name, doc, value);
}

function writeMetadata(doc: Document, metadata: i32, json: JsonWriter): void {
  json.key("metadata");
  if (doc.isObject(metadata)) {
    json.value(doc, metadata);
  } else {
    json.beginObject();
    json.endObject();
  }
}

function writeReasoning(doc: Document, reasoning: i32, json: JsonWriter): void {
  json.key("reasoning");
  json.beginObject();
  json.keyValue("effort", doc, doc.get(reasoning, "effort"));
  json.keyValue("summary", doc, doc.get(reasoning, "summary"));
  json.endObject();
}

function writeText(doc: Document, text: i32, json: JsonWriter): void {
  json.key("text");
  json.beginObject();
  const format = doc.get(text, "format");
  json.key("format");
  if (doc.isObject(format)) {
    json.value(doc, format);
  } else {
    json.beginObject();
    json.keyString("type", "text");
    json.endObject();
  }
  const verbosity = doc.get(text, "verbosity");
  if (!doc.absent(verbosity)) json.keyValue("verbosity", doc, verbosity);
  json.endObject();
}

/** Tools as they are; a function always says what it takes, and how strictly. */
function writeTools(doc: Document, tools: i32, json: JsonWriter): void {
  json.key("tools");
  json.beginArray();
  for (let tool = doc.first(tools); tool >= 0; tool = doc.next(tool)) {
    json.beginObject();
    for (let member = doc.first(tool); member >= 0; member = doc.next(member)) {
      json.keyRaw(doc, member);
      json.value(doc, member);
    }
    if (doc.stringIs(doc.get(tool, "type"), "function")) {
      if (doc.get(tool, "parameters") < 0) json.keyNull("parameters");
      if (doc.get(tool, "strict") < 0) json.keyBool("strict", false);
    }
    json.endObject();
  }
  json.endArray();
}
