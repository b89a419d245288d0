// Frames of a provider's stream become OpenAI's events.
import { Document, JsonError } from "../json/document";
import { ApiError, invalidUpstreamResponse, streamIncomplete } from "../openai/api-error";
import { FrameDecoder } from "../stream/frame-decoder";
import { SseDecoder } from "../stream/sse-decoder";
import { writeComment } from "../stream/sse-encoder";
import { StreamOutput } from "../stream/stream-output";

/**
 * Translates one stream. It holds all state of that stream and knows no bytes outside its decoder's frames.
 * Once `failure` is set nothing more is asked of it: the caller tells the client.
 */
export abstract class StreamTranslator {
  /** What the provider said that ends the stream with an error. */
  failure: ApiError | null = null;

  /** The framing of this stream. */
  abstract decoder(): FrameDecoder;
  /** The quick way for a frame that is known to need nothing: sends it on. False: the decoder has to find it. */
  passKnown(out: StreamOutput): bool {
    return false;
  }

  /** Takes the frame that the decoder has just found. */
  abstract onFrame(out: StreamOutput): void;
  /** The provider's stream is over. Sets `failure` where it ended too early. */
  abstract onEnd(out: StreamOutput): void;

  /** Whether the client has had the end of the stream: what comes behind it is nothing to it. */
  get isOver(): bool {
    return false;
  }

  /** Gives memory back. */
  release(): void {
    this.decoder().release();
  }
}

/** A translator of server-sent events. */
export abstract class SseTranslator extends StreamTranslator {
  protected readonly events: SseDecoder = new SseDecoder();

  decoder(): FrameDecoder {
    return this.events;
  }

  /** Sends the comment of the event at hand on, if it has one: it keeps the connection alive. */
  protected passComment(out: StreamOutput): void {
    const event = this.events;
    if (event.commentLength < 0) return;
    // A colon, the comment and two line ends: the comment stands alone.
    if (event.rawLength == event.commentLength + 3) {
      out.forwardComment(event.raw, event.rawLength);
    } else {
      writeComment(event.comment, event.commentLength, out.writer());
    }
  }

  /** The error for an event that is no JSON: the stream's end may have cut it off. */
  protected unreadable(provider: string, event: Document): ApiError {
    return event.error == JsonError.UnexpectedEnd
      ? streamIncomplete(provider)
      : invalidUpstreamResponse(provider, "an event is no JSON");
  }
}
