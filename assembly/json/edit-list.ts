// The changes to one JSON text, sorted by their place in it, in raw memory that is kept.

/** Fields of an entry, as offsets from its address; all are 32 bits. */
export const enum EditField {
  /** Id of the value times two; plus one for a member that is inserted into that object. */
  Place = 0,
  /** Bits of `EditFlag`. */
  Flags = 4,
  /** Value of the member before a removed one, -1 before the first. */
  Previous = 8,
  /** New key with its quotes: where it stands in the collected text. */
  Key = 12,
  KeyLength = 16,
  /** New raw value: where it stands in the collected text. */
  Value = 20,
  ValueLength = 24,
}

/** What happens to a value. */
export const enum EditFlag {
  Removed = 1,
  Replaced = 2,
  Renamed = 4,
  /** Removed together with all members before it. */
  Leading = 8,
  /** An element that another one is inserted before: `Key` is the text of that one and a comma. */
  Preceded = 16,
}

const ENTRY_SIZE: usize = 28;

/** Entries in the order of their place, then of their making. Addresses move when it grows. */
export class EditList {
  /** Number of entries. */
  count: i32 = 0;
  private entries: usize = 0;
  private capacity: i32 = 0;

  /** Address of an entry; `index` must be one of the list. */
  entry(index: i32): usize {
    return this.entries + <usize>index * ENTRY_SIZE;
  }

  /** Index of the first entry at this place or behind it. */
  search(place: i32): i32 {
    let low = 0;
    let high = this.count;
    // Edits come mostly in the order of the text.
    if (high > 0 && load<i32>(this.entry(high - 1)) < place) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (load<i32>(this.entry(middle)) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Address of the first entry at this place, 0 where there is none. */
  find(place: i32): usize {
    const index = this.search(place);
    if (index == this.count) return 0;
    const entry = this.entry(index);
    return load<i32>(entry) == place ? entry : 0;
  }

  /** Makes an empty entry at `index` and answers its address. */
  insert(index: i32, place: i32): usize {
    if (this.count == this.capacity) this.grow();
    const entry = this.entry(index);
    memory.copy(entry + ENTRY_SIZE, entry, <usize>(this.count - index) * ENTRY_SIZE);
    memory.fill(entry, 0, ENTRY_SIZE);
    store<i32>(entry, place);
    this.count += 1;
    return entry;
  }

  /** Takes the entry at `index` out. */
  remove(index: i32): void {
    const entry = this.entry(index);
    this.count -= 1;
    memory.copy(entry, entry + ENTRY_SIZE, <usize>(this.count - index) * ENTRY_SIZE);
  }

  /** Gives the memory back. The list can be used again. */
  release(): void {
    if (this.entries != 0) heap.free(this.entries);
    this.entries = 0;
    this.count = 0;
    this.capacity = 0;
  }

  private grow(): void {
    this.capacity = this.capacity == 0 ? 32 : this.capacity << 1;
    const size = <usize>this.capacity * ENTRY_SIZE;
    this.entries = this.entries == 0 ? heap.alloc(size) : heap.realloc(this.entries, size);
  }
}
