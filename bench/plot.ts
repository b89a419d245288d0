// The plot of results.md: grouped bars on a logarithmic axis. https://www.w3.org/TR/SVG2/
import type { Report } from "./report.ts";
import type { Result } from "./rounds.ts";
import { TARGETS } from "./targets.ts";
import { VARIANTS, type VariantName } from "./variants.ts";
import type { WorkloadName } from "./workloads.ts";

const WIDTH = 860;
const HEIGHT = 360;
const LEFT = 50;
const TOP = 50;
const BOTTOM = 40;
const BAR = 34;
const TICKS = [1, 2, 5, 10, 20, 50, 100];
const COLORS: Record<VariantName, string> = {
  bare: "#9aa0a6",
  openai: "#2f7ed8",
  claude: "#d97706",
  transcoder: "#8e8e93",
};

type Scale = (ratio: number) => number;

/** An SVG with a group of bars per workload; a line on a bar's place is its target. */
export function plot({ workloads }: Report): string {
  const ratios = workloads.flatMap(({ results }) => results.map(({ high }) => high));
  const most = TICKS.find((tick) => tick >= Math.max(...ratios)) ?? Math.max(...ratios);
  const height = HEIGHT - TOP - BOTTOM;
  const scale: Scale = (ratio) =>
    HEIGHT - BOTTOM - (Math.log(Math.max(ratio, 1)) / Math.log(most)) * height;
  const step = (WIDTH - LEFT) / workloads.length;
  const groups = workloads.map(({ workload, results }, i) =>
    group(workload.name, workload.title, results, LEFT + step * (i + 0.5), scale),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
      'font-family="system-ui, sans-serif" font-size="12" fill="#555">',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...TICKS.filter((tick) => tick <= most).map((tick) => gridLine(tick, scale(tick))),
    ...legend(),
    ...groups.flat(),
    "</svg>\n",
  ].join("\n");
}

function gridLine(tick: number, y: number): string {
  const line = `<line x1="${LEFT}" x2="${WIDTH}" y1="${n(y)}" y2="${n(y)}" stroke="#ddd"/>`;
  return `${line}<text x="${LEFT - 8}" y="${n(y + 4)}" text-anchor="end">${tick}×</text>`;
}

function legend(): string[] {
  const shown = VARIANTS.filter(({ name }) => name !== "bare");
  const entries = shown.map(({ name, title }, i) => {
    const x = LEFT + i * 190;
    const box = `<rect x="${x}" y="14" width="12" height="12" fill="${COLORS[name] ?? "#555"}"/>`;
    return `${box}<text x="${x + 18}" y="24">${title}</text>`;
  });
  const x = LEFT + shown.length * 190;
  const line = `<line x1="${x}" x2="${x + 16}" y1="20" y2="20" stroke="#111" stroke-width="2"/>`;
  return [...entries, `${line}<text x="${x + 22}" y="24">target</text>`];
}

function group(
  workload: WorkloadName,
  title: string,
  results: readonly Result[],
  center: number,
  scale: Scale,
): string[] {
  const shown = results.filter(({ variant }) => variant !== "bare");
  const bars = shown.map((result, i) => {
    const x = center + (i - shown.length / 2) * (BAR + 4);
    const target = targetLine(result.variant, workload, x, scale);
    return bar(result, x, scale) + target + number(result, x, scale);
  });
  const label = `<text x="${n(center)}" y="${HEIGHT - 16}" text-anchor="middle">${title}</text>`;
  return [...bars, label];
}

function bar({ variant, ratio }: Result, x: number, scale: Scale): string {
  const y = scale(ratio);
  const height = Math.max(scale(1) - y, 1);
  const place = `x="${n(x)}" y="${n(y)}" width="${BAR}" height="${n(height)}"`;
  return `<rect ${place} fill="${COLORS[variant] ?? "#555"}"/>`;
}

/** On a white ground, so that a target's line does not cross it. */
function number({ ratio }: Result, x: number, scale: Scale): string {
  const place = `x="${n(x + BAR / 2)}" y="${n(scale(ratio) - 5)}" text-anchor="middle"`;
  const ground = 'stroke="#fff" stroke-width="4" paint-order="stroke"';
  return `<text ${place} ${ground}>${shortOf(ratio)}</text>`;
}

function targetLine(name: VariantName, workload: WorkloadName, x: number, scale: Scale): string {
  const target = TARGETS[name]?.[workload];
  if (target === undefined) return "";
  const y = n(scale(target));
  return `<line x1="${n(x - 2)}" x2="${n(x + BAR + 2)}" y1="${y}" y2="${y}" stroke="#111" stroke-width="2"/>`;
}

function shortOf(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0);
}

function n(value: number): string {
  return value.toFixed(1);
}
