// The configuration parser as Node sees it, compiled once for a test file.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What `tests/config-entry.ts` exports. */
export interface ParserModule {
  check(json: string, names: readonly string[], values: readonly string[]): string[];
  match(json: string, host: string, route: string, cluster: string): string;
  mapModel(json: string, model: string): string;
  customize(json: string, request: string): string;
  known(level: string): string[];
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Compiles the parser into a folder that goes away with the process. */
export async function compileParser(): Promise<ParserModule> {
  const folder = mkdtempSync(join(tmpdir(), "config-parser-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Without it Node would take the generated bindings for CommonJS.
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const compiler = join(ROOT, "node_modules/assemblyscript/bin/asc.js");
  const options = ["--bindings", "esm", "--enable", "simd", "--runtime", "minimal", "-O1"];
  // The project's own compiler configuration would add its entry and its host imports.
  const files = [
    "tests/config-entry.ts",
    "--config",
    "none",
    "--outFile",
    join(folder, "parser.wasm"),
  ];
  execFileSync(process.execPath, [compiler, ...files, ...options], { cwd: ROOT, stdio: "inherit" });
  return (await import(pathToFileURL(join(folder, "parser.js")).href)) as ParserModule;
}
