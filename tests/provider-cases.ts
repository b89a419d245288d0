// Good and bad configurations of one provider, each with what the parser says of it.
import type { ConfigCase } from "./config-cases.ts";
import { EXCHANGE_CASES } from "./exchange-cases.ts";

/** A configuration with one provider. */
function groq(members: object): object {
  return { provider: { type: "groq", ...members } };
}

function baidu(members: object): object {
  return { provider: { type: "baidu", ...members } };
}

const BAIDU_V1_IS_OFF = "Baidu's first API was switched off on 2026-08-31; expected ";
function azure(azureServiceUrl: string | undefined): object {
  return { provider: { type: "azure", azureServiceUrl } };
}

const SECRET_KEY = "testSecretKeyForDocs000000000001";
const TOKEN_SYNTAX = "expected the name of an environment variable and } after ${";

const FIELDS: readonly ConfigCase[] = [
  {
    shows: "nulls",
    config: groq({ id: null, apiTokens: null, capabilities: null, protocol: null, basePath: null }),
  },
  {
    shows: "empty words",
    config: groq({ protocol: "", minimaxApiType: "", reasoningContentMode: null }),
  },
  {
    shows: "no type",
    config: { provider: {} },
    error: "provider.type: expected the type of the provider, one of $types",
  },
  {
    shows: "a type that is nearly known",
    config: { provider: { type: "Grok " } },
    error: 'provider.type: unknown provider type "Grok "; did you mean "grok"?',
  },
  {
    shows: "an unknown type",
    config: { provider: { type: "?" } },
    error: 'provider.type: unknown provider type "?"; known are $types',
  },
  {
    shows: "a translation without its language",
    config: { provider: { type: "deepl", apiTokens: ["a"] } },
    error: "provider.targetLang: expected the language to translate into",
  },
  {
    shows: "a server without its host",
    config: { provider: { type: "triton", tritonDomain: "" } },
    error: "provider.tritonDomain: expected the host of the Triton server",
  },
  {
    shows: "a server at another host",
    config: { provider: { type: "triton", providerDomain: "triton.internal" } },
  },
  {
    shows: "an API of Ollama's own",
    config: { provider: { type: "ollama", ollamaServerHost: "a", ollamaApiType: "native" } },
  },
  {
    shows: "an API that Ollama does not have",
    config: groq({ ollamaApiType: "v2" }),
    error: 'provider.ollamaApiType: expected "openai" or "native", found "v2"',
  },
  {
    shows: "the host of an API that is off",
    config: baidu({ providerDomain: "aip.baidubce.com" }),
    error: `provider.providerDomain: ${BAIDU_V1_IS_OFF}qianfan.baidubce.com`,
    beyondSchema: true,
  },
  {
    shows: "the base path of an API that is off",
    config: baidu({ providerBasePath: "/rpc/2.0/ai_custom/v1/wenxinworkshop" }),
    error: `provider.providerBasePath: ${BAIDU_V1_IS_OFF}no path of it`,
    beyondSchema: true,
  },
  {
    shows: "a path of an API that is off",
    config: baidu({
      capabilities: { "openai/v1/chatcompletions": "/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/x" },
    }),
    error: `provider.capabilities: ${BAIDU_V1_IS_OFF}paths such as /v2/…`,
    beyondSchema: true,
  },
  ...["ak|sk", "24.0123", "bce-auth-v1/a/b", `${"a".repeat(24)}:${"B".repeat(32)}`].map(
    (token) => ({
      shows: `a credential of an API that is off: ${token}`,
      config: baidu({ apiTokens: ["bce-v3/ALTAK-0001/a", token] }),
      error: `provider.apiTokens[1]: ${BAIDU_V1_IS_OFF}a key of the second, such as bce-v3/ALTAK-…`,
      beyondSchema: true,
    }),
  ),
  {
    shows: "Bedrock without a region",
    config: { provider: { type: "bedrock", apiTokens: ["x"] } },
    error: "provider.awsRegion: expected a region such as us-east-1",
  },
  {
    shows: "a region that is none",
    config: { provider: { type: "bedrock", apiTokens: ["x"], awsRegion: "us-east-1/x" } },
    error: "provider.awsRegion: expected a region such as us-east-1",
  },
  {
    shows: "an access key without its secret",
    config: { provider: { type: "bedrock", awsRegion: "us-east-1", awsAccessKey: "AKID" } },
    error: "provider.awsSecretKey: expected the one that awsAccessKey has",
  },
  {
    shows: "a secret without its access key",
    config: { provider: { type: "bedrock", awsRegion: "us-east-1", awsSecretKey: "x" } },
    error: "provider.awsAccessKey: expected the key of awsSecretKey",
  },
  {
    shows: "a session token without its access key",
    config: { provider: { type: "bedrock", awsRegion: "us-east-1", awsSessionToken: "x" } },
    error: "provider.awsAccessKey: expected the key of awsSessionToken",
  },
  {
    shows: "temporary credentials for Bedrock",
    config: {
      provider: {
        ...{ type: "bedrock", awsRegion: "cn-north-1", awsAccessKey: "${ID}", awsSecretKey: "x" },
        awsSessionToken: "t",
      },
    },
    environment: { ID: "AKID" },
  },
  {
    shows: "a field that the type needs",
    config: { providers: [{ id: "a", type: "cloudflare" }] },
    error: "providers[0].cloudflareAccountId: expected the id of the account",
  },
  {
    shows: "a workflow without the name of its input",
    config: { provider: { type: "dify", botType: "Workflow" } },
    error: "provider.inputVariable: expected the name of the workflow's input",
  },
  {
    shows: "a kind of application that is not known",
    config: { provider: { type: "dify", botType: "Robot" } },
    error:
      'provider.botType: expected "Chat" or "Agent" or "Completion" or "Workflow", found "Robot"',
  },
  {
    shows: "a service of Azure without its URL",
    config: azure(undefined),
    error:
      "provider.azureServiceUrl: expected the URL of the service, with api-version in its query",
  },
  {
    shows: "a service of Azure without a version",
    config: azure("https://name.openai.azure.com/openai/deployments/d?x=api-version"),
    error: "provider.azureServiceUrl: expected api-version in its query, or a path of /openai/v1",
  },
  { shows: "Azure's API without versions", config: azure("name.openai.azure.com/openai/v1/") },
  {
    shows: "Azure's API with a version",
    config: azure("https://name.openai.azure.com?x=1&api-version=2024-10-21"),
  },
  {
    shows: "an API version that is no part of a path",
    config: { provider: { type: "gemini", apiVersion: "v1/x" } },
    error: "provider.apiVersion: expected a version such as v1beta",
    beyondSchema: true,
  },
  {
    shows: "an unknown threshold of harm",
    config: { provider: { type: "gemini", geminiSafetySetting: { HARM_CATEGORY_X: "SOME" } } },
    error:
      "provider.geminiSafetySetting.HARM_CATEGORY_X: expected one of BLOCK_LOW_AND_ABOVE, " +
      "BLOCK_MEDIUM_AND_ABOVE, BLOCK_ONLY_HIGH, BLOCK_NONE, OFF",
    beyondSchema: true,
  },
  {
    shows: "an unknown category of harm",
    config: { provider: { type: "gemini", geminiSafetySetting: { HARM: "OFF" } } },
    error:
      "provider.geminiSafetySetting: expected names such as HARM_CATEGORY_HARASSMENT, " +
      'found "HARM"',
    beyondSchema: true,
  },
  {
    shows: "an unknown key",
    config: groq({ api_tokens: [], apitoken: 1 }),
    warnings: [
      'provider.api_tokens: unknown key; did you mean "apiTokens"?',
      'provider.apitoken: unknown key; did you mean "apiTokens"?',
    ],
  },
  {
    shows: "a context in a list",
    config: groq({ context: [{ fileUrl: "http://a/b", serviceName: "a.dns", servicePort: 80 }] }),
  },
  {
    shows: "two contexts",
    config: groq({ context: [{}, {}] }),
    error: "provider.context: expected an object, found an array",
  },
  {
    shows: "a key of another type of provider",
    config: groq({ qwenDomain: "a.example:80", awsRegion: "us-east-1" }),
  },
  {
    shows: "a host with a scheme",
    config: groq({ providerDomain: "https://a" }),
    error: "provider.providerDomain: holds a /",
  },
  {
    shows: "a URL with a space",
    config: groq({ azureServiceUrl: "https://a b" }),
    error: "provider.azureServiceUrl: holds white space",
  },
  {
    shows: "a text of two lines",
    config: groq({ apiVersion: "1\r\nx: y" }),
    error: "provider.apiVersion: holds a control character",
  },
  { shows: "a base path", config: groq({ providerBasePath: "/a/b/" }) },
  {
    shows: "a base path without a slash",
    config: groq({ providerBasePath: "a" }),
    error: "provider.providerBasePath: expected a path that begins with /",
  },
  {
    shows: "a base path with a query",
    config: groq({ providerBasePath: "/a?b" }),
    error: "provider.providerBasePath: holds a ?",
  },
  { shows: "an integral number", text: '{"provider":{"type":"groq","timeout":5.0e3}}' },
  {
    shows: "half a millisecond",
    config: groq({ timeout: 0.5 }),
    error: "provider.timeout: expected an integer from 1 to 2147483647",
  },
  {
    shows: "a number in quotes",
    config: groq({ timeout: "5" }),
    error: "provider.timeout: expected a number, found a string",
  },
  {
    shows: "a port too large",
    config: groq({ ollamaServerPort: 65536 }),
    error: "provider.ollamaServerPort: expected an integer from 1 to 65535",
  },
  {
    shows: "an unknown protocol",
    config: groq({ protocol: "openapi" }),
    error: 'provider.protocol: expected "openai" or "original", found "openapi"',
  },
  {
    shows: "a boolean in quotes",
    config: groq({ disableStreamUsageStats: "true" }),
    error: "provider.disableStreamUsageStats: expected a boolean, found a string",
  },
  {
    shows: "a schema that is text",
    config: groq({ responseJsonSchema: "{}" }),
    error: "provider.responseJsonSchema: expected an object, found a string",
  },
  { shows: "one id without a list", config: groq({ qwenFileIds: "a" }) },
  {
    shows: "an id that is a number",
    config: groq({ qwenFileIds: ["a", 1] }),
    error: "provider.qwenFileIds[1]: expected a string, found a number",
  },
  {
    shows: "an id of a file that is empty",
    config: { provider: { type: "qwen", qwenFileIds: ["a", ""] } },
    error: "provider.qwenFileIds: expected ids of files",
    beyondSchema: true,
  },
  {
    shows: "an OpenAI URL",
    config: { provider: { type: "openai", openaiCustomUrl: "a.example/v1" } },
  },
  {
    shows: "an OpenAI URL without a host",
    config: { provider: { type: "openai", openaiCustomUrl: "https:///v1" } },
    error: "provider.openaiCustomUrl: expected a URL with a host",
  },
  {
    shows: "an OpenAI URL that is only a path",
    config: { provider: { type: "openai", openaiCustomUrl: "/v1" } },
    error: "provider.openaiCustomUrl: expected a URL with a host",
  },
  {
    shows: "capabilities",
    config: groq({ capabilities: { "openai/v1/embeddings": "/e?x=1", "vertex/raw": "/t" } }),
  },
  {
    shows: "an unknown capability",
    config: groq({ capabilities: { "openai/v1/chatcompletion": "/c" } }),
    error:
      'provider.capabilities["openai/v1/chatcompletion"]: unknown capability "openai/v1/chatcompletion"; ' +
      'did you mean "openai/v1/chatcompletions"?',
  },
  {
    shows: "a capability without a path",
    config: groq({ capabilities: { "openai/v1/models": "models" } }),
    error: 'provider.capabilities["openai/v1/models"]: expected a path that begins with /',
  },
];

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
    shows: "a WebSocket without a credential of three parts",
    config: { provider: { type: "spark", sparkApiType: "websocket", apiTokens: ["key:secret"] } },
    error: "provider.apiTokens[0]: expected APPID:APIKEY:APISECRET",
    beyondSchema: true,
  },
  {
    shows: "a WebSocket with its credential",
    config: { provider: { type: "spark", sparkApiType: "websocket", apiTokens: ["a:b:c:d"] } },
  },
  {
    shows: "a WebSocket in the provider's own protocol",
    config: { provider: { type: "spark", sparkApiType: "websocket", protocol: "original" } },
    error: "provider.protocol: expected openai where sparkApiType is websocket",
    beyondSchema: true,
  },
  {
    shows: "a WebSocket whose tokens are to be checked",
    config: {
      provider: {
        type: "spark",
        sparkApiType: "websocket",
        apiTokens: ["a:b:c"],
        failover: { enabled: true, healthCheckModel: "lite" },
      },
    },
    error:
      "provider.failover.healthCheckModel: checks go over HTTP, and chats here do not; expected cooldownDuration",
    beyondSchema: true,
  },
  {
    shows: "a WebSocket that is to be retried",
    config: {
      provider: {
        type: "spark",
        sparkApiType: "websocket",
        apiTokens: ["a:b:c", "d:e:f"],
        retryOnFailure: { enabled: true },
      },
    },
    warnings: ["provider.retryOnFailure: has no effect on chats by WebSockets"],
  },
  {
    shows: "an API that Spark does not have",
    config: { provider: { type: "spark", sparkApiType: "grpc" } },
    error: 'provider.sparkApiType: expected "http" or "websocket", found "grpc"',
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
export const PROVIDER_CASES: readonly ConfigCase[] = [
  ...FIELDS,
  ...EXCHANGE_CASES,
  ...TOKENS,
  ...MODELS_AND_SETTINGS,
];
