// From a provider's id in a configuration to the provider: an explicit list.
import { Azure, azureSpec } from "./azure";
import { Baidu, baiduSpec } from "./baidu";
import { Bedrock, bedrockSpec } from "./bedrock";
import { Claude, claudeSpec } from "./claude";
import { Cloudflare, cloudflareSpec } from "./cloudflare";
import { Cohere, cohereSpec } from "./cohere";
import { Coze, cozeSpec } from "./coze";
import { Deepl, deeplSpec } from "./deepl";
import { Deepseek, deepseekSpec } from "./deepseek";
import { Dify, difySpec } from "./dify";
import { Doubao, doubaoSpec } from "./doubao";
import { Gemini, geminiSpec } from "./gemini";
import { Generic, genericSpec } from "./generic";
import { Github, githubSpec } from "./github";
import { Grok, grokSpec } from "./grok";
import { Groq, groqSpec } from "./groq";
import { Hunyuan, hunyuanSpec } from "./hunyuan";
import { Kling, klingSpec } from "./kling";
import { Minimax, minimaxSpec } from "./minimax";
import { Mistral, mistralSpec } from "./mistral";
import { Moonshot, moonshotSpec } from "./moonshot";
import { Ollama, ollamaSpec } from "./ollama";
import { OpenAi, openAiSpec } from "./openai";
import { compatibleSpecs } from "./openai-compatible";
import { Openrouter, openrouterSpec } from "./openrouter";
import { Perplexity, perplexitySpec } from "./perplexity";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";
import { createQwen } from "./qwen";
import { createSpark } from "./spark-web-socket";
import { TogetherAi, togetherAiSpec } from "./together-ai";
import { Triton, tritonSpec } from "./triton";
import { createVertex } from "./vertex";
import { Vllm, vllmSpec } from "./vllm";
import { Zhipuai, zhipuaiSpec } from "./zhipuai";

/**
 * Providers with a class of their own: those that speak another protocol, and those whose row does
 * not say all.
 */
function createOwn(settings: ProviderSettings): Provider | null {
  const type = settings.type;
  if (type == "azure") return new Azure(azureSpec(), settings);
  if (type == "baidu") return new Baidu(baiduSpec(), settings);
  if (type == "bedrock") return new Bedrock(bedrockSpec(), settings);
  if (type == "claude") return new Claude(claudeSpec(), settings);
  if (type == "cloudflare")
    return new Cloudflare(cloudflareSpec(settings.cloudflareApiType), settings);
  if (type == "cohere") return new Cohere(cohereSpec(), settings);
  if (type == "coze") return new Coze(cozeSpec(), settings);
  if (type == "deepl") return new Deepl(deeplSpec(), settings);
  if (type == "deepseek") return new Deepseek(deepseekSpec(), settings);
  if (type == "dify") return new Dify(difySpec(), settings);
  if (type == "doubao") return new Doubao(doubaoSpec(), settings);
  if (type == "gemini") return new Gemini(geminiSpec(), settings);
  if (type == "generic") return new Generic(genericSpec(), settings);
  if (type == "github") return new Github(githubSpec(), settings);
  if (type == "grok") return new Grok(grokSpec(), settings);
  if (type == "groq") return new Groq(groqSpec(), settings);
  if (type == "hunyuan") return new Hunyuan(hunyuanSpec(), settings);
  if (type == "kling") return new Kling(klingSpec(), settings);
  if (type == "minimax") return new Minimax(minimaxSpec(), settings);
  if (type == "mistral") return new Mistral(mistralSpec(), settings);
  if (type == "moonshot") return new Moonshot(moonshotSpec(), settings);
  if (type == "ollama") return new Ollama(ollamaSpec(settings.ollamaApiType), settings);
  if (type == "openai") return new OpenAi(openAiSpec(), settings);
  if (type == "openrouter") return new Openrouter(openrouterSpec(), settings);
  if (type == "perplexity") return new Perplexity(perplexitySpec(), settings);
  if (type == "qwen") return createQwen(settings);
  if (type == "spark") return createSpark(settings);
  if (type == "together-ai") return new TogetherAi(togetherAiSpec(), settings);
  if (type == "triton") return new Triton(tritonSpec(), settings);
  if (type == "vertex") return createVertex(settings);
  if (type == "vllm") return new Vllm(vllmSpec(), settings);
  if (type == "zhipuai") return new Zhipuai(zhipuaiSpec(), settings);
  return null;
}

/** The types that `createOwn` knows. */
// @ts-ignore: decorator
@lazy
const OWN_TYPES: StaticArray<string> = [
  "azure",
  "baidu",
  "bedrock",
  "claude",
  "cloudflare",
  "cohere",
  "coze",
  "deepl",
  "deepseek",
  "dify",
  "doubao",
  "gemini",
  "generic",
  "github",
  "grok",
  "groq",
  "hunyuan",
  "kling",
  "minimax",
  "mistral",
  "moonshot",
  "ollama",
  "openai",
  "openrouter",
  "perplexity",
  "qwen",
  "spark",
  "together-ai",
  "triton",
  "vertex",
  "vllm",
  "zhipuai",
];

/** Makes the provider that the settings name. Null: there is none of that type. */
export function createProvider(settings: ProviderSettings): Provider | null {
  const own = createOwn(settings);
  if (own !== null) return own;
  const rows = compatibleSpecs();
  for (let i = 0; i < rows.length; ++i) {
    if (rows[i].id == settings.type) return new Provider(rows[i], settings);
  }
  return null;
}

/** Every type that a configuration can name. */
export function knownTypes(): string[] {
  const types: string[] = [];
  for (let i = 0; i < OWN_TYPES.length; ++i) types.push(OWN_TYPES[i]);
  const rows = compatibleSpecs();
  for (let i = 0; i < rows.length; ++i) types.push(rows[i].id);
  return types;
}
