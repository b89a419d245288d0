// Replacement texts with groups, `$1`, `${1}` and `$name`: https://pkg.go.dev/regexp#Regexp.Expand
import { isWordCode } from "./char-class";
import { Regex } from "./regex";
import { startsAt } from "../starts-at";

/** One replacement text, read for one pattern. */
export class ReplaceTemplate {
  /** "" or what is wrong with the text. */
  error: string = "";
  /** Plain text before each group, and one more behind the last. */
  private readonly texts: string[] = [];
  private readonly groups: i32[] = [];

  /**
   * As in Go, a name is as long as it can be: `$1x` is the group named `1x`, `${1}x` the first
   * group and an x.
   */
  constructor(template: string, regex: Regex) {
    let text = "";
    let at = 0;
    for (let dollar = template.indexOf("$"); dollar >= 0; dollar = template.indexOf("$", at)) {
      text = text.concat(template.substring(at, dollar));
      const name = groupNameAt(template, dollar + 1);
      if (name.length > 0) {
        this.texts.push(text);
        this.groups.push(this.groupNumber(name, regex));
        text = "";
        at = dollar + 1 + name.length + (startsAt(template, "{", dollar + 1) ? 2 : 0);
      } else {
        text = text.concat("$");
        at = dollar + (startsAt(template, "$", dollar + 1) ? 2 : 1);
      }
    }
    this.texts.push(text.concat(template.substring(at)));
  }

  private groupNumber(name: string, regex: Regex): i32 {
    const names = regex.groupNames;
    for (let i = 1; i < names.length; ++i) if (names[i] == name) return i;
    let number = 0;
    for (let i = 0; i < name.length && number >= 0; ++i) {
      const digit = name.charCodeAt(i) - 0x30;
      number = digit >= 0 && digit <= 9 ? min(number * 10 + digit, names.length) : -1;
    }
    if (number >= 0 && number < names.length) return number;
    if (this.error.length == 0) this.error = "the pattern has no group " + name;
    return 0;
  }

  /** Adds the replacement of the regex's last match in `text` to `parts`. */
  expand(regex: Regex, text: string, parts: string[]): void {
    for (let i = 0; i < this.groups.length; ++i) {
      parts.push(this.texts[i]);
      const group = this.groups[i];
      const start = regex.start(group);
      if (start >= 0) parts.push(text.substring(start, regex.end(group)));
    }
    parts.push(this.texts[this.groups.length]);
  }
}

/** The name in `$name` or `${name}` whose dollar stands before `at`; "" where there is none. */
function groupNameAt(template: string, at: i32): string {
  const braced = startsAt(template, "{", at);
  const start = braced ? at + 1 : at;
  let end = start;
  while (end < template.length && isWordCode(template.charCodeAt(end))) ++end;
  return braced && !startsAt(template, "}", end) ? "" : template.substring(start, end);
}
