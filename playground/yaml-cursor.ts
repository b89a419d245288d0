// Where a cursor stands in a YAML text that is being written, and so is no YAML yet. Block style, as
// gateway files have it; a list in brackets counts where it is written on one line.
import type { Path } from "../cli/gateway/yaml-places.ts";

/** What may be completed at a place. */
export interface Cursor {
  /** A key of the mapping at `path`, or the value at `path`. */
  kind: "key" | "value";
  path: Path;
  /** What of it is written already, and where that begins. */
  typed: string;
  start: number;
  /** Keys that the mapping has. */
  siblings: string[];
}

/** A line as far as its place tells of the structure. */
interface Line {
  /** Columns of the dashes that it begins with. */
  dashes: number[];
  /** Column of what follows them. */
  column: number;
  /** The key that it begins with, or null. */
  key: string | null;
}

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'#:[\]{},&*!|>%@`][^\s:#]*))\s*:(?=\s|$)/;

function readLine(text: string): Line | null {
  const dashes: number[] = [];
  let column = text.search(/\S|$/);
  while (text[column] === "-" && /\s|^$/.test(text[column + 1] ?? "")) {
    dashes.push(column);
    column += 1 + text.slice(column + 1).search(/\S|$/);
  }
  const rest = text.slice(column);
  if (rest.startsWith("#") || (rest === "" && dashes.length === 0)) return null;
  const [, double, single, plain] = KEY.exec(rest) ?? [];
  return { dashes, column, key: double ?? single ?? plain ?? null };
}

/** Reads what stands around an offset; null in comments. */
export function cursorAt(text: string, offset: number): Cursor | null {
  const lines = text.split("\n");
  const before = text.slice(0, offset);
  const at = before.split("\n").length - 1;
  const written = before.slice(before.lastIndexOf("\n") + 1);
  if (/(?:^|\s)#/.test(written)) return null;
  const own = readLine(written) ?? { dashes: [], column: written.length, key: null };
  const parent = pathOf(lines, at, own);
  const value = own.key === null ? null : /:\s+(.*)$/.exec(written.slice(own.column));
  const items = /\[(?:[^[\]]*,)?\s*("?)([^\s,[\]"]*)$/.exec(value?.[1] ?? "");
  const inValue = (path: Path, typed: string): Cursor => ({
    kind: "value",
    path,
    typed,
    start: offset - typed.length,
    siblings: [],
  });
  if (items !== null) return inValue([...parent, own.key ?? "", 0], items[2] ?? "");
  if (value !== null) return inValue([...parent, own.key ?? ""], value[1] ?? "");
  if (own.key !== null) return null;
  const typed = written.slice(own.column);
  const siblings = siblingsOf(lines, at, own);
  return { kind: "key", path: parent, typed, start: offset - typed.length, siblings };
}

/** The path of the mapping or list that a line's content belongs to. */
function pathOf(lines: string[], at: number, own: Line): Path {
  const path: Path = own.dashes.map(() => 0);
  let column = own.dashes[0] ?? own.column;
  let isItem = own.dashes.length > 0;
  for (let i = at - 1; i >= 0 && (column > 0 || isItem); --i) {
    const line = readLine(lines[i] ?? "");
    if (line === null) continue;
    // A key has its list at its own column or behind; its mapping only behind.
    const isParent =
      line.key !== null && (line.column < column || (isItem && line.column === column));
    if (isParent && (line.dashes.length === 0 || !isItem || line.column <= column)) {
      path.unshift(line.key ?? "");
      [column, isItem] = [line.column, false];
    }
    const dashes = line.dashes.filter((dash) => dash < column);
    if (dashes.length > 0 && !isItem) {
      path.unshift(...dashes.map(() => 0));
      [column, isItem] = [dashes[0] ?? 0, true];
    }
  }
  return path;
}

/** The other keys at a line's column, as far as its mapping goes. */
function siblingsOf(lines: string[], at: number, own: Line): string[] {
  const found: string[] = [];
  const collect = (from: number, step: number) => {
    for (let i = from; i >= 0 && i < lines.length; i += step) {
      const line = readLine(lines[i] ?? "");
      if (line === null) continue;
      const first = line.dashes[0] ?? line.column;
      if (
        line.column === own.column &&
        line.key !== null &&
        (step < 0 || line.dashes.length === 0)
      ) {
        found.push(line.key);
      }
      if (first < own.column) break;
    }
  };
  if (own.dashes.length === 0) collect(at - 1, -1);
  collect(at + 1, 1);
  return found;
}
