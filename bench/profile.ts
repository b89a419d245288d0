// Where the CPU time goes, for those who want to spend less of it: calls of the host and the
// hottest functions in Node's V8, and by perf what of Envoy's time is whose.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, type Arrival } from "../host/run.ts";
import { WasmHost } from "../host/wasm-host.ts";
import type { RootContext } from "../host/root-context.ts";
import { answerWrites } from "./answers.ts";
import type { Arena } from "./arena.ts";
import { HttpReader } from "./http-reader.ts";
import type { Variant } from "./variants.ts";
import type { Workload } from "./workloads.ts";

/** Has the names of the functions; same optimisation as the release. */
const MODULE =
  process.env.PLUGIN ?? fileURLToPath(new URL("../build/plugin.debug.wasm", import.meta.url));
const SHOWN = 25;
const PROFILE_MS = 2000;

type Calls = Map<string, number>;

/** Prints what each variant under each workload does. */
export async function printProfile(
  arena: Arena,
  variants: readonly Variant[],
  workloads: readonly Workload[],
): Promise<void> {
  for (const workload of workloads) {
    for (const variant of variants) {
      console.log(`\n${variant.title}, ${workload.title}`);
      await printShares(arena, variant, workload);
      const config = pluginConfig(variant);
      if (config !== null) await printGuest(config, variant, workload);
    }
  }
}

function pluginConfig(variant: Variant): unknown {
  const [filter] = variant.filters as { typed_config: { config?: { configuration: Value } } }[];
  const text = filter?.typed_config.config?.configuration.value;
  return text === undefined ? null : JSON.parse(text);
}

interface Value {
  value: string;
}

/** By perf, where it is installed: the share of each binary, the kernel and code made by V8. */
async function printShares(arena: Arena, variant: Variant, workload: Workload): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, "perf");
  const { rate } = await arena.measure(variant, workload, workload.least);
  const count = Math.max(workload.least, Math.ceil((rate * PROFILE_MS) / 1000));
  const args = ["record", "-e", "cpu-clock", "-F", "4000", "-o", file, "-p"];
  const perf = spawn("perf", [...args, String(arena.pid(variant))], { stdio: "ignore" });
  const ended = new Promise((resolve) => perf.once("exit", resolve).once("error", resolve));
  await arena.measure(variant, workload, count);
  perf.kill("SIGINT");
  await ended;
  try {
    const report = ["report", "-i", file, "--stdio", "-q", "--sort", "dso"];
    const text = execFileSync("perf", report, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    console.log(text.trimEnd());
  } catch {
    console.log("perf gave nothing");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function printGuest(config: unknown, variant: Variant, workload: Workload): Promise<void> {
  const calls: Calls = new Map();
  const root = await countedRoot(config, calls);
  const exchange = exchangeOf(root, variant, workload);
  for (let i = 0; i < 20; ++i) exchange();
  calls.clear();
  exchange();
  const sorted = [...calls].sort((a, b) => b[1] - a[1]);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  console.log(`host calls: ${total}: ${sorted.map(([name, n]) => `${n} ${name}`).join(", ")}`);
  await printHottest(exchange);
}

/** A root context whose host calls are counted. */
async function countedRoot(config: unknown, calls: Calls): Promise<RootContext> {
  const original = WebAssembly.instantiate;
  const counted =
    (name: string, own: Function) =>
    (...args: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return own(...args);
    };
  const wrap = (imports: WebAssembly.Imports) =>
    Object.fromEntries(
      Object.entries(imports).map(([module, functions]) => [
        module,
        Object.fromEntries(
          Object.entries(functions).map(([name, own]) => [name, counted(name, own as Function)]),
        ),
      ]),
    ) as WebAssembly.Imports;
  const replaced = (module: WebAssembly.Module, imports: WebAssembly.Imports) =>
    original(module, wrap(imports));
  WebAssembly.instantiate = replaced as typeof WebAssembly.instantiate;
  try {
    const vm = await (await WasmHost.load(MODULE)).vm();
    return vm.configure(config);
  } finally {
    WebAssembly.instantiate = original;
  }
}

/** One exchange, its body cut as the provider's writes are. */
function exchangeOf(root: RootContext, variant: Variant, workload: Workload): () => void {
  const request = parsed([workload.request]);
  const writes = answerWrites(variant.dialect, workload.name);
  const response = parsed(writes);
  const cuts: number[] = [];
  for (let i = 1; i < writes.length; ++i) cuts.push(parsed(writes.slice(0, i)).body.length);
  const arrival: Arrival = { cuts, endAlone: workload.streams };
  const type = workload.streams ? "text/event-stream; charset=utf-8" : "application/json";
  const headers = headersOf(request.head);
  return () => {
    root.vm.logs.length = 0;
    run(root, {
      request: { path: "/v1/chat/completions", headers, body: request.body },
      upstream: () => ({ headers: [["content-type", type]], body: response.body }),
      responseArrival: arrival,
    });
  };
}

function headersOf(head: string): [string, string][] {
  const lines = head.split("\r\n").slice(1, -1);
  const pairs = lines.map((line): [string, string] => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  return pairs.filter(([name]) => name !== "content-length" && name !== "host");
}

function parsed(writes: readonly Buffer[]): { head: string; body: Buffer } {
  const reader = new HttpReader(() => {});
  reader.keepsBody = true;
  for (const bytes of writes) reader.push(bytes);
  return { head: reader.head, body: Buffer.from(reader.body()) };
}

/** The functions in which an exchange spends its time, in Node's V8. */
async function printHottest(exchange: () => void): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 100 });
  const warm = performance.now() + PROFILE_MS / 2;
  while (performance.now() < warm) exchange();
  await session.post("Profiler.start");
  const begin = performance.now();
  let count = 0;
  for (; performance.now() < begin + PROFILE_MS; ++count) exchange();
  const elapsed = performance.now() - begin;
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const self = new Map<string, number>();
  let guest = 0;
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    if (!callFrame.url.startsWith("wasm")) continue;
    guest += hitCount;
    self.set(callFrame.functionName, (self.get(callFrame.functionName) ?? 0) + hitCount);
  }
  const all = profile.samples?.length ?? 1;
  const each = (hits: number) => ((hits / all) * elapsed * 1000) / count;
  console.log(`in the module: ${each(guest).toFixed(1)} us of V8 per exchange, of them`);
  const hottest = [...self].sort((a, b) => b[1] - a[1]).slice(0, SHOWN);
  for (const [name, hits] of hottest) console.log(`  ${each(hits).toFixed(2).padStart(8)} ${name}`);
}
