// What the schemas say of a gateway, in words for people: https://ajv.js.org/api.html#validation-errors
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { suggestion } from "./nearest-name.ts";
import type { Path } from "./yaml-places.ts";

/** One thing that does not fit the schemas. */
export interface SchemaProblem {
  path: Path;
  message: string;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
  description?: string;
  /** What was expected, as editors show it. */
  errorMessage?: string;
}

const readSchema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")) as Schema;

const GATEWAY = readSchema("gateway.schema.json");
const PLUGIN = readSchema("config.schema.json");

let validate: ReturnType<typeof compile> | null = null;

function compile() {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    allowUnionTypes: true,
  });
  ajv.addSchema(PLUGIN, "config.schema.json");
  return ajv.compile(GATEWAY);
}

/** Everything that does not fit; empty where all does. */
export function schemaProblems(gateway: unknown): SchemaProblem[] {
  validate ??= compile();
  if (validate(gateway)) return [];
  const errors = validate.errors ?? [];
  const telling = errors.filter((error) => isTelling(error, errors));
  const problems = (telling.length > 0 ? telling : errors).map(problemOf);
  const texts = problems.map(({ path, message }) => JSON.stringify([path, message]));
  return problems.filter((_, at) => texts.indexOf(texts[at] ?? "") === at);
}

/** Wrong in kind; an alternative may still take the value. */
const KINDS = ["type", "enum", "const"];
/** Right in kind, but not in value. */
const VALUES = ["pattern", "minLength", "minimum", "maximum"];

/** Errors that only repeat what another one says more exactly are left out. */
function isTelling(error: ErrorObject, errors: ErrorObject[]): boolean {
  const { keyword, instancePath } = error;
  if (["if", "allOf", "propertyNames"].includes(keyword) || isKnownKey(error)) return false;
  const isHere = (other: ErrorObject) => other.instancePath === instancePath;
  const isCloser = (other: ErrorObject) =>
    other.instancePath.startsWith(`${instancePath}/`) ||
    (isHere(other) && ![...KINDS, "anyOf", "if"].includes(other.keyword));
  // Of alternatives that one counts which the value was meant to be.
  if (keyword === "anyOf") return !errors.some(isCloser);
  if (!KINDS.includes(keyword)) return true;
  const isChoice = errors.some((other) => isHere(other) && other.keyword === "anyOf");
  return !isChoice && !(keyword === "type" && errors.some((one) => isHere(one) && isEnum(one)));
}

/** Where a schema does not hold, all that it names counts as not evaluated. */
function isKnownKey({ params, parentSchema }: ErrorObject): boolean {
  const { unevaluatedProperty: name } = params as { unevaluatedProperty?: string };
  return name !== undefined && knownKeys(parentSchema as Schema).includes(name);
}

function isEnum({ keyword }: ErrorObject): boolean {
  return keyword === "enum";
}

function problemOf(error: ErrorObject): SchemaProblem {
  const path = pathOf(error);
  const params = error.params as Record<string, unknown>;
  const extra = params["unevaluatedProperty"] ?? params["additionalProperty"];
  if (typeof extra === "string") {
    const known = knownKeys((error.parentSchema ?? {}) as Schema);
    return { path: [...path, extra], message: `unknown key${suggestion(extra, known)}` };
  }
  if (error.propertyName !== undefined) {
    const own =
      path.at(-1) === "providers" ? "a name of letters, digits, _, . and -" : "another name";
    return { path: [...path, error.propertyName], message: `expected ${own}` };
  }
  return { path, message: messageOf(error, path) };
}

function pathOf({ instancePath }: ErrorObject): Path {
  const steps = instancePath.split("/").slice(1);
  return steps.map((step) =>
    /^\d+$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
}

function messageOf(error: ErrorObject, path: Path): string {
  const schema = (error.parentSchema ?? {}) as Schema;
  const params = error.params as Record<string, unknown>;
  const found = `, found ${shown(error.data, path)}`;
  if (error.keyword === "required") return `${String(params["missingProperty"])} is missing`;
  if (schema.errorMessage !== undefined) return `${schema.errorMessage}${found}`;
  switch (error.keyword) {
    case "type":
    case "anyOf":
      return `expected ${kindsOf(schema)}${found}`;
    case "enum":
      return enumMessage((schema.enum ?? []).map(String), error.data, found);
    case "pattern":
      return `${wanted(schema)}${found}`;
    case "minItems":
    case "minProperties":
      return "expected at least one";
    case "minLength":
      return "expected a text that is not empty";
    case "minimum":
      return `expected at least ${String(params["limit"])}${found}`;
    case "maximum":
      return `expected at most ${String(params["limit"])}${found}`;
    default:
      return error.message ?? "is wrong";
  }
}

/** Of many names only those that may be meant. */
function enumMessage(names: string[], value: unknown, found: string): string {
  const hint = suggestion(String(value), names);
  const isLong = names.length > 8 && hint !== "";
  return `expected ${isLong ? "a known name" : names.join(", ")}${found}${hint}`;
}

/** What a schema says of itself. */
function wanted({ description = "Another form." }: Schema): string {
  return `expected ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, "")}`;
}

/** "a string or an array" */
function kindsOf(schema: Schema): string {
  const kinds = typesOf(schema).filter((kind) => kind !== "null");
  return kinds.map(withArticle).join(" or ");
}

function typesOf(schema: Schema): string[] {
  const { type = [], anyOf = [] } = targetOf(schema) ?? schema;
  return [...[type].flat(), ...anyOf.flatMap(typesOf)];
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
}

/** A value in a message; secrets and long ones only by their kind. */
function shown(value: unknown, path: Path): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  const [top, , field] = path;
  const isOpen = top !== "providers" || field === "upstream" || field === "type";
  const text = JSON.stringify(value);
  const isShort = typeof value !== "object" && text.length <= 40;
  return isOpen && top !== "consumers" && isShort ? text : withArticle(typeof value);
}

/** The keys that an object may have, here and in what its schema refers to. */
function knownKeys(schema: Schema): string[] {
  const { properties = {}, allOf = [] } = schema;
  const target = targetOf(schema);
  const more = target === undefined ? allOf : [...allOf, target];
  return [...new Set([...Object.keys(properties), ...more.flatMap(knownKeys)])];
}

/** The definition that a schema refers to. */
function targetOf({ $ref }: Schema): Schema | undefined {
  const [file, name = ""] = ($ref ?? "").split("#/$defs/");
  // Each schema means itself by "#"; of definitions with one name only one is referred to like that.
  return (file === "" ? GATEWAY.$defs?.[name] : undefined) ?? PLUGIN.$defs?.[name];
}
