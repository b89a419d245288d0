// What one callback sends on: untouched where every byte is sent on as it came, else one buffer.
import { ByteWriter } from "../text/byte-writer";

/** Collects the output of one callback, and copies nothing as long as frames are sent on in a row as they came. */
export class StreamOutput {
  private readonly written: ByteWriter = new ByteWriter();
  private verbatim: usize = 0;
  private verbatimLength: i32 = 0;
  private hasGap: bool = false;
  /** Something other than comments has been sent on. */
  hasEvents: bool = false;

  private input: usize = 0;
  private inputEnd: usize = 0;

  /**
   * Starts the output of a callback. Its input, if it is given, belongs to the output: what is sent on behind a gap is
   * moved down in it.
   */
  begin(input: usize = 0, inputLength: i32 = 0): void {
    this.input = input;
    this.inputEnd = input + inputLength;
    this.written.clear();
    this.verbatim = 0;
    this.verbatimLength = 0;
    this.hasGap = false;
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
    const end = this.verbatim + this.verbatimLength;
    if (end != ptr) {
      if (this.canMove(end, ptr, length)) {
        memory.copy(end, ptr, length);
        this.hasGap = true;
      } else {
        this.flush();
        this.verbatim = ptr;
        this.verbatimLength = 0;
      }
    }
    this.verbatimLength += length;
    this.hasEvents = true;
  }

  /** Whether bytes behind a gap lie in the input, further back than all that is sent on so far. */
  private canMove(end: usize, ptr: usize, length: i32): bool {
    if (this.verbatimLength == 0 || this.written.length > 0) return false;
    return this.verbatim >= this.input && ptr > end && ptr + length <= this.inputEnd;
  }

  /** Where to write what is new. */
  writer(): ByteWriter {
    if (this.verbatimLength > 0) this.flush();
    this.hasEvents = true;
    return this.written;
  }

  /** Whether the output is exactly the input of this callback. */
  isInput(ptr: usize, length: i32): bool {
    const isVerbatim = this.written.length == 0 && !this.hasGap;
    return isVerbatim && this.verbatim == ptr && this.verbatimLength == length;
  }

  /** Address of the whole output. Nothing is sent on after it was asked for. */
  ptr(): usize {
    return this.written.length == 0 ? this.verbatim : this.writer().ptr;
  }

  /** Length of the whole output in bytes. */
  length(): i32 {
    return this.written.length + this.verbatimLength;
  }

  private flush(): void {
    this.written.bytes(this.verbatim, this.verbatimLength);
    this.verbatim = 0;
    this.verbatimLength = 0;
  }
}
