// Where the parts of a YAML text stand; free of Node, since the playground's page reads texts too.
// https://yaml.org/spec/1.2.2/
import { type Document, isMap, isPair, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** A path as its steps. */
export type Path = (string | number)[];

/** One thing that is wrong, and where. Lines and columns count from 1. */
export interface Problem {
  line: number;
  column: number;
  /** Such as `providers.openai.apiTokens[0]`; "" for the text as a whole. */
  path: string;
  message: string;
}

/** A text that was read, and where its parts stand. */
export interface YamlText {
  document: Document.Parsed;
  /** What is no YAML in it. */
  problems: Problem[];
  problemAt(path: Path, message: string): Problem;
}

/** Reads a YAML text, of which JSON is a part. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    ...placeOf(pos[0]),
    path: "",
    message,
  }));
  const problemAt = (path: Path, message: string): Problem => ({
    ...placeOf(offsetOf(document.contents as Node | null, path)),
    path: pathText(path),
    message,
  });
  return { document, problems, problemAt };
}

/** Where a path's value stands, or the innermost part of it that is there. */
function offsetOf(root: Node | null, path: Path): number {
  let node: Node | null = root;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && String((item.key as { value?: unknown }).value) === String(step),
      );
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

/** `providers.openai.apiTokens[0]` */
export function pathText(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z0-9_]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join("");
}

/** The steps of a path as the plugin's messages have it. */
export function parsePath(text: string): Path {
  const steps = text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z0-9_-]+)/g);
  return [...steps].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted !== undefined ? (JSON.parse(quoted) as string) : (name ?? "");
  });
}

/** What the plugin logs where it refuses a configuration, and where it only wonders. */
const LOGGED = { refusal: "configuration refused: ", warning: "configuration: " };

/** A line of the plugin's log as what it says of a configuration; null where it is about something else. */
export function spoken(log: string): { isRefusal: boolean; path: Path; message: string } | null {
  const isRefusal = log.startsWith(LOGGED.refusal);
  if (!isRefusal && !log.startsWith(LOGGED.warning)) return null;
  const text = log.slice((isRefusal ? LOGGED.refusal : LOGGED.warning).length);
  const colon = text.indexOf(": ");
  if (colon < 0) return { isRefusal, path: [], message: text };
  return { isRefusal, path: parsePath(text.slice(0, colon)), message: text.slice(colon + 2) };
}
