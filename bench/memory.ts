// Resident memory of each Envoy over 100,000 exchanges: it must not grow.
import type { Arena } from "./arena.ts";
import type { Variant } from "./variants.ts";
import { workloads } from "./workloads.ts";

export const EXCHANGES = 100_000;
const STEPS = 10;
/** Every fifth exchange is a stream. */
const STREAM_SHARE = 0.2;

export interface MemoryCurve {
  variant: Variant;
  /** MiB at the start and after each tenth of the exchanges. */
  mib: number[];
}

/** Sends chats and streams through all but the transcoder, whose streams would take minutes. */
export async function measureMemory(
  arena: Arena,
  variants: readonly Variant[],
): Promise<MemoryCurve[]> {
  const curves: MemoryCurve[] = [];
  for (const variant of variants) {
    if (variant.name === "transcoder") continue;
    const curve = await curveOf(arena, variant);
    curves.push(curve);
    const shown = curve.mib.map((mib) => mib.toFixed(1)).join(" ");
    console.log(`${variant.title}: MiB per ${EXCHANGES / STEPS} exchanges: ${shown}`);
  }
  return curves;
}

async function curveOf(arena: Arena, variant: Variant): Promise<MemoryCurve> {
  const all = workloads();
  const small = all.find(({ name }) => name === "small");
  const burst = all.find(({ name }) => name === "burst");
  const mib = [arena.residentMib(variant)];
  for (let step = 0; step < STEPS && small && burst; ++step) {
    const streams = (EXCHANGES / STEPS) * STREAM_SHARE;
    await arena.measure(variant, small, EXCHANGES / STEPS - streams);
    await arena.measure(variant, burst, streams);
    mib.push(arena.residentMib(variant));
  }
  return { variant, mib };
}
