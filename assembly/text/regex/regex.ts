// Regular expressions in RE2's syntax, matched in linear time:
// https://github.com/google/re2/wiki/Syntax
import { RegexMachine } from "./regex-machine";
import { RegexParser } from "./regex-parser";
import { RegexProgram } from "./regex-program";
import { ReplaceTemplate } from "./replace-template";

/**
 * One compiled pattern. Knows what RE2 knows but Unicode classes (`\p`), octal escapes and case
 * folding beyond ASCII. The longest search takes time in proportion to the length of the text times
 * the size of the pattern.
 */
export class Regex {
  /** "" or what is wrong with the pattern; then nothing matches. */
  readonly error: string;
  /**
   * Names of the groups by number, "" where a group has none; the first stands for the whole match.
   */
  readonly groupNames: string[];
  private readonly machine: RegexMachine | null;

  constructor(pattern: string) {
    const parser = new RegexParser(pattern);
    const tree = parser.parse();
    let error = parser.error;
    let machine: RegexMachine | null = null;
    if (error.length == 0) {
      const program = new RegexProgram(tree);
      if (program.tooLarge) error = "the pattern is too large";
      else machine = new RegexMachine(program, parser.names.length);
    }
    this.error = error;
    this.groupNames = parser.names;
    this.machine = machine;
  }

  /** Whether the pattern matches somewhere in the text at `from` or behind. */
  search(text: string, from: i32 = 0): bool {
    const machine = this.machine;
    return machine !== null && machine.search(text, from);
  }

  /** Where a group of the last match begins; -1 where it took no part. Group 0 is the match. */
  start(group: i32): i32 {
    return this.slot(group << 1);
  }

  /** Where a group of the last match ends; -1 where it took no part. */
  end(group: i32): i32 {
    return this.slot((group << 1) + 1);
  }

  private slot(index: i32): i32 {
    const machine = this.machine;
    if (!machine || index < 0 || index >= machine.slots.length) return -1;
    return machine.slots[index];
  }

  /**
   * The text with every match replaced; the text itself where nothing matches. An empty match right
   * behind the match before it does not count.
   */
  replaceAll(text: string, template: ReplaceTemplate): string {
    if (!this.search(text)) return text;
    const parts: string[] = [];
    let copied = 0;
    for (let from = 0; from <= text.length && this.search(text, from);) {
      const start = this.start(0);
      const end = this.end(0);
      parts.push(text.substring(copied, start));
      if (end > copied || start == 0) template.expand(this, text, parts);
      copied = end;
      from =
        end > from ? end : from + (from < text.length && text.codePointAt(from) > 0xffff ? 2 : 1);
    }
    parts.push(text.substring(copied));
    return parts.join("");
  }
}
