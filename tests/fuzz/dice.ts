// Random numbers that are the same in every run of a seed:
// https://en.wikipedia.org/wiki/Linear_congruential_generator

/** The numbers of one case: a seed and a name give the same ones always. */
export class Dice {
  private state: number;

  constructor(seed: number, name: string) {
    this.state = seed >>> 0;
    for (const char of name) this.state = this.next() ^ (char.codePointAt(0) ?? 0);
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    // The low bits of such a sequence repeat soon.
    return Math.imul(this.state ^ (this.state >>> 15), 2246822519) >>> 0;
  }

  /** An integer from 0 to `limit` - 1; 0 where the limit is 0. */
  below(limit: number): number {
    return limit === 0 ? 0 : this.next() % limit;
  }

  /** True once in `times` throws. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}
