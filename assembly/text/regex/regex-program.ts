// Compiles the tree of a regular expression into instructions of a Pike machine:
// https://swtch.com/~rsc/regexp/regexp2.html
import { CharClass } from "./char-class";
import { NodeKind, RegexNode } from "./regex-node";

/** Bounds memory and the time for each character. */
const INSTRUCTION_LIMIT: i32 = 2048;

/** What an instruction does; `x` and `y` are its operands. */
export const enum Op {
  /** Goes on if the code point is `x`. */
  Char,
  /** Goes on if the class number `x` holds the code point. */
  Class,
  /** Goes on if the assertion `x` holds. */
  Assert,
  /** Keeps the position in slot `x`. */
  Save,
  /** Goes on at `x`, and with lower priority at `y`. */
  Split,
  /** Goes on at `x`. */
  Jump,
  Match,
}

/** The instructions of one pattern. */
export class RegexProgram {
  readonly ops: Op[] = [];
  readonly xs: i32[] = [];
  readonly ys: i32[] = [];
  readonly classes: CharClass[] = [];
  /** The pattern needs more instructions than allowed; the program is not complete. */
  tooLarge: bool = false;
  private steps: i32 = 0;

  constructor(tree: RegexNode) {
    this.emit(Op.Save, 0, 0);
    this.compile(tree);
    this.emit(Op.Save, 1, 0);
    this.emit(Op.Match, 0, 0);
  }

  /** Number of instructions. */
  get length(): i32 {
    return this.ops.length;
  }

  private emit(op: Op, x: i32, y: i32): i32 {
    this.ops.push(op);
    this.xs.push(x);
    this.ys.push(y);
    return this.ops.length - 1;
  }

  /** Recursion as deep as the parser allows groups. */
  private compile(node: RegexNode): void {
    // Counts nodes too, because an empty group emits nothing and can be repeated as well.
    if (++this.steps > INSTRUCTION_LIMIT * 2 || this.length > INSTRUCTION_LIMIT)
      this.tooLarge = true;
    if (this.tooLarge) return;
    const children = node.children;
    switch (node.kind) {
      case NodeKind.Char:
        this.emit(Op.Char, node.value, 0);
        break;
      case NodeKind.Class:
        this.emitClass(node);
        break;
      case NodeKind.Assertion:
        this.emit(Op.Assert, node.value, 0);
        break;
      case NodeKind.Capture:
        this.emit(Op.Save, node.value << 1, 0);
        this.compile(children[0]);
        this.emit(Op.Save, (node.value << 1) + 1, 0);
        break;
      case NodeKind.Sequence:
        for (let i = 0; i < children.length; ++i) this.compile(children[i]);
        break;
      case NodeKind.Alternatives:
        this.compileAlternatives(children);
        break;
      case NodeKind.Repeat:
        this.compileRepeat(node);
        break;
      default:
        break;
    }
  }

  private emitClass(node: RegexNode): void {
    const set = node.set;
    if (!set) return;
    this.emit(Op.Class, this.classes.length, 0);
    this.classes.push(set);
  }

  private compileAlternatives(children: RegexNode[]): void {
    const jumps: i32[] = [];
    const last = children.length - 1;
    for (let i = 0; i < last && !this.tooLarge; ++i) {
      const split = this.emit(Op.Split, this.length + 1, 0);
      this.compile(children[i]);
      jumps.push(this.emit(Op.Jump, 0, 0));
      this.ys[split] = this.length;
    }
    this.compile(children[last]);
    for (let i = 0; i < jumps.length; ++i) this.xs[jumps[i]] = this.length;
  }

  private compileRepeat(node: RegexNode): void {
    const child = node.children[0];
    for (let i = 1; i < node.lowest && !this.tooLarge; ++i) this.compile(child);
    if (node.highest < 0 && node.lowest > 0) {
      const start = this.length;
      this.compile(child);
      const split = this.emit(Op.Split, 0, 0);
      this.branch(split, start, split + 1, node.greedy);
      return;
    }
    if (node.lowest > 0) this.compile(child);
    if (node.highest < 0) {
      const split = this.emit(Op.Split, 0, 0);
      this.compile(child);
      this.emit(Op.Jump, split, 0);
      this.branch(split, split + 1, this.length, node.greedy);
      return;
    }
    const splits: i32[] = [];
    for (let i = node.lowest; i < node.highest && !this.tooLarge; ++i) {
      splits.push(this.emit(Op.Split, 0, 0));
      this.compile(child);
    }
    for (let i = 0; i < splits.length; ++i) {
      this.branch(splits[i], splits[i] + 1, this.length, node.greedy);
    }
  }

  /** Sets where a split goes: once more into the repetition, or out of it. */
  private branch(split: i32, again: i32, out: i32, greedy: bool): void {
    this.xs[split] = greedy ? again : out;
    this.ys[split] = greedy ? out : again;
  }
}
