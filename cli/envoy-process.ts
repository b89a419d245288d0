// Runs an Envoy as a child: start, readiness, real ports, reasons of a refusal, stop.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface LaunchOptions {
  /** The Envoy to run. */
  binary: string;
  /** The bootstrap, YAML or JSON; its ports may be 0. */
  configFile: string;
  /** Where stdout (access log) and stderr go. */
  logFile: string;
  /** Added to this process's environment. */
  environment?: Record<string, string>;
  /** Worker threads. */
  concurrency?: number;
  /** Level of what the plugin itself logs. */
  pluginLogLevel?: "trace" | "debug" | "info" | "warning" | "error";
}

export interface EnvoyProcess {
  pid: number;
  adminPort: number;
  /** The port of each listener, by its name. */
  ports: Map<string, number>;
  /** Resolves with the exit code when Envoy has ended, null after a signal. */
  exited: Promise<number | null>;
  /** Ends Envoy at once; resolves when it has gone. */
  stop(): Promise<void>;
}

/** Envoy ended before it was ready; the message holds the reasons from its log. */
export class EnvoyRefused extends Error {}

const READY_WITHIN_MS = 60_000;
const POLL_MS = 10;
const KILL_AFTER_MS = 5_000;
const LOG_LINE = /^\[[^\]]+\]\[(\w+)\]\[[^\]]+\] (.*)$/;

const running = new Set<ChildProcess>();
// Whatever ends this process, no Envoy stays behind.
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Starts Envoy and waits until it serves. Rejects with EnvoyRefused where it ends instead. */
export async function launchEnvoy(options: LaunchOptions): Promise<EnvoyProcess> {
  const folder = mkdtempSync(join(tmpdir(), "envoy-"));
  const addressFile = join(folder, "admin");
  const child = spawnEnvoy(options, addressFile);
  const exited = exitOf(child);
  const stop = () => stopChild(child, exited);
  try {
    const ended = exited.then(() => {
      throw new EnvoyRefused(reasons(options.logFile));
    });
    const adminPort = await Promise.race([ended, waitUntilReady(child, addressFile)]);
    const ports = await Promise.race([ended, readPorts(adminPort)]);
    ended.catch(() => {});
    return { pid: child.pid ?? 0, adminPort, ports, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function spawnEnvoy(options: LaunchOptions, addressFile: string): ChildProcess {
  const { binary, configFile, logFile, environment, concurrency = 1 } = options;
  // A new file: another Envoy that still writes to the old one does not mix with this one.
  rmSync(logFile, { force: true });
  const log = openSync(logFile, "a");
  const child = spawn(
    binary,
    [
      ...["--config-path", configFile, "--admin-address-path", addressFile],
      ...["--concurrency", String(concurrency)],
      // An access log line is there when one looks for it.
      ...["--file-flush-interval-msec", "100"],
      // Nothing is shared with another Envoy on this machine, not even a base id.
      "--disable-hot-restart",
      // Connections to a listener that has changed end with their next answer.
      ...["--drain-strategy", "immediate"],
      ...["--log-level", "warning"],
      ...["--component-log-level", `wasm:${options.pluginLogLevel ?? "info"}`],
      ...["--log-format", "[%Y-%m-%d %T.%e][%l][%n] %v"],
    ],
    { stdio: ["ignore", log, log], env: { ...process.env, ...environment } },
  );
  closeSync(log);
  running.add(child);
  return child;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    const done = (code: number | null) => {
      running.delete(child);
      resolve(code);
    };
    child.once("exit", done);
    child.once("error", () => done(null));
  });
}

async function stopChild(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
  await exited;
  clearTimeout(timer);
}

/** The admin port, as soon as Envoy says that it serves. */
async function waitUntilReady(child: ChildProcess, addressFile: string): Promise<number> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const port = readAdminPort(addressFile);
    if (port !== null && (await isReady(port))) return port;
    // Ended: the other side of the race reports it.
    if (child.exitCode !== null || child.signalCode !== null) return new Promise(() => {});
    await sleep(POLL_MS);
  }
  throw new Error(`Envoy was not ready within ${READY_WITHIN_MS / 1000} s`);
}

function readAdminPort(addressFile: string): number | null {
  try {
    const port = /:(\d+)$/.exec(readFileSync(addressFile, "utf8").trim())?.[1];
    return port === undefined ? null : Number(port);
  } catch {
    return null;
  }
}

async function isReady(adminPort: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${adminPort}/ready`).then(
    async (response) => (await response.text()).startsWith("LIVE"),
    () => false,
  );
}

interface ListenerStatus {
  name: string;
  local_address: { socket_address?: { port_value: number } };
}

async function readPorts(adminPort: number): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/listeners?format=json`);
  const { listener_statuses = [] } = (await response.json()) as {
    listener_statuses?: ListenerStatus[];
  };
  return new Map(
    listener_statuses.map(({ name, local_address }) => [
      name,
      local_address.socket_address?.port_value ?? 0,
    ]),
  );
}

/** What a log says at the levels error and critical, one reason a line, most telling first. */
export function reasons(logFile: string): string {
  const found: string[] = [];
  const lines = readFileSync(logFile, "utf8").split("\n");
  for (const line of lines) {
    const [, level, message = ""] = LOG_LINE.exec(line) ?? [];
    if (level === "error" || level === "critical") found.push(message);
  }
  const fromPlugin = found.filter((message) => message.startsWith("wasm log"));
  const chosen = fromPlugin.length > 0 ? fromPlugin : found;
  return chosen.length > 0 ? chosen.join("\n") : lines.slice(-10).join("\n").trim();
}
