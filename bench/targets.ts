// What the plugin shall not exceed, and what others need: CPU time over that of Envoy alone.
import type { VariantName } from "./variants.ts";
import type { WorkloadName } from "./workloads.ts";

export type Ratios = Record<WorkloadName, number>;

export const TARGETS: Partial<Record<VariantName, Ratios>> = {
  openai: { small: 1.5, conversation: 2.5, image: 2, burst: 1.5, writes: 1.5 },
  claude: { small: 1.8, conversation: 4, image: 2, burst: 8, writes: 3 },
};

/** What no native provider shall exceed. */
export const NATIVE_TARGETS: Partial<Ratios> = { small: 2.2, burst: 12 };

/** What the gateway shall not exceed: CPU time over that of the plugin in a listener alone. */
export const GATEWAY_TARGET = 1.25;

/** Measured on another machine. */
export const ELSEWHERE: { title: string; ratios: Record<WorkloadName, string> }[] = [
  {
    title: "Envoy's transcoder",
    ratios: { small: "2.2", conversation: "19–24", image: "2.2", burst: "30", writes: "11" },
  },
  {
    title: "Higress ai-proxy (Go)",
    ratios: { small: "8.5", conversation: "100", image: "170", burst: "33", writes: "10" },
  },
];
