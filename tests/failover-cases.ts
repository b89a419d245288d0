// Good and bad configurations of `failover` and `retryOnFailure`, each with what the parser says of it.
import type { ConfigCase } from "./config-cases.ts";

/** A configuration with one provider of two tokens. */
function groq(members: object): object {
  return { provider: { type: "groq", apiTokens: ["a", "b"], ...members } };
}

const MODEL = "provider.failover.healthCheckModel";

export const FAILOVER_CASES: readonly ConfigCase[] = [
  {
    shows: "failover with health checks",
    config: groq({ failover: { enabled: true, healthCheckModel: "m", failoverOnStatus: "429" } }),
  },
  {
    shows: "failover with a cool-down",
    config: groq({ failover: { enabled: true, cooldownDuration: 1000, healthCheckModel: null } }),
  },
  { shows: "failover that is off", config: groq({ failover: { enabled: false } }) },
  { shows: "failover of which nothing is said", config: groq({ failover: {} }) },
  {
    shows: "failover without a way back",
    config: groq({ failover: { enabled: true, cooldownDuration: 0, healthCheckModel: "" } }),
    error: `${MODEL}: expected a model for health checks, or cooldownDuration`,
    beyondSchema: true,
  },
  {
    shows: "failover with two ways back",
    config: groq({ failover: { enabled: true, cooldownDuration: 1, healthCheckModel: "m" } }),
    warnings: [`${MODEL}: has no effect beside cooldownDuration`],
  },
  {
    shows: "failover of a provider that cannot be asked",
    config: {
      provider: {
        type: "generic",
        apiTokens: ["a"],
        failover: { enabled: true, healthCheckModel: "m" },
      },
    },
  },
  {
    shows: "failover without tokens",
    config: { provider: { type: "groq", failover: { enabled: true, cooldownDuration: 1 } } },
    warnings: ["provider.failover: has no effect without apiTokens"],
  },
  {
    shows: "a threshold of nothing",
    config: groq({ failover: { failureThreshold: 0 } }),
    error: "provider.failover.failureThreshold: expected an integer from 1 to 2147483647",
  },
  {
    shows: "a status that is no pattern",
    config: groq({ failover: { failoverOnStatus: ["4.*", "5["] } }),
    error:
      "provider.failover.failoverOnStatus[1]: invalid regular expression: unexpected end at character 2",
    beyondSchema: true,
  },
  {
    shows: "an unknown key of failover",
    config: groq({ failover: { enabled: false, threshold: 3 } }),
    warnings: ["provider.failover.threshold: unknown key"],
  },
  {
    shows: "failover that is a word",
    config: groq({ failover: true }),
    error: "provider.failover: expected an object, found a boolean",
  },
  {
    shows: "health checks in a cluster",
    config: {
      placement: "cluster",
      ...groq({ failover: { enabled: true, healthCheckModel: "m" } }),
    },
    error: "provider.failover.healthCheckModel: a provider in a cluster has no health checks",
    beyondSchema: true,
  },
  {
    shows: "failover in a cluster, which needs nothing else",
    config: { placement: "cluster", ...groq({ failover: { enabled: true, refusedDuration: 9 } }) },
  },
  {
    shows: "a refused token that is never out",
    config: groq({ failover: { enabled: false, refusedDuration: 0 } }),
    error: "provider.failover.refusedDuration: expected an integer from 1 to 2147483647",
  },
  {
    shows: "one token after the other",
    config: groq({ tokenStrategy: "round-robin" }),
  },
  {
    shows: "tokens by failures that nobody remembers",
    config: groq({ tokenStrategy: "least-recently-failed" }),
    warnings: ["provider.tokenStrategy: has no effect without failover"],
  },
  {
    shows: "tokens by failures that a cluster remembers",
    config: { placement: "cluster", ...groq({ tokenStrategy: "least-recently-failed" }) },
  },
  {
    shows: "a strategy for tokens that is none",
    config: groq({ tokenStrategy: "best" }),
    error:
      'provider.tokenStrategy: expected "random" or "round-robin" or "least-recently-failed", found "best"',
  },
  {
    shows: "a cool-down in a cluster",
    config: { placement: "cluster", ...groq({ failover: { enabled: true, cooldownDuration: 9 } }) },
  },
  {
    shows: "retries",
    config: groq({ retryOnFailure: { enabled: true, maxRetries: 2, retryOnStatus: [] } }),
  },
  {
    shows: "retries with nothing else to try",
    config: { provider: { type: "groq", apiTokens: ["a"], retryOnFailure: { enabled: true } } },
    warnings: ["provider.retryOnFailure: has no effect without a second token in apiTokens"],
  },
  {
    shows: "a time for retries that is a text",
    config: groq({ retryOnFailure: { retryTimeout: "1s" } }),
    error: "provider.retryOnFailure.retryTimeout: expected a number, found a string",
  },
];
