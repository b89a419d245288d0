// How long the module needs until it serves: in Node's V8, and as part of Envoy's start.
import { readFileSync } from "node:fs";
import { WasmHost } from "../host/wasm-host.ts";
import { PLUGIN, startEnvoyWith } from "../tests/support/envoy.ts";
import { median } from "./rounds.ts";
import { bootstrapOf, type Variant, VARIANTS } from "./variants.ts";

const SAMPLES = 7;
const ENVOY_STARTS = 3;
const READINGS = 20;
/** Nothing listens there; no request is sent. */
const NO_PORT = 1;

/** All in milliseconds. */
export interface StartTimes {
  bytes: number;
  compile: number;
  instantiate: number;
  configure: number;
  /** Envoy's own `server.initialization_time_ms`, alone and with the plugin. */
  envoyAlone: number;
  envoyWithPlugin: number;
}

export async function measureStart(): Promise<StartTimes> {
  const module = readFileSync(PLUGIN);
  const compile: number[] = [];
  const instantiate: number[] = [];
  const configure: number[] = [];
  const host = await WasmHost.load(PLUGIN);
  for (let i = 0; i < SAMPLES; ++i) {
    compile.push(await timed(() => WebAssembly.compile(module)));
    const begin = performance.now();
    const vm = await host.vm();
    instantiate.push(performance.now() - begin);
    const config = { provider: { type: "openai", apiTokens: ["sk-upstream"] } };
    configure.push(await timed(async () => vm.configure(config)));
  }
  const [bare, plugin] = VARIANTS;
  return {
    bytes: module.length,
    compile: median(compile),
    instantiate: median(instantiate),
    configure: median(configure),
    envoyAlone: bare ? await initialization(bare) : NaN,
    envoyWithPlugin: plugin ? await initialization(plugin) : NaN,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function initialization(variant: Variant): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ENVOY_STARTS; ++i) {
    const envoy = await startEnvoyWith(bootstrapOf(variant, NO_PORT), { concurrency: 1 });
    times.push(await initializationOf(envoy.adminPort));
    await envoy.stop();
  }
  return median(times);
}

interface Quantiles {
  stats: { histograms?: { computed_quantiles: { values: { cumulative: number | null }[] }[] } }[];
}

/** Each reading flushes, and tells what was flushed before. */
async function initializationOf(adminPort: number): Promise<number> {
  const query = "filter=server.initialization_time_ms&format=json";
  for (let i = 0; i < READINGS; ++i) {
    const response = await fetch(`http://127.0.0.1:${adminPort}/stats?${query}`);
    const { stats } = (await response.json()) as Quantiles;
    const values = stats.at(-1)?.histograms?.computed_quantiles[0]?.values ?? [];
    const value = values.at(-1)?.cumulative ?? null;
    if (value !== null) return value;
  }
  return NaN;
}
