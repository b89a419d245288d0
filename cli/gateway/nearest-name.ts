// Finds what a misspelled name was meant to be: https://en.wikipedia.org/wiki/Levenshtein_distance

/** `; did you mean "a" or "b"?` with the known names that are near, or "" where none is. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearestNames(name, known).map((one) => JSON.stringify(one));
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}

/** The known names at the smallest edit distance; none where a third of the name is wrong. */
function nearestNames(name: string, known: readonly string[]): string[] {
  const plain = plainForm(name);
  // A name of one or two letters is near to every other.
  const limit = plain.length < 3 ? 0 : Math.floor(plain.length / 3);
  const distances = known.map((one) => editDistance(plain, plainForm(one)));
  const best = Math.min(limit, ...distances);
  return known.filter((_, at) => distances[at] === best).slice(0, 3);
}

/** Case and separators are the most usual mistakes, so they cost nothing. */
function plainForm(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "");
}

/** Letters added, left out, changed, or in the place of their neighbours. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, at) => at)];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity;
  for (let i = 1; i <= from.length; ++i) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= to.length; ++j) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = from[i - 2] === to[j - 1] && from[i - 1] === to[j - 2];
      row[j] = Math.min(
        at(i - 1, j - 1) + (isSame ? 0 : 1),
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        isSwapped ? at(i - 2, j - 2) + 1 : Infinity,
      );
    }
  }
  return at(from.length, to.length);
}
