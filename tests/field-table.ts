// Tables of a JSON Schema's properties for the documentation:
// https://json-schema.org/draft/2020-12/schema

/** The part of JSON Schema that the tables need. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly propertyNames?: Schema;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** How the definitions that stand for a type of text are called in a table. */
const NAMED_TYPES: Readonly<Record<string, string>> = {
  text: "string",
  url: "URL",
  host: "host",
  secret: "secret",
  multilineSecret: "secret",
  tokenText: "secret",
  strings: "list of strings",
  stringMap: "object of strings",
  bool: "boolean",
};

/** The schema that a `$ref` of the same file names, or the schema itself. */
export function resolve(root: Schema, schema: Schema): Schema {
  const name = schema.$ref?.replace("#/$defs/", "");
  if (name === undefined) return schema;
  const found = root.$defs?.[name];
  if (found === undefined) throw new Error(`no definition ${name}`);
  return found;
}

/** The properties of the whole (`top`) or of a definition. */
export function propertiesOf(root: Schema, name: string): Readonly<Record<string, Schema>> {
  const schema = name === "top" ? root : root.$defs?.[name];
  const alternative = schema?.anyOf?.find((one) => one.properties !== undefined);
  const properties = schema?.properties ?? alternative?.properties;
  if (properties === undefined) throw new Error(`${name} has no properties`);
  return properties;
}

/** A Markdown table with a row for each of the named properties. */
export function fieldTable(
  properties: Readonly<Record<string, Schema>>,
  names: readonly string[],
): string {
  const rows = names.map((name) => {
    const schema = properties[name];
    if (schema === undefined) throw new Error(`the schema has no ${name}`);
    const example = schema.examples?.[0];
    const cells = [
      name,
      typeOf(schema),
      code(schema.default),
      schema.description ?? "",
      code(example),
    ];
    const shown = cells.slice(1).map((cell) => cell.replaceAll("|", "\\|"));
    return `| \`${cells[0]}\` | ${shown.join(" | ")} |`.replaceAll("  |", " |");
  });
  const head = ["| Key | Type | Default | Meaning | Example |", "| --- | --- | --- | --- | --- |"];
  return [...head, ...rows].join("\n");
}

function code(value: unknown): string {
  return value === undefined ? "" : `\`${JSON.stringify(value)}\``;
}

function typeOf(schema: Schema): string {
  const named =
    schema.$ref === undefined ? undefined : NAMED_TYPES[schema.$ref.replace("#/$defs/", "")];
  if (named !== undefined) return named;
  if (schema.anyOf !== undefined) return schema.anyOf.some(isArray) ? "list" : "object";
  if (schema.enum !== undefined) return "string";
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === undefined) return "any";
  return type === "array" ? "list" : String(type);
}

function isArray(schema: Schema): boolean {
  return schema.type === "array" || (Array.isArray(schema.type) && schema.type.includes("array"));
}
