// Configurations of a gateway and what the parser says of each.
import type { ConfigCase } from "./config-cases.ts";

const rules = (...models: unknown[]) => ({ models });

export const GATEWAY_CASES: readonly ConfigCase[] = [
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
    shows: "a gateway in a cluster",
    config: { placement: "cluster", ...rules({ model: "a", providers: ["x"] }) },
    error: "models: has no meaning where placement is cluster",
    beyondSchema: true,
  },
];
