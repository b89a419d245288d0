// Counters, gauges and histograms of a module: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#metricsstats
import { MetricType, WasmResult } from "./abi.ts";

/** A metric's name with its value; a histogram has what was recorded instead. */
export interface Metric {
  readonly type: number;
  readonly name: string;
  value: bigint;
  readonly recorded: bigint[];
}

// Envoy keeps the type in the two lowest bits of an id.
const TYPE_BITS = 2;
const TYPE_MASK = 3;

/** All metrics of one VM. Two definitions of one name are two ids of one metric. */
export class Metrics {
  private readonly byId = new Map<number, Metric>();
  private readonly byName = new Map<string, Metric>();
  private defined = 0;

  /** The metric's id, or null for a type that does not exist. */
  define(type: number, name: string): number | null {
    if (type > MetricType.Histogram) return null;
    const key = `${type} ${name}`;
    const metric = this.byName.get(key) ?? { type, name, value: 0n, recorded: [] };
    this.byName.set(key, metric);
    const id = (++this.defined << TYPE_BITS) | type;
    this.byId.set(id, metric);
    return id;
  }

  /** A counter takes positive steps only. */
  increment(id: number, offset: bigint): number {
    if ((id & TYPE_MASK) >= MetricType.Histogram) return WasmResult.BadArgument;
    const metric = this.byId.get(id);
    if (metric === undefined) return WasmResult.NotFound;
    if (metric.type === MetricType.Counter && offset <= 0n) return WasmResult.BadArgument;
    metric.value += offset;
    return WasmResult.Ok;
  }

  /** Adds to a counter, sets a gauge, records a histogram's value. */
  record(id: number, value: bigint): number {
    const metric = this.byId.get(id);
    if (metric === undefined) return WasmResult.NotFound;
    if (metric.type === MetricType.Counter) metric.value += value;
    else if (metric.type === MetricType.Gauge) metric.value = value;
    else metric.recorded.push(value);
    return WasmResult.Ok;
  }

  /** The value, or the result code where there is none to read. */
  read(id: number): bigint | { result: number } {
    if ((id & TYPE_MASK) >= MetricType.Histogram) return { result: WasmResult.BadArgument };
    return this.byId.get(id)?.value ?? { result: WasmResult.NotFound };
  }

  /** Value of a counter or gauge by name; 0 where it was never defined. */
  value(name: string): number {
    const counter = this.byName.get(`${MetricType.Counter} ${name}`);
    return Number((counter ?? this.byName.get(`${MetricType.Gauge} ${name}`))?.value ?? 0n);
  }

  /** What was recorded in a histogram, by name. */
  recorded(name: string): number[] {
    const metric = this.byName.get(`${MetricType.Histogram} ${name}`);
    return (metric?.recorded ?? []).map(Number);
  }

  /** Every name that was defined. */
  names(): string[] {
    return [...this.byName.values()].map((metric) => metric.name);
  }
}
