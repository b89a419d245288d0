// Parser of regular expressions in RE2's syntax: https://github.com/google/re2/wiki/Syntax
import { CharClass, isWordCode, perlClass } from "./char-class";
import { Assertion, NodeKind, RegexNode, classNode, valueNode } from "./regex-node";
import { RegexReader } from "./regex-reader";
import { parseBracketClass } from "./class-parser";

/** Groups in groups; bounds the recursion of parser and compiler. */
const DEPTH_LIMIT: i32 = 64;
/** Capturing groups of one pattern. */
const GROUP_LIMIT: i32 = 32;
/** Highest number in `{…}`. */
const REPEAT_LIMIT: i32 = 1000;

/** Flags that hold from where they are set to the end of the group. */
const enum Flag {
  IgnoreCase = 1,
  MultiLine = 2,
  DotAll = 4,
  Ungreedy = 8,
}

/** Reads one pattern. `error` is "" or says in lower case what is wrong and where. */
export class RegexParser extends RegexReader {
  /**
   * Names of the capturing groups by number; "" where a group has none. The first is the whole
   * match.
   */
  names: string[] = [""];
  private flags: i32 = 0;
  private depth: i32 = 0;

  /** The tree of the whole pattern; meaningless where `error` is set. */
  parse(): RegexNode {
    const tree = this.alternatives();
    if (this.error.length == 0 && !this.atEnd()) this.fail("unexpected )");
    return tree;
  }

  private alternatives(): RegexNode {
    const first = this.sequence();
    if (this.peek() != 0x7c) return first;
    const node = new RegexNode(NodeKind.Alternatives);
    node.children.push(first);
    while (this.error.length == 0 && this.take(0x7c)) node.children.push(this.sequence());
    return node;
  }

  private sequence(): RegexNode {
    const node = new RegexNode(NodeKind.Sequence);
    while (this.error.length == 0 && !this.atEnd()) {
      const code = this.peek();
      if (code == 0x7c || code == 0x29) break;
      if (this.takeText("\\Q")) this.quoted(node);
      else node.children.push(this.repeated(this.atom()));
    }
    return node;
  }

  /** Literal text up to `\E`; a repetition behind it repeats its last character. */
  private quoted(node: RegexNode): void {
    while (!this.atEnd() && !this.takeText("\\E")) {
      const char = this.literal(this.next());
      const last = this.atEnd() || this.startsWith("\\E");
      if (last) this.takeText("\\E");
      node.children.push(last ? this.repeated(char) : char);
      if (last) return;
    }
  }

  private atom(): RegexNode {
    const code = this.next();
    switch (code) {
      case 0x28:
        return this.group();
      case 0x5b:
        return classNode(parseBracketClass(this, (this.flags & Flag.IgnoreCase) != 0));
      case 0x2e:
        return classNode(anyCode((this.flags & Flag.DotAll) != 0));
      case 0x5e:
        return this.anchor(Assertion.LineStart, Assertion.TextStart);
      case 0x24:
        return this.anchor(Assertion.LineEnd, Assertion.TextEnd);
      case 0x5c:
        return this.escaped();
      case 0x2a:
      case 0x2b:
      case 0x3f:
        this.fail("nothing to repeat");
        return new RegexNode(NodeKind.Empty);
      default:
        return this.literal(code);
    }
  }

  private anchor(line: Assertion, text: Assertion): RegexNode {
    const kind = (this.flags & Flag.MultiLine) != 0 ? line : text;
    return valueNode(NodeKind.Assertion, kind);
  }

  private literal(code: i32): RegexNode {
    const lower = code | 0x20;
    const folds = (this.flags & Flag.IgnoreCase) != 0 && lower >= 0x61 && lower <= 0x7a;
    if (!folds) return valueNode(NodeKind.Char, code);
    const set = new CharClass();
    set.add(code, code);
    set.addOtherCase();
    set.close(false);
    return classNode(set);
  }

  private escaped(): RegexNode {
    switch (this.peek()) {
      case 0x41:
        return this.assertion(Assertion.TextStart);
      case 0x7a:
        return this.assertion(Assertion.TextEnd);
      case 0x62:
        return this.assertion(Assertion.WordBoundary);
      case 0x42:
        return this.assertion(Assertion.NoWordBoundary);
      default:
        break;
    }
    const set = perlClass(this.peek());
    if (!set) return this.literal(this.escapedCode());
    this.next();
    return classNode(set);
  }

