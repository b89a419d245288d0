// What has been told of one choice of a stream.
import { ByteWriter } from "../../text/byte-writer";

/** A tool call that has begun. */
export class QwenCall {
  /** Its arguments so far, the inside of a JSON string. */
  readonly arguments: ByteWriter = new ByteWriter();

  constructor(
    /** Its position as the provider counts it. */
    readonly position: i32,
    readonly id: string,
  ) {}
}

/** One choice. */
export class QwenChoice {
  isEnded: bool = false;
  readonly calls: QwenCall[] = [];
  /** Text and reasoning so far, where each event repeats them: the inside of a JSON string. */
  readonly content: ByteWriter = new ByteWriter();
  readonly reasoning: ByteWriter = new ByteWriter();

  constructor(readonly index: i32) {}

  /** Place of the call at a position, or -1. */
  find(position: i32): i32 {
    for (let i = 0; i < this.calls.length; ++i) {
      if (this.calls[i].position == position) return i;
    }
    return -1;
  }

  release(): void {
    this.content.release();
    this.reasoning.release();
    for (let i = 0; i < this.calls.length; ++i) this.calls[i].arguments.release();
  }
}
