// JSON with numbers as they were written and members in order: https://www.rfc-editor.org/rfc/rfc8259

/** A number by its text: 1.0 and 1 are different. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** A parsed value. */
export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;
export type JsonObject = Map<string, JsonValue>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

/** Parses a text; throws an Error that names the offset, also for a member that comes twice. */
export function parseJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): JsonValue {
    this.match(SPACE);
    const next = this.text[this.at];
    if (next === "{") return this.object();
    if (next === "[") return this.array();
    if (next === '"') return this.string();
    for (const [word, value] of [
      ["null", null],
      ["true", true],
      ["false", false],
    ] as const) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return new JsonNumber(this.match(NUMBER) ?? this.fail("a value"));
  }

  end(): void {
    this.match(SPACE);
    if (this.at < this.text.length) this.fail("the end");
  }

  private object(): JsonObject {
    const object: JsonObject = new Map();
    this.list("{", "}", () => {
      this.match(SPACE);
      const key = this.string();
      if (object.has(key)) this.fail(`no second member "${key}"`);
      this.expect(":");
      object.set(key, this.value());
    });
    return object;
  }

  private array(): JsonValue[] {
    const array: JsonValue[] = [];
    this.list("[", "]", () => array.push(this.value()));
    return array;
  }

  private list(open: string, close: string, item: () => void): void {
    this.expect(open);
    this.match(SPACE);
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      item();
      this.match(SPACE);
      const next = this.text[this.at];
      if (next !== "," && next !== close) this.fail(`"," or "${close}"`);
      this.at += 1;
      if (next === close) return;
    }
  }

  private string(): string {
    return JSON.parse(this.match(STRING) ?? this.fail("a string")) as string;
  }

  private expect(character: string): void {
    this.match(SPACE);
    if (this.text[this.at] !== character) this.fail(`"${character}"`);
    this.at += 1;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }

  private fail(expected: string): never {
    const near = this.text.slice(Math.max(0, this.at - 20), this.at + 20);
    throw new Error(`JSON at offset ${this.at}: expected ${expected} in ${JSON.stringify(near)}`);
  }
}

/** Writes a value; `indent` 0 writes one line. */
export function writeJson(value: JsonValue, indent = 0, depth = 0): string {
  if (value instanceof JsonNumber) return value.text;
  if (!(value instanceof Map) && !Array.isArray(value)) return JSON.stringify(value);
  const items = Array.isArray(value)
    ? value.map((item) => writeJson(item, indent, depth + 1))
    : [...value].map(
        ([key, own]) =>
          `${JSON.stringify(key)}:${indent > 0 ? " " : ""}${writeJson(own, indent, depth + 1)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (indent === 0 || items.length === 0) return open + items.join(",") + close;
  const margin = "\n" + " ".repeat(indent * (depth + 1));
  const end = "\n" + " ".repeat(indent * depth);
  return open + margin + items.join("," + margin) + end + close;
}
