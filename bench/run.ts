// npm run bench: what the plugin costs beside Envoy alone and beside Envoy's own transcoder.
//   --quick            under a minute, rougher
//   --only <workload>  small, conversation, image, burst or writes; may be repeated
//   --variant <name>   openai, claude, gateway-openai, gateway-claude, gateway-telling, transcoder or a native provider's type; may be repeated
//   --natives          the native providers only
//   --peers            also LiteLLM and Portkey, which are installed for it
//   --memory           also 100,000 exchanges with each, for their memory
//   --profile          where the CPU time goes instead, by perf
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PLUGIN } from "../tests/support/envoy.ts";
import { Arena } from "./arena.ts";
import { check } from "./check.ts";
import { GATEWAY_VARIANTS, TELLING_VARIANT } from "./gateway-variants.ts";
import { measureMemory } from "./memory.ts";
import { installPeers, PEER_VARIANTS } from "./peer-variants.ts";
import { printProfile } from "./profile.ts";
import { printWorkload, type Report, writeReport } from "./report.ts";
import { measureWorkload } from "./rounds.ts";
import { NATIVE_VARIANTS, VARIANTS, type Variant } from "./variants.ts";
import { measureStart } from "./vm-start.ts";
import { type Workload, workloads } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    variant: { type: "string", multiple: true },
    natives: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    memory: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});

const PACE = options.quick ? { rounds: 11, scale: 0.5 } : { rounds: 41, scale: 1 };

/** Those that were asked for; an unknown name is an error. */
function chosen<T extends { name: string }>(all: readonly T[], names: string[] | undefined): T[] {
  for (const name of names ?? []) {
    if (all.some((one) => one.name === name)) continue;
    throw new Error(`${name} is none of ${all.map((one) => one.name).join(", ")}`);
  }
  return all.filter(({ name }) => names?.includes(name) ?? true);
}

/** Starts an Envoy per variant; one that is refused is left out and named in the notes. */
async function start(arena: Arena, wanted: Variant[], notes: string[]): Promise<Variant[]> {
  const started: Variant[] = [];
  for (const variant of wanted) {
    try {
      await arena.start(variant);
      started.push(variant);
    } catch (error) {
      if (variant.name === "bare") throw error;
      notes.push(`${variant.title} is not measured: ${(error as Error).message}`);
    }
  }
  return started;
}

/** Those that answer rightly. Only one that is not ours may fail and be left out. */
async function checkEach(
  arena: Arena,
  variants: Variant[],
  all: Workload[],
  notes: string[],
): Promise<Variant[]> {
  const right: Variant[] = [];
  for (const variant of variants) {
    try {
      for (const workload of all) {
        const note = await check(arena, variant, workload);
        if (note !== null) notes.push(note);
      }
      right.push(variant);
    } catch (error) {
      const isOurs = variant.start === undefined && variant.name !== "transcoder";
      if (isOurs) throw error;
      const [said] = (error as Error).message.split("\n");
      const note = `${variant.title} is not measured: ${said}`;
      console.log(note);
      notes.push(note);
    }
  }
  return right;
}

async function main(): Promise<void> {
  if (!existsSync(PLUGIN)) throw new Error("There is no plugin yet: npm run build makes it.");
  const [bare, ...others] = [...VARIANTS, ...GATEWAY_VARIANTS, TELLING_VARIANT];
  if (bare === undefined) return;
  const picked = chosen([...others, ...NATIVE_VARIANTS], options.variant);
  const isNative = (variant: Variant) => NATIVE_VARIANTS.includes(variant);
  const own = options.profile ? picked : picked.filter((one) => !isNative(one));
  const wanted = options.natives ? [bare] : [bare, ...own];
  const all = chosen(workloads(), options.only);
  const report: Report = {
    notes: [],
    workloads: [],
    natives: [],
    peers: [],
    resident: [],
    memory: [],
    start: null,
  };
  const arena = new Arena();
  try {
    const started = await start(arena, wanted, report.notes);
    const variants = await checkEach(arena, started, all, report.notes);
    if (options.profile) return await printProfile(arena, variants, all);
    if (options.natives || !options.variant || picked.some(isNative)) {
      const some = all.filter(({ name }) => name === "small" || name === "burst");
      report.natives = await measureApart([bare, ...picked.filter(isNative)], some, report.notes);
    }
    if (options.peers) report.peers = await measurePeers(bare, all, report.notes);
    if (wanted.length < 2) return;
    for (const workload of all) {
      const results = await measureWorkload(arena, variants, workload, PACE);
      report.workloads.push({ workload, results });
      printWorkload(workload, results);
    }
    report.resident = variants.map((variant) => ({ variant, mib: arena.residentMib(variant) }));
    if (options.memory) report.memory = await measureMemory(arena, variants);
  } finally {
    await arena.stop();
  }
  if (!options.quick) report.start = await measureStart();
  const isWhole = !options.quick && !options.only && !options.variant && !options.natives;
  await writeReport(report, isWhole ? jsonTable() : null);
}

/** Other gateways, with the plugin beside them. What one of them cannot do is left out and noted. */
async function measurePeers(bare: Variant, all: Workload[], notes: string[]) {
  await installPeers();
  const own = VARIANTS.filter(({ name }) => name === "openai" || name === "claude");
  const variants = [bare, ...own, ...PEER_VARIANTS];
  return measureApart(variants, all, notes, { ...PACE, rounds: Math.min(PACE.rounds, 7) });
}

/** In an arena of their own, so that they do not crowd the others' caches. */
async function measureApart(
  variants: Variant[],
  all: Workload[],
  notes: string[],
  pace = PACE,
): Promise<Report["natives"]> {
  const measured: Report["natives"] = [];
  const arena = new Arena();
  try {
    for (const variant of variants) await arena.start(variant);
    for (const workload of all) {
      const right = await checkEach(arena, variants, [workload], notes);
      const results = await measureWorkload(arena, right, workload, pace);
      measured.push({ workload, results });
      printWorkload(workload, results);
    }
  } finally {
    await arena.stop();
  }
  return measured;
}

/** What `bench/json.ts` prints. */
function jsonTable(): string {
  const file = fileURLToPath(new URL("./json.ts", import.meta.url));
  return execFileSync(process.execPath, [...process.execArgv, file], { encoding: "utf8" });
}

await main();
process.exit(0);
