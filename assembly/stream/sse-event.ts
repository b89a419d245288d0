// One server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
import { FrameDecoder } from "./frame-decoder";

const SPACE: u8 = 0x20;

/** What a decoder of events tells of the last one beside its payload. */
export abstract class SseEvent extends FrameDecoder {
  /** Whether the event had a data line. */
  hasPayload: bool = false;
  /** Address and length of the event's name; the last one wins. */
  name: usize = 0;
  nameLength: i32 = 0;
  /** Address and length of the event's first comment. */
  comment: usize = 0;
  commentLength: i32 = -1;
  /** The event came as exactly `data: …` and LF LF, so it can be sent on as it is. */
  isPlain: bool = false;

  // Where its parts are, as far as it has come.
  protected payloadStart: i32 = 0;
  protected payloadEnd: i32 = 0;
  protected payloadLines: i32 = 0;
  protected nameStart: i32 = 0;
  protected nameEnd: i32 = 0;
  protected commentStart: i32 = 0;
  protected commentEnd: i32 = -1;
  protected plainSoFar: bool = true;
  protected bareStart: i32 = -1;
  protected bareEnd: i32 = 0;

  /** Whether the payload is `[DONE]`, whatever spaces stand around it. */
  isDoneMark(): bool {
    let ptr = this.payload;
    let end = ptr + this.payloadLength;
    while (ptr < end && load<u8>(ptr) == SPACE) ++ptr;
    while (end > ptr && load<u8>(end - 1) == SPACE) --end;
    return end - ptr == 6 && load<u32>(ptr) == 0x4e4f445b && load<u16>(ptr, 4) == 0x5d45;
  }

  /** The bytes at hand begin later by so many. */
  protected moveParts(distance: i32): void {
    this.payloadStart -= distance;
    this.payloadEnd -= distance;
    this.nameStart -= distance;
    this.nameEnd -= distance;
    this.commentStart -= distance;
    if (this.commentEnd >= 0) this.commentEnd -= distance;
    if (this.bareStart >= 0) this.bareStart -= distance;
    this.bareEnd -= distance;
  }
}
