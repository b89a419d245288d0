// Configurations of a gateway and what the parser says of each.
import type { ConfigCase } from "./config-cases.ts";

const rules = (...models: unknown[]) => ({ models });

const DIGITS = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** A gateway with consumers. */
const consumers = (...list: unknown[]) => ({
  ...rules({ model: "a", providers: ["x"] }),
  consumers: list,
});

const CONSUMER_CASES: readonly ConfigCase[] = [
  {
    shows: "a list of models from the providers",
    config: { ...rules({ model: "a", providers: ["x"] }), modelList: "provider" },
  },
  {
    shows: "a list of models from nowhere",
    config: { ...rules({ model: "a", providers: ["x"] }), modelList: "upstream" },
    error: 'modelList: expected "configuration" or "provider", found "upstream"',
  },
  {
    shows: "a consumer with everything",
    config: consumers({
      name: "team-a",
      keys: ["secret-1", "${TEAM_A}", `sha256:${DIGITS}`],
      models: ["a", "b*", "~^c$"],
      defaults: { max_tokens: 100, stop: null },
      overrides: { user: "a", "metadata.team": { id: 1 } },
      limits: { requestsPerMinute: 1, tokensPerMinute: 2, tokensPerDay: 2147483647 },
    }),
    environment: { TEAM_A: "secret-2" },
  },
  { shows: "a consumer with one key", config: consumers({ name: "a", keys: "secret-1" }) },
  {
    shows: "consumers of null",
    config: { ...rules({ model: "a", providers: ["x"] }), consumers: null },
  },
  {
    shows: "no consumers",
    config: consumers(),
    error: "consumers: expected at least one consumer",
  },
  {
    shows: "consumers that are no list",
    config: { ...consumers(), consumers: {} },
    error: "consumers: expected an array, found an object",
  },
  {
    shows: "a consumer that is no object",
    config: consumers("a"),
    error: "consumers[0]: expected an object, found a string",
  },
  {
    shows: "consumers of no gateway",
    config: { consumers: [{ name: "a", keys: ["secret-1"] }] },
    error: "consumers: has no meaning without models",
  },
  {
    shows: "a consumer without a name",
    config: consumers({ keys: ["secret-1"] }),
    error: "consumers[0].name: expected a name",
  },
  {
    shows: "a consumer's name with a space",
    config: consumers({ name: "team a", keys: ["secret-1"] }),
    error: "consumers[0].name: expected printable ASCII characters without white space",
  },
  {
    shows: "two consumers of one name",
    config: consumers({ name: "a", keys: ["secret-1"] }, { name: "a", keys: ["secret-2"] }),
    error: 'consumers[1].name: another consumer has the name "a"',
    beyondSchema: true,
  },
  {
    shows: "a consumer without keys",
    config: consumers({ name: "a" }),
    error: "consumers[0].keys: expected at least one key",
  },
  {
    shows: "a consumer with an empty key",
    config: consumers({ name: "a", keys: ["secret-1", ""] }),
    error: "consumers[0].keys[1]: expected a key, found an empty string",
  },
  {
    shows: "a consumer's key with a space",
    config: consumers({ name: "a", keys: ["secret 1"] }),
    error: "consumers[0].keys[0]: holds white space",
  },
  {
    shows: "a consumer's key that is no string",
    config: consumers({ name: "a", keys: [1] }),
    error: "consumers[0].keys[0]: expected a string, found a number",
  },
  {
    shows: "a consumer's key from a variable that is not set",
    config: consumers({ name: "a", keys: ["${TEAM_A}"] }),
    error: "consumers[0].keys[0]: the environment variable TEAM_A is not set",
    beyondSchema: true,
  },
  {
    shows: "a hash that is too short",
    config: consumers({ name: "a", keys: ["sha256:9f86"] }),
    error: "consumers[0].keys[0]: expected 64 hexadecimal digits after sha256:",
  },
  {
    shows: "a hash that is none",
    config: consumers({ name: "a", keys: [`sha256:${DIGITS.replace("9", "g")}`] }),
    error: "consumers[0].keys[0]: expected 64 hexadecimal digits after sha256:",
  },
  {
    shows: "one key of two consumers",
    config: consumers({ name: "a", keys: ["secret-1"] }, { name: "b", keys: ["secret-1"] }),
    error: "consumers[1].keys[0]: stands here for the second time",
    beyondSchema: true,
  },
  {
    shows: "a key and its hash",
    config: consumers(
      { name: "a", keys: ["test"] },
      { name: "b", keys: [`sha256:${DIGITS.toUpperCase()}`] },
    ),
    error: "consumers[1].keys[0]: stands here for the second time",
    beyondSchema: true,
  },
  {
    shows: "a consumer of no models",
    config: consumers({ name: "a", keys: ["secret-1"], models: [] }),
    error: "consumers[0].models: expected at least one model",
  },
  {
    shows: "a consumer's expression that is none",
    config: consumers({ name: "a", keys: ["secret-1"], models: ["~("] }),
    error: "consumers[0].models: invalid expression: missing ) at character 1",
    beyondSchema: true,
  },
  {
    shows: "a default without a name",
    config: consumers({ name: "a", keys: ["secret-1"], defaults: { "a..b": 1 } }),
    error: 'consumers[0].defaults["a..b"]: expected a name, or several with dots between them',
  },
  {
    shows: "overrides that are no object",
    config: consumers({ name: "a", keys: ["secret-1"], overrides: [] }),
    error: "consumers[0].overrides: expected an object, found an array",
  },
  {
    shows: "a limit of nothing",
    config: consumers({ name: "a", keys: ["secret-1"], limits: { tokensPerDay: 0 } }),
    error: "consumers[0].limits.tokensPerDay: expected an integer from 1 to 2147483647",
  },
  {
    shows: "unknown keys in a consumer",
    config: consumers({ name: "a", keys: ["secret-1"], model: "a", limits: { tokensPerHour: 1 } }),
    warnings: [
      'consumers[0].limits.tokensPerHour: unknown key; did you mean "tokensPerDay"?',
      'consumers[0].model: unknown key; did you mean "models"?',
    ],
  },
];

