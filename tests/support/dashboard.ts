// Grafana's dashboard, held against a scrape: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readQuery } from "./promql.ts";
import type { Sample } from "./scrape.ts";

const FILE = new URL("../../deploy/grafana/dashboards/gateway.json", import.meta.url);

export interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
  templating: { list: { query: string }[] };
}

export function readDashboard(): Dashboard {
  return JSON.parse(readFileSync(FILE, "utf8")) as Dashboard;
}

/** Requires that a scrape has all metrics and labels that a query names. */
export function checkQuery(expr: string, samples: readonly Sample[]): void {
  const { metrics, matchers, groups } = readQuery(expr);
  assert.ok(metrics.length > 0, expr);
  const labelled = new Set<string>();
  for (const metric of metrics) {
    const own = samples.filter(({ name }) => name === metric);
    assert.ok(own.length > 0, `nothing has the name ${metric}`);
    for (const { labels } of own) Object.keys(labels).forEach((label) => labelled.add(label));
  }
  for (const { metric, label, equals } of matchers) {
    const own = samples.filter(({ name }) => name === metric);
    const fits = own.some(({ labels }) =>
      equals === null ? label in labels : labels[label] === equals,
    );
    assert.ok(fits, `${metric} has no ${label}${equals === null ? "" : `="${equals}"`}`);
  }
  for (const label of groups) assert.ok(labelled.has(label), `${label} in ${expr}`);
}

/** The same for the query of a variable. */
export function checkVariable(query: string, samples: readonly Sample[]): void {
  const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(query) ?? [];
  const found = samples.filter(({ name, labels }) => name === metric && label in labels);
  assert.ok(found.length > 0, query);
}
