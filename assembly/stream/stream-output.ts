// What one callback sends on: untouched where every byte is sent on as it came, else one buffer.
import { ByteWriter } from "../text/byte-writer";

/** Collects the output of one callback, and copies nothing as long as frames are sent on in a row as they came. */
export class StreamOutput {
  private readonly written: ByteWriter = new ByteWriter();
  private verbatim: usize = 0;
  private verbatimLength: i32 = 0;
  /** Something other than comments has been sent on. */
  hasEvents: bool = false;

  /** Starts the output of a callback. */
  begin(): void {
    this.written.clear();
    this.verbatim = 0;
    this.verbatimLength = 0;
    this.hasEvents = false;
  }

  /** Sends a comment on. It keeps a connection alive, and is no event. */
  forwardComment(ptr: usize, length: i32): void {
    const hadEvents = this.hasEvents;
    this.forward(ptr, length);
    this.hasEvents = hadEvents;
  }

  /** Sends bytes on as they came. They must stay where they are until the callback's end or the next `writer`. */
  forward(ptr: usize, length: i32): void {
    if (this.verbatim + this.verbatimLength != ptr) {
      this.flush();
      this.verbatim = ptr;
      this.verbatimLength = 0;
    }
    this.verbatimLength += length;
    this.hasEvents = true;
  }

  /** Where to write what is new. */
  writer(): ByteWriter {
    if (this.verbatimLength > 0) this.flush();
    this.hasEvents = true;
    return this.written;
  }

  /** Whether the output is exactly the input of this callback. */
  isInput(ptr: usize, length: i32): bool {
    return this.written.length == 0 && this.verbatim == ptr && this.verbatimLength == length;
  }

  private flush(): void {
    this.written.bytes(this.verbatim, this.verbatimLength);
    this.verbatim = 0;
    this.verbatimLength = 0;
  }
}
