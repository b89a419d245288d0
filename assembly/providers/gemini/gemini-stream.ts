// A stream of Gemini's as OpenAI's chunks:
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import { invalidUpstreamResponse, streamIncomplete } from "../../openai/api-error";
import { ChunkWriter } from "../../openai/chunk-writer";
import { FinishReason } from "../../openai/finish-reason";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { Call } from "../call";
import { Provider } from "../provider";
import { SseTranslator } from "../stream-translator";
import { kindOfPart, Part, writeAudio, writeCall, writeImage, writeLogprobs } from "./gemini-parts";
import { callId, createdOf, isBlockedPrompt } from "./gemini-response";
import { mapFinishReason, readUsage } from "./gemini-usage";

const EVENT: Document = new Document();
const PIECE: JsonWriter = new JsonWriter(new ByteWriter());

/** Translates one stream. Its end is the end of the connection after a reason was given. */
export class GeminiStream extends SseTranslator {
  private readonly chunks: ChunkWriter;
  private calls: i32 = 0;
  private images: i32 = 0;
  /** The last reason that was given, or "". */
  private reason: string = "";
  private isBlocked: bool = false;

  constructor(
    private readonly provider: Provider,
    private readonly call: Call,
  ) {
    super();
    this.chunks = new ChunkWriter(call.wantsUsage);
    // An error within a stream comes without the frame of an event.
    this.events.takesBareText = true;
  }

  onFrame(out: StreamOutput): void {
    const event = this.events;
    if (event.payloadLength == 0 || event.isDoneMark()) return;
    if (EVENT.parse(event.payload, event.payloadLength)) this.onEvent(out);
    else this.failure = invalidUpstreamResponse(this.provider.id, "an event is no JSON");
    EVENT.release();
  }

  /** The reason is told at the end, since some models give one with every event. */
  onEnd(out: StreamOutput): void {
    if (this.reason.length == 0 && !this.isBlocked) {
      this.failure = streamIncomplete(this.provider.id);
      return;
    }
    const writer = out.writer();
    const reason = mapFinishReason(this.reason, this.calls > 0);
    this.chunks.finish(this.isBlocked ? FinishReason.ContentFilter : reason, writer);
    this.chunks.end(this.call.usage, writer);
  }

  release(): void {
    super.release();
    this.chunks.release();
  }

  private onEvent(out: StreamOutput): void {
    this.failure = this.provider.findError(this.call, EVENT);
    if (this.failure !== null) return;
    const root = EVENT.root();
    if (!this.chunks.isStarted) this.start(out);
    readUsage(EVENT, EVENT.get(root, "usageMetadata"), this.call.usage);
    if (isBlockedPrompt(EVENT)) this.isBlocked = true;
    const candidate = EVENT.first(EVENT.get(root, "candidates"));
    // One choice was asked for.
    if (EVENT.integer(EVENT.get(candidate, "index"), 0) != 0) return;
    const parts = EVENT.get(EVENT.get(candidate, "content"), "parts");
    const first = EVENT.isArray(parts) ? EVENT.first(parts) : -1;
    for (let part = first; part >= 0; part = EVENT.next(part)) this.onPart(part, out);
    const logprobs = EVENT.get(candidate, "logprobsResult");
    if (EVENT.isArray(EVENT.get(logprobs, "chosenCandidates"))) {
      writeLogprobs(EVENT, logprobs, beginPiece());
      this.chunks.logprobs(PIECE.out, out.writer());
    }
    const reason = EVENT.get(candidate, "finishReason");
    if (EVENT.isString(reason)) this.reason = EVENT.string(reason);
  }

  private start(out: StreamOutput): void {
    const call = this.call;
    const root = EVENT.root();
    const id = EVENT.string(EVENT.get(root, "responseId"));
    const model = EVENT.string(EVENT.get(root, "modelVersion"));
    const ownId = id.length > 0 ? id : call.newId("chatcmpl-");
    this.chunks.start(ownId, createdOf(call, EVENT), model.length > 0 ? model : call.model);
    this.chunks.role(out.writer());
  }

  private onPart(part: i32, out: StreamOutput): void {
    const kind = kindOfPart(EVENT, part);
    if (kind == Part.Hidden) return;
    const writer = out.writer();
    const chunks = this.chunks;
    switch (kind) {
      case Part.Text:
        chunks.content(EVENT, EVENT.get(part, "text"), writer);
        return;
      case Part.Thought:
        chunks.reasoning(EVENT, EVENT.get(part, "text"), writer);
        return;
      case Part.Call: {
        const index = this.calls++;
        const json = beginPiece();
        json.key("tool_calls");
        json.beginArray();
        writeCall(EVENT, part, index, callId(this.call, index), json);
        json.endArray();
        break;
      }
      case Part.Image: {
        const json = beginPiece();
        json.key("images");
        json.beginArray();
        writeImage(EVENT, part, this.images++, json);
        json.endArray();
        break;
      }
      default: {
        const json = beginPiece();
        json.key("audio");
        writeAudio(EVENT, part, this.call.newId("audio_"), this.call.created, json);
      }
    }
    chunks.delta(PIECE.out, writer);
  }
}

function beginPiece(): JsonWriter {
  PIECE.out.clear();
  PIECE.reset();
  return PIECE;
}
