// Measures the variants in turns, so that what disturbs the machine disturbs all of them alike.
import type { Arena, Cost } from "./arena.ts";
import type { Variant, VariantName } from "./variants.ts";
import type { Workload } from "./workloads.ts";

/** One variant under one workload. */
export interface Result {
  variant: VariantName;
  /** CPU time over that of Envoy alone in the same round: median, quartiles. */
  ratio: number;
  low: number;
  high: number;
  /** Medians. */
  cpu: number;
  rate: number;
  chunks: number;
}

export interface Pace {
  rounds: number;
  /** Scales how long one measurement takes. */
  scale: number;
}

/** The value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Runs all rounds of one workload; the first variant is what the others are compared with. */
export async function measureWorkload(
  arena: Arena,
  variants: readonly Variant[],
  workload: Workload,
  pace: Pace,
): Promise<Result[]> {
  const counts = new Map<VariantName, number>();
  for (const variant of variants) {
    counts.set(variant.name, await warmUp(arena, variant, workload, pace));
  }
  const costs = new Map<VariantName, Cost[]>(variants.map(({ name }) => [name, []]));
  for (let round = 0; round < pace.rounds; ++round) {
    // A different one begins each time: the first of a round is not the first after a pause.
    for (let i = 0; i < variants.length; ++i) {
      const variant = variants[(round + i) % variants.length];
      if (variant === undefined) continue;
      const count = counts.get(variant.name) ?? workload.least;
      costs.get(variant.name)?.push(await arena.measure(variant, workload, count));
    }
  }
  const base = costs.get(variants[0]?.name ?? "bare") ?? [];
  return variants.map(({ name }) => summary(name, costs.get(name) ?? [], base));
}

/** Until V8 has compiled what is hot; answers how many requests one measurement shall have. */
async function warmUp(arena: Arena, variant: Variant, workload: Workload, pace: Pace) {
  const { least, seconds } = workload;
  await arena.measure(variant, workload, least);
  const { rate } = await arena.measure(variant, workload, least * 2);
  const count = Math.max(least, Math.ceil(rate * seconds * pace.scale));
  await arena.measure(variant, workload, count);
  return count;
}

function summary(variant: VariantName, costs: readonly Cost[], base: readonly Cost[]): Result {
  const ratios = costs.map(({ cpu }, round) => cpu / (base[round]?.cpu ?? NaN));
  return {
    variant,
    ratio: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    cpu: median(costs.map(({ cpu }) => cpu)),
    rate: median(costs.map(({ rate }) => rate)),
    chunks: median(costs.map(({ chunks }) => chunks)),
  };
}
