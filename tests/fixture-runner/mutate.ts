// Damages a file of a fixture: its bytes, or, where they are JSON, one value in it.
import { extension, type FixtureFile } from "./fixture.ts";

/** Random numbers that are the same in every run. */
export class Dice {
  private state: number;

  constructor(seed: number, name: string) {
    this.state = seed >>> 0;
    for (const char of name) this.state = this.next() ^ (char.codePointAt(0) ?? 0);
  }

  private next(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    // The low bits of such a sequence repeat soon.
    return Math.imul(this.state ^ (this.state >>> 15), 2246822519) >>> 0;
  }

  /** An integer from 0 to `limit` - 1; 0 where the limit is 0. */
  below(limit: number): number {
    return limit === 0 ? 0 : this.next() % limit;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** What is put into bytes. */
const PIECES = [
  ...['"', "\\", "{", "}", "[", "]", ":", ",", "null", "0", "-", "1e999", '""', "\\ud800", "\\u12"],
  ...["\n", "\n\n", "\r", "\r\n", "\0", " ", "data:", "data: [DONE]\n\n", "event: error\n"],
  ...[": comment\n\n", "id: 1\n", "<html>", "é", "\ufeff"],
].map((own) => Buffer.from(own));
const BROKEN_UTF8 = [Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80)];

/** What is put in the place of a JSON value. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, 9007199254740993, "", "x", "null", 'a\u0000\n"é😀'],
  ...[[], {}, [null], [[]], [{}], { error: "x" }, { type: "error" }, { a: { b: [1] } }],
];

/** The file with one thing, or a few, that should not be. */
export function mutate(file: FixtureFile, dice: Dice): FixtureFile {
  let bytes: Buffer = Buffer.from(file.bytes);
  for (let times = dice.below(8) === 0 ? 3 : 1; times > 0; --times) {
    bytes =
      dice.below(3) > 0 ? mutateValue(bytes, extension(file), dice) : mutateBytes(bytes, dice);
  }
  return { ...file, bytes };
}

function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + dice.below(dice.pick([2, 20, 200])));
  const [before, range, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, end),
    bytes.subarray(end),
  ];
  switch (dice.below(6)) {
    case 0:
      return Buffer.from(before);
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, range, range, after]);
    case 3:
      return Buffer.concat([before, Buffer.of(dice.below(256)), bytes.subarray(at + 1)]);
    case 4:
      return Buffer.concat([before, dice.pick(BROKEN_UTF8), bytes.subarray(at)]);
    default:
      return Buffer.concat([before, dice.pick(PIECES), bytes.subarray(at)]);
  }
}

/** Changes a value of the JSON, or of one of the events' JSON. */
function mutateValue(bytes: Buffer, ending: string, dice: Dice): Buffer {
  const text = bytes.toString("utf8");
  if (ending !== "sse") return changed(text, dice) ?? mutateBytes(bytes, dice);
  const lines = text.split("\n");
  const places = lines.flatMap((line, index) => (line.startsWith("data: {") ? [index] : []));
  const place = dice.pick(places);
  const json = changed(lines[place]?.slice("data: ".length) ?? "", dice);
  if (json === null) return mutateBytes(bytes, dice);
  lines[place] = `data: ${json.toString("utf8")}`;
  return Buffer.from(lines.join("\n"));
}

/** The JSON with one value replaced, removed or put in. Null: it is none. */
function changed(text: string, dice: Dice): Buffer | null {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return null;
  }
  const holders = holdersIn(root);
  if (holders.length === 0) return null;
  const holder = dice.pick(holders);
  const keys = Object.keys(holder);
  const key = dice.pick(keys.length > 0 ? keys : ["type"]);
  const action = dice.below(5);
  if (Array.isArray(holder)) {
    if (action === 0) holder.splice(Number(key), 1);
    else if (action === 1) holder.push(dice.pick(VALUES));
    else holder[Number(key) || 0] = dice.pick(VALUES);
  } else if (action === 0) {
    delete holder[key];
  } else {
    holder[key] = dice.pick(VALUES);
  }
  return Buffer.from(JSON.stringify(root));
}

/** Every array and object of a value. */
function holdersIn(value: unknown): (unknown[] | Record<string, unknown>)[] {
  if (typeof value !== "object" || value === null) return [];
  const own = value as unknown[] | Record<string, unknown>;
  return [own, ...Object.values(own).flatMap(holdersIn)];
}
