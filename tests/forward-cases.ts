// Configurations with choices of the client's, and types that are no APIs.
import type { ConfigCase } from "./config-cases.ts";

const NO_API = "is a web page and no API: it refuses plain HTTP clients, and its terms forbid them";

function closed(type: string, why: string): ConfigCase {
  const error = `provider.type: "${type}" is not served: ${why}`;
  return { shows: `the web page ${type}`, config: { provider: { type } }, error };
}

const CHATGPT = `chatgpt.com ${NO_API}; use the type "openai" with a key of api.openai.com`;
const CLAUDE = `claude.ai ${NO_API}; use the type "claude" with a key of api.anthropic.com`;
const BING =
  'the chat of Bing was shut down in 2024; use the type "azure" with a resource of Azure OpenAI';
const COPILOT = `copilot.microsoft.com ${NO_API}; use the type "azure" with a resource of Azure OpenAI`;

export const FORWARD_CASES: readonly ConfigCase[] = [
  closed("openai-chat-web", CHATGPT),
  closed("ChatGPT_Web", CHATGPT),
  closed("claude-web", CLAUDE),
  closed("bing", BING),
  closed("bing-sydney", BING),
  closed("copilot", COPILOT),
  {
    shows: "a web page among several providers",
    config: { providers: [{ id: "a", type: "claude-web" }] },
    error: `providers[0].type: "claude-web" is not served: ${CLAUDE}`,
  },
  {
    shows: "a provider by the request",
    config: { providers: [{ id: "a", type: "groq" }], providerFromRequest: true },
  },
  {
    shows: "a provider by the request of a gateway",
    config: { models: [{ model: "m", providers: ["a"] }], providerFromRequest: true },
  },
  {
    shows: "a provider by the request in a cluster",
    config: { provider: { type: "groq" }, placement: "cluster", providerFromRequest: true },
    error: "providerFromRequest: has no meaning where placement is cluster",
  },
  {
    shows: "a provider by the request that is no boolean",
    config: { provider: { type: "groq" }, providerFromRequest: "yes" },
    error: "providerFromRequest: expected a boolean, found a string",
  },
  {
    shows: "a token by the request where there is none",
    config: { provider: { type: "groq", tokenFromRequest: true } },
    warnings: ["provider.tokenFromRequest: has no effect without apiTokens"],
  },
  {
    shows: "a token by the request",
    config: { provider: { type: "groq", apiTokens: ["a"], tokenFromRequest: true } },
  },
  {
    shows: "a path of chat without a slash",
    config: { provider: { type: "groq", chatPath: "openai" } },
    error: "provider.chatPath: expected a path that begins with /",
  },
];
