// What a provider may know of its configuration: plain values, already read and checked for their
// types.
import { Capability } from "../routing/capability";

/** Which protocol the clients of a provider speak. */
export const enum Protocol {
  /** OpenAI's: requests and answers are translated where the provider speaks another. */
  OpenAi,
  /** The provider's own: bodies are sent on as they are. */
  Original,
}

/** Stands for an integer that is not configured where every value could be. */
export const UNSET: i32 = i32.MIN_VALUE;

/**
 * The settings of one provider. Every field stands at its default until the configuration says
 * otherwise; "" and 0 mean "not configured". Fields have the names of the configuration.
 */
export class ProviderSettings {
  id: string = "";
  type: string = "";
  protocol: Protocol = Protocol.OpenAi;
  /** Path templates that replace the provider's own. */
  capabilityPaths: Map<Capability, string> = new Map<Capability, string>();
  /** Host that replaces the provider's own. */
  providerDomain: string = "";
  /** Path before every upstream path; begins with a slash and does not end in one. */
  providerBasePath: string = "";
  /** JSON text of an object that replaces `response_format`. */
  responseJsonSchema: string = "";
  /** Usage is not asked for in streams. */
  disableStreamUsageStats: bool = false;
  /**
   * Used as `max_tokens` where a request has none and the provider needs it; 0: the provider's own
   * default.
   */
  defaultMaxTokens: i32 = 0;
  /** Version of the provider's protocol; `claudeVersion` is another name for it. */
  apiVersion: string = "";
  /** There are `apiTokens`. */
  hasTokens: bool = false;

  // OpenAI and Azure
  openaiCustomUrl: string = "";
  authHeaderKey: string = "";
  azureServiceUrl: string = "";

  // Moonshot, Qwen, Zhipu, Doubao
  moonshotFileId: string = "";
  qwenEnableSearch: bool = false;
  qwenEnableCompatible: bool = true;
  qwenFileIds: string[] = [];
  qwenDomain: string = "";
  zhipuDomain: string = "";
  zhipuCodePlanMode: bool = false;
  /** Tokens of the form `<id>.<secret>` are not sent but sign one of a few minutes. */
  zhipuSignToken: bool = false;
  doubaoDomain: string = "";

  // Servers of one's own
  ollamaServerHost: string = "";
  ollamaServerPort: i32 = 0;
  /** `openai` or `native`. */
  ollamaApiType: string = "openai";
  vllmCustomUrl: string = "";
  vllmServerHost: string = "";
  genericHost: string = "";
  tritonDomain: string = "";
  tritonModelVersion: string = "";

  // Claude
  claudeCodeMode: bool = false;

  // Spark, Hunyuan, MiniMax, Cloudflare, DeepL
  /** `http` or `websocket`. */
  sparkApiType: string = "http";
  hunyuanAuthId: string = "";
  hunyuanAuthKey: string = "";
  /** `v2` or `pro`. */
  minimaxApiType: string = "v2";
  minimaxGroupId: string = "";
  cloudflareAccountId: string = "";
  /** `openai` or `native`. */
  cloudflareApiType: string = "openai";
  targetLang: string = "";

  // Gemini and Vertex AI
  /** Harm category → threshold. */
  geminiSafetySetting: Map<string, string> = new Map<string, string>();
  /** Tokens; 0 switches thinking off, -1 leaves it to the model, `UNSET` says nothing. */
  geminiThinkingBudget: i32 = UNSET;
  vertexRegion: string = "";
  vertexProjectId: string = "";
  /** JSON text of a service account's key. */
  vertexAuthKey: string = "";
  vertexAuthServiceName: string = "";
  /** Seconds before its end at which an access token is renewed. */
  vertexTokenRefreshAhead: i32 = 60;
  vertexOpenAICompatible: bool = false;

  // Bedrock
  awsAccessKey: string = "";
  awsSecretKey: string = "";
  /** Of temporary credentials. */
  awsSessionToken: string = "";
  awsRegion: string = "";
  /** JSON text of an object that is merged into `additionalModelRequestFields`. */
  bedrockAdditionalFields: string = "";
  /** `in_memory`, `24h` or "". */
  promptCacheRetention: string = "";
  /** Where cache points are put. */
  bedrockCacheSystemPrompt: bool = true;
  bedrockCacheLastUserMessage: bool = false;
  bedrockCacheLastMessage: bool = false;

  // Dify
  difyApiUrl: string = "";
  /** `Chat`, `Agent`, `Completion`, `Workflow` or "". */
  botType: string = "";
  inputVariable: string = "";
  outputVariable: string = "";

  // Kling
  klingAccessKey: string = "";
  klingSecretKey: string = "";
  /** Seconds before its end at which a signed token is renewed. */
  klingTokenRefreshAhead: i32 = 60;
}
