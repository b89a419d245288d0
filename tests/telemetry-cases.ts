// Configurations of what operators are told, good and bad.
import type { ConfigCase } from "./config-cases.ts";

export const TELEMETRY_CASES: readonly ConfigCase[] = [
  {
    shows: "all that can be logged",
    config: {
      provider: { type: "groq" },
      logging: { keys: true, aiLog: "escaped", summaries: true, payloads: true, payloadBytes: 1 },
      metrics: true,
    },
  },
  { shows: "no logging", config: { provider: { type: "groq" }, logging: null, metrics: null } },
  {
    shows: "logging that is no object",
    config: { logging: true },
    error: "logging: expected an object, found a boolean",
  },
  {
    shows: "keys that are a list",
    config: { logging: { keys: ["llm_model"] } },
    error: "logging.keys: expected a boolean, found an array",
  },
  {
    shows: "an unknown form of aiLog",
    config: { logging: { aiLog: "xml" } },
    error: 'logging.aiLog: expected "none" or "json" or "escaped", found "xml"',
  },
  {
    shows: "payloads of too many bytes",
    config: { logging: { payloadBytes: 1048577 } },
    error: "logging.payloadBytes: expected an integer from 1 to 1048576",
  },
  {
    shows: "an unknown key of logging",
    config: { logging: { payload: true } },
    warnings: ['logging.payload: unknown key; did you mean "payloads"?'],
  },
  {
    shows: "metrics that are no boolean",
    config: { metrics: {} },
    error: "metrics: expected a boolean, found an object",
  },
];
