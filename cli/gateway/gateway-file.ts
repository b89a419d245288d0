// From the text of a gateway file to the gateway, or to problems with line and column.
// https://yaml.org/spec/1.2.2/
import { readFileSync } from "node:fs";
import type { Document } from "yaml";
import { type Gateway, nameOf, targetsOf, upgrades } from "./gateway.ts";
import { type SchemaProblem, schemaProblems } from "./schema-problems.ts";
import { type Path, type Problem, readYaml } from "./yaml-places.ts";

/** A file that cannot be used; its problems are in the order of the file. */
export class GatewayFileError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], file: string) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    super(sorted.map((problem) => problemText(problem, file)).join("\n"));
    this.problems = sorted;
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
  /** What the schema has against fields of providers; the plugin says it better where it agrees. */
  doubts: readonly Problem[];
  problemAt(path: Path, message: string): Problem;
}

/** Reads a gateway file; throws GatewayFileError with every problem, or an Error where there is none to read. */
export function loadGatewayFile(file: string): GatewayFile {
  return readGatewayFile(readText(file), file);
}

/** A file's text; throws an Error in words. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = { ENOENT: "there is no such file", EISDIR: "is a folder" }[code ?? ""];
    throw new Error(`${file}: ${reason ?? message}`, { cause: error });
  }
}

/**
 * Reads a file's text; throws GatewayFileError with every problem. `reveal` puts what is meant in the place
 * of texts that stand for something.
 */
export function readGatewayFile(text: string, file: string, reveal = asItIs): GatewayFile {
  const { document, problems, problemAt } = readYaml(text);
  if (problems.length > 0) throw new GatewayFileError(problems, file);
  const gateway = valueOf(document, file, reveal);
  const wrong = schemaProblems(gateway);
  const told = wrong.map(({ path, message }) => problemAt(path, message));
  if (!wrong.every((problem) => isOfPlugin(problem, gateway)))
    throw new GatewayFileError(told, file);
  const missing = crossProblems(gateway, problemAt);
  if (missing.length > 0) throw new GatewayFileError([...told, ...missing], file);
  return { gateway, file, doubts: told, problemAt };
}

function asItIs(text: string): string {
  return text;
}

function valueOf(document: Document.Parsed, file: string, reveal: typeof asItIs): Gateway {
  const reviver = (_: unknown, value: unknown) =>
    typeof value === "string" ? reveal(value) : value;
  try {
    return document.toJS({ reviver }) as Gateway;
  } catch (error) {
    // An alias without its anchor, or too many of them.
    const problem = { line: 1, column: 1, path: "", message: (error as Error).message };
    throw new GatewayFileError([problem], file);
  }
}

/** Whether a problem is about a field of a provider, of which the plugin itself knows best. */
function isOfPlugin({ path: [top, id, field] }: SchemaProblem, gateway: Gateway): boolean {
  if (top !== "providers" || id === undefined || field === "upstream") return false;
  const entry: unknown = gateway.providers[id];
  return typeof entry === "object" && entry !== null;
}

/** What no schema can say: names that have to be there, and names that may be there once. */
function crossProblems(gateway: Gateway, problemAt: GatewayFile["problemAt"]): Problem[] {
  const problems: Problem[] = [];
  const known = Object.keys(gateway.providers);
  const names = new Set<string>();
  for (const [id, entry] of Object.entries(gateway.providers)) {
    if (!upgrades(entry) || entry.upstream?.http2 !== true) continue;
    const message = "has to be false: WebSockets begin as requests of HTTP/1.1";
    problems.push(problemAt(["providers", id, "upstream", "http2"], message));
  }
  gateway.models.forEach((entry, rule) => {
    targetsOf(entry).forEach(({ id }, place) => {
      if (known.includes(id)) return;
      const message = `there is no provider "${id}"; known are ${known.join(", ")}`;
      problems.push(problemAt(["models", rule, "providers", place], message));
    });
    const opening = targetsOf(entry).find(({ id }) => upgrades(gateway.providers[id]));
    if (entry.strategy === "hedge" && opening !== undefined) {
      // Envoy takes every request that begins beside a handshake for one.
      const message = `cannot be hedge: "${opening.id}" is asked by WebSockets`;
      problems.push(problemAt(["models", rule, "strategy"], message));
    }
    if (entry.strategy !== "hedge" && entry.hedgeDelay !== undefined) {
      const message = "has a meaning only where strategy is hedge";
      problems.push(problemAt(["models", rule, "hedgeDelay"], message));
    }
    const name = nameOf(entry);
    if (names.has(name)) {
      problems.push(problemAt(["models", rule], `another rule has the name "${name}"`));
    }
    names.add(name);
  });
  return problems;
}
