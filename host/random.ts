// Random numbers that are the same in every run (mulberry32): https://gist.github.com/tommyettinger/46a874533244883189143505d203312c

/** A generator with 32 bits of state. */
export class Random {
  private state = 0;

  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts anew. */
  seed(seed: number): void {
    this.state = seed >>> 0;
  }

  /** Fills an array with random bytes. */
  fill(bytes: Uint8Array): Uint8Array {
    for (let i = 0; i < bytes.length; ++i) bytes[i] = this.next() >>> 24;
    return bytes;
  }

  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
