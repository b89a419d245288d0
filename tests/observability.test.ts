// The configurations in docs/observability.md, all in one Envoy: its traces, logs, metrics and limits.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { statsConfig } from "../cli/gateway/stats.ts";
import { bootstrap, startEnvoyWith, type TestEnvoy } from "./support/envoy.ts";
import { attributesOf, type Collector, startCollector } from "./support/otlp-collector.ts";
import { type RawProvider, startRawProvider, whole } from "./support/raw-provider.ts";
import { COMPLETION } from "./support/watched-gateway.ts";

const DOCS = readFileSync(new URL("../docs/observability.md", import.meta.url), "utf8");
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** What the blocks of the documentation add, in their order. */
interface Snippet {
  tracing?: object;
  access_log?: object[];
  http_filters?: object[];
  clusters?: { load_assignment: unknown }[];
  stats_sinks?: object[];
}

const SNIPPETS = [...DOCS.matchAll(/```yaml\n([^]*?)```/g)].map(
  ([, yaml = ""]) => parse(yaml) as Snippet,
);

function all<Key extends "access_log" | "http_filters" | "clusters" | "stats_sinks">(key: Key) {
  return SNIPPETS.flatMap((snippet) => snippet[key] ?? []) as NonNullable<Snippet[Key]>;
}

describe("the configurations of the documentation", () => {
  let provider: RawProvider;
  let collector: Collector;
  let envoy: TestEnvoy;

  before(async () => {
    provider = await startRawProvider(whole(200, JSON.stringify(COMPLETION)));
    collector = await startCollector();
    envoy = await startEnvoyWith(documented(provider.port, collector.port) as never);
  });

  after(async () => {
    await envoy?.stop();
    await Promise.all([provider?.close(), collector?.close()]);
  });

  /** A listener with all that the blocks say; the collector is the one of this test. */
  function documented(upstreamPort: number, collectorPort: number): object {
    const config = {
      provider: { type: "openai", openaiCustomUrl: "http://provider.test", apiTokens: ["sk-1"] },
      logging: { keys: true },
      metrics: true,
    };
    const own = bootstrap({ listeners: [{ config, upstreamPort }] });
    const manager = own.static_resources.listeners[0]?.filter_chains[0]?.filters[0]?.typed_config;
    assert.ok(manager !== undefined);
    const [plugin, router] = manager.http_filters;
    const endpoint = {
      address: { socket_address: { address: "127.0.0.1", port_value: collectorPort } },
    };
    const clusters = all("clusters").map((cluster) => ({
      ...cluster,
      type: "STATIC",
      load_assignment: {
        cluster_name: "otel",
        endpoints: [{ lb_endpoints: [{ endpoint }] }],
      },
    }));
    Object.assign(manager, {
      tracing: SNIPPETS.find(({ tracing }) => tracing !== undefined)?.tracing,
      access_log: [...manager.access_log, ...all("access_log")],
      http_filters: [plugin, ...all("http_filters"), router],
    });
    return {
      ...own,
      stats_flush_interval: "1s",
      stats_config: statsConfig(),
      stats_sinks: all("stats_sinks"),
      static_resources: {
        ...own.static_resources,
        clusters: [...own.static_resources.clusters, ...clusters],
      },
    };
  }

  function ask(model: string, headers: Record<string, string> = {}) {
    return fetch(`http://127.0.0.1:${envoy.ports[0]}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
    });
  }

  /** The first export of a service that holds a text. */
  async function exported(service: string, text: string): Promise<string> {
    for (let i = 0; i < 300; ++i) {
      const found = collector.exports.find(
        (one) => one.service === service && one.text.includes(text),
      );
      if (found !== undefined) return found.text;
      await sleep(20);
    }
    throw new Error(`${service} has exported no ${text}`);
  }

  test("are of every kind", () => {
    const keys = new Set(SNIPPETS.flatMap((snippet) => Object.keys(snippet)));
    const expected = ["access_log", "clusters", "http_filters", "stats_sinks", "tracing"];
    assert.deepEqual([...keys].sort(), expected);
  });

  test("traceparent goes on to the provider, in the same trace", async () => {
    provider.requests.length = 0;
    const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
    await (await ask("traced", { traceparent, tracestate: "a=b" })).text();
    const [request] = provider.requests;
    assert.match(
      String(request?.headers["traceparent"]),
      new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`),
    );
    assert.equal(request?.headers["tracestate"], "a=b");
  });

  test("a span tells what the plugin has read", async () => {
    await (await ask("spanned")).text();
    const span = await exported("TraceService", "spanned");
    assert.ok(attributesOf(span, "gen_ai.request.model").includes("spanned"));
    assert.ok(attributesOf(span, "gen_ai.response.model").includes(COMPLETION.model));
    assert.ok(attributesOf(span, "gen_ai.provider.name").includes("openai"));
    assert.ok(attributesOf(span, "gen_ai.usage.input_tokens").includes("1"));
    assert.ok(attributesOf(span, "gen_ai.usage.output_tokens").includes("2"));
    assert.ok(attributesOf(span, "gen_ai.response.finish_reasons").includes("stop"));
  });

  test("a log record tells it too", async () => {
    await (await ask("logged")).text();
    const record = await exported("LogsService", "logged");
    assert.ok(attributesOf(record, "gen_ai.request.model").includes("logged"));
    assert.ok(attributesOf(record, "gen_ai.usage.output_tokens").includes("2"));
  });

  test("metrics are pushed", async () => {
    await (await ask("pushed")).text();
    const metrics = await exported("MetricsService", "pushed");
    assert.ok(metrics.includes("gen_ai.client.token.usage"));
    assert.ok(attributesOf(metrics, "gen_ai.request.model").includes("pushed"));
  });

  test("the local limit knows the model", async () => {
    const statuses: number[] = [];
    for (const model of ["gpt-4o", "other", "gpt-4o", "other", "gpt-4o", "other"]) {
      statuses.push((await ask(model)).status);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 429, 200]);
  });
});
