// Header changes as values: a provider says what to set and remove, the filter does it.

/** Sets and removals for one message. A later entry for a name replaces an earlier one. */
export class HeaderEdits {
  readonly names: string[] = [];
  readonly values: string[] = [];
  readonly removals: string[] = [];

  /** Forgets all edits. */
  clear(): void {
    this.names.length = 0;
    this.values.length = 0;
    this.removals.length = 0;
  }

  /** Whether a header is set. */
  sets(name: string): bool {
    return this.names.includes(name);
  }

  /** Sets a header to one value. Names are lower-case ASCII. */
  set(name: string, value: string): void {
    const at = this.names.indexOf(name);
    if (at >= 0) {
      this.values[at] = value;
      return;
    }
    this.names.push(name);
    this.values.push(value);
  }

  /** Removes every value of a header. */
  remove(name: string): void {
    this.removals.push(name);
  }
}
