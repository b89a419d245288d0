// cli/bootstrap.mjs does what a checkout lacks, and nothing else, before it starts the gateway.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));

let checkout: string;

/** A checkout in small: one local dependency, a build that takes no time, a start that says so. */
before(() => {
  mkdirSync(join(ROOT, ".cache"), { recursive: true });
  // Inside the project, so that `tsx` is found above it.
  checkout = mkdtempSync(join(ROOT, ".cache", "bootstrap-test-"));
  for (const folder of ["cli", "assembly", "dependency"]) mkdirSync(join(checkout, folder));
  for (const file of ["cli/bootstrap.mjs", "cli/progress.mjs"]) {
    cpSync(join(ROOT, file), join(checkout, file));
  }
  const build = "mkdir -p build && cat assembly/index.ts > build/plugin.wasm";
  const page = "mkdir -p build/playground && echo > build/playground/playground.js";
  const scripts = { build, "build:playground": page };
  const dependencies = { dependency: "file:dependency" };
  const entry = { name: "small", version: "1.0.0", dependencies };
  const packages = {
    "": entry,
    dependency: { version: "1.0.0" },
    "node_modules/dependency": { resolved: "dependency", link: true },
  };
  write("package.json", JSON.stringify({ ...entry, type: "module", scripts }));
  write("package-lock.json", JSON.stringify({ ...entry, lockfileVersion: 3, packages }));
  write("dependency/package.json", JSON.stringify({ name: "dependency", version: "1.0.0" }));
  write("asconfig.json", "{}");
  write("assembly/index.ts", "");
  write("cli/start.ts", 'console.log("started", process.argv.slice(2).join(" "));process.exit(3);');
});
after(() => rmSync(checkout, { recursive: true, force: true }));

function write(file: string, text: string): void {
  writeFileSync(join(checkout, file), text);
}

/** Sets a file's time of change, in seconds from now. */
function touch(file: string, seconds: number): void {
  const time = Date.now() / 1000 + seconds;
  utimesSync(join(checkout, file), time, time);
}

/** The lines printed, without durations, and the exit code. */
async function bootstrap(...args: string[]): Promise<[number, string[]]> {
  const command = ["cli/bootstrap.mjs", ...args];
  const { code, stdout, stderr } = await run(process.execPath, command, { cwd: checkout }).then(
    (result) => ({ ...result, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const lines = `${stdout}${stderr}`.trim().split("\n");
  return [code, lines.filter((l) => !l.startsWith("…")).map((l) => l.replace(/ \(\d+ s\)$/, ""))];
}

test("a fresh clone gets its packages and its plugin, then starts", async () => {
  const expected = ["✓ Packages (npm ci)", "✓ Plugin (npm run build)", "started --port 0"];
  assert.deepEqual(await bootstrap("--port", "0"), [3, expected]);
});

test("a checkout that is ready just starts", async () => {
  assert.deepEqual(await bootstrap(), [3, ["started"]]);
});

test("a newer source is built, a newer lock file is installed", async () => {
  touch("build/plugin.wasm", -60);
  assert.deepEqual(await bootstrap(), [3, ["✓ Plugin (npm run build)", "started"]]);
  touch("node_modules/.package-lock.json", -60);
  assert.deepEqual(await bootstrap(), [3, ["✓ Packages (npm ci)", "started"]]);
});

test("a newer page is built", async () => {
  mkdirSync(join(checkout, "playground"));
  write("playground/main.ts", "");
  const built = "✓ Playground (npm run build:playground)";
  assert.deepEqual(await bootstrap(), [3, [built, "started"]]);
  assert.deepEqual(await bootstrap(), [3, ["started"]]);
});

test("a failing build ends the start, with all that it said", async () => {
  rmSync(join(checkout, "build"), { recursive: true });
  rmSync(join(checkout, "assembly/index.ts"));
  const [code, lines] = await bootstrap();
  assert.equal(code, 1);
  assert.equal(lines[0], "✗ Plugin (npm run build)");
  assert.match(lines.join("\n"), /npm run build failed:[^]*assembly\/index\.ts/);
  write("assembly/index.ts", "");
});

test("signals reach the gateway, and its exit code comes back", async () => {
  const body = 'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1e6);';
  write("cli/start.ts", `${body} console.log("ready");`);
  const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
  const child = spawn(process.execPath, ["cli/bootstrap.mjs"], { cwd: checkout, stdio });
  const exit = once(child, "exit");
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("ready")) break;
  }
  child.kill("SIGTERM");
  assert.deepEqual(await exit, [5, null]);
});
