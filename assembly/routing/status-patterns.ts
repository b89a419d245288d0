// Patterns of HTTP statuses: regular expressions that match a status as a whole.
import { Regex } from "../text/regex/regex";

const FIRST: i32 = 100;
const COUNT: i32 = 500;

/** A set of statuses from 100 to 599, written as patterns such as `4.*` or `429|503`. */
export class StatusPatterns {
  private readonly isIn: StaticArray<bool> = new StaticArray<bool>(COUNT);

  /** Adds the statuses that a pattern means. "" or what is wrong with it. */
  add(pattern: string): string {
    const wrong = new Regex(pattern).error;
    if (wrong.length > 0) return "invalid regular expression: " + wrong;
    const regex = new Regex("^(?:" + pattern + ")$");
    for (let i = 0; i < COUNT; ++i) {
      if (regex.search((FIRST + i).toString())) this.isIn[i] = true;
    }
    return "";
  }

  matches(status: i32): bool {
    const at = status - FIRST;
    return at >= 0 && at < COUNT && unchecked(this.isIn[at]);
  }
}
