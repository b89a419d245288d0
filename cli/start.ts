// `npm start`: Envoy with the plugin on this machine, in front of the providers whose key is in the
// environment, and of a stub for those whose key is not.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { findEnvoy } from "./envoy-binary.ts";
import { EnvoyRefused, launchEnvoy, type EnvoyProcess } from "./envoy-process.ts";
import { examples } from "./examples.ts";
import { localise, readTemplate } from "./local-config.ts";
import { step } from "./progress.mjs";
import { startStubProvider, type StubProvider } from "./stub-provider.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PLUGIN = join(ROOT, "build", "plugin.wasm");
const CONFIG = join(ROOT, "build", "envoy.local.yaml");
const LOG = join(ROOT, "build", "envoy.log");

const USAGE = `npm start [-- --port N]
  --port N   OpenAI on port N, Anthropic on N + 1 (10000); 0 takes free ones
  OPENAI_API_KEY, ANTHROPIC_API_KEY   the real provider instead of the stub
  ENVOY_PATH                          the Envoy to run`;

/** What stands behind a listener of envoy/envoy.yaml. */
const PROVIDERS = [
  { listener: "openai", cluster: "openai", name: "OpenAI", key: "OPENAI_API_KEY" },
  { listener: "claude", cluster: "anthropic", name: "Anthropic", key: "ANTHROPIC_API_KEY" },
];
const DEFAULT_PORT = 10000;
const ADMIN_PORT = 9901;
/** What the stub gets in place of a key. */
const STUB_KEY = "stub";

let envoy: EnvoyProcess | null = null;
let stub: StubProvider | null = null;
let stopping = false;

class UsageError extends Error {}

/** Ports to ask for, in the order of PROVIDERS; 0 where a free one has to do. */
interface Ports {
  listeners: number[];
  admin: number;
}

async function main(): Promise<void> {
  const ports = await choosePorts(process.argv.slice(2));
  if (!existsSync(PLUGIN)) throw new Error("build/plugin.wasm is missing: npm run build");
  const binary = await step("Envoy", findEnvoy);
  if (!PROVIDERS.every(hasKey)) stub = await startStubProvider({ record: false });
  envoy = await step("Envoy started", () => launch(binary, ports, stub?.port ?? 0));
  void envoy.exited.then(onEnvoyEnded);
  console.log(welcome(envoy));
}

function hasKey({ key }: { key: string }): boolean {
  return (process.env[key] ?? "") !== "";
}

async function choosePorts(args: string[]): Promise<Ports> {
  const wanted = readOptions(args);
  const listeners = PROVIDERS.map((_, index) =>
    wanted === 0 ? 0 : (wanted ?? DEFAULT_PORT) + index,
  );
  const free = await Promise.all(listeners.map(isFree));
  if (wanted !== null && free.includes(false)) {
    throw new UsageError(`Port ${listeners[free.indexOf(false)]} is taken.`);
  }
  const admin = wanted !== 0 && (await isFree(ADMIN_PORT)) ? ADMIN_PORT : 0;
  return { listeners: listeners.map((port, index) => (free[index] ? port : 0)), admin };
}

/** The port asked for, or null. */
function readOptions(args: string[]): number | null {
  const options = { port: { type: "string" }, help: { type: "boolean" } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  if (values.port === undefined) return null;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65534) {
    throw new UsageError("--port needs a number from 0 to 65534.");
  }
  return port;
}

/** Envoys share a port silently (SO_REUSEPORT), so it is tried without. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function launch(binary: string, ports: Ports, stubPort: number): Promise<EnvoyProcess> {
  const stubbed = PROVIDERS.filter((provider) => !hasKey(provider));
  const config = localise(readTemplate(), {
    plugin: PLUGIN,
    adminPort: ports.admin,
    ports: new Map(PROVIDERS.map(({ listener }, index) => [listener, ports.listeners[index] ?? 0])),
    standIns: new Map(stubbed.map(({ cluster }) => [cluster, stubPort])),
  });
  mkdirSync(join(ROOT, "build"), { recursive: true });
  writeFileSync(CONFIG, `# Written by npm start from envoy/envoy.yaml.\n${stringify(config)}`);
  const environment = Object.fromEntries(stubbed.map(({ key }) => [key, STUB_KEY]));
  return launchEnvoy({ binary, configFile: CONFIG, logFile: LOG, environment });
}

/** Ends everything, once; while Envoy still starts, the exit takes it along. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all([envoy?.stop(), stub?.close()]);
  process.exit(envoy === null ? 1 : 0);
}

/** Nothing serves any more: says why, as far as the log knows. */
function onEnvoyEnded(code: number | null): void {
  if (stopping) return;
  console.error(`\nEnvoy ended${code === null ? "" : ` with exit code ${code}`}. Its log ends:`);
  console.error(readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-10).join("\n"));
  process.exit(1);
}

function welcome(envoy: EnvoyProcess): string {
  const base = (listener: string) => `http://127.0.0.1:${envoy.ports.get(listener)}/v1`;
  const rows = PROVIDERS.map((provider) => {
    const stub = `stub; set ${provider.key} for the real one`;
    const behind = hasKey(provider) ? `with your ${provider.key}` : stub;
    return `  ${base(provider.listener)}  →  ${provider.name.padEnd(9)}  (${behind})`;
  });
  const file = (path: string) => relative(process.cwd(), path);
  return [
    "\nReady. OpenAI's API at:",
    ...rows,
    "\nTry:\n",
    examples({ openai: base("openai"), claude: base("claude") }),
    `\nLogs: ${file(LOG)}   Admin: http://127.0.0.1:${envoy.adminPort}   Stop: Ctrl-C`,
  ].join("\n");
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EnvoyRefused) {
    console.error(`Envoy refused ${relative(process.cwd(), CONFIG)}:\n${message}`);
  } else {
    console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  }
  process.exit(error instanceof UsageError ? 2 : 1);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
// The other end of the channel is cli/bootstrap.mjs: when it is gone, so is the reason to run.
process.on("disconnect", stop);
main().catch(fail);
