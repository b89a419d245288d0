// Anthropic's own format at Bedrock, for Claude:
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
import { Document } from "../../json/document";
import { JsonEdit } from "../../json/edit";
import { JsonWriter } from "../../json/json-writer";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { AwsEventStreamDecoder } from "../../stream/aws-event-stream-decoder";
import { FrameDecoder } from "../../stream/frame-decoder";
import { beginNamedEvent, endEvent, writeLine } from "../../stream/sse-encoder";
import { StreamOutput } from "../../stream/stream-output";
import { decodeBase64Bytes, writeBase64 } from "../../text/base64";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { ClaudeUsage } from "../claude/claude-usage";
import { StreamTranslator } from "../stream-translator";
import { errorOfFrame } from "./bedrock-errors";

const VERSION: string = '"bedrock-2023-05-31"';
/** Betas, by how their names begin, that mean nothing here and are refused. */
// @ts-ignore: decorator
@lazy
const FOREIGN_BETAS: StaticArray<string> = ["claude-code-", "oauth-", "prompt-caching-"];

const EDIT: JsonEdit = new JsonEdit();
const TEXT: ByteWriter = new ByteWriter();
const FRAME: Document = new Document();
const EVENT: Document = new Document();
const NATIVE: ByteWriter = new ByteWriter();

/** Writes the body: model and stream are said by the path, version and betas by members. */
export function writeMessagesRequest(call: Call, doc: Document, out: ByteWriter): void {
  const root = doc.root();
  EDIT.begin(doc);
  EDIT.remove(root, "model");
  EDIT.remove(root, "stream");
  if (doc.absent(doc.get(root, "anthropic_beta"))) setBetas(call.clientBeta, root);
  if (doc.absent(doc.get(root, "anthropic_version"))) {
    EDIT.setRaw(root, "anthropic_version", VERSION);
  }
  EDIT.apply(out);
}

function setBetas(list: string, root: i32): void {
  if (list.length == 0) return;
  TEXT.clear();
  const json = new JsonWriter(TEXT);
  json.beginArray();
  const names = list.split(",");
  let count = 0;
  for (let i = 0; i < names.length; ++i) {
    const name = names[i].trim();
    if (name.length == 0 || isForeign(name)) continue;
    json.string(name);
    ++count;
  }
  json.endArray();
  if (count > 0) EDIT.set(root, "anthropic_beta", TEXT.ptr, TEXT.length);
}

function isForeign(beta: string): bool {
  for (let i = 0; i < FOREIGN_BETAS.length; ++i) {
    if (beta.startsWith(unchecked(FOREIGN_BETAS[i]))) return true;
  }
  return false;
}

/** Writes the body of a request that counts: it holds a whole one, which has to name a limit. */
export function writeCountRequest(call: Call, doc: Document, out: ByteWriter): void {
  NATIVE.clear();
  writeMessagesRequest(call, doc, NATIVE);
  if (doc.absent(doc.get(doc.root(), "max_tokens")) && EVENT.parse(NATIVE.ptr, NATIVE.length)) {
    EDIT.begin(EVENT);
    EDIT.setInteger(EVENT.root(), "max_tokens", 1);
    TEXT.clear();
    EDIT.apply(TEXT);
    NATIVE.clear();
    NATIVE.writer(TEXT);
  }
  out.ascii('{"input":{"invokeModel":{"body":"');
  writeBase64(NATIVE.ptr, NATIVE.length, out);
  out.ascii('"}}}');
  NATIVE.release();
}

/** Writes what was counted as Anthropic's clients know it. False: the answer does not tell. */
export function writeCount(doc: Document, out: ByteWriter): bool {
  const count = doc.integer(doc.get(doc.root(), "inputTokens"), -1);
  if (count < 0) return false;
  const json = new JsonWriter(out);
  json.beginObject();
  json.keyInteger("input_tokens", count);
  json.endObject();
  return true;
}

/** Takes Anthropic's events out of Amazon's frames. */
export class BedrockMessagesStream extends StreamTranslator {
  private readonly frames: AwsEventStreamDecoder = new AwsEventStreamDecoder();
  private readonly counts: ClaudeUsage = new ClaudeUsage();
  private isDone: bool = false;

  constructor(
    private readonly provider: string,
    private readonly call: Call,
  ) {
    super();
  }

  decoder(): FrameDecoder {
    return this.frames;
  }

  get isOver(): bool {
    return this.isDone;
  }

  onFrame(out: StreamOutput): void {
    const frame = this.frames;
    if (this.isDone) return;
    if (!frame.headerIs(":message-type", "event")) {
      this.failure = errorOfFrame(this.provider, this.call, frame);
      return;
    }
    if (!frame.headerIs(":event-type", "chunk")) return;
    if (FRAME.parse(frame.payload, frame.payloadLength) && this.decode()) this.send(out);
    else this.failure = invalidUpstreamResponse(this.provider, "an event is no JSON");
  }

  /** Decodes the event in the frame. */
  private decode(): bool {
    const bytes = FRAME.get(FRAME.root(), "bytes");
    if (!FRAME.isString(bytes)) return false;
    TEXT.clear();
    FRAME.decodeString(bytes, TEXT);
    NATIVE.clear();
    if (!decodeBase64Bytes(TEXT.ptr, TEXT.length, NATIVE)) return false;
    return EVENT.parse(NATIVE.ptr, NATIVE.length);
  }

  private send(out: StreamOutput): void {
    const root = EVENT.root();
    const type = EVENT.get(root, "type");
    const writer = out.writer();
    beginNamedEvent(EVENT.string(type), writer);
    writeLine(NATIVE.ptr, NATIVE.length, writer);
    endEvent(writer);
    // An error ends the stream as well.
    this.isDone = EVENT.stringIs(type, "message_stop") || EVENT.stringIs(type, "error");
    if (!this.call.countsTokens) return;
    this.counts.read(EVENT, EVENT.get(EVENT.get(root, "message"), "usage"));
    this.counts.read(EVENT, EVENT.get(root, "usage"));
    this.counts.tell(this.call.usage);
  }

  onEnd(out: StreamOutput): void {
    if (!this.isDone && !this.frames.failed) this.failure = streamIncomplete(this.provider);
  }
}
