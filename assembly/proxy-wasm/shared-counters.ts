// Numbers that all workers of one `vm_id` count together.
import { ByteWriter } from "../text/byte-writer";
import { SharedValue } from "./shared-data";

const TEXT: ByteWriter = new ByteWriter();

/** A few numbers under one key, read and written by compare and swap. */
export class SharedCounters {
  private readonly value: SharedValue;

  constructor(
    key: string,
    /** What was read last, all 0 where there was nothing; changed before `write`. */
    readonly counts: StaticArray<i64>,
  ) {
    this.value = new SharedValue(key);
  }

  /** Takes the numbers of the moment. */
  read(): void {
    const counts = this.counts;
    const value = this.value;
    value.read();
    const isWhole = value.length == counts.length << 3;
    for (let i = 0; i < counts.length; ++i) {
      counts[i] = isWhole ? load<i64>(value.ptr + ((<usize>i) << 3)) : 0;
    }
  }

  /** Writes them. False: another worker has written since the last read. */
  write(): bool {
    const counts = this.counts;
    TEXT.clear();
    TEXT.bytes(changetype<usize>(counts), counts.length << 3);
    return this.value.write(TEXT);
  }
}
