// Bytes in any split become frames: what the decoders of server-sent events, event streams and JSON lines share.

/**
 * Cuts a byte stream into frames. Feed it with `push`, take frames with `next` until it answers false. A payload holds
 * until the next `next`, the raw bytes until the next `push`. A decoder knows nothing of any provider.
 */
export abstract class FrameDecoder {
  /** Address and length of the frame's payload. */
  payload: usize = 0;
  payloadLength: i32 = 0;
  /** Address and length of the frame as it came, its end included. */
  raw: usize = 0;
  rawLength: i32 = 0;
  /** The stream broke a rule of its framing (or a frame is too large); nothing more comes. */
  failed: bool = false;
  /** The stream itself has told its end, whatever becomes of its connection. */
  ended: bool = false;

  /** Takes the next bytes of the stream. They must stay where they are until `next` answered false. */
  abstract push(ptr: usize, length: i32): void;
  /** Finds the next complete frame. False: none; the rest is kept for the next `push`. */
  abstract next(): bool;
  /** The stream is over: a last frame without its end counts as complete for one more round of `next`. */
  abstract finish(): void;
  /** Bytes of an incomplete frame. */
  abstract pending(): i32;
  /** Gives memory back. */
  abstract release(): void;
}
