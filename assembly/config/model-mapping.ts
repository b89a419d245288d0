// Names of models as clients say them → as the provider hears them.
import { Regex } from "../text/regex/regex";
import { ReplaceTemplate } from "../text/regex/replace-template";

/**
 * Longer names are not matched with regular expressions: that bounds the time, and no model is
 * named so.
 */
const NAME_LIMIT: i32 = 512;

/** A key that ends in `*`. */
class PrefixRule {
  constructor(
    readonly prefix: string,
    readonly target: string,
  ) {}
}

/** A key that begins with `~`; without a template the name is kept. */
class RegexRule {
  constructor(
    readonly regex: Regex,
    readonly template: ReplaceTemplate | null,
  ) {}
}

/**
 * The mapping of one provider. An exact name comes first, then the longest prefix, then the first
 * regular expression in the order of the configuration, then `*`. The target "" keeps the name, and
 * so does a mapping without a fitting key.
 */
export class ModelMapping {
  private readonly exact: Map<string, string> = new Map<string, string>();
  /** The longest first. */
  private readonly prefixes: PrefixRule[] = [];
  private readonly regexes: RegexRule[] = [];
  private hasFallback: bool = false;
  private fallback: string = "";

  /** Whether every name is kept. */
  get isEmpty(): bool {
    const count = this.exact.size + this.prefixes.length + this.regexes.length;
    return count == 0 && !this.hasFallback;
  }

  /** The names that are mapped as they are, and not by their beginning or an expression. */
  get names(): string[] {
    return this.exact.keys();
  }

  /** Adds a key of the configuration; "" or what is wrong with it. Keys must differ. */
  add(key: string, target: string): string {
    if (key.startsWith("~")) return this.addRegex(key.substring(1), target);
    if (key == "*") {
      this.hasFallback = true;
      this.fallback = target;
    } else if (key.endsWith("*")) {
      this.addPrefix(key.substring(0, key.length - 1), target);
    } else {
      this.exact.set(key, target);
    }
    return "";
  }

  private addPrefix(prefix: string, target: string): void {
    const prefixes = this.prefixes;
    let at = prefixes.length;
    prefixes.push(new PrefixRule(prefix, target));
    for (; at > 0 && prefixes[at - 1].prefix.length < prefix.length; --at) {
      const shorter = prefixes[at - 1];
      prefixes[at - 1] = prefixes[at];
      prefixes[at] = shorter;
    }
  }

  private addRegex(pattern: string, target: string): string {
    if (pattern.length == 0) return "expected a regular expression after ~";
    const regex = new Regex(pattern);
    if (regex.error.length > 0) return "invalid regular expression: " + regex.error;
    if (target.length == 0) {
      this.regexes.push(new RegexRule(regex, null));
      return "";
    }
    const template = new ReplaceTemplate(target, regex);
    if (template.error.length == 0) this.regexes.push(new RegexRule(regex, template));
    return template.error;
  }

  /** The name that the provider shall hear. */
  map(model: string): string {
    if (this.exact.has(model)) return orModel(this.exact.get(model), model);
    for (let i = 0; i < this.prefixes.length; ++i) {
      const rule = this.prefixes[i];
      if (model.startsWith(rule.prefix)) return orModel(rule.target, model);
    }
    for (let i = 0; i < this.regexes.length && model.length <= NAME_LIMIT; ++i) {
      const rule = this.regexes[i];
      if (!rule.regex.search(model)) continue;
      const template = rule.template;
      return template ? orModel(rule.regex.replaceAll(model, template), model) : model;
    }
    return this.hasFallback ? orModel(this.fallback, model) : model;
  }
}

function orModel(target: string, model: string): string {
  return target.length > 0 ? target : model;
}
