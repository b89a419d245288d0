// `npm start`: the gateway of envoy/gateway.yaml on this machine, in front of the providers whose key is in
// the environment, and of a stub for those whose key is not.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findEnvoy } from "./envoy-binary.ts";
import { EnvoyRefused } from "./envoy-process.ts";
import { examples } from "./examples.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { isPlaygroundBuilt, PLAYGROUND_PATH } from "./gateway/playground-routes.ts";
import { PLUGIN } from "./gateway/plugin-vm.ts";
import { RunningGateway } from "./gateway/running.ts";
import { step } from "./progress.mjs";
import { startStubProvider, type StubProvider } from "./stub-provider.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = join(ROOT, "envoy", "gateway.yaml");
/** Where Envoy's files and its log go. */
const FOLDER = join(ROOT, "build", "gateway");
const LOG = join(FOLDER, "envoy.log");

const USAGE = `npm start [-- --port N]
  --port N   the gateway on port N (10000); 0 takes a free one
  OPENAI_API_KEY, ANTHROPIC_API_KEY   the real provider instead of the stub
  ENVOY_PATH                          the Envoy to run`;

/** The providers of envoy/gateway.yaml, and a model that the stub fails where it stands in for them. */
const PROVIDERS = [
  { id: "openai", name: "OpenAI", key: "OPENAI_API_KEY", models: "gpt-*", failing: "gpt-down" },
  {
    id: "claude",
    name: "Anthropic",
    key: "ANTHROPIC_API_KEY",
    models: "claude-*",
    failing: "claude-down",
  },
];
const DEFAULT_PORT = 10000;
const ADMIN_PORT = 9901;
/** What the stub gets in place of a key. */
const STUB_KEY = "stub";

let gateway: RunningGateway | null = null;
let stub: StubProvider | null = null;
let stopping = false;

class UsageError extends Error {}

/** Ports to ask for; 0 where a free one has to do. */
interface Ports {
  gateway: number;
  admin: number;
}

async function main(): Promise<void> {
  const ports = await choosePorts(process.argv.slice(2));
  if (!existsSync(PLUGIN)) throw new Error("build/plugin.wasm is missing: npm run build");
  const binary = await step("Envoy", findEnvoy);
  if (!PROVIDERS.every(hasKey)) stub = await startStubProvider({ record: false });
  gateway = await step("Envoy started", () => start(binary, ports, stub?.port ?? 0));
  void gateway.envoy.exited.then(onEnvoyEnded);
  console.log(welcome(gateway));
}

function hasKey({ key }: { key: string }): boolean {
  return (process.env[key] ?? "") !== "";
}

async function choosePorts(args: string[]): Promise<Ports> {
  const wanted = readOptions(args);
  const port = wanted ?? DEFAULT_PORT;
  const isPortFree = await isFree(port);
  if (wanted !== null && !isPortFree) throw new UsageError(`Port ${wanted} is taken.`);
  const admin = wanted !== 0 && (await isFree(ADMIN_PORT)) ? ADMIN_PORT : 0;
  return { gateway: isPortFree ? port : 0, admin };
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
  if (!/^\d+$/.test(values.port) || port > 65535) {
    throw new UsageError("--port needs a number from 0 to 65535.");
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

function start(binary: string, ports: Ports, stubPort: number): Promise<RunningGateway> {
  const stubbed = PROVIDERS.filter((provider) => !hasKey(provider));
  const environment = Object.fromEntries(stubbed.map(({ key }) => [key, STUB_KEY]));
  const upstream = { address: `127.0.0.1:${stubPort}`, tls: false };
  const adapt = (own: Gateway): Gateway => {
    const providers = Object.entries(own.providers).map(([id, entry]) => {
      const isStubbed = stubbed.some((provider) => provider.id === id);
      return [id, isStubbed ? { ...entry, upstream } : entry];
    });
    return {
      ...own,
      listen: `127.0.0.1:${ports.gateway}`,
      admin: `127.0.0.1:${ports.admin}`,
      playground: isPlaygroundBuilt(),
      providers: Object.fromEntries(providers) as Gateway["providers"],
    };
  };
  const plugin = PLUGIN;
  return RunningGateway.start({ file: FILE, folder: FOLDER, binary, plugin, environment, adapt });
}

/** Ends everything, once; while Envoy still starts, the exit takes it along. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.all([gateway?.stop(), stub?.close()]);
  process.exit(gateway === null ? 1 : 0);
}

/** Nothing serves any more: says why, as far as the log knows. */
function onEnvoyEnded(code: number | null): void {
  if (stopping) return;
  console.error(`\nEnvoy ended${code === null ? "" : ` with exit code ${code}`}. Its log ends:`);
  console.error(readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-10).join("\n"));
  process.exit(1);
}

function welcome({ envoy }: RunningGateway): string {
  const origin = `http://127.0.0.1:${envoy.ports.get("gateway")}`;
  const base = `${origin}/v1`;
  const rows = PROVIDERS.map((provider) => {
    const stub = `stub; set ${provider.key} for the real one`;
    const behind = hasKey(provider) ? `with your ${provider.key}` : stub;
    return `  ${provider.models.padEnd(8)}  →  ${provider.name.padEnd(9)}  (${behind})`;
  });
  const failingModel = PROVIDERS.find((provider) => !hasKey(provider))?.failing ?? null;
  const file = (path: string) => relative(process.cwd(), path);
  return [
    `\nReady. OpenAI's API at ${base}`,
    ...rows,
    ...(isPlaygroundBuilt() ? [`\nPlayground: ${origin}${PLAYGROUND_PATH}`] : []),
    `\nWho is asked, and who next where that fails, is in ${file(FILE)}. Try:\n`,
    examples({ base, failingModel }),
    `\nLogs: ${file(LOG)}   Admin: http://127.0.0.1:${envoy.adminPort}   Stop: Ctrl-C`,
  ].join("\n");
}

function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof EnvoyRefused) {
    console.error(`Envoy refused what came of ${relative(process.cwd(), FILE)}:\n${message}`);
  } else {
    console.error(error instanceof UsageError ? `${message}\n\n${USAGE}` : message);
  }
  process.exit(error instanceof UsageError ? 2 : 1);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
// The other end of the channel is cli/bootstrap.mjs: when it is gone, so is the reason to run.
process.on("disconnect", stop);
main().catch(fail);
