// Counters, gauges and histograms on Envoy's /stats: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1#metrics
import { ByteWriter } from "../text/byte-writer";
import { proxy_define_metric, proxy_increment_metric, proxy_record_metric } from "./imports";
import { lengthCell, receivedLength } from "./received";
import { MetricType, Status } from "./types";

const NAME: ByteWriter = new ByteWriter();

/** Defines a metric by its full name, or finds it again. Returns its id, or -1. */
export function defineMetric(type: MetricType, name: string): i32 {
  NAME.clear();
  NAME.ascii(name);
  const status = proxy_define_metric(type, NAME.ptr, NAME.length, lengthCell());
  return status == Status.Ok ? receivedLength() : -1;
}

/** Adds to a counter or gauge. */
export function incrementMetric(id: i32, offset: i64): void {
  if (id >= 0) proxy_increment_metric(id, offset);
}

/** Records a value in a histogram. */
export function recordMetric(id: i32, value: u64): void {
  if (id >= 0) proxy_record_metric(id, value);
}
