// A gateway that runs, and takes up changes of its file without dropping a stream.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { envoyVersion } from "../envoy-binary.ts";
import { launchEnvoy, type EnvoyProcess } from "../envoy-process.ts";
import { dynamicBootstrap, type DynamicFiles, dynamicFiles, writeFiles } from "./dynamic.ts";
import { readGatewayFile, readText } from "./gateway-file.ts";
import { type Gateway, variablesOf } from "./gateway.ts";
import { checkGateway } from "./plugin-vm.ts";
import type { Problem } from "./yaml-places.ts";

export interface RunOptions {
  /** The gateway file. */
  file: string;
  /** Where Envoy's files and its log go. */
  folder: string;
  binary: string;
  plugin: string;
  concurrency?: number;
  environment?: Record<string, string>;
  /** What is different on this machine from what the file says. */
  adapt?: Adaptation;
  /** Where the playground's page finds the endpoint for changes. */
  adminUrl?: string;
}

/** Turns what a file says into what runs; the same for the same file. */
export type Adaptation = (gateway: Gateway) => Gateway;

/** How long Envoy may take to say what it makes of a change. */
const TAKEN_WITHIN_MS = 10_000;
const POLL_MS = 50;
/** Updates that Envoy has taken or refused, per kind of file. */
const COUNTERS = {
  cds: "cluster_manager.cds",
  rds: "http.gateway.rds.gateway",
  lds: "listener_manager.lds",
} as const;

/** A running gateway. */
export class RunningGateway {
  private constructor(
    private readonly options: RunOptions,
    readonly envoy: EnvoyProcess,
    private files: DynamicFiles,
    /** The file's text that runs. */
    private ownText: string,
  ) {}

  get text(): string {
    return this.ownText;
  }

  /** Starts Envoy; throws GatewayFileError where the file is wrong. */
  static async start(options: RunOptions): Promise<RunningGateway> {
    const text = readText(options.file);
    const { files, bootstrap } = await prepare(options, text);
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    writeFiles(options.folder, files, null);
    const configFile = join(options.folder, "bootstrap.json");
    writeFileSync(configFile, JSON.stringify(bootstrap, null, 2), { mode: 0o600 });
    const { binary, environment, concurrency } = options;
    const logFile = join(options.folder, "envoy.log");
    const launch = { binary, configFile, logFile, environment, concurrency };
    return new RunningGateway(options, await launchEnvoy(launch), files, text);
  }

  /**
   * Takes up the file as it is now, or another text for it. Throws GatewayFileError, or an Error with Envoy's
   * reason, where it cannot be used; then what ran before runs on. False: nothing has changed.
   */
  async reload(text = readText(this.options.file)): Promise<boolean> {
    const { files } = await prepare(this.options, text);
    const changed = (["cds", "rds", "lds"] as const).filter(
      (name) => files[name] !== this.files[name],
    );
    if (changed.length === 0) {
      this.ownText = text;
      return false;
    }
    const before = await this.counts();
    writeFiles(this.options.folder, files, this.files);
    const refused = await this.verdict(changed, before);
    if (refused === null) {
      this.files = files;
      this.ownText = text;
      return true;
    }
    writeFiles(this.options.folder, this.files, files);
    throw new Error(refused);
  }

  /**
   * Warnings of a text for the file; throws GatewayFileError with what is wrong. `reveal` as in readGatewayFile.
   */
  async check(text: string, reveal: (value: string) => string): Promise<Problem[]> {
    return (await checked(this.options, text, reveal)).warnings;
  }

  /** Waits until Envoy has taken every changed file; a reason where it refuses one. */
  private async verdict(
    changed: (keyof DynamicFiles)[],
    before: Map<string, number>,
  ): Promise<string | null> {
    const deadline = Date.now() + TAKEN_WITHIN_MS;
    const logLength = this.log().length;
    while (Date.now() < deadline) {
      const now = await this.counts();
      const grown = (name: string) => (now.get(name) ?? 0) > (before.get(name) ?? 0);
      if (changed.some((name) => grown(`${COUNTERS[name]}.update_rejected`))) {
        return reasonIn(this.log().slice(logLength));
      }
      if (changed.every((name) => grown(`${COUNTERS[name]}.update_success`))) return null;
      await sleep(POLL_MS);
    }
    return "Envoy did not take up the change in time.";
  }

  private async counts(): Promise<Map<string, number>> {
    const url = `http://127.0.0.1:${this.envoy.adminPort}/stats?filter=update_(success|rejected)`;
    const text = await (await fetch(url)).text();
    const lines = text.split("\n").map((line) => line.split(": "));
    return new Map(lines.map(([name = "", value = "0"]) => [name, Number(value)]));
  }

  private log(): string {
    return readFileSync(join(this.options.folder, "envoy.log"), "utf8");
  }

  stop(): Promise<void> {
    return this.envoy.stop();
  }
}

/** Warnings of the last file that was read. */
export const lastWarnings: Problem[] = [];

async function checked(run: RunOptions, text: string, reveal?: (value: string) => string) {
  const { file, plugin, environment, adapt = (own) => own } = run;
  const read = readGatewayFile(text, file, reveal);
  const variables = { ...process.env, ...environment };
  return checkGateway({ ...read, gateway: adapt(read.gateway) }, plugin, variables);
}

async function prepare(run: RunOptions, text: string) {
  const { folder, binary, plugin, adminUrl } = run;
  const { file, authorities, warnings } = await checked(run, text);
  const { gateway } = file;
  lastWarnings.splice(0, Infinity, ...warnings);
  const options = {
    plugin: gateway.plugin ?? plugin,
    variables: variablesOf(gateway),
    envoy: (await envoyVersion(binary)) ?? undefined,
    adminUrl,
  };
  return {
    files: dynamicFiles(gateway, authorities, options, folder),
    bootstrap: dynamicBootstrap(gateway, folder),
  };
}

/** What Envoy's log says of a refused update. */
function reasonIn(log: string): string {
  const lines = log.split("\n").filter((line) => /refused|rejected|error/i.test(line));
  return lines.at(0)?.replace(/^(\[[^\]]*\])+ */, "") ?? "Envoy refused the change.";
}
