// A whole answer of DashScope's as a chat completion:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse } from "../../openai/api-error";
import { CompletionWriter } from "../../openai/completion-writer";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { mapQwenFinish, readQwenUsage } from "./qwen-usage";
import { hasText, writeText } from "./qwen-system";

const ARGUMENTS: ByteWriter = new ByteWriter();
const ARGUMENTS_JSON: JsonWriter = new JsonWriter(ARGUMENTS);

/** Writes a completion. An error: the answer is none. */
export function writeQwenCompletion(
  provider: string,
  call: Call,
  doc: Document,
  out: ByteWriter,
): ApiError | null {
  const root = doc.root();
  const output = doc.get(root, "output");
  const choices = doc.get(output, "choices");
  const isText = doc.isString(doc.get(output, "text"));
  if (doc.first(choices) < 0 && !isText) {
    return invalidUpstreamResponse(provider, "it has no 'choices'");
  }
  const completion = new CompletionWriter(new JsonWriter(out));
  const id = doc.string(doc.get(root, "request_id"));
  completion.begin(id.length > 0 ? id : call.newId("chatcmpl-"), call.created, call.model);
  readQwenUsage(doc, doc.get(root, "usage"), call.usage);
  if (doc.first(choices) < 0) {
    writeContent(doc, doc.get(output, "text"), false, completion);
    completion.end(mapQwenFinish(doc, doc.get(output, "finish_reason"), false), call.usage);
    return null;
  }
  let place = 0;
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice), ++place) {
    if (place > 0) completion.beginChoice(<i32>doc.integer(doc.get(choice, "index"), place));
    writeChoice(call, doc, choice, completion);
  }
  completion.endChoices(call.usage);
  return null;
}

function writeChoice(call: Call, doc: Document, choice: i32, completion: CompletionWriter): void {
  const message = doc.get(choice, "message");
  const calls = doc.get(message, "tool_calls");
  const hasCalls = doc.first(calls) >= 0;
  writeContent(doc, doc.get(message, "content"), hasCalls, completion);
  const reasoning = doc.get(message, "reasoning_content");
  if (doc.stringLength(reasoning) > 0) {
    completion.beginReasoning();
    completion.json.stringPart(doc, reasoning);
    completion.endReasoning();
  }
  let index = 0;
  for (let item = doc.first(calls); item >= 0; item = doc.next(item), ++index) {
    writeCall(call, doc, item, index, completion);
  }
  const reason = mapQwenFinish(doc, doc.get(choice, "finish_reason"), hasCalls);
  const logprobs = doc.get(choice, "logprobs");
  completion.endChoice(reason, doc, doc.isObject(logprobs) ? logprobs : -1);
}

function writeContent(
  doc: Document,
  content: i32,
  hasCalls: bool,
  completion: CompletionWriter,
): void {
  if (hasCalls && !hasText(doc, content)) {
    completion.noContent();
    return;
  }
  completion.beginContent();
  writeText(doc, content, completion.json);
  completion.endContent();
}

function writeCall(
  call: Call,
  doc: Document,
  item: i32,
  index: i32,
  completion: CompletionWriter,
): void {
  const target = doc.get(item, "function");
  const id = doc.string(doc.get(item, "id"));
  const text = argumentsOf(doc, doc.get(target, "arguments"));
  completion.toolCallText(
    id.length > 0 ? id : call.newId("call_") + index.toString(),
    doc.string(doc.get(target, "name")),
    text.ptr,
    text.length,
  );
}

/** The inside of the JSON string of a call's arguments, which may have come as an object. */
export function argumentsOf(doc: Document, value: i32): ByteWriter {
  ARGUMENTS.clear();
  if (doc.isString(value)) ARGUMENTS_JSON.stringPart(doc, value);
  else if (!doc.absent(value)) {
    ARGUMENTS_JSON.stringEscape(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
  }
  return ARGUMENTS;
}
