// envoy-ai-proxy: from one page of YAML to a running gateway.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { findEnvoy } from "./envoy-binary.ts";
import { staticBootstrap } from "./gateway/bootstrap.ts";
import { type EnvoyVersion, isAddress, isAtLeast, OLDEST_ENVOY } from "./gateway/envoy-parts.ts";
import { explain } from "./gateway/explain.ts";
import { loadGatewayFile, problemText, readText } from "./gateway/gateway-file.ts";
import { variablesOf } from "./gateway/gateway.ts";
import { manifest, type Target, TARGETS } from "./gateway/manifests.ts";
import { suggestion } from "./gateway/nearest-name.ts";
import { isPlaygroundBuilt, PLAYGROUND } from "./gateway/playground-routes.ts";
import { checkGateway, type CheckedGateway, PLUGIN } from "./gateway/plugin-vm.ts";
import { type CommandOptions, runGateway } from "./gateway/run-command.ts";
import type { Adaptation } from "./gateway/running.ts";

const USAGE = `envoy-ai-proxy <command> <gateway.yaml>
  generate   Envoy's configuration, on standard output
    --envoy VERSION    the Envoy that it is for, 1.37 or later; 1.40 unless given
    --for TARGET       what runs it: envoy (unless given), kubernetes (a ConfigMap), istio (an EnvoyFilter),
                       envoy-gateway (an EnvoyPatchPolicy)
  validate   nothing but what is wrong; exit code 1 where something is
  explain <gateway.yaml> <request.json>
             which rule, provider, model and native request would come of a chat request
    --consumer NAME    as this consumer's; as everybody's unless given
  run        Envoy with this gateway, until Ctrl-C; SIGHUP takes up a change of the file
    --watch            takes up every change as it is saved
    --reload-port N    takes changes up at POST /reload on the loopback interface, 0 for a free port;
                       its token is $ENVOY_AI_PROXY_TOKEN, else a new one; with --playground, its
                       editor uses it, and a free port is taken unless given
    --concurrency N    Envoy's worker threads; 2 unless given
    --folder PATH      where Envoy's files and log go; .envoy-ai-proxy unless given
  In place of what the file says:
    --listen ADDRESS   host:port, or a port on the loopback interface
    --plugin PATH      plugin.wasm as Envoy sees it
    --playground       the playground's page is served at /playground/
    --ca-file PATH     certificates that providers are checked with, as Envoy sees them
  ENVOY_PATH           the Envoy to run`;

const COMMANDS = ["generate", "validate", "explain", "run"];

class UsageError extends Error {}

/** Where texts go. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

const TERMINAL: Output = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
};

/** Runs one command; resolves with the exit code: 1 where something is wrong, 2 for wrong usage. */
export async function main(args: string[], output: Output = TERMINAL): Promise<number> {
  try {
    return await command(args, output);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    output.error(
      `${error instanceof Error ? error.message : String(error)}\n${isUsage ? `\n${USAGE}\n` : ""}`,
    );
    return isUsage ? 2 : 1;
  }
}

async function command(args: string[], output: Output): Promise<number> {
  const { values, positionals } = parseArguments(args);
  const [name, file, request] = positionals;
  if (values.help === true || name === undefined) {
    output.out(`${USAGE}\n`);
    return 0;
  }
  if (!COMMANDS.includes(name)) {
    throw new UsageError(`There is no command ${name}${suggestion(name, COMMANDS)}.`);
  }
  if (file === undefined) throw new UsageError("Which gateway.yaml?");
  if (name === "explain" && request === undefined) throw new UsageError("Which request.json?");
  const extra = positionals[name === "explain" ? 3 : 2];
  if (extra !== undefined) throw new UsageError(`${extra} is one argument too many.`);
  if (!existsSync(PLUGIN)) throw new Error(`${PLUGIN} is missing: npm run build`);
  if (name === "run") return runGateway(await runOptions(file, values));
  const envoy = version(values.envoy);
  const target = targetOf(values.for);
  const checked = await check(file, values, output);
  if (name === "generate") output.out(generate(checked, target, envoy));
  else if (name === "validate") output.out(`${file} is fine.\n`);
  else output.out(explain(checked, readText(request ?? ""), values.consumer));
  return 0;
}

function parseArguments(args: string[]) {
  try {
    const options = {
      help: { type: "boolean" },
      consumer: { type: "string" },
      watch: { type: "boolean" },
      "reload-port": { type: "string" },
      concurrency: { type: "string" },
      folder: { type: "string" },
      envoy: { type: "string" },
      for: { type: "string" },
      listen: { type: "string" },
      plugin: { type: "string" },
      "ca-file": { type: "string" },
      playground: { type: "boolean" },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

type Values = ReturnType<typeof parseArguments>["values"];

async function runOptions(file: string, values: Values): Promise<CommandOptions> {
  const hasPlayground = values.playground ?? false;
  if (hasPlayground && !isPlaygroundBuilt()) {
    throw new Error(`${PLAYGROUND} is missing: npm run build`);
  }
  return {
    file,
    folder: resolve(values.folder ?? ".envoy-ai-proxy"),
    adapt: adaptation(values),
    concurrency: number(values.concurrency, "--concurrency") ?? 2,
    watches: values.watch ?? false,
    reloadPort: number(values["reload-port"], "--reload-port") ?? (hasPlayground ? 0 : null),
    hasPlayground,
    plugin: PLUGIN,
    binary: await findEnvoy(),
  };
}

function number(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`${option} needs a number.`);
  return Number(text);
}

/** `1.39` or `1.39.3` as a version. */
function version(text: string | undefined): EnvoyVersion | undefined {
  if (text === undefined) return undefined;
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:\.\d+)?$/.exec(text) ?? [];
  const found: EnvoyVersion = [Number(major), Number(minor)];
  const least = OLDEST_ENVOY.join(".");
  if (minor === undefined) throw new UsageError(`--envoy needs a version such as ${least}.`);
  if (!isAtLeast(found, OLDEST_ENVOY)) throw new UsageError(`Envoy ${least} is the oldest one.`);
  return found;
}

function targetOf(name = "envoy"): Target {
  const found = TARGETS.find((target) => target === name);
  if (found !== undefined) return found;
  throw new UsageError(`--for needs one of ${TARGETS.join(", ")}${suggestion(name, TARGETS)}.`);
}

/** Puts what the command line says in the place of what the file says. */
function adaptation(values: Values): Adaptation {
  const { listen, plugin, "ca-file": caFile, playground } = values;
  if (listen !== undefined && !isAddress(listen)) {
    throw new UsageError("--listen needs host:port, or a port.");
  }
  return (gateway) => ({
    ...gateway,
    ...(listen === undefined ? {} : { listen }),
    ...(plugin === undefined ? {} : { plugin }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(playground === true ? { playground: gateway.playground || true } : {}),
  });
}

async function check(file: string, values: Values, output: Output): Promise<CheckedGateway> {
  const adapt = adaptation(values);
  const read = loadGatewayFile(file);
  const checked = await checkGateway({ ...read, gateway: adapt(read.gateway) });
  for (const problem of checked.warnings) {
    output.error(`warning: ${problemText(problem, file)}\n`);
  }
  return checked;
}

function generate({ file, authorities }: CheckedGateway, target: Target, envoy?: EnvoyVersion) {
  const { gateway } = file;
  const options = { plugin: gateway.plugin ?? PLUGIN, variables: variablesOf(gateway), envoy };
  const text = manifest(staticBootstrap(gateway, authorities, options), target);
  return `# Generated by envoy-ai-proxy from ${file.file}: change that, not this.\n${text}`;
}
