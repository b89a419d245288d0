// Ollama's own answers as OpenAI's, whole and streamed: https://docs.ollama.com/api/chat
import { Document, JsonError } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { ApiError, invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason, finishReasonText } from "../../openai/finish-reason";
import { Usage } from "../../openai/usage";
import { FrameDecoder } from "../../stream/frame-decoder";
import { JsonLinesDecoder } from "../../stream/json-lines-decoder";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { parseRfc3339 } from "../../text/rfc3339";
import { Call } from "../call";
import { EncodedBody } from "../encoded-body";
import { Provider } from "../provider";
import { beginRewriting, decodeRewritten, writeToolCalls } from "../rewritten-answer";
import { StreamTranslator } from "../stream-translator";

const LINE: Document = new Document();

/** Turns a whole answer into a completion. */
export function decodeChat(
  provider: Provider,
  call: Call,
  doc: Document,
  body: EncodedBody,
): ApiError | null {
  const root = doc.root();
  const message = doc.get(root, "message");
  if (!doc.isObject(message)) return invalidUpstreamResponse(provider.id, "it has no 'message'");
  const hasCalls = doc.first(doc.get(message, "tool_calls")) >= 0;
  const json = beginRewriting();
  json.beginObject();
  json.keyInteger("created", createdOf(call, doc));
  json.keyValue("model", doc, doc.get(root, "model"));
  json.key("choices");
  json.beginArray();
  json.beginObject();
  json.keyInteger("index", 0);
  json.key("message");
  writeMessage(doc, message, json);
  json.key("logprobs");
  writeLogprobs(doc, doc.get(root, "logprobs"), json);
  json.keyString("finish_reason", finishReasonText(finishOf(doc, hasCalls)));
  json.endObject();
  json.endArray();
  json.key("usage");
  readCounts(doc, call.usage);
  call.usage.write(json);
  json.endObject();
  return decodeRewritten(provider, call, body);
}

function writeMessage(doc: Document, message: i32, json: JsonWriter): void {
  const content = doc.get(message, "content");
  const thinking = doc.get(message, "thinking");
  const calls = doc.get(message, "tool_calls");
  const hasCalls = doc.first(calls) >= 0;
  json.beginObject();
  json.keyString("role", "assistant");
  json.key("content");
  if (doc.stringLength(content) > 0) json.value(doc, content);
  else if (hasCalls) json.null();
  else json.string("");
  json.keyNull("refusal");
  if (doc.stringLength(thinking) > 0) json.keyValue("reasoning_content", doc, thinking);
  if (hasCalls) writeToolCalls(doc, calls, false, json);
  json.endObject();
}

function writeLogprobs(doc: Document, tokens: i32, json: JsonWriter): void {
  if (!doc.isArray(tokens)) {
    json.null();
    return;
  }
  json.beginObject();
  json.keyValue("content", doc, tokens);
  json.keyNull("refusal");
  json.endObject();
}

function createdOf(call: Call, doc: Document): i64 {
  const created = parseRfc3339(doc.string(doc.get(doc.root(), "created_at")));
  return created > 0 ? created : call.created;
}

/** Reasons that tell of a loaded or unloaded model, none at all, and unknown ones are `stop`. */
function finishOf(doc: Document, hasCalls: bool): FinishReason {
  if (doc.stringIs(doc.get(doc.root(), "done_reason"), "length")) return FinishReason.Length;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}

function readCounts(doc: Document, usage: Usage): void {
  const prompt = doc.get(doc.root(), "prompt_eval_count");
  const completion = doc.get(doc.root(), "eval_count");
  usage.isKnown = doc.isNumber(prompt) || doc.isNumber(completion);
  usage.prompt = doc.integer(prompt, 0);
  usage.completion = doc.integer(completion, 0);
}

/** Translates one stream of JSON lines. */
export class OllamaStream extends StreamTranslator {
  private readonly lines: JsonLinesDecoder = new JsonLinesDecoder();
  private readonly chunks: ChunkWriter;
  private calls: i32 = 0;
  private isDone: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
  }

  decoder(): FrameDecoder {
    return this.lines;
  }

  onFrame(out: StreamOutput): void {
    if (this.isDone) return;
    if (!LINE.parse(this.lines.payload, this.lines.payloadLength)) {
      this.failure =
        LINE.error == JsonError.UnexpectedEnd
          ? streamIncomplete(this.provider.id)
          : invalidUpstreamResponse(this.provider.id, "a line is no JSON");
      return;
    }
    this.failure = this.provider.findError(this.call, LINE);
    if (this.failure !== null) return;
    const root = LINE.root();
    const message = LINE.get(root, "message");
    const isLast = LINE.isTrue(LINE.get(root, "done"));
    if (!isLast && !LINE.isObject(message)) return;
    const writer = out.writer();
    if (!this.chunks.isStarted) this.start(writer);
    this.writeMessage(message, writer);
    if (!isLast) return;
    this.isDone = true;
    readCounts(LINE, this.call.usage);
    this.chunks.finish(finishOf(LINE, this.calls > 0), writer);
    this.chunks.end(this.call.usage, writer);
  }

  onEnd(out: StreamOutput): void {
    if (!this.isDone) this.failure = streamIncomplete(this.provider.id);
  }

  release(): void {
    super.release();
    this.chunks.release();
  }

  private start(out: ByteWriter): void {
    const call = this.call;
    const model = LINE.string(LINE.get(LINE.root(), "model"));
    const created = createdOf(call, LINE);
    this.chunks.start(call.newId("chatcmpl-"), created, model.length > 0 ? model : call.model);
    this.chunks.role(out);
  }

  private writeMessage(message: i32, out: ByteWriter): void {
    const thinking = LINE.get(message, "thinking");
    const content = LINE.get(message, "content");
    const logprobs = LINE.get(LINE.root(), "logprobs");
    if (LINE.stringLength(thinking) > 0) this.chunks.reasoning(LINE, thinking, out);
    if (LINE.first(logprobs) >= 0) this.chunks.contentWithLogprobs(LINE, content, logprobs, out);
    else if (LINE.stringLength(content) > 0) this.chunks.content(LINE, content, out);
    const calls = LINE.get(message, "tool_calls");
    if (!LINE.isArray(calls)) return;
    for (let item = LINE.first(calls); item >= 0; item = LINE.next(item)) this.writeCall(item, out);
  }

  /** A call comes whole. Its own index is 0 with older servers, whichever call it is. */
  private writeCall(item: i32, out: ByteWriter): void {
    const inner = LINE.get(item, "function");
    const text = LINE.get(inner, "arguments");
    const own = LINE.string(LINE.get(item, "id"));
    const index = this.calls++;
    const id = own.length > 0 ? own : this.call.newId("call_") + index.toString();
    this.chunks.toolCall(index, id, LINE.string(LINE.get(inner, "name")), out);
    if (LINE.isString(text)) this.chunks.toolArguments(index, LINE, text, out);
    else if (LINE.isObject(text)) this.chunks.toolArgumentsOf(index, LINE, text, out);
    else this.chunks.emptyArguments(index, out);
  }
}
