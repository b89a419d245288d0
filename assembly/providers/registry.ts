// From a provider's id in a configuration to the provider: an explicit list.
import { compatibleSpecs } from "./openai-compatible";
import { OpenAi, openAiSpec } from "./openai";
import { Provider } from "./provider";
import { ProviderSettings } from "./provider-settings";

/** Makes the provider that the settings name. Null: there is none of that type. */
export function createProvider(settings: ProviderSettings): Provider | null {
  const type = settings.type;
  if (type == "openai") return new OpenAi(openAiSpec(), settings);
  const rows = compatibleSpecs();
  for (let i = 0; i < rows.length; ++i) {
    if (rows[i].id == type) return new Provider(rows[i], settings);
  }
  return null;
}

/** Every type that a configuration can name. */
export function knownTypes(): string[] {
  const types: string[] = ["openai"];
  const rows = compatibleSpecs();
  for (let i = 0; i < rows.length; ++i) types.push(rows[i].id);
  return types;
}
