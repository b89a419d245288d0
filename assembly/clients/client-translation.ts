// One exchange between a client and a provider that does not speak its protocol, told as a chat completion:
// https://platform.openai.com/docs/api-reference/chat
import { Document } from "../json/document";
import { ApiError } from "../openai/api-error";
import { StreamOutput } from "../stream/stream-output";
import { ByteWriter } from "../text/byte-writer";
import { ChatEvents } from "./chat-events";
import { ChatTarget } from "./chat-target";

/** Turns a request into OpenAI's, and the answer back. */
export abstract class ClientTranslation {
  /** The stream that is being told. */
  protected stream: ChatEvents | null = null;

  /** Writes the chat request that says the same to `out`. An error says what is wrong, or cannot be said. */
  abstract writeRequest(target: ChatTarget, doc: Document, out: ByteWriter): ApiError | null;

  /** Writes the client's answer for a whole completion. */
  abstract writeAnswer(completion: Document, out: ByteWriter): void;

  /** Makes the stream's translator. `provider` is an id, for errors. */
  protected abstract newStream(provider: string): ChatEvents;

  /** A stream begins, maybe anew. */
  beginStream(provider: string): void {
    this.endStream();
    this.stream = this.newStream(provider);
  }

  /**
   * Puts the client's events in the place of OpenAI's in `output`, which are complete and have the usage. An error:
   * the stream cannot be told to its end.
   */
  reshape(output: StreamOutput): ApiError | null {
    const stream = this.stream;
    if (stream === null) return null;
    stream.reshape(output);
    return stream.failure;
  }

  /** Writes a stream that is there as a whole. */
  writeStream(provider: string, ptr: usize, length: i32, out: ByteWriter): void {
    this.beginStream(provider);
    const stream = this.stream;
    if (stream !== null) stream.writeAll(ptr, length, out);
  }

  /** Writes the events that end a broken stream behind those that it has had. */
  writeErrorEvent(error: ApiError, out: ByteWriter): void {
    const stream = this.stream;
    if (stream !== null) stream.fail(error, out);
  }

  /** Gives memory back that is not collected. */
  release(): void {
    this.endStream();
  }

  private endStream(): void {
    const stream = this.stream;
    if (stream !== null) stream.release();
    this.stream = null;
  }
}
