// What a query asks for: https://prometheus.io/docs/prometheus/latest/querying/basics/

export interface Asked {
  /** Names of metrics. */
  metrics: string[];
  /** Labels by the metric in whose braces they stand, with what they must equal, or null. */
  matchers: { metric: string; label: string; equals: string | null }[];
  /** Labels that results are grouped by. */
  groups: string[];
}

const SELECTOR = /([a-zA-Z_:][\w:]*)\{([^}]*)\}/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;
const GROUPING = /\b(?:by|without)\s*\(([^)]*)\)/g;
/** Names of metrics without braces would be overlooked. */
const BARE = /\b(?:gen_ai|ai_proxy|envoy)_\w+(?!\w|\{)/g;

/** Reads an expression in which every metric has braces. */
export function readQuery(expr: string): Asked {
  const asked: Asked = { metrics: [], matchers: [], groups: [] };
  for (const [, metric = "", inside = ""] of expr.matchAll(SELECTOR)) {
    asked.metrics.push(metric);
    for (const [, label = "", operator, value = ""] of inside.matchAll(MATCHER)) {
      asked.matchers.push({ metric, label, equals: operator === "=" ? value : null });
    }
  }
  const rest = expr.replace(SELECTOR, "");
  for (const [, list = ""] of rest.matchAll(GROUPING)) {
    asked.groups.push(...list.split(",").map((label) => label.trim()));
  }
  const bare = rest.replace(GROUPING, "").match(BARE);
  if (bare !== null) throw new Error(`without braces: ${bare.join(", ")}`);
  return asked;
}
