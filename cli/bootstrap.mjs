// `npm start` on any state of a checkout: packages, plugin, then cli/start.ts. Free of dependencies.
import { execFile, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { step } from "./progress.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** @type {import("node:child_process").ChildProcess | undefined} */
let child;

/**
 * When a file of the checkout was last changed; 0 where it is missing.
 * @param {string} path
 */
function changedAt(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * When the newest file of folders was changed; 0 where they are missing.
 * @param {string[]} folders
 */
function newestIn(...folders) {
  const there = folders.filter((folder) => changedAt(folder) > 0);
  const files = there.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name))),
  );
  return Math.max(0, ...files.map(changedAt));
}

/**
 * Runs an npm command; rejects with all that it said where it fails.
 * @param {string[]} args
 */
function npm(args) {
  const script = process.env.npm_execpath;
  const [command, ...first] = script ? [process.execPath, script] : ["npm"];
  return new Promise((resolve, reject) => {
    const limit = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 };
    child = execFile(command, [...first, ...args], limit, (error, stdout, stderr) => {
      if (error === null) resolve(undefined);
      else reject(new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`));
    });
  });
}

async function prepare() {
  if (changedAt("node_modules/.package-lock.json") < changedAt("package-lock.json")) {
    await step("Packages (npm ci)", () => npm(["ci", "--no-audit", "--no-fund"]));
  }
  const plugin = Math.max(newestIn("assembly"), changedAt("asconfig.json"));
  if (changedAt("build/plugin.wasm") < plugin) {
    await step("Plugin (npm run build)", () => npm(["run", "build"]));
  }
  if (changedAt("build/playground/playground.js") < newestIn("playground", "host")) {
    await step("Playground (npm run build:playground)", () => npm(["run", "build:playground"]));
  }
}

/** Runs cli/start.ts in this terminal and ends as it ends. */
function start() {
  const args = ["--import", "tsx", join(ROOT, "cli", "start.ts"), ...process.argv.slice(2)];
  // The channel tells the child when this process is gone, however it went.
  child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  child.on("exit", (code) => process.exit(code ?? 1));
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => (child ? child.kill(signal) : process.exit(1)));
}
try {
  await prepare();
  start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
