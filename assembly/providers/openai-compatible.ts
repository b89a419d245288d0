// The providers that speak OpenAI's API with small deviations, one row each.
import { ProviderSpec } from "./provider-spec";

/** All rows. Made anew for each configuration; a configuration keeps only its own. */
export function compatibleSpecs(): ProviderSpec[] {
  return [
    new ProviderSpec("groq", "api.groq.com").chat("/openai/v1").models("/openai/v1"),
    new ProviderSpec("deepseek", "api.deepseek.com").chat("/v1").models("/v1"),
  ];
}
