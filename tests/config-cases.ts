// Good and bad configurations, each with what the parser says of it.
import { FAILOVER_CASES } from "./failover-cases.ts";
import { GATEWAY_CASES } from "./gateway-cases.ts";
import { PROVIDER_CASES } from "./provider-cases.ts";
import { TELEMETRY_CASES } from "./telemetry-cases.ts";
import { VERTEX_CASES } from "./vertex-cases.ts";

export interface ConfigCase {
  readonly shows: string;
  readonly config?: unknown;
  /** Instead of `config`: text that need not be JSON. */
  readonly text?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The error; none unless given. */
  readonly error?: string;
  readonly warnings?: readonly string[];
  /** A JSON Schema cannot say this. */
  readonly beyondSchema?: boolean;
}

/** A configuration with one provider. */
function groq(members: object): object {
  return { provider: { type: "groq", ...members } };
}

const MATCHERS =
  "expected _match_route_, _match_domain_, _match_service_ or _match_route_prefix_ with at least one name";

const SHAPES: readonly ConfigCase[] = [
  { shows: "nothing", text: "" },
  { shows: "only white space", text: " \n\t" },
  { shows: "an empty object", config: {} },
  { shows: "only the plugin's id", config: { _plugin_id_: "x" } },
  { shows: "a list", config: [], error: "expected an object, found an array" },
  { shows: "null", config: null, error: "expected an object, found null" },
  { shows: "no JSON", text: "provider: 1", error: "line 1, column 1 (byte 0): unexpected byte" },
  {
    shows: "an error in a later line",
    text: '{\n  "é": tru}',
    error: "line 2, column 11 (byte 13): unexpected byte",
  },
  {
    shows: "a comma too many",
    text: '{"a":1,}',
    error: "line 1, column 8 (byte 7): unexpected byte",
  },
  { shows: "two values", text: "{} {}", error: "line 1, column 4 (byte 3): bytes after the end" },
  {
    shows: "an unknown key",
    config: { providr: { type: "groq" } },
    warnings: ['providr: unknown key; did you mean "provider"?'],
  },
  {
    shows: "an unknown key that is like no other",
    config: { "a b\n": 1 },
    warnings: ['["a b?"]: unknown key'],
  },
  { shows: "one provider", config: groq({ apiTokens: ["a"] }) },
  { shows: "a provider of null", config: { provider: null } },
  {
    shows: "a provider that is a list",
    config: { provider: [] },
    error: "provider: expected an object, found an array",
  },
  {
    shows: "one provider beside several",
    config: { ...groq({}), providers: [{ id: "a", type: "groq" }], activeProviderId: "none" },
    warnings: [
      "providers: has no effect beside provider",
      "activeProviderId: has no effect beside provider",
    ],
  },
  {
    shows: "several providers",
    config: { providers: [{ id: "a", type: "groq" }], activeProviderId: "a" },
  },
  {
    shows: "several providers without an active one",
    config: { providers: [{ id: "a", type: "groq" }] },
  },
  {
    shows: "an active provider that is not there",
    config: { providers: [{ id: "east", type: "groq" }], activeProviderId: "esat" },
    error: 'activeProviderId: no provider has the id "esat"',
    beyondSchema: true,
  },
  {
    shows: "an active provider that is nearly there",
    config: { providers: [{ id: "main-east", type: "groq" }], activeProviderId: "main_eest" },
    error: 'activeProviderId: no provider has the id "main_eest"; did you mean "main-east"?',
    beyondSchema: true,
  },
  {
    shows: "an inactive provider that is wrong",
    config: {
      providers: [
        { id: "a", type: "groq" },
        { id: "b", type: "groq", timeout: 0 },
      ],
      activeProviderId: "a",
    },
    error: "providers[1].timeout: expected an integer from 1 to 2147483647",
  },
  {
    shows: "two providers with one id",
    config: {
      providers: [
        { id: "a", type: "groq" },
        { id: "a", type: "openai" },
      ],
    },
    error: 'providers[1].id: providers[0] has the id "a" already',
    beyondSchema: true,
  },
  { shows: "the only provider, without an id", config: { providers: [{ type: "groq" }] } },
  {
    shows: "a provider without an id among several",
    config: { providers: [{ type: "groq" }, { type: "openai", id: "a" }] },
    warnings: ["providers[0].id: without an id the provider can never be active"],
  },
];

const RULES: readonly ConfigCase[] = [
  { shows: "a rule alone", config: { _rules_: [{ _match_domain_: "a", ...groq({}) }] } },
  { shows: "a rule that switches off", config: { _rules_: [{ _match_route_prefix_: ["a"] }] } },
  { shows: "no rules beside a provider", config: { ...groq({}), _rules_: [] } },
  { shows: "rules of null", config: { _rules_: null } },
  {
    shows: "no rules alone",
    config: { _rules_: [], _plugin_id_: "x" },
    error: "_rules_: expected at least one rule, since there is no global configuration",
  },
  {
    shows: "a rule without a matcher",
    config: { _rules_: [groq({})] },
    error: `_rules_[0]: ${MATCHERS}`,
  },
  {
    shows: "a rule with an empty matcher",
    config: { _rules_: [{ _match_route_: ["", ""], _match_service_: "", _match_domain_: null }] },
    error: `_rules_[0]: ${MATCHERS}`,
  },
  {
    shows: "a matcher of a number",
    config: { _rules_: [{ _match_route_: ["a"], _match_service_: 1 }] },
    error: "_rules_[0]._match_service_: expected a list of strings, found a number",
  },
  {
    shows: "a provider in a rule that is wrong",
    config: { _rules_: [{ _match_route_: "a" }, { _match_route_: "b", provider: {} }] },
    error: "_rules_[1].provider.type: expected the type of the provider, one of $types",
  },
  {
    shows: "an unknown key in a rule",
    config: { _rules_: [{ _match_route_: "a", _match_ip_: [] }] },
    warnings: ["_rules_[0]._match_ip_: unknown key"],
  },
];

/** In messages `$types` stands for the list of types. */
export const CASES: readonly ConfigCase[] = [
  ...SHAPES,
  ...RULES,
  ...PROVIDER_CASES,
  ...VERTEX_CASES,
  ...FAILOVER_CASES,
  ...GATEWAY_CASES,
  ...TELEMETRY_CASES,
];
