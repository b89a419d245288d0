// Everything that runs during a benchmark: the client, the provider, and a process per variant, mostly an Envoy.
import { setTimeout as sleep } from "node:timers/promises";
import { startEnvoyWith } from "../tests/support/envoy.ts";
import { Child } from "./child.ts";
import type { Job, JobResult } from "./load.ts";
import { cpuNanoseconds, residentMib } from "./process-cost.ts";
import type { UpstreamAnswer, UpstreamQuestion } from "./upstream.ts";
import { bootstrapOf, type Running, type Variant, type VariantName } from "./variants.ts";
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
  private readonly running = new Map<VariantName, Running>();
  private readonly headers = new Map<VariantName, Buffer>();
  private readonly client = new Child<Job, JobResult>("./load.ts");
  private readonly provider = new Child<UpstreamQuestion, UpstreamAnswer>("./upstream.ts");
  private current: WorkloadName | null = null;

  /** Starts the variant's Envoy; rejects with Envoy's reason where it refuses. */
  async start(variant: Variant): Promise<void> {
    const { ports } = await this.provider.ask({ ask: "ports" });
    const port = ports[variant.dialect] ?? 0;
    this.headers.set(variant.name, headLines(variant.headers?.(port)));
    this.running.set(variant.name, await startOne(variant, port));
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
    await Promise.all([...this.running.values()].map((one) => one.stop()));
    await sleep(0);
  }

  private async choose(name: WorkloadName): Promise<void> {
    if (this.current === name) return;
    await this.provider.ask({ ask: "workload", name, record: false });
    this.current = name;
  }

  private send(variant: Variant, request: Uint8Array, count: number): Promise<JobResult> {
    const port = this.envoy(variant).ports[0] ?? 0;
    const own = this.headers.get(variant.name) ?? Buffer.alloc(0);
    const bytes = own.length === 0 ? request : withHeaders(request, own);
    return this.client.ask({ port, request: bytes, count, connections: CONNECTIONS });
  }

  private envoy({ name }: Variant): Running {
    const one = this.running.get(name);
    if (one === undefined) throw new Error(`nothing runs for ${name}`);
    return one;
  }
}

async function startOne(variant: Variant, port: number): Promise<Running> {
  if (variant.start !== undefined) return variant.start(port);
  const config = (await variant.bootstrap?.(port)) ?? bootstrapOf(variant, port);
  return startEnvoyWith(config, { concurrency: 1, pluginLogLevel: "warning" });
}

function headLines(headers: Record<string, string> = {}): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(lines.join(""));
}

/** The request with more lines behind its first one. */
function withHeaders(request: Uint8Array, lines: Buffer): Uint8Array {
  const end = Buffer.from(request.buffer, request.byteOffset, request.length).indexOf("\n") + 1;
  return Buffer.concat([request.subarray(0, end), lines, request.subarray(end)]);
}
