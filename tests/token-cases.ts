// Tokens, models and settings of one provider, each with what the parser says of it.
import type { ConfigCase } from "./config-cases.ts";
import { groq } from "./provider-cases.ts";

const SECRET_KEY = "testSecretKeyForDocs000000000001";
const TOKEN_SYNTAX = "expected the name of an environment variable and } after ${";

const TOKENS: readonly ConfigCase[] = [
  { shows: "a variable", config: groq({ apiTokens: ["${A}", "x-${A}"] }), environment: { A: "s" } },
  { shows: "a token without a list", config: groq({ apiTokens: { token: "a" } }) },
  {
    shows: "a number",
    config: groq({ apiTokens: ["a", 3] }),
    error: "provider.apiTokens[1]: expected a string, found a number",
  },
  {
    shows: "an empty token",
    config: groq({ apiTokens: [""] }),
    warnings: ["provider.apiTokens[0]: is empty and is not used"],
  },
  {
    shows: "an object without a token",
    config: groq({ apiTokens: [{ id: "a" }] }),
    error: "provider.apiTokens[0].token: expected a token, found an empty string",
  },
  {
    shows: "a token of two lines",
    config: groq({ apiTokens: ["secret\n"] }),
    error: "provider.apiTokens[0]: holds a control character",
  },
  {
    shows: "a variable without an end",
    config: groq({ apiTokens: ["secret${A"] }),
    error: `provider.apiTokens[0]: ${TOKEN_SYNTAX}`,
  },
  { shows: "a dollar that is meant", config: groq({ apiTokens: ["a$b$$${c$"] }) },
  {
    shows: "a variable that is not set",
    config: groq({ apiTokens: [{ id: "a", token: "secret${A}" }] }),
    error: "provider.apiTokens[0].token: the environment variable A is not set",
    beyondSchema: true,
  },
  {
    shows: "a variable with a line end",
    config: groq({ apiTokens: ["${A}"] }),
    environment: { A: "secret\n" },
    error: "provider.apiTokens[0]: holds a control character",
    beyondSchema: true,
  },
  {
    shows: "a key of several lines",
    config: groq({ vertexAuthKey: '{\n"a": "${A}"}' }),
    environment: { A: "s" },
  },
  {
    shows: "a secret variable without an end",
    config: groq({ hunyuanAuthKey: "${" }),
    error: `provider.hunyuanAuthKey: ${TOKEN_SYNTAX}`,
  },
  {
    shows: "a secret id of another length",
    config: { provider: { type: "hunyuan", hunyuanAuthId: "AKID", hunyuanAuthKey: SECRET_KEY } },
    error: "provider.hunyuanAuthId: expected 36 characters",
    beyondSchema: true,
  },
  {
    shows: "a secret id without its key",
    config: { provider: { type: "hunyuan", hunyuanAuthId: "${ID}" } },
    environment: { ID: "AKIDtestSecretIdForDocs0000000000001" },
    error: "provider.hunyuanAuthKey: expected 32 characters",
    beyondSchema: true,
  },
  {
    shows: "an access key without its other half",
    config: { provider: { type: "kling", klingAccessKey: "access-0001" } },
    error: "provider.klingSecretKey: expected both keys or none",
    beyondSchema: true,
  },
  {
    shows: "an older API without its group",
    config: { provider: { type: "minimax", minimaxApiType: "pro" } },
    error: "provider.minimaxGroupId: expected the id of the group, which the API type pro needs",
  },
  {
    shows: "an older API with its group",
    config: { provider: { type: "minimax", minimaxApiType: "pro", minimaxGroupId: "17" } },
  },
];

const MODELS_AND_SETTINGS: readonly ConfigCase[] = [
  {
    shows: "a mapping",
    config: groq({ modelMapping: { a: "b", "a*": "", "~^a(b)$": "$1", "*": "c" } }),
  },
  {
    shows: "a mapping to a number",
    config: groq({ modelMapping: { "a*": 1 } }),
    error: 'provider.modelMapping["a*"]: expected a string, found a number',
  },
  {
    shows: "an empty regular expression",
    config: groq({ modelMapping: { "~": "a" } }),
    error: 'provider.modelMapping["~"]: expected a regular expression after ~',
  },
  {
    shows: "a wrong regular expression",
    config: groq({ modelMapping: { "~a[": "b" } }),
    error:
      'provider.modelMapping["~a["]: invalid regular expression: unexpected end at character 2',
    beyondSchema: true,
  },
  {
    shows: "a group that is not there",
    config: groq({ modelMapping: { "~a": "$1" } }),
    error: 'provider.modelMapping["~a"]: the pattern has no group 1',
    beyondSchema: true,
  },
  {
    shows: "settings",
    config: groq({
      customSettings: [{ name: "a.b-c", value: null, mode: "raw", overwrite: false }],
    }),
  },
  {
    shows: "a setting without a value",
    config: groq({ customSettings: [{ name: "seed" }] }),
    error: "provider.customSettings[0].value: expected a value, found nothing",
  },
  {
    shows: "a setting without a name",
    config: groq({ customSettings: [{ name: null, value: 1 }] }),
    error: "provider.customSettings[0].name: expected a name, or several with dots between them",
  },
  {
    shows: "a setting with an empty name in its name",
    config: groq({ customSettings: [{ name: "a.", value: 1 }] }),
    error: "provider.customSettings[0].name: expected a name, or several with dots between them",
  },
  {
    shows: "a setting with a quote in its name",
    config: groq({ customSettings: [{ name: 'a"', value: 1 }] }),
    error: 'provider.customSettings[0].name: expected printable ASCII characters without " and \\',
  },
  {
    shows: "a setting that is unknown",
    config: groq({ customSettings: [{ name: "stop", value: 1 }] }),
    warnings: [
      'provider.customSettings[0].name: "stop" is no common setting of the protocol openai and is dropped; see mode raw',
    ],
  },
  {
    shows: "an unknown mode",
    config: groq({ customSettings: [{ name: "a", value: 1, mode: "row" }] }),
    error: 'provider.customSettings[0].mode: expected "auto" or "raw", found "row"',
  },
];

/** All of them. */
export const TOKEN_CASES: readonly ConfigCase[] = [...TOKENS, ...MODELS_AND_SETTINGS];
