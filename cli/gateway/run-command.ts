// envoy-ai-proxy run: a gateway until it is told to stop; changes come by the file, SIGHUP or a request.
import { randomBytes } from "node:crypto";
import { watch } from "node:fs";
import type { Server } from "node:http";
import { basename, dirname, resolve } from "node:path";
import { serveAdmin } from "./admin-server.ts";
import { printWarnings, RunningConfiguration } from "./configuration.ts";
import { PLAYGROUND_PATH } from "./playground-routes.ts";
import { type RunOptions, RunningGateway } from "./running.ts";

export interface CommandOptions extends RunOptions {
  /** Takes up every change of the file. */
  watches: boolean;
  /** Port of the endpoint for changes on the loopback interface; 0: a free one, null: none. */
  reloadPort: number | null;
  /** Whether the playground's page may use that endpoint. */
  hasPlayground: boolean;
}

/** Editors write a file in several steps. */
const SETTLED_MS = 100;

/** Runs until a signal; resolves with the exit code. */
export async function runGateway(options: CommandOptions): Promise<number> {
  const running: Running = { gateway: null, configuration: null };
  const admin = options.reloadPort === null ? null : await openAdmin(options, running);
  const adminUrl = options.hasPlayground ? admin?.url : undefined;
  const gateway = await RunningGateway.start({ ...options, adminUrl });
  printWarnings(options.file);
  const configuration = new RunningConfiguration(gateway, options.file);
  Object.assign(running, { gateway, configuration });
  process.on("SIGHUP", () => void configuration.reload());
  if (options.watches) watchFile(options.file, () => void configuration.reload());
  console.log(greeting(options, gateway, admin));
  const code = await Promise.race([signalled(), gateway.envoy.exited.then(() => 1)]);
  admin?.server.close();
  await gateway.stop();
  return code;
}

interface Running {
  gateway: RunningGateway | null;
  configuration: RunningConfiguration | null;
}

interface Admin {
  server: Server;
  url: string;
  /** As it may be printed. */
  shownToken: string;
}

async function openAdmin(options: CommandOptions, running: Running): Promise<Admin> {
  // One that is empty would let everybody in.
  const own = process.env["ENVOY_AI_PROXY_TOKEN"] || null;
  const token = own ?? randomBytes(24).toString("base64url");
  const origins = () => {
    const port = running.gateway?.envoy.ports.get("gateway");
    const hosts = options.hasPlayground ? ["127.0.0.1", "localhost"] : [];
    return hosts.map((host) => `http://${host}:${port}`);
  };
  const port = options.reloadPort ?? 0;
  const opened = await serveAdmin({
    port,
    token,
    origins,
    configuration: () => running.configuration,
  });
  return { ...opened, shownToken: own === null ? token : "$ENVOY_AI_PROXY_TOKEN" };
}

/** What is where; "Ready" comes last. */
function greeting(options: CommandOptions, { envoy }: RunningGateway, admin: Admin | null): string {
  const base = `http://127.0.0.1:${envoy.ports.get("gateway")}`;
  const lines: string[] = [];
  if (admin !== null) {
    const { shownToken, url } = admin;
    lines.push(`Reload: curl -X POST -H "authorization: Bearer ${shownToken}" ${url}/reload`);
    // Behind the # nothing is sent to a server.
    const known = shownToken.startsWith("$") ? "" : `#token=${shownToken}`;
    if (options.hasPlayground) lines.push(`Playground: ${base}${PLAYGROUND_PATH}${known}`);
  }
  lines.push(`Ready: ${base}/v1   Admin: http://127.0.0.1:${envoy.adminPort}`);
  return lines.join("\n");
}

/** The folder is watched: an editor may put another file in the place of the old one. */
function watchFile(file: string, onChange: () => void): void {
  const path = resolve(file);
  let timer: NodeJS.Timeout | undefined;
  watch(dirname(path), (_, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_MS);
  });
}

function signalled(): Promise<number> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done(0));
  });
}
