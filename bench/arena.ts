// Everything that runs during a benchmark: the client, the provider, and an Envoy per variant.
import { setTimeout as sleep } from "node:timers/promises";
import { startEnvoyWith, type TestEnvoy } from "../tests/support/envoy.ts";
import { Child } from "./child.ts";
import type { Job, JobResult } from "./load.ts";
import { cpuNanoseconds, residentMib } from "./process-cost.ts";
import type { UpstreamAnswer, UpstreamQuestion } from "./upstream.ts";
import { bootstrapOf, type Variant, type VariantName } from "./variants.ts";
import type { Workload, WorkloadName } from "./workloads.ts";

const CONNECTIONS = 8;

/** What some requests cost. */
export interface Cost {
  count: number;
  /** CPU time of Envoy per request, in microseconds. */
  cpu: number;
  /** Requests per second. */
  rate: number;
  /** HTTP chunks per answer. */
  chunks: number;
}

export class Arena {
  private readonly envoys = new Map<VariantName, TestEnvoy>();
  private readonly client = new Child<Job, JobResult>("./load.ts");
  private readonly provider = new Child<UpstreamQuestion, UpstreamAnswer>("./upstream.ts");
  private current: WorkloadName | null = null;

  /** Starts the variant's Envoy; rejects with Envoy's reason where it refuses. */
  async start(variant: Variant): Promise<void> {
    const { ports } = await this.provider.ask({ ask: "ports" });
    const port = ports[variant.dialect] ?? 0;
    const config = (await variant.bootstrap?.(port)) ?? bootstrapOf(variant, port);
    const options = { concurrency: 1, pluginLogLevel: "warning" } as const;
    this.envoys.set(variant.name, await startEnvoyWith(config, options));
  }

  /** One request: what the client got and what the provider got. */
  async once(variant: Variant, { name, request }: Workload) {
    await this.provider.ask({ ask: "workload", name, record: true });
    this.current = null;
    try {
      const { last } = await this.send(variant, request, 1);
      const seen = await this.provider.ask({ ask: "request" });
      return { answer: last, request: seen.request };
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.envoy(variant).log().slice(-2000)}`);
    }
  }

  async measure(variant: Variant, workload: Workload, count: number): Promise<Cost> {
    await this.choose(workload.name);
    const { pid } = this.envoy(variant);
    const before = cpuNanoseconds(pid);
    const { seconds, chunks } = await this.send(variant, workload.request, count);
    const cpu = (cpuNanoseconds(pid) - before) / 1000 / count;
    return { count, cpu, rate: count / seconds, chunks: chunks / count };
  }

  residentMib(variant: Variant): number {
    return residentMib(this.envoy(variant).pid);
  }

  pid(variant: Variant): number {
    return this.envoy(variant).pid;
  }

  async stop(): Promise<void> {
    this.client.stop();
    this.provider.stop();
    await Promise.all([...this.envoys.values()].map((envoy) => envoy.stop()));
    await sleep(0);
  }

  private async choose(name: WorkloadName): Promise<void> {
    if (this.current === name) return;
    await this.provider.ask({ ask: "workload", name, record: false });
    this.current = name;
  }

  private send(variant: Variant, request: Uint8Array, count: number): Promise<JobResult> {
    const port = this.envoy(variant).ports[0] ?? 0;
    return this.client.ask({ port, request, count, connections: CONNECTIONS });
  }

  private envoy({ name }: Variant): TestEnvoy {
    const envoy = this.envoys.get(name);
    if (envoy === undefined) throw new Error(`no Envoy runs for ${name}`);
    return envoy;
  }
}