export const GATEWAY_CASES: readonly ConfigCase[] = [
  ...CONSUMER_CASES,
  { shows: "a rule for one model", config: rules({ model: "a", providers: ["x"] }) },
  {
    shows: "a rule with everything",
    config: rules({
      name: "large",
      model: ["a", "b*", "~^c-\\d$"],
      headers: { "X-Tier": "gold" },
      body: { "metadata.tier": "gold" },
      strategy: "weighted",
      providers: ["x", { id: "y", weight: 3, model: "z" }],
    }),
  },
  { shows: "a rule for any model", config: rules({ providers: ["x"] }) },
  {
    shows: "no rules",
    config: { models: [] },
    error: "models: expected a rule",
  },
  {
    shows: "rules that are no list",
    config: { models: {} },
    error: "models: expected an array, found an object",
  },
  {
    shows: "a rule without providers",
    config: rules({ model: "a", providers: [] }),
    error: "models[0].providers: expected at least one provider",
  },
  {
    shows: "a provider that is no name",
    config: rules({ model: "a", providers: [7] }),
    error: "models[0].providers[0]: expected an object, found a number",
  },
  {
    shows: "a provider twice",
    config: rules({ model: "a", providers: ["x", "x"] }),
    error: "models[0].providers[1]: names a provider twice",
    beyondSchema: true,
  },
  {
    shows: "two rules of one name",
    config: rules({ model: "a", providers: ["x"] }, { model: ["a", "b"], providers: ["x"] }),
    error: 'models[1]: another rule has the name "a"',
    beyondSchema: true,
  },
  {
    shows: "a strategy that is none",
    config: rules({ model: "a", providers: ["x"], strategy: "fastest" }),
    error:
      'models[0].strategy: expected "priority" or "weighted" or "round-robin" or "random" or ' +
      '"hedge", found "fastest"',
  },
  {
    shows: "an expression that is none",
    config: rules({ name: "a", model: "~(", providers: ["x"] }),
    error: "models[0].model: invalid expression: missing ) at character 1",
    beyondSchema: true,
  },
  {
    shows: "an expression without a name",
    config: rules({ model: "~^a,b$", providers: ["x"] }),
    error: "models[0].model: holds a ^; give the rule a name",
    beyondSchema: true,
  },
  {
    shows: "an unknown key in a rule",
    config: rules({ modle: "a", providers: ["x"] }),
    warnings: ["models[0].modle: unknown key"],
  },
  {
    shows: "the placement in a cluster",
    config: { placement: "cluster", provider: { type: "groq" } },
  },
  {
    shows: "providers in a cluster, told by its hosts",
    config: { placement: "cluster", providers: [{ id: "a", type: "groq" }] },
  },
  {
    shows: "providers in a cluster that are asked side by side",
    config: {
      placement: "cluster",
      hedgedAttempts: 2,
      hedgeDelay: 500,
      providers: [
        { id: "a", type: "groq" },
        { id: "b", type: "openai" },
      ],
    },
  },
  {
    shows: "more attempts side by side than can be",
    config: { placement: "cluster", hedgedAttempts: 1000, providers: [{ id: "a", type: "groq" }] },
    error: "hedgedAttempts: expected an integer from 0 to 999",
  },
  {
    shows: "a gateway in a cluster",
    config: { placement: "cluster", ...rules({ model: "a", providers: ["x"] }) },
    error: "models: has no meaning where placement is cluster",
    beyondSchema: true,
  },
];
