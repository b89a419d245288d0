// What a run says: lines in the terminal, and bench/results.md with its plot.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { findEnvoy } from "../cli/envoy-binary.ts";
import { GATEWAY_VARIANTS, TELLING_VARIANT } from "./gateway-variants.ts";
import { EXCHANGES, type MemoryCurve } from "./memory.ts";
import { PEER_VARIANTS } from "./peer-variants.ts";
import { plot } from "./plot.ts";
import type { Result } from "./rounds.ts";
import { ELSEWHERE, GATEWAY_TARGET, NATIVE_TARGETS, TARGETS } from "./targets.ts";
import { NATIVE_VARIANTS, type Variant, type VariantName, VARIANTS } from "./variants.ts";
import type { StartTimes } from "./vm-start.ts";
import type { Workload, WorkloadName } from "./workloads.ts";

export interface Report {
  /** What a reader has to know beside the numbers. */
  notes: string[];
  workloads: { workload: Workload; results: Result[] }[];
  /** The native providers, each beside Envoy alone. */
  natives: { workload: Workload; results: Result[] }[];
  /** Other gateways beside Envoy alone and the plugin. */
  peers: { workload: Workload; results: Result[] }[];
  /** Memory after all workloads. */
  resident: { variant: Variant; mib: number }[];
  memory: MemoryCurve[];
  start: StartTimes | null;
}

/** Those that every workload is measured with. */
const PLACED: readonly Variant[] = [...VARIANTS, ...GATEWAY_VARIANTS, TELLING_VARIANT];

function titleOf(name: VariantName): string {
  const all = [...PLACED, ...NATIVE_VARIANTS, ...PEER_VARIANTS];
  return all.find((variant) => variant.name === name)?.title ?? name;
}

/** Prints the results of one workload to the terminal. */
export function printWorkload({ name, title }: Workload, results: readonly Result[]): void {
  console.log(`\n${title}`);
  for (const { variant, ratio, low, high, cpu, rate, chunks } of results) {
    const target = targetOf(variant, name);
    const cells = [
      titleOf(variant).padEnd(20),
      `${ratio.toFixed(2)}x`.padStart(7),
      `(${low.toFixed(2)}–${high.toFixed(2)})`.padEnd(14),
      target === undefined ? "".padEnd(14) : `target ${target} ${mark(ratio, target)}`.padEnd(14),
      `${cpu.toFixed(0)} us`.padStart(8),
      `${rate.toFixed(0)}/s`.padStart(8),
      chunks > 0 ? `${chunks.toFixed(0)} chunks` : "",
    ];
    console.log(`  ${cells.join(" ").trimEnd()}`);
  }
}

function targetOf(variant: VariantName, workload: WorkloadName): number | undefined {
  const isNative = NATIVE_VARIANTS.some(({ name }) => name === variant);
  return isNative ? NATIVE_TARGETS[workload] : TARGETS[variant]?.[workload];
}

function mark(ratio: number, target: number): string {
  return ratio <= target ? "✓" : "✗";
}

/** Prints the rest; writes the files where the run was a whole one (`json` is its table). */
export async function writeReport(report: Report, json: string | null): Promise<void> {
  const rest = [...residentLines(report), ...startLines(report.start)];
  console.log(`\n${rest.join("\n")}`);
  if (json === null) return;
  console.log(`\n${json}`);
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  writeFileSync(file("results.svg"), plot(report));
  writeFileSync(file("results.md"), await markdown(report, json));
  console.log("written: bench/results.md, bench/results.svg");
}

function residentLines({ resident }: Report): string[] {
  return resident.map(({ variant, mib }) => `${variant.title}: ${mib.toFixed(1)} MiB resident`);
}

function startLines(times: StartTimes | null): string[] {
  if (times === null) return [];
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return [
    `Module of ${(times.bytes / 1024).toFixed(0)} KiB in Node: compiled in ${ms(times.compile)}, ` +
      `instantiated in ${ms(times.instantiate)}, configured in ${ms(times.configure)}`,
    `Envoy's own start: ${ms(times.envoyAlone)} alone, ${ms(times.envoyWithPlugin)} with the plugin`,
  ];
}

