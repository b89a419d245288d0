// Finds what a misspelled name was meant to be: https://en.wikipedia.org/wiki/Levenshtein_distance
import { quoted } from "./json-path";

/** Longer names are not compared; no known one is that long. */
const LENGTH_LIMIT: i32 = 64;
/** Names that one message suggests. */
const SUGGESTION_LIMIT: i32 = 3;

/** `; did you mean "a" or "b"?` with the known names that are near, or "" where none is. */
export function suggestion(name: string, known: string[]): string {
  const near = nearestNames(name, known);
  if (near.length == 0) return "";
  for (let i = 0; i < near.length; ++i) near[i] = quoted(near[i]);
  return "; did you mean " + near.join(" or ") + "?";
}

/**
 * The known names at the smallest edit distance, at most three; none where a third of the name is
 * wrong.
 */
export function nearestNames(name: string, known: string[]): string[] {
  const found: string[] = [];
  if (name.length > LENGTH_LIMIT) return found;
  const plain = plainForm(name);
  // A name of one or two letters is near to every other.
  let best = plain.length < 3 ? 0 : plain.length / 3;
  for (let i = 0; i < known.length; ++i) {
    const distance = editDistance(plain, plainForm(known[i]));
    if (distance > best) continue;
    if (distance < best) found.length = 0;
    best = distance;
    if (found.length < SUGGESTION_LIMIT) found.push(known[i]);
  }
  return found;
}

/** Case and separators are the most usual mistakes, so they cost nothing. */
function plainForm(name: string): string {
  return name.toLowerCase().replaceAll("_", "").replaceAll("-", "");
}

function editDistance(from: string, to: string): i32 {
  const row = new StaticArray<i32>(to.length + 1);
  for (let j = 0; j <= to.length; ++j) row[j] = j;
  for (let i = 1; i <= from.length; ++i) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= to.length; ++j) {
      const above = row[j];
      const change = diagonal + (from.charCodeAt(i - 1) == to.charCodeAt(j - 1) ? 0 : 1);
      row[j] = min(change, min(above, row[j - 1]) + 1);
      diagonal = above;
    }
  }
  return row[to.length];
}