  private assertion(kind: Assertion): RegexNode {
    this.next();
    return valueNode(NodeKind.Assertion, kind);
  }

  /** What follows `(`. */
  private group(): RegexNode {
    const flags = this.flags;
    if (++this.depth > DEPTH_LIMIT) this.fail("groups are nested too deep");
    let number = 0;
    if (!this.takeText("?")) number = this.openCapture("");
    else if (this.takeText("P<") || this.takeText("<")) number = this.openCapture(this.groupName());
    else if (this.setFlags()) return this.endFlags();
    let tree = new RegexNode(NodeKind.Empty);
    if (this.error.length == 0) tree = this.alternatives();
    if (this.error.length == 0 && !this.take(0x29)) this.fail("missing )");
    this.flags = flags;
    --this.depth;
    if (number == 0) return tree;
    const node = valueNode(NodeKind.Capture, number);
    node.children.push(tree);
    return node;
  }

  private endFlags(): RegexNode {
    --this.depth;
    return new RegexNode(NodeKind.Empty);
  }

  private openCapture(name: string): i32 {
    if (name.length > 0 && this.names.indexOf(name) > 0)
      this.fail("the group " + name + " is there twice");
    if (this.names.length > GROUP_LIMIT) this.fail("more than 32 groups");
    this.names.push(name);
    return this.names.length - 1;
  }

  private groupName(): string {
    const start = this.at;
    while (isWordCode(this.peek())) this.next();
    const name = this.pattern.substring(start, this.at);
    if (name.length == 0 || !this.take(0x3e)) this.fail("expected a group name and >");
    return name;
  }

  /** Reads flags such as `i` or `i-s`. True: they stand alone, as in `(?i)`. */
  private setFlags(): bool {
    let off = false;
    while (this.error.length == 0) {
      const code = this.next();
      if (code == 0x3a) return false;
      if (code == 0x29) return true;
      const flag = flagOf(code);
      if (code == 0x2d && !off) off = true;
      else if (flag == 0) this.fail("unknown kind of group");
      else this.flags = off ? this.flags & ~flag : this.flags | flag;
    }
    return false;
  }

  /** Reads the repetition behind an atom, where there is one. */
  private repeated(atom: RegexNode): RegexNode {
    if (this.error.length > 0) return atom;
    const node = new RegexNode(NodeKind.Repeat);
    if (!this.bounds(node)) return atom;
    node.greedy = this.take(0x3f) == ((this.flags & Flag.Ungreedy) != 0);
    node.children.push(atom);
    if (this.bounds(new RegexNode(NodeKind.Repeat))) this.fail("a repetition of a repetition");
    return node;
  }

  private bounds(node: RegexNode): bool {
    node.highest = -1;
    if (this.take(0x2a)) return true;
    if (this.take(0x2b)) {
      node.lowest = 1;
      return true;
    }
    if (this.take(0x3f)) {
      node.highest = 1;
      return true;
    }
    return this.peek() == 0x7b && this.counts(node);
  }

  /** `{2}`, `{2,}` or `{2,5}`; other braces are plain characters. */
  private counts(node: RegexNode): bool {
    const start = this.at;
    this.next();
    node.lowest = this.digits(REPEAT_LIMIT);
    node.highest = node.lowest;
    if (node.lowest >= 0 && this.take(0x2c)) {
      node.highest = this.peek() == 0x7d ? -1 : this.digits(REPEAT_LIMIT);
      if (node.highest < 0 && this.peek() != 0x7d) node.lowest = -1;
    }
    if (node.lowest < 0 || !this.take(0x7d)) {
      this.at = start;
      return false;
    }
    const wrong = node.lowest > REPEAT_LIMIT || node.highest > REPEAT_LIMIT;
    if (wrong || (node.highest >= 0 && node.highest < node.lowest))
      this.fail("invalid repeat count");
    return true;
  }
}

function flagOf(letter: i32): i32 {
  if (letter == 0x69) return Flag.IgnoreCase;
  if (letter == 0x6d) return Flag.MultiLine;
  if (letter == 0x73) return Flag.DotAll;
  return letter == 0x55 ? Flag.Ungreedy : 0;
}

function anyCode(withLineEnd: bool): CharClass {
  const set = new CharClass();
  if (!withLineEnd) set.add(0x0a, 0x0a);
  set.close(true);
  return set;
}
