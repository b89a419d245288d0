// A stream of Cohere's as OpenAI's chunks: https://docs.cohere.com/v2/docs/streaming
import { JsonWriter } from "../../json/json-writer";
import { FinishReason } from "../../openai/finish-reason";
import { StreamOutput } from "../../stream/stream-output";
import { ByteWriter } from "../../text/byte-writer";
import { EVENT, NativeStream } from "../native-stream";
import { failureOf, mapFinishReason, readUsage, writeToken } from "./cohere-usage";

const LOGPROBS: JsonWriter = new JsonWriter(new ByteWriter());

/** Translates one stream. */
export class CohereStream extends NativeStream {
  /** Cohere's index of each tool call, in order. */
  private readonly indices: i64[] = [];
  /** For each call, whether its arguments have begun. */
  private readonly begun: bool[] = [];

  /** Events of kinds not known, and citations, say nothing to an OpenAI client. */
  protected onEvent(out: StreamOutput): void {
    const root = EVENT.root();
    const type = EVENT.get(root, "type");
    const delta = EVENT.get(root, "delta");
    const message = EVENT.get(delta, "message");
    if (EVENT.stringIs(type, "content-delta") || EVENT.stringIs(type, "content-start")) {
      this.onContent(EVENT.get(message, "content"), out);
    } else if (EVENT.stringIs(type, "tool-plan-delta")) {
      this.begin(out);
      this.writeAndLearn(EVENT.get(message, "tool_plan"), true, out);
    } else if (EVENT.stringIs(type, "tool-call-delta")) {
      this.onCallDelta(callOf(message), out);
    } else if (EVENT.stringIs(type, "tool-call-start")) {
      this.onCallStart(callOf(message), out);
    } else if (EVENT.stringIs(type, "tool-call-end")) {
      this.onCallEnd(out);
    } else if (EVENT.stringIs(type, "message-start")) {
      this.start(EVENT.string(EVENT.get(root, "id")), 0, out);
    } else if (EVENT.stringIs(type, "message-end")) {
      this.onMessageEnd(delta, out);
    } else {
      this.failure = this.provider.findError(this.call, EVENT);
    }
  }

  private begin(out: StreamOutput): void {
    this.start("", 0, out);
  }

  private onContent(content: i32, out: StreamOutput): void {
    this.begin(out);
    const thinking = EVENT.get(content, "thinking");
    if (EVENT.isString(thinking)) {
      this.writeAndLearn(thinking, true, out);
      return;
    }
    const text = EVENT.get(content, "text");
    const logprobs = EVENT.get(EVENT.root(), "logprobs");
    if (!EVENT.isObject(logprobs) || !EVENT.isString(text)) {
      this.writeAndLearn(text, false, out);
      return;
    }
    LOGPROBS.out.clear();
    LOGPROBS.reset();
    LOGPROBS.beginArray();
    writeToken(EVENT, logprobs, LOGPROBS);
    LOGPROBS.endArray();
    const tokens = LOGPROBS.out;
    this.chunks.contentWithTokens(EVENT, text, tokens.ptr, tokens.length, out.writer());
  }

  // Tool calls

  private onCallStart(call: i32, out: StreamOutput): void {
    this.begin(out);
    const target = EVENT.get(call, "function");
    const id = EVENT.string(EVENT.get(call, "id"));
    const place = this.indices.length;
    this.indices.push(EVENT.integer(EVENT.get(EVENT.root(), "index"), place));
    this.begun.push(false);
    const ownId = id.length > 0 ? id : this.call.newId("call_") + place.toString();
    this.chunks.toolCall(place, ownId, EVENT.string(EVENT.get(target, "name")), out.writer());
    this.writeArguments(place, EVENT.get(target, "arguments"), out);
  }

  private onCallDelta(call: i32, out: StreamOutput): void {
    const place = this.placeOfCall();
    if (place < 0) return;
    this.writeArguments(place, EVENT.get(EVENT.get(call, "function"), "arguments"), out);
  }

  private onCallEnd(out: StreamOutput): void {
    const place = this.placeOfCall();
    if (place >= 0) this.closeCall(place, out);
  }

  /** A call without arguments has an empty object of them. */
  private closeCall(place: i32, out: StreamOutput): void {
    if (this.begun[place]) return;
    this.begun[place] = true;
    this.chunks.emptyArguments(place, out.writer());
  }

  /** Which call the event is about: the last one with its index, or the last one. -1: there is none. */
  private placeOfCall(): i32 {
    const index = EVENT.integer(EVENT.get(EVENT.root(), "index"), -1);
    for (let i = this.indices.length - 1; i >= 0; --i) if (this.indices[i] == index) return i;
    return this.indices.length - 1;
  }

  private writeArguments(place: i32, text: i32, out: StreamOutput): void {
    if (EVENT.stringLength(text) == 0) return;
    // A call that takes none comes with the word null.
    if (!this.begun[place] && EVENT.stringIs(text, "null")) {
      this.closeCall(place, out);
      return;
    }
    this.begun[place] = true;
    this.chunks.toolArguments(place, EVENT, text, out.writer());
  }

  // The end

  private onMessageEnd(delta: i32, out: StreamOutput): void {
    readUsage(EVENT, EVENT.get(delta, "usage"), this.call.usage);
    const word = EVENT.get(delta, "finish_reason");
    const text = EVENT.string(EVENT.get(delta, "error"));
    const reason = mapFinishReason(EVENT, word);
    if (reason == FinishReason.Failure || text.length > 0) {
      this.failure = failureOf(EVENT, word, text, this.call);
      return;
    }
    this.begin(out);
    for (let i = 0; i < this.begun.length; ++i) this.closeCall(i, out);
    this.finish(reason, out);
  }
}

/** The call in an event's message: an object, which some servers put into a list. */
function callOf(message: i32): i32 {
  const call = EVENT.get(message, "tool_calls");
  return EVENT.isArray(call) ? EVENT.first(call) : call;
}
