// What differs between two texts, line by line: https://en.wikipedia.org/wiki/Longest_common_subsequence

/** One line of a diff: kept, gone or new. */
export interface DiffLine {
  sign: " " | "-" | "+";
  text: string;
}

/** Larger texts than anybody edits by hand: all of the old, then all of the new. */
const MOST_CELLS = 4_000_000;

/** All lines of both texts in order. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const from = before.split("\n");
  const to = after.split("\n");
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) ++head;
  let tail = 0;
  const most = Math.min(from.length, to.length) - head;
  while (tail < most && from.at(-1 - tail) === to.at(-1 - tail)) ++tail;
  const middle = changed(from.slice(head, from.length - tail), to.slice(head, to.length - tail));
  return [
    ...signed(" ", from.slice(0, head)),
    ...middle,
    ...signed(" ", from.slice(from.length - tail)),
  ];
}

function signed(sign: DiffLine["sign"], lines: string[]): DiffLine[] {
  return lines.map((text) => ({ sign, text }));
}

function changed(from: string[], to: string[]): DiffLine[] {
  const width = to.length + 1;
  if (from.length * width > MOST_CELLS) return [...signed("-", from), ...signed("+", to)];
  // The length of what is common behind each pair of places.
  const common = new Uint32Array((from.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; --i) {
    for (let j = to.length - 1; j >= 0; --j) {
      const longest = Math.max(at(i + 1, j), at(i, j + 1));
      common[i * width + j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : longest;
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const isSame = i < from.length && j < to.length && from[i] === to[j];
    const isGone = j >= to.length || (i < from.length && at(i + 1, j) >= at(i, j + 1));
    const sign = isSame ? " " : isGone ? "-" : "+";
    lines.push({ sign, text: (sign === "+" ? to[j] : from[i]) ?? "" });
    if (sign !== "+") ++i;
    if (sign !== "-") ++j;
  }
  return lines;
}

/** The changed lines with some around them, `…` for what is left out; empty where nothing differs. */
export function withContext(lines: readonly DiffLine[], around = 3): DiffLine[] {
  const isNear = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, at) => {
    if (isNear[at] === true) return [line];
    const isFirst = isNear[at - 1] === true && isNear.indexOf(true, at) >= 0;
    return isFirst ? [{ sign: " " as const, text: "…" }] : [];
  });
}
