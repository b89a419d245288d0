// Bracket classes of regular expressions, such as `[^a-z\d]`:
// https://github.com/google/re2/wiki/Syntax
import { CharClass, perlClass, posixClass } from "./char-class";
import { RegexReader } from "./regex-reader";
import { startsAt } from "../starts-at";

/** Reads what follows `[`. The class is closed; errors are the reader's. */
export function parseBracketClass(reader: RegexReader, ignoreCase: bool): CharClass {
  const set = new CharClass();
  const negated = reader.take(0x5e);
  // A bracket in the first place stands for itself.
  let first = true;
  while (reader.error.length == 0 && (first || reader.peek() != 0x5d)) {
    first = false;
    if (!addNamed(reader, set)) addRange(reader, set);
  }
  if (!reader.take(0x5d)) reader.fail("missing ]");
  if (ignoreCase) set.addOtherCase();
  set.close(negated);
  return set;
}

/** Adds a class in a class: `\d` or `[:alpha:]`. */
function addNamed(reader: RegexReader, set: CharClass): bool {
  let named: CharClass | null = null;
  if (reader.startsWith("[:")) {
    const end = reader.pattern.indexOf(":]", reader.at + 2);
    if (end < 0) return false;
    const negated = startsAt(reader.pattern, "^", reader.at + 2);
    const name = reader.pattern.substring(reader.at + (negated ? 3 : 2), end);
    named = posixClass(name, negated);
    if (!named) reader.fail("unknown class");
    else reader.at = end + 2;
  } else if (reader.startsWith("\\") && reader.at + 1 < reader.pattern.length) {
    named = perlClass(reader.pattern.charCodeAt(reader.at + 1));
    if (named) reader.at += 2;
  }
  if (named) set.addClass(named);
  return named !== null;
}

function addRange(reader: RegexReader, set: CharClass): void {
  const first = classCode(reader);
  let last = first;
  if (reader.startsWith("-") && !reader.startsWith("-]")) {
    reader.next();
    last = classCode(reader);
  }
  if (last < first) reader.fail("a range that ends before it begins");
  set.add(first, last);
}

function classCode(reader: RegexReader): i32 {
  return reader.take(0x5c) ? reader.escapedCode() : reader.next();
}
