// The real plugin in Node: what it says of a configuration, and what it makes of a request.
import { fileURLToPath } from "node:url";
import { run, type RunResult } from "../../host/run.ts";
import type { Placement, RootContext } from "../../host/root-context.ts";
import { WasmHost } from "../../host/wasm-host.ts";
import {
  clusterConfig,
  type Gateway,
  listenerConfig,
  modelsFor,
  upgrades,
  variablesOf,
} from "./gateway.ts";
import { type GatewayFile, GatewayFileError } from "./gateway-file.ts";
import { type Path, type Problem, spoken } from "./yaml-places.ts";

/** The plugin that was built here. */
export const PLUGIN = fileURLToPath(new URL("../../build/plugin.wasm", import.meta.url));

const TEXT = new TextEncoder();

/** What the plugin makes of a gateway's configurations. */
export interface CheckedGateway {
  file: GatewayFile;
  /** Things that are odd but no errors. */
  warnings: Problem[];
  /** Host, with a port where there is one, of each provider. */
  authorities: Map<string, string>;
  listener: RootContext;
  providers: Map<string, RootContext>;
}

/**
 * Hands every configuration to the plugin; throws GatewayFileError where it refuses one. `environment`:
 * the variables that Envoy will have; unless given, those of this process, and something for the others.
 */
export async function checkGateway(
  file: GatewayFile,
  plugin = PLUGIN,
  environment: Environment = withPlaceholders(file.gateway),
): Promise<CheckedGateway> {
  const host = await WasmHost.load(plugin);
  const vm = await host.vm({ env: environmentOf(file.gateway, environment) });
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const configure = (config: object, placement: Placement, base: (path: Path) => Path) => {
    const root = vm.configure(config, { placement });
    for (const { text } of root.logs) {
      const said = spoken(text);
      if (said === null) continue;
      const { isRefusal, path, message } = said;
      (isRefusal ? problems : warnings).push(file.problemAt(base(path), message));
    }
    return root;
  };
  const { gateway } = file;
  const listener = configure(listenerConfig(gateway), "listener", (path) => path);
  const providers = new Map<string, RootContext>();
  for (const id of Object.keys(gateway.providers)) {
    const base = (path: Path): Path => ["providers", id, ...path.slice(1)];
    providers.set(id, configure(clusterConfig(gateway, id), "cluster", base));
  }
  const doubts = file.doubts.filter((doubt) => !problems.some((own) => isAbout(own, doubt)));
  const all = [...problems, ...doubts];
  if (all.length > 0) throw new GatewayFileError(all, file.file);
  const authorities = new Map<string, string>();
  for (const [id, root] of providers)
    authorities.set(id, authorityOf(root, modelsFor(gateway, id)));
  const lost = [...authorities].filter(
    ([id, host]) => host === "" && gateway.providers[id]?.upstream?.address === undefined,
  );
  if (lost.length > 0) {
    const message = "cannot tell its host; say it in upstream.address";
    throw new GatewayFileError(
      lost.map(([id]) => file.problemAt(["providers", id], message)),
      file.file,
    );
  }
  return { file, warnings, authorities, listener, providers };
}

/** Whether one problem is about a part of what the other one is about. */
function isAbout({ path: one }: Problem, { path: other }: Problem): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return long === short || (long.startsWith(short) && /[.[]/.test(long.charAt(short.length)));
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are not set here still get a value, so that all else is checked. */
function withPlaceholders(gateway: Gateway): Environment {
  const entries = variablesOf(gateway).map((name) => [name, process.env[name] ?? `unset-${name}`]);
  const set = Object.fromEntries(entries) as Record<string, string>;
  // Credentials of three parts, if one variable is all of them.
  for (const { apiTokens, ...entry } of Object.values(gateway.providers)) {
    if (!upgrades(entry)) continue;
    for (const name of [apiTokens ?? []].flat().flatMap(onlyVariableOf)) {
      if (process.env[name] === undefined) set[name] = `unset:unset:${name}`;
    }
  }
  return set;
}

/** The variable that is all of a token, in a list. */
function onlyVariableOf(token: unknown): string[] {
  const text = typeof token === "string" ? token : (token as { token?: unknown } | null)?.token;
  return typeof text === "string" && /^\$\{\w+\}$/.test(text) ? variablesOf([text]) : [];
}

/** Those that the file names, as Envoy hands them over. */
function environmentOf(gateway: Gateway, environment: Environment): Record<string, string> {
  const set = variablesOf(gateway).flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(set) as Record<string, string>;
}

/** Where the plugin sends a chat to: one with any model, or one with a model that it knows. */
function authorityOf(root: RootContext, models: readonly string[]): string {
  for (const model of ["model", ...models]) {
    for (const content of ["hi", [{ type: "text", text: "hi" }, PICTURE]]) {
      const asked = { model, messages: [{ role: "user", content }] };
      const host = attempt(root, asked, []).upstreamRequest?.host ?? "";
      if (host !== "" && host !== UNKNOWN_HOST) return host;
    }
  }
  return "";
}

/** Some models take nothing without one. */
const PICTURE = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

const UNKNOWN_HOST = "gateway.invalid";

/** One attempt at one provider. */
export function attempt(root: RootContext, body: object, headers: [string, string][]): RunResult {
  return run(root, {
    request: {
      path: "/v1/chat/completions",
      host: UNKNOWN_HOST,
      headers: [["content-type", "application/json"], ...headers],
      body: TEXT.encode(JSON.stringify(body)),
    },
  });
}
