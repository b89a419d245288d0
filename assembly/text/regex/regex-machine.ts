// Runs the program of a regular expression in linear time, all alternatives side by side:
// https://swtch.com/~rsc/regexp/regexp2.html
import { isWordCode } from "./char-class";
import { Assertion } from "./regex-node";
import { Op, RegexProgram } from "./regex-program";

/** Threads at one position in the order of their priority, each with its captures. */
class ThreadList {
  count: i32 = 0;
  readonly pcs: StaticArray<i32>;
  readonly captures: StaticArray<i32>;

  constructor(size: i32, slots: i32) {
    this.pcs = new StaticArray<i32>(size);
    this.captures = new StaticArray<i32>(size * slots);
  }
}

/** The memory that one pattern needs to search. */
export class RegexMachine {
  /** Start and end of the match and of each group; -1 where a group took no part. */
  readonly slots: StaticArray<i32>;
  private current: ThreadList;
  private following: ThreadList;
  /** For each instruction the last round that reached it. */
  private readonly rounds: StaticArray<i32>;
  private round: i32 = 0;
  /** The captures of the thread that is followed. */
  private readonly held: StaticArray<i32>;
  /**
   * Open ways: an instruction and -1, or a slot as -1 - slot and the position to give back to it.
   */
  private readonly open: i32[] = [];

  constructor(
    private readonly program: RegexProgram,
    groups: i32,
  ) {
    const slots = groups << 1;
    this.slots = new StaticArray<i32>(slots);
    this.held = new StaticArray<i32>(slots);
    this.rounds = new StaticArray<i32>(program.length);
    this.current = new ThreadList(program.length, slots);
    this.following = new ThreadList(program.length, slots);
  }

  /** Looks for the leftmost match that begins at `from` or behind; fills `slots`. */
  search(text: string, from: i32): bool {
    this.current.count = 0;
    ++this.round;
    let matched = false;
    for (let at = from; ;) {
      if (!matched) {
        this.held.fill(-1);
        this.follow(this.current, 0, text, at);
      }
      if (matched && this.current.count == 0) break;
      const code = at < text.length ? text.codePointAt(at) : -1;
      const next = at + (code > 0xffff ? 2 : 1);
      this.following.count = 0;
      ++this.round;
      if (this.step(code, text, next)) matched = true;
      const done = this.current;
      this.current = this.following;
      this.following = done;
      if (code < 0) break;
      at = next;
    }
    return matched;
  }

  /**
   * Lets each thread take the code point. True: one of them matches, and those behind it are
   * dropped.
   */
  private step(code: i32, text: string, next: i32): bool {
    const program = this.program;
    const slots = this.slots.length;
    for (let i = 0; i < this.current.count; ++i) {
      const pc = this.current.pcs[i];
      const base = i * slots;
      const op = program.ops[pc];
      if (op == Op.Match) {
        for (let s = 0; s < slots; ++s) this.slots[s] = this.current.captures[base + s];
        return true;
      }
      const x = program.xs[pc];
      if (code < 0 || !(op == Op.Char ? x == code : program.classes[x].has(code))) continue;
      for (let s = 0; s < slots; ++s) this.held[s] = this.current.captures[base + s];
      this.follow(this.following, pc + 1, text, next);
    }
    return false;
  }

  /** Adds the threads that are reached from an instruction without taking a code point. */
  private follow(list: ThreadList, start: i32, text: string, at: i32): void {
    const open = this.open;
    this.visit(start);
    while (open.length > 0) {
      const value = open.pop();
      const pc = open.pop();
      if (pc < 0) {
        this.held[-1 - pc] = value;
        continue;
      }
      if (this.rounds[pc] == this.round) continue;
      this.rounds[pc] = this.round;
      this.enter(list, pc, text, at);
    }
  }

  private visit(pc: i32): void {
    this.open.push(pc);
    this.open.push(-1);
  }

  private enter(list: ThreadList, pc: i32, text: string, at: i32): void {
    const x = this.program.xs[pc];
    switch (this.program.ops[pc]) {
      case Op.Jump:
        this.visit(x);
        break;
      case Op.Split:
        this.visit(this.program.ys[pc]);
        this.visit(x);
        break;
      case Op.Save:
        this.open.push(-1 - x);
        this.open.push(this.held[x]);
        this.held[x] = at;
        this.visit(pc + 1);
        break;
      case Op.Assert:
        if (holds(x, text, at)) this.visit(pc + 1);
        break;
      default:
        this.addThread(list, pc);
    }
  }

  private addThread(list: ThreadList, pc: i32): void {
    const slots = this.slots.length;
    const base = list.count * slots;
    for (let s = 0; s < slots; ++s) list.captures[base + s] = this.held[s];
    list.pcs[list.count] = pc;
    list.count += 1;
  }
}

function holds(assertion: i32, text: string, at: i32): bool {
  // A code unit is enough: word characters and the line feed are ASCII.
  const before: i32 = at > 0 ? text.charCodeAt(at - 1) : -1;
  const after: i32 = at < text.length ? text.charCodeAt(at) : -1;
  switch (assertion) {
    case Assertion.TextStart:
      return before < 0;
    case Assertion.TextEnd:
      return after < 0;
    case Assertion.LineStart:
      return before < 0 || before == 0x0a;
    case Assertion.LineEnd:
      return after < 0 || after == 0x0a;
    case Assertion.WordBoundary:
      return isWordCode(before) != isWordCode(after);
    default:
      return isWordCode(before) == isWordCode(after);
  }
}
