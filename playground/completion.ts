// What may stand at a cursor, by the schema: keys with their meaning, values by their names.
import { stringify } from "yaml";
import { type Schema, type Schemas } from "./schema.ts";
import { type Cursor, cursorAt } from "./yaml-cursor.ts";

/** One thing that may be put in. */
export interface Suggestion {
  label: string;
  /** What it means, in a line. */
  detail: string;
  /** What takes the place of the text from `start` to the cursor. */
  insert: string;
  start: number;
}

/** More than that nobody reads. */
const MOST = 40;

/** What fits a cursor, best first; empty where nothing is known. */
export function suggestions(
  text: string,
  offset: number,
  schemas: Schemas,
  file: string,
): Suggestion[] {
  const cursor = cursorAt(text, offset);
  if (cursor === null) return [];
  const here = schemas.at(file, cursor.path);
  const isObject = (name: string) => holdsMembers(schemas.at(file, [...cursor.path, name]));
  const all =
    cursor.kind === "key" ? keys(cursor, here, text, isObject) : values(cursor, here, text);
  const typed = cursor.typed.toLowerCase();
  const fits = all.filter(({ label }) => label.toLowerCase().includes(typed));
  const begins = ({ label }: Suggestion) => (label.toLowerCase().startsWith(typed) ? 0 : 1);
  return fits
    .filter(({ label }) => label !== cursor.typed)
    .sort((a, b) => begins(a) - begins(b))
    .slice(0, MOST);
}

function keys(
  cursor: Cursor,
  here: Schema[],
  text: string,
  isObject: (name: string) => boolean,
): Suggestion[] {
  const isItem = typeof cursor.path.at(-1) === "number";
  const known = here.flatMap((schema) => Object.entries(schema.properties ?? {}));
  const type = typeOf(text, cursor);
  const fields = new Map(known.filter(([name]) => !cursor.siblings.includes(name)));
  const found = [...fields]
    .filter(([, schema]) => isFor(schema, type))
    .map(([name, schema]): Suggestion => {
      const detail = schema.description ?? "";
      // What follows a key, as far as its value's kind is clear.
      const insert = `${name}${isObject(name) ? ":\n" : ": "}`;
      return { label: name, detail, insert, start: cursor.start };
    });
  // An item of a list may be a value as well.
  return isItem ? [...values(cursor, here, text), ...found] : found;
}

/** Whether a value has members, and nothing else would do. */
function holdsMembers(alternatives: Schema[]): boolean {
  const types = alternatives.flatMap(({ type = [] }) => type);
  return types.includes("object") && types.every((type) => ["object", "null"].includes(type));
}

/** Fields that are one provider's alone begin with its name: "`qwen`: lets …". */
function isFor({ description = "" }: Schema, type: string | null): boolean {
  const [, names] = /^((?:`[\w-]+`(?:, )?)+): /.exec(description) ?? [];
  return names === undefined || type === null || names.includes(`\`${type}\``);
}

/** The provider's type, as the lines around say it. */
function typeOf(text: string, { start }: Cursor): string | null {
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const indent = /^ */.exec(text.slice(line))?.[0] ?? "";
  const same = new RegExp(`^${indent}type:\\s*["']?([\\w-]+)`);
  const lines = text.split("\n");
  const at = text.slice(0, start).split("\n").length - 1;
  const isOutside = (own: string) => own.trim() !== "" && !own.startsWith(indent);
  for (const step of [-1, 1]) {
    for (let i = at; i >= 0 && i < lines.length; i += step) {
      const own = lines[i] ?? "";
      const [, type] = same.exec(own) ?? [];
      if (type !== undefined) return type;
      if (i !== at && isOutside(own)) break;
    }
  }
  return null;
}

function values(cursor: Cursor, here: Schema[], text: string): Suggestion[] {
  const found = new Map<string, string>();
  const add = (value: unknown, detail: string) => {
    if (value === null || value === "" || typeof value === "object") return;
    // With quotes where it would be something else without.
    const written = stringify(value).trim();
    if (!found.has(written)) found.set(written, detail);
  };
  for (const id of isProviderList(cursor) ? providerIds(text) : []) add(id, "a provider");
  for (const schema of here) {
    for (const value of schema.enum ?? []) add(value, value === schema.default ? "default" : "");
    if (schema.const !== undefined) add(schema.const, "");
    if ([schema.type].flat().includes("boolean")) [true, false].forEach((own) => add(own, ""));
    if (schema.default !== undefined) add(schema.default, "default");
    for (const value of schema.examples ?? []) add(value, "for example");
  }
  return [...found].map(([label, detail]) => ({
    label,
    detail,
    insert: label,
    start: cursor.start,
  }));
}

function isProviderList({ path }: Cursor): boolean {
  const [top, , field, , name] = path;
  return top === "models" && field === "providers" && (name === undefined || name === "id");
}

function providerIds(text: string): string[] {
  const [, block = ""] = /^providers:[^\n]*\n((?:[ \t#][^\n]*\n|\n)*)/m.exec(`${text}\n`) ?? [];
  const [, indent = ""] = /^( +)[^\s#]/m.exec(block) ?? [];
  const found = block.matchAll(new RegExp(`^${indent}([\\w.-]+):`, "gm"));
  return indent === "" ? [] : [...found].map(([, id = ""]) => id);
}
