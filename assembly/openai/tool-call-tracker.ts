// Which tool call a fragment of a stream belongs to, for providers that tell it in their own ways:
// https://platform.openai.com/docs/api-reference/chat-streaming/streaming
import { ByteWriter } from "../text/byte-writer";
import { ChunkWriter } from "./chunk-writer";

/** The calls of one answer, in the order in which they began. */
export class ToolCallTracker {
  private readonly ids: string[] = [];
  private readonly places: i64[] = [];
  private readonly haveArguments: bool[] = [];

  get count(): i32 {
    return this.ids.length;
  }

  /**
   * The call of a fragment with the provider's id ("" for none) and position (-1 for none), or -1
   * where it begins a call.
   */
  find(id: string, place: i64): i32 {
    if (id.length > 0) {
      const index = this.ids.indexOf(id);
      if (index >= 0) return index;
      const other = place < 0 ? -1 : this.places.indexOf(place);
      return other >= 0 && this.ids[other].length == 0 ? other : -1;
    }
    return place < 0 ? this.count - 1 : this.places.lastIndexOf(place);
  }

  /** Whether a call began at this position; at -1, which says none, any has. */
  isAt(index: i32, place: i64): bool {
    return place < 0 || this.places[index] == place;
  }

  /** Whether the provider gave another call before it the same position. */
  sharesPlace(index: i32): bool {
    return index >= 0 && this.places.indexOf(this.places[index]) != index;
  }

  /** Begins a call; the answer is its index. */
  begin(id: string, place: i64): i32 {
    this.ids.push(id);
    this.places.push(place);
    this.haveArguments.push(false);
    return this.count - 1;
  }

  /** Notes that arguments of a call have come. */
  noteArguments(index: i32): void {
    this.haveArguments[index] = true;
  }

  /** Gives arguments to the calls that have none. */
  finish(chunks: ChunkWriter, out: ByteWriter): void {
    for (let i = 0; i < this.count; ++i) {
      if (!this.haveArguments[i]) chunks.emptyArguments(i, out);
    }
  }
}
