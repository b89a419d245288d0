// How Envoy takes the plugin's metrics apart, and which buckets their histograms have:
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/metrics/v3/stats.proto

/** The labels in a metric's name, by the tags that they become. */
const LABELS: Readonly<Record<string, string>> = {
  "gen_ai.operation.name": "operation",
  "gen_ai.provider.name": "provider",
  "gen_ai.request.model": "model",
  "gen_ai.response.model": "answer_model",
  "gen_ai.token.type": "type",
  "error.type": "error",
  consumer: "consumer",
  state: "state",
};

/** Tokens: 1, 4, 16, … as OpenTelemetry has them, with a few between. */
const TOKENS = [
  1, 4, 16, 64, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 1048576,
];
/** Milliseconds of whole requests. */
const DURATIONS = [
  10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 40960, 81920, 163840, 327680,
];
/** Milliseconds until the first token. */
const FIRST_TOKENS = [
  1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000, 20000, 40000,
];
/** Milliseconds from one token to the next. */
const PER_TOKEN = [
  1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000,
];

/** `stats_config` of a bootstrap whose plugin has `metrics`. */
export function statsConfig() {
  return {
    stats_tags: Object.entries(LABELS).map(([tag_name, label]) => ({
      tag_name,
      // The first group is taken off the name, the second one is the value.
      regex: `^wasmcustom\\.(?:gen_ai|ai_proxy)\\.[^,]*(?:,[^,]*)*?(,${label}=([^,]*))`,
    })),
    histogram_bucket_settings: [
      buckets("client.token.usage", TOKENS),
      buckets("client.operation.duration", DURATIONS),
      buckets("server.time_to_first_token", FIRST_TOKENS),
      buckets("server.time_per_output_token", PER_TOKEN),
    ],
  };
}

function buckets(name: string, bounds: number[]) {
  return { match: { prefix: `wasmcustom.gen_ai.${name}` }, buckets: bounds };
}
