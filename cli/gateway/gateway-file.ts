// From the text of a gateway file to the gateway, or to problems with line and column.
// https://yaml.org/spec/1.2.2/
import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { isMap, isPair, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { type Gateway, nameOf, targetsOf } from "./gateway.ts";

/** One thing that is wrong, and where. Lines and columns count from 1. */
export interface Problem {
  line: number;
  column: number;
  /** Such as `providers.openai.apiTokens[0]`; "" for the file as a whole. */
  path: string;
  message: string;
}

/** A path as its steps. */
export type Path = (string | number)[];

/** A file that cannot be used. */
export class GatewayFileError extends Error {
  constructor(
    readonly problems: readonly Problem[],
    readonly file: string,
  ) {
    super(problems.map((problem) => problemText(problem, file)).join("\n"));
  }
}

/** `gateway.yaml:3:5: providers.a.type: expected …` */
export function problemText({ line, column, path, message }: Problem, file: string): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

/** A gateway and where its parts stand. */
export interface GatewayFile {
  gateway: Gateway;
  file: string;
  problemAt(path: Path, message: string): Problem;
}

const schemaAt = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), "utf8")) as object;

let validate: ReturnType<typeof compile> | null = null;

function compile() {
  const ajv = new Ajv2020({ allErrors: true, strict: false, allowUnionTypes: true });
  ajv.addSchema(schemaAt("config.schema.json"), "config.schema.json");
  return ajv.compile<Gateway>(schemaAt("gateway.schema.json"));
}

/** Reads a file's text; throws GatewayFileError with every problem. */
export function readGatewayFile(text: string, file: string): GatewayFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    ...placeOf(pos[0]),
    path: "",
    message,
  }));
  if (problems.length > 0) throw new GatewayFileError(problems, file);
  const problemAt = (path: Path, message: string): Problem => ({
    ...placeOf(offsetOf(document.contents as Node | null, path)),
    path: pathText(path),
    message,
  });
  const gateway = document.toJS() as Gateway;
  validate ??= compile();
  if (!validate(gateway)) {
    const wrong = (validate.errors ?? []).filter(isTelling);
    throw new GatewayFileError(unique(wrong.map((error) => schemaProblem(error, problemAt))), file);
  }
  const missing = crossProblems(gateway, problemAt);
  if (missing.length > 0) throw new GatewayFileError(missing, file);
  return { gateway, file, problemAt };
}

/** Errors that only repeat what another one says more exactly are left out. */
function isTelling({ keyword }: ErrorObject): boolean {
  return !["if", "allOf", "anyOf", "oneOf", "not"].includes(keyword);
}

function schemaProblem(error: ErrorObject, problemAt: GatewayFile["problemAt"]): Problem {
  const steps = error.instancePath.split("/").slice(1).map(unescapePointer);
  const path: Path = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const params = error.params as Record<string, unknown>;
  const extra = params["unevaluatedProperty"] ?? params["additionalProperty"];
  if (typeof extra === "string") return problemAt([...path, extra], "unknown key");
  const allowed = params["allowedValues"];
  const more = Array.isArray(allowed) ? `: ${allowed.join(", ")}` : "";
  return problemAt(path, `${error.message ?? "is wrong"}${more}`);
}

function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

function unique(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path, message }) => {
    const key = `${path}\n${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What no schema can say: names that have to be there, and names that may be there once. */
function crossProblems(gateway: Gateway, problemAt: GatewayFile["problemAt"]): Problem[] {
  const problems: Problem[] = [];
  const known = Object.keys(gateway.providers);
  const names = new Set<string>();
  gateway.models.forEach((entry, rule) => {
    targetsOf(entry).forEach(({ id }, place) => {
      if (known.includes(id)) return;
      const message = `there is no provider "${id}"; known are ${known.join(", ")}`;
      problems.push(problemAt(["models", rule, "providers", place], message));
    });
    const name = nameOf(entry);
    if (names.has(name)) {
      problems.push(problemAt(["models", rule], `another rule has the name "${name}"`));
    }
    names.add(name);
  });
  return problems;
}

/** Where a path's value stands, or the innermost part of it that is there. */
function offsetOf(root: Node | null, path: Path): number {
  let node: Node | null = root;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && String((item.key as { value?: unknown }).value) === String(step),
      );
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

/** `providers.openai.apiTokens[0]` */
export function pathText(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z0-9_]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join("");
}

/** The steps of a path as the plugin's messages have it. */
export function parsePath(text: string): Path {
  const steps = text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z0-9_-]+)/g);
  return [...steps].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted !== undefined ? (JSON.parse(quoted) as string) : (name ?? "");
  });
}
