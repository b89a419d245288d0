// Compiles the probe, the module that the host is tested with: https://www.assemblyscript.org/compiler.html
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILER = fileURLToPath(
  new URL("../../node_modules/assemblyscript/bin/asc.js", import.meta.url),
);
const SOURCES = fileURLToPath(new URL("module", import.meta.url));

let compiled: string | null = null;

/** Compiles once, into a folder that goes away with the process; the path of the module. */
export function compileProbe(): string {
  if (compiled !== null) return compiled;
  const folder = mkdtempSync(join(tmpdir(), "probe-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const outFile = join(folder, "probe.wasm");
  const options = ["--runtime", "minimal", "--use", "abort=index/onAbort", "-O1"];
  const files = ["index.ts", "--baseDir", SOURCES, "--outFile", outFile];
  execFileSync(process.execPath, [COMPILER, ...files, ...options], { stdio: "inherit" });
  compiled = outFile;
  return outFile;
}
