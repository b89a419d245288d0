// Streams of one provider that have not begun yet, in the order in which their time runs out.

/** Entries that may be gone before the list is cut. */
const LONGEST_GONE: i32 = 256;

/** All streams have the same time, so that the first one in is the first one out. Times in nanoseconds. */
export class FirstByteWatch {
  private readonly streams: u32[] = [];
  private readonly ends: i64[] = [];
  private first: i32 = 0;

  /** Watches a stream until `end`. */
  add(stream: u32, end: i64): void {
    this.streams.push(stream);
    this.ends.push(end);
  }

  /** A stream whose time is over, each once; 0 where there is none. */
  next(now: i64): u32 {
    const first = this.first;
    if (first == this.streams.length || this.ends[first] > now) return 0;
    const stream = this.streams[first];
    this.first = first + 1;
    if (this.first >= LONGEST_GONE) {
      this.streams.splice(0, this.first);
      this.ends.splice(0, this.first);
      this.first = 0;
    }
    return stream;
  }
}
