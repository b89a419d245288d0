// Damage to JSON that stays JSON, for the most part: https://www.rfc-editor.org/rfc/rfc8259
// It is done to the text, since duplicate names, long numbers and lone surrogates do not outlive a parser.
import type { Dice } from "./dice.ts";

/** Where a value stands in the text; a member begins at its name. */
interface Place {
  readonly start: number;
  readonly end: number;
  /** Where the member's name begins; -1 in arrays and at the root. */
  readonly name: number;
}

/** What is put in the place of a value. */
const VALUES = [
  ...["null", "true", "false", "0", "-0", "-1", "1.5", "1e300", "-1e-300", "1e999", "2147483648"],
  ...["9007199254740993", "18446744073709551616", "123456789".repeat(30), "0." + "3".repeat(400)],
  ...['""', '"x"', '"null"', '"a\\u0000\\n\\"é😀"', '"\\ud800"', '"\\udc00\\ud800"', '"\\/"'],
  ...['"a\\r\\nx-evil: 1"', '"../../x"', '"%2e%2e%2f?#"', '"' + "long ".repeat(3000) + '"'],
  ...["[]", "{}", "[null]", "[[]]", "[{}]", '{"error":"x"}', '{"type":"error"}', '{"":""}'],
  ...['{"a":{"b":[1]}}', "[1,2,3]", '[{"type":"text","text":"x"}]', '{"type":null}'],
];
const NAMES = ['""', '"type"', '"error"', '"id"', '"\\u0069d"', '"__proto__"', '"index"', '"é"'];
const DEPTHS = [3, 40, 127, 128, 129, 2000];

/** The text with one value changed, or null where it is no JSON. */
export function damageJson(text: string, dice: Dice): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const places = placesIn(text);
  const place = dice.pick(places);
  const value = text.slice(place.start, place.end);
  const put = (own: string): string => text.slice(0, place.start) + own + text.slice(place.end);
  switch (dice.below(8)) {
    case 0:
      return without(text, place);
    case 1:
      return doubled(text, place, dice);
    case 2: {
      const other = dice.pick(places);
      return put(text.slice(other.start, other.end));
    }
    case 3:
      return put(nested(value, dice));
    case 4:
      return renamed(text, place, dice);
    default:
      return put(dice.pick(VALUES));
  }
}

function without(text: string, { start, end, name }: Place): string {
  const from = name >= 0 ? name : start;
  const before = text.slice(0, from).trimEnd();
  const after = text.slice(end).trimStart();
  if (after.startsWith(",")) return before + after.slice(1);
  return (before.endsWith(",") ? before.slice(0, -1) : before) + after;
}

/** The value, or the member, a second time, as it is or with another value. */
function doubled(text: string, { start, end, name }: Place, dice: Dice): string {
  const own = text.slice(name >= 0 ? name : start, end);
  const key = name >= 0 ? text.slice(name, start) : "";
  const again = dice.once(2) ? own : key + dice.pick(VALUES);
  const isRoot = start === 0 || (name < 0 && text.slice(0, start).trim() === "");
  if (isRoot) return `[${own},${own}]`;
  const times = dice.once(20) ? 500 : 1;
  return text.slice(0, end) + `,${again}`.repeat(times) + text.slice(end);
}

function nested(value: string, dice: Dice): string {
  const depth = dice.pick(DEPTHS);
  return dice.once(2)
    ? "[".repeat(depth) + value + "]".repeat(depth)
    : '{"content":'.repeat(depth) + value + "}".repeat(depth);
}

function renamed(text: string, { start, end, name }: Place, dice: Dice): string {
  if (name < 0) return text.slice(0, start) + dice.pick(VALUES) + text.slice(end);
  return `${text.slice(0, name)}${dice.pick(NAMES)}:${text.slice(start)}`;
}

/** Every value of a JSON text, the root first. */
function placesIn(text: string): Place[] {
  const places: Place[] = [];
  const open: { isObject: boolean; place: number }[] = [];
  let name = -1;
  const begin = (start: number): void => {
    places.push({ start, end: start, name });
    name = -1;
  };
  const finish = (place: number, end: number): void => {
    const { start, name } = places[place] as Place;
    places[place] = { start, end, name };
  };
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const at = token.index;
    const [own] = token;
    if (own === "{" || own === "[") {
      open.push({ isObject: own === "{", place: places.length });
      begin(at);
    } else if (own === "}" || own === "]") {
      finish(open.pop()?.place ?? 0, at + 1);
    } else if (open.at(-1)?.isObject === true && name < 0 && own.startsWith('"')) {
      name = at;
    } else if (own !== "," && own !== ":") {
      begin(at);
      finish(places.length - 1, at + own.length);
    }
  }
  return places;
}