async function markdown(report: Report, json: string): Promise<string> {
  const parts = [
    "# What the plugin costs",
    "CPU time of the Envoy process per request, divided by that of the same Envoy with no filter " +
      "in the same run (1 worker, 8 client connections over HTTP/1.1, all on one machine; median " +
      "of the rounds, quartiles in brackets). `npm run bench` writes this file.",
    (await circumstances()).map((line) => `- ${line}`).join("\n"),
    "![CPU time over that of Envoy alone](results.svg)",
    ratioTable(report),
    placementTable(report),
    "In the last workload the provider writes once a millisecond; Envoy then sees each write alone " +
      `(HTTP chunks per answer of Envoy alone: ${chunksOfLast(report)}). Where writes are closer, ` +
      "Envoy reads several at once, and everything becomes cheaper.",
    report.notes.map((note) => `- ${note}.`).join("\n"),
    "## Native providers",
    nativeTable(report),
    ...peerParts(report),
    "## Microseconds and requests per second",
    absoluteTable(report),
    "## Memory and start",
    [...residentLines(report), ...startLines(report.start)].map((line) => `- ${line}`).join("\n"),
    memoryTable(report.memory),
    "## JSON",
    `\`\`\`text\n${json.trimEnd()}\n\`\`\``,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

async function circumstances(): Promise<string[]> {
  const binary = await findEnvoy();
  const version = execFileSync(binary, ["--version"], { encoding: "utf8" });
  const processors = cpus();
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}, commit: ${commit()}`,
    `Envoy: ${/version: \S+?\/(\S+?)\//.exec(version)?.[1] ?? version.trim()}, Node ${process.version}`,
    `CPU: ${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
  ];
}

function commit(): string {
  try {
    const args = ["describe", "--always", "--dirty"];
    return execFileSync("git", args, { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "none";
  }
}

function chunksOfLast({ workloads }: Report): string {
  return workloads.at(-1)?.results[0]?.chunks.toFixed(0) ?? "none";
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function ratioTable({ workloads }: Report): string {
  const head = ["", ...workloads.map(({ workload }) => workload.title)];
  const rows: string[][] = [];
  for (const { name, title } of PLACED) {
    const own = workloads.map(({ results }) => results.find(({ variant }) => variant === name));
    if (name === "bare" || own.every((result) => result === undefined)) continue;
    rows.push([`**${title}**`, ...own.map((result) => (result ? ratioCell(result) : ""))]);
    const target = TARGETS[name];
    if (target === undefined) continue;
    rows.push(["target", ...workloads.map(({ workload }) => `≤ ${target[workload.name]}`)]);
  }
  for (const { title, ratios } of ELSEWHERE) {
    rows.push([`${title}, elsewhere`, ...workloads.map(({ workload }) => ratios[workload.name])]);
  }
  return table(head, rows);
}

/** What the gateway adds to the plugin in a listener alone. */
function placementTable({ workloads }: Report): string {
  const head = [
    "CPU time over the plugin in a listener",
    ...workloads.map((one) => one.workload.title),
  ];
  const rows = GATEWAY_VARIANTS.map(({ name, title }) => [
    title,
    ...workloads.map(({ results }) => {
      const cpu = (of: VariantName) => results.find(({ variant }) => variant === of)?.cpu;
      const [own, single] = [cpu(name), cpu(name.replace("gateway-", ""))];
      return own && single ? `**${(own / single).toFixed(2)}**` : "";
    }),
  ]);
  return table(head, [...rows, ["target", ...workloads.map(() => `≤ ${GATEWAY_TARGET}`)]]);
}

function nativeTable({ natives }: Report): string {
  const head = ["", ...natives.map(({ workload }) => workload.title)];
  const rows = NATIVE_VARIANTS.map(({ name, title }) => [
    title,
    ...natives.map(({ results }) => {
      const result = results.find(({ variant }) => variant === name);
      return result ? ratioCell(result) : "";
    }),
  ]);
  const targets = natives.map(({ workload }) => `≤ ${NATIVE_TARGETS[workload.name] ?? "–"}`);
  return table(head, [...rows, ["target", ...targets]]);
}

function peerParts({ peers }: Report): string[] {
  if (peers.length === 0) return [];
  const head = ["CPU time per request", ...peers.map(({ workload }) => workload.title)];
  const names = new Set(peers.flatMap(({ results }) => results.map(({ variant }) => variant)));
  const rows = [...names].map((name) => [
    titleOf(name),
    ...peers.map(({ results }) => {
      const result = results.find(({ variant }) => variant === name);
      return result ? `${result.cpu.toFixed(0)} µs, ${ratioText(result)} times` : "fails";
    }),
  ]);
  return ["## Other gateways", PEER_REMARK, table(head, rows)];
}

const PEER_REMARK =
  "In a run of their own, one process each (LiteLLM: one worker), as they are installed from PyPI and " +
  "npm, with no logging, keys or database; times over Envoy alone.";

function ratioText({ ratio }: Result): string {
  return ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0);
}

function ratioCell({ ratio, low, high }: Result): string {
  return `**${ratio.toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function absoluteTable({ workloads }: Report): string {
  const head = ["", ...workloads.map(({ workload }) => workload.title)];
  const rows = PLACED.map(({ name, title }) => [
    title,
    ...workloads.map(({ results }) => {
      const result = results.find(({ variant }) => variant === name);
      return result ? `${result.cpu.toFixed(0)} µs, ${result.rate.toFixed(0)}/s` : "";
    }),
  ]);
  return table(head, rows);
}

function memoryTable(memory: readonly MemoryCurve[]): string {
  const steps = memory[0]?.mib.length ?? 0;
  if (steps === 0) return "";
  const each = EXCHANGES / (steps - 1) / 1000;
  const head = ["MiB after", ...Array.from({ length: steps }, (_, i) => `${i * each}k`)];
  const rows = memory.map(({ variant, mib }) => [variant.title, ...mib.map((n) => n.toFixed(1))]);
  return table(head, rows);
}
