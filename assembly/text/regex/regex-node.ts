// The syntax tree of a regular expression, between parser and compiler.
import { CharClass } from "./char-class";

/** What a node of the tree stands for. */
export const enum NodeKind {
  Empty,
  Char,
  Class,
  Assertion,
  Capture,
  Sequence,
  Alternatives,
  Repeat,
}

/** A condition on a position. */
export const enum Assertion {
  TextStart,
  TextEnd,
  LineStart,
  LineEnd,
  WordBoundary,
  NoWordBoundary,
}

/** One node; which fields mean something depends on its kind. */
export class RegexNode {
  children: RegexNode[] = [];
  /** Code point of a `Char`, kind of an `Assertion`, number of a `Capture`. */
  value: i32 = 0;
  set: CharClass | null = null;
  /** How often a `Repeat` has its child; -1 as highest: without limit. */
  lowest: i32 = 0;
  highest: i32 = 0;
  /** A `Repeat` takes as much as it can. */
  greedy: bool = true;

  constructor(public kind: NodeKind) {}
}

/** A node that stands for one number: a character, an assertion. */
export function valueNode(kind: NodeKind, value: i32): RegexNode {
  const node = new RegexNode(kind);
  node.value = value;
  return node;
}

/** A node that stands for any code point of a closed class. */
export function classNode(set: CharClass): RegexNode {
  const node = new RegexNode(NodeKind.Class);
  node.set = set;
  return node;
}
