// Which providers serve a request, and which of them is asked first: the rules of a gateway.
import { Document } from "../json/document";
import { Regex } from "../text/regex/regex";

/** Longer names match no regular expression: that bounds the time, and no model is named so. */
const LONGEST_NAME: i32 = 512;

/** How the first provider is found; the others follow in their order. */
export const enum Strategy {
  /** The first in the list. */
  Priority,
  /** By chance, in the proportion of the weights. */
  Weighted,
  /** One after the other, counted by each worker. */
  RoundRobin,
  /** By chance, all alike. */
  Random,
  /** The first in the list; the next one is asked as well where it is slow. */
  Hedge,
}

/** A provider of a rule. */
export class RouteTarget {
  constructor(
    readonly id: string,
    readonly weight: i32,
    /** The model to ask this provider for; "": the one that the client named. */
    readonly model: string,
    /** How often it is asked before the next one. */
    readonly attempts: i32 = 1,
  ) {}
}

/** A value that a header or a member of the body must have. */
export class FieldMatch {
  private readonly names: string[];

  constructor(
    /** A header's name in lower case, or the path of a member such as `metadata.tier`. */
    readonly name: string,
    readonly value: string,
  ) {
    this.names = name.split(".");
  }

  /** Whether a body has the value: texts as they are, anything else as it is written. */
  matches(doc: Document): bool {
    let value = doc.root();
    for (let i = 0; i < this.names.length; ++i) value = doc.get(value, this.names[i]);
    if (value < 0) return false;
    if (doc.isString(value)) return doc.string(value) == this.value;
    const start = doc.start(value);
    return String.UTF8.decodeUnsafe(doc.ptr + start, doc.end(value) - start) == this.value;
  }
}

/** Models by exact name, prefix or expression. */
export class ModelPatterns {
  /** Exact names. */
  readonly names: string[] = [];
  readonly prefixes: string[] = [];
  readonly regexes: Regex[] = [];

  /** Whether these are certain models; else any is meant. */
  get namesModels(): bool {
    return this.names.length + this.prefixes.length + this.regexes.length > 0;
  }

  /** Whether a model is meant. */
  takes(model: string): bool {
    if (!this.namesModels || this.names.includes(model)) return true;
    for (let i = 0; i < this.prefixes.length; ++i) {
      if (model.startsWith(this.prefixes[i])) return true;
    }
    if (model.length > LONGEST_NAME) return false;
    for (let i = 0; i < this.regexes.length; ++i) {
      if (this.regexes[i].search(model)) return true;
    }
    return false;
  }
}

/** One rule: what it matches, and who serves what it matches. */
export class ModelRule extends ModelPatterns {
  readonly headers: FieldMatch[] = [];
  readonly members: FieldMatch[] = [];
  readonly targets: RouteTarget[] = [];
  strategy: Strategy = Strategy.Priority;
  private turn: i32 = 0;

  constructor(
    /** What routes match in `x-llm-route`. */
    readonly name: string,
  ) {
    super();
  }

  /** The place of a provider by its id, or -1. */
  placeOf(id: string): i32 {
    for (let i = 0; i < this.targets.length; ++i) if (this.targets[i].id == id) return i;
    return -1;
  }

  /**
   * The place of the provider that is asked first. `random`: bits of this request; `out`: which providers cannot be
   * asked, but not all of them, or null.
   */
  first(random: u64, out: bool[] | null = null): i32 {
    const count = this.targets.length;
    let at = 0;
    switch (this.strategy) {
      case Strategy.Weighted:
        at = this.weighted(random, out);
        break;
      case Strategy.Random:
        at = <i32>(random % <u64>count);
        break;
      case Strategy.RoundRobin:
        at = this.turn < count ? this.turn : 0;
        this.turn = at + 1;
        break;
    }
    if (out !== null) while (out[at]) at = at + 1 < count ? at + 1 : 0;
    return at;
  }

  private weighted(random: u64, out: bool[] | null): i32 {
    let total: u64 = 0;
    for (let i = 0; i < this.targets.length; ++i) total += this.weightOf(i, out);
    if (total == 0) return 0;
    let left = random % total;
    for (let i = 0; i < this.targets.length; ++i) {
      const weight = this.weightOf(i, out);
      if (left < weight) return i;
      left -= weight;
    }
    return 0;
  }

  private weightOf(at: i32, out: bool[] | null): u64 {
    return out !== null && out[at] ? 0 : this.targets[at].weight;
  }

  /** `id=model` of the providers that are asked for another model, separated by commas; or "". */
  get models(): string {
    const pairs: string[] = [];
    for (let i = 0; i < this.targets.length; ++i) {
      const target = this.targets[i];
      if (target.model.length > 0) pairs.push(target.id + "=" + target.model);
    }
    return pairs.join(",");
  }
}

/** The model that a list of `id=model` names for a provider, or "". */
export function modelFor(id: string, models: string): string {
  const pairs = models.split(",");
  for (let i = 0; i < pairs.length; ++i) {
    const mark = pairs[i].indexOf("=");
    if (mark == id.length && pairs[i].startsWith(id)) return pairs[i].substring(mark + 1);
  }
  return "";
}
