// What the examples of the providers' pages say: one model, and what a configuration needs beside its token.

/** The example of one type. */
export interface Example {
  /** The model that the examples ask for. */
  readonly model: string;
  /** Members of the provider's configuration, in place of `apiTokens` where they say so. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Needs no token. */
  readonly isOpen?: boolean;
}

/** The examples by type. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  ai360: { model: "360gpt2-pro" },
  azure: {
    model: "my-gpt-4o-deployment",
    fields: { azureServiceUrl: "https://example.openai.azure.com?api-version=2024-10-21" },
  },
  baichuan: { model: "Baichuan4-Turbo" },
  baidu: { model: "ernie-4.5-turbo-128k" },
  bedrock: {
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    fields: {
      awsAccessKey: "${AWS_ACCESS_KEY_ID}",
      awsSecretKey: "${AWS_SECRET_ACCESS_KEY}",
      awsRegion: "us-east-1",
    },
    isOpen: true,
  },
  claude: { model: "claude-sonnet-4-5" },
  cloudflare: {
    model: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
    fields: { cloudflareAccountId: "0123456789abcdef0123456789abcdef" },
  },
  cohere: { model: "command-a-03-2025" },
  coze: { model: "7350000000000000000" },
  deepl: { model: "Pro", fields: { targetLang: "DE" } },
  deepseek: { model: "deepseek-chat" },
  dify: { model: "dify", fields: { botType: "Chat" } },
  doubao: { model: "doubao-seed-1-6-250615" },
  fireworks: { model: "accounts/fireworks/models/llama-v3p3-70b-instruct" },
  gemini: { model: "gemini-2.5-flash" },
  generic: {
    model: "my-model",
    fields: { genericHost: "llm.internal.example:8000" },
    isOpen: true,
  },
  github: { model: "openai/gpt-4.1" },
  grok: { model: "grok-4" },
  groq: { model: "llama-3.3-70b-versatile" },
  huggingface: { model: "meta-llama/Llama-3.3-70B-Instruct" },
  hunyuan: { model: "hunyuan-turbos-latest" },
  kling: {
    model: "kling-v2-master",
    fields: { klingAccessKey: "${KLING_ACCESS_KEY}", klingSecretKey: "${KLING_SECRET_KEY}" },
    isOpen: true,
  },
  longcat: { model: "LongCat-Flash-Chat" },
  minimax: { model: "MiniMax-M2" },
  mistral: { model: "mistral-large-latest" },
  moonshot: { model: "kimi-k2-0905-preview" },
  nvidia: { model: "meta/llama-3.3-70b-instruct" },
  ollama: { model: "llama3.2", fields: { ollamaServerHost: "ollama.internal" }, isOpen: true },
  openai: { model: "gpt-4o" },
  openrouter: { model: "anthropic/claude-sonnet-4.5" },
  perplexity: { model: "sonar-pro" },
  qwen: { model: "qwen-plus" },
  siliconflow: { model: "deepseek-ai/DeepSeek-V3" },
  spark: { model: "generalv3.5" },
  stepfun: { model: "step-2-16k" },
  "together-ai": { model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" },
  triton: { model: "ensemble", fields: { tritonDomain: "triton.internal:8000" }, isOpen: true },
  vertex: { model: "gemini-2.5-flash" },
  vllm: { model: "my-model", fields: { vllmServerHost: "vllm.internal:8000" }, isOpen: true },
  yi: { model: "yi-lightning" },
  zhipuai: { model: "glm-4.6" },
};

/** The variable that holds a type's token. */
export function variableOf(type: string): string {
  return `${type.replace(/\W/g, "_").toUpperCase()}_API_KEY`;
}

/** The provider's part of a configuration. */
export function providerConfig(type: string): Record<string, unknown> {
  const example = EXAMPLES[type];
  if (example === undefined) throw new Error(`there is no example of ${type}`);
  const tokens = example.isOpen === true ? {} : { apiTokens: [`\${${variableOf(type)}}`] };
  return { type, ...tokens, ...example.fields };
}
