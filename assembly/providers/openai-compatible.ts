// The providers that speak OpenAI's API with deviations that a row can say: where they are and what
// they take.
import { AuthScheme, ProviderSpec } from "./provider-spec";

/** All rows. Made anew for each configuration; a configuration keeps only its own. */
export function compatibleSpecs(): ProviderSpec[] {
  return westernSpecs().concat(chineseMediaSpecs()).concat(chineseSpecs());
}

function westernSpecs(): ProviderSpec[] {
  return [
    // https://docs.fireworks.ai/api-reference/post-chatcompletions
    new ProviderSpec("fireworks", "api.fireworks.ai")
      .chat("/inference/v1")
      .completions("/inference/v1")
      .embeddings("/inference/v1")
      .rerank("/inference/v1")
      .responses("/inference/v1")
      .models("/inference/v1"),
    // https://huggingface.co/docs/inference-providers/index
    new ProviderSpec("huggingface", "router.huggingface.co").chat("/v1").models("/v1"),
    // https://docs.api.nvidia.com/nim/reference/llm-apis: a model refuses members that it does not
    // know.
    new ProviderSpec("nvidia", "integrate.api.nvidia.com")
      .usageUnasked()
      .withoutExtensions()
      .renames("max_completion_tokens max_tokens")
      .drops(
        "store metadata service_tier safety_identifier prompt_cache_key prompt_cache_retention " +
          "prompt_cache_options verbosity prediction modalities moderation",
      )
      .chat("/v1")
      .completions("/v1")
      .embeddings("/v1")
      .models("/v1"),
  ];
}

function chineseMediaSpecs(): ProviderSpec[] {
  return [
    // https://platform.stepfun.com/docs/zh/api-reference/chat/chat-completion-create
    new ProviderSpec("stepfun", "api.stepfun.com")
      .withoutJsonSchema()
      .reasoningRenamed()
      .renames("max_completion_tokens max_tokens")
      .chat("/v1")
      .models("/v1")
      .files("/v1")
      .images("/v1")
      .speech("/v1")
      .transcriptions("/v1"),
    // https://docs.siliconflow.cn/cn/api-reference/chat-completions/chat-completions
    new ProviderSpec("siliconflow", "api.siliconflow.cn")
      .withoutJsonSchema()
      .renames("max_completion_tokens max_tokens")
      .chat("/v1")
      .embeddings("/v1")
      .rerank("/v1")
      .models("/v1")
      .files("/v1")
      .batches("/v1")
      .images("/v1")
      .speech("/v1")
      .transcriptions("/v1"),
  ];
}

function chineseSpecs(): ProviderSpec[] {
  return [
    // https://platform.baichuan-ai.com/docs/api
    new ProviderSpec("baichuan", "api.baichuan-ai.com")
      .withoutJsonSchema()
      .temperature(0, 1)
      .renames("max_completion_tokens max_tokens")
      .chat("/v1")
      .embeddings("/v1"),
    // https://platform.lingyiwanwu.com/docs
    new ProviderSpec("yi", "api.lingyiwanwu.com")
      .withoutJsonSchema()
      .renames("max_completion_tokens max_tokens")
      .chat("/v1")
      .models("/v1"),
    // https://ai.360.com/platform/docs/overview: the token stands alone, and embeddings come
    // without `object`.
    new ProviderSpec("ai360", "api.360.cn")
      .auth(AuthScheme.Plain)
      .embeddingsMended()
      .withoutJsonSchema()
      .renames("max_completion_tokens max_tokens")
      .chat("/v1")
      .embeddings("/v1"),
    // https://longcat.chat/platform/docs/api-docs
    new ProviderSpec("longcat", "api.longcat.chat")
      .renames("max_completion_tokens max_tokens")
      .chat("/openai/v1")
      .embeddings("/openai/v1")
      .models("/v1")
      .messages("/anthropic/v1"),
  ];
}
