// Gateway files that are wrong, and what is said of each: line, column, path, what was expected.

/** One wrong file. */
export interface RefusedFile {
  shows: string;
  text: string;
  problems: string[];
}

export const PROVIDERS = "providers: { a: { type: groq, apiTokens: [x] } }";
export const MODELS = "models: [{ providers: [a] }]";

export const REFUSED: readonly RefusedFile[] = [
  { shows: "an empty file", text: "", problems: ["1:1: expected an object, found nothing"] },
  { shows: "a list", text: "- a", problems: ["1:1: expected an object, found an array"] },
  {
    shows: "no YAML",
    text: "a: [",
    problems: [
      "1:5: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
  },
  {
    shows: "a key twice",
    text: `${PROVIDERS}\n${MODELS}\n${MODELS}`,
    problems: ["3:1: Map keys must be unique"],
  },
  {
    shows: "an alias without its anchor",
    text: "models: *none",
    problems: ["1:1: Unresolved alias (the anchor must be set before the alias): none"],
  },
  {
    shows: "nothing that it needs",
    text: "listen: 127.0.0.1:80",
    problems: ["1:1: providers is missing", "1:1: models is missing"],
  },
  {
    shows: "addresses",
    text: `listen: 10000\nadmin: http://localhost:9901\n${PROVIDERS}\n${MODELS}`,
    problems: [
      "1:1: listen: expected host:port, or a port in quotes, found 10000",
      '2:1: admin: expected host:port, or a port in quotes, found "http://localhost:9901"',
    ],
  },
  {
    shows: "WebSockets where they cannot be",
    text:
      "providers:\n  a:\n    { type: spark, sparkApiType: websocket, apiTokens: ['x:y:z'], upstream: { http2: true } }\n" +
      "models: [{ model: lite, providers: [a], strategy: hedge, hedgeDelay: 1s }]",
    problems: [
      "3:79: providers.a.upstream.http2: has to be false: WebSockets begin as requests of HTTP/1.1",
      '4:41: models[0].strategy: cannot be hedge: "a" is asked by WebSockets',
    ],
  },
  {
    shows: "durations",
    text: `${PROVIDERS}\nmodels:\n  - providers: [a]\n    firstTokenTimeout: 10\n    answerTimeout: 2 minutes`,
    problems: [
      "4:5: models[0].firstTokenTimeout: expected a duration such as 500ms, 10s or 2m, found 10",
      "5:5: models[0].answerTimeout: expected a duration such as 500ms, 10s or 2m, " +
        'found "2 minutes"',
    ],
  },
  {
    shows: "unknown keys",
    text: `modles: []\n${PROVIDERS}\nmodels: [{ modle: x, providers: [{ id: a, wieght: 3 }], xyz: 1 }]`,
    problems: [
      '1:1: modles: unknown key; did you mean "models"?',
      '3:12: models[0].modle: unknown key; did you mean "model"?',
      '3:43: models[0].providers[0].wieght: unknown key; did you mean "weight"?',
      "3:57: models[0].xyz: unknown key",
    ],
  },
  {
    shows: "unknown keys of a provider",
    text: `providers: { a: { type: groq, api_tokens: [x], upstream: { adress: b } } }\n${MODELS}`,
    problems: [
      '1:31: providers.a.api_tokens: unknown key; did you mean "apiTokens"?',
      '1:60: providers.a.upstream.adress: unknown key; did you mean "address"?',
    ],
  },
  {
    shows: "a provider of an unknown type",
    text: `providers: { a: { type: opnai } }\n${MODELS}`,
    problems: ['1:19: providers.a.type: unknown provider type "opnai"; did you mean "openai"?'],
  },
  {
    shows: "what the plugin refuses, in the plugin's words",
    text: `providers:\n  a: { type: groq, apiTokens: [7] }\n  b: { type: ollama }\n${MODELS}`,
    problems: [
      "2:32: providers.a.apiTokens[0]: expected a string, found a number",
      "3:3: providers.b.ollamaServerHost: expected the host of the Ollama server",
    ],
  },
  {
    shows: "a credential is not repeated",
    text: `providers: { a: { type: groq, apiTokens: ["sk-secret\${"], x: 1 } }\n${MODELS}`,
    problems: [
      "1:43: providers.a.apiTokens[0]: expected the name of an environment variable and } after ${",
      "1:59: providers.a.x: unknown key",
    ],
  },
  {
    shows: "providers that are none",
    text: `providers: { a: 7, b: }\n${MODELS}`,
    problems: [
      "1:14: providers.a: expected an object, found a number",
      "1:20: providers.b: expected an object, found nothing",
    ],
  },
  {
    shows: "a provider's id",
    text: `providers: { a b: { type: groq } }\nmodels: [{ providers: [a b] }]`,
    problems: ['1:14: providers["a b"]: expected a name of letters, digits, _, . and -'],
  },
  {
    shows: "how a provider is reached",
    text: `providers: { a: { type: groq, upstream: { address: "https://b/", tls: 1, maxRequests: 0, outlierDetection: true } } }\n${MODELS}`,
    problems: [
      "1:43: providers.a.upstream.address: expected host or host:port, without scheme and path, " +
        'found "https://b/"',
      "1:66: providers.a.upstream.tls: expected a boolean or an object, found 1",
      "1:74: providers.a.upstream.maxRequests: expected at least 1, found 0",
      "1:90: providers.a.upstream.outlierDetection: expected false or an object, found true",
    ],
  },
  {
    shows: "rules of the wrong types",
    text: `${PROVIDERS}\nmodels:\n  - { model: 7, providers: [8] }\n  - { model: [], providers: a }\n  - x`,
    problems: [
      "3:7: models[0].model: expected a name or an array of names, found 7",
      "3:29: models[0].providers[0]: expected a provider's id, or an object with it, found 8",
      "4:7: models[1].model: expected at least one",
      '4:18: models[1].providers: expected an array, found "a"',
      '5:5: models[2]: expected an object, found "x"',
    ],
  },
  {
    shows: "what sends a request on",
    text: `${PROVIDERS}\nmodels: [{ providers: [a], fallbackOn: [5XX, 700, reset], strategy: prority }]`,
    problems: [
      "2:41: models[0].fallbackOn[0]: expected a status from 400 to 599, 5xx, gateway-error, " +
        'connect-failure, reset or stall, found "5XX"',
      "2:46: models[0].fallbackOn[1]: expected at most 599, found 700",
      "2:59: models[0].strategy: expected priority, weighted, round-robin, random, hedge, " +
        'found "prority"; did you mean "priority"?',
    ],
  },
  {
    shows: "a rule with a provider that is not there",
    text: `${PROVIDERS}\nmodels:\n  - providers: [a, b]`,
    problems: ['3:20: models[0].providers[1]: there is no provider "b"; known are a'],
  },
  {
    shows: "a consumer's keys are not repeated",
    text: `${PROVIDERS}\n${MODELS}\nconsumers: [{ name: team, keys: ["sk-secret\${", 7], limts: {} }]`,
    problems: [
      "3:49: consumers[0].keys[1]: expected a string, found a number",
      '3:53: consumers[0].limts: unknown key; did you mean "limits"?',
    ],
  },
  {
    shows: "two rules of one name",
    text: `${PROVIDERS}\nmodels: [{ providers: [a] }, { providers: [a] }]`,
    problems: ['2:30: models[1]: another rule has the name "default"'],
  },
  {
    shows: "an expression that is none",
    text: `${PROVIDERS}\nmodels: [{ name: x, model: "~(", providers: [a] }]`,
    problems: ["2:21: models[0].model: invalid expression: missing ) at character 1"],
  },
];
