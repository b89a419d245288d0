// What each family of models takes, told from the model's id:
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
import { ClaudeModel } from "../claude/claude-model";

/** Families, other than Claude's, whose models are held to a schema by `outputConfig`. */
// @ts-ignore: decorator
@lazy
const WITH_SCHEMAS: StaticArray<string> = [
  "gpt-oss",
  "qwen.qwen3",
  "deepseek.v3",
  "google.gemma-3",
  "minimax.",
  "moonshot",
  "nvidia.nemotron",
  "mistral-large-3",
  "magistral",
  "ministral",
];

/** What one model takes. The id may be that of an inference profile, or an ARN with either in it. */
export class BedrockModel {
  /** Of the models of Anthropic only. */
  readonly claude: ClaudeModel;
  readonly isClaude: bool;
  readonly isNova: bool;
  readonly isNova2: bool;
  readonly isGptOss: bool;
  readonly isMistral: bool;

  constructor(readonly id: string) {
    const name = id.toLowerCase();
    this.isClaude = name.includes("claude");
    this.claude = new ClaudeModel(name);
    this.isNova = name.includes("amazon.nova");
    this.isNova2 = this.isNova && name.includes("nova-2");
    this.isGptOss = name.includes("gpt-oss");
    this.isMistral = name.includes("mistral.");
  }

  /** Prompts can be cached. */
  get caches(): bool {
    return this.isNova || this.id.includes("anthropic.claude");
  }

  /** A schema for the answer, and strict tools. */
  get takesSchemas(): bool {
    if (this.isClaude) return this.claude.takesSchemas && !this.id.includes("opus-4-1");
    for (let i = 0; i < WITH_SCHEMAS.length; ++i) {
      if (this.id.includes(unchecked(WITH_SCHEMAS[i]))) return true;
    }
    return false;
  }

  /** A tool call can be forced. */
  get takesForcedTools(): bool {
    return !this.isClaude || this.claude.takesForcedTools;
  }

  /** The conversation may end with the beginning of the answer. */
  get takesPrefill(): bool {
    return !this.isClaude || this.claude.takesPrefill;
  }
}

let lastModel: BedrockModel = new BedrockModel("");

/** The limits of a model; the last one asked for is kept. */
export function modelOf(id: string): BedrockModel {
  if (lastModel.id != id) lastModel = new BedrockModel(id);
  return lastModel;
}

/** Whether a model is known to be one of Claude's by its name. */
export function isClaude(id: string): bool {
  return id.includes("anthropic.claude");
}

/** The model that a profile such as `us.anthropic.claude-…` stands for. */
export function baseModel(id: string): string {
  const start = id.indexOf("anthropic.");
  const isProfile = start > 0 && !id.startsWith("arn:") && id.charCodeAt(start - 1) == 0x2e;
  return isProfile ? id.substring(start) : id;
}
