// What operators are told of requests: access log and metrics.
import { JsonKind } from "../json/document";
import { FieldReader } from "./field-reader";

/** Bytes of a body that are logged where the configuration does not say. */
const DEFAULT_PAYLOAD: i32 = 4096;
const LONGEST_PAYLOAD: i32 = 1 << 20;

/** Everything is off until the configuration says otherwise. */
export class TelemetrySettings {
  /** A key of filter state for each value. */
  writesKeys: bool = false;
  /** One JSON object with all values. */
  writesAiLog: bool = false;
  /** That object is made to stand between quotes in a log of text. */
  escapesAiLog: bool = false;
  /** One short JSON object. */
  writesSummaries: bool = false;
  /** Bytes of request and answer that are logged; 0: none. */
  payloadBytes: i32 = 0;
  countsMetrics: bool = false;

  /** Whether any request is looked at. */
  get isActive(): bool {
    return this.countsMetrics || this.logs;
  }

  /** Whether anything is written for the access log. */
  get logs(): bool {
    return this.writesKeys || this.writesAiLog || this.writesSummaries || this.payloadBytes > 0;
  }
}

/** Reads `logging` and `metrics`; errors are the reader's. */
export function readTelemetry(reader: FieldReader): TelemetrySettings {
  const settings = new TelemetrySettings();
  settings.countsMetrics = reader.bool("metrics", false);
  const object = reader.valueOf("logging", JsonKind.Object);
  if (object < 0) return settings;
  const fields = reader.inner(object, reader.pathOf("logging"));
  settings.writesKeys = fields.bool("keys", false);
  const form = fields.choice("aiLog", ["none", "json", "escaped"], "none");
  settings.writesAiLog = form != "none";
  settings.escapesAiLog = form == "escaped";
  settings.writesSummaries = fields.bool("summaries", false);
  const hasPayloads = fields.bool("payloads", false);
  const limit = fields.integer("payloadBytes", 1, LONGEST_PAYLOAD, DEFAULT_PAYLOAD);
  if (hasPayloads) settings.payloadBytes = limit;
  fields.warnOfUnknown();
  return settings;
}
