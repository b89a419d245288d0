// Where a request's prompt is cached:
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
import { Document } from "../../json/document";
import { roleOf, Role } from "../../openai/messages";
import { ProviderSettings } from "../provider-settings";
import { BedrockModel } from "./bedrock-model";

const ONE_HOUR: string = "1h";

/** The cache points that one request gets without naming them. `plan` first. */
export class BedrockCache {
  /** How long prompts are kept; "" is the model's own time. */
  lifetime: string = "";
  afterSystem: bool = false;
  /** Index of the message after which there is a point, or -1. */
  afterUser: i32 = -1;
  afterLast: i32 = -1;

  /** Decides: what the request says of its retention goes before the configuration. */
  plan(doc: Document, model: BedrockModel, settings: ProviderSettings): void {
    this.afterSystem = false;
    this.afterUser = this.afterLast = -1;
    const own = doc.get(doc.root(), "prompt_cache_retention");
    const word = doc.isString(own) ? doc.string(own) : settings.promptCacheRetention;
    const isDay = word == "24h";
    if (!model.caches || (!isDay && word != "in_memory" && word != "in-memory")) return;
    this.lifetime = isDay ? ONE_HOUR : "";
    this.afterSystem = settings.bedrockCacheSystemPrompt;
    const messages = doc.get(doc.root(), "messages");
    let index = 0;
    for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
      const role = roleOf(doc, message);
      if (role == Role.System) continue;
      if (settings.bedrockCacheLastMessage) this.afterLast = index;
      if (settings.bedrockCacheLastUserMessage && role != Role.Assistant) this.afterUser = index;
    }
  }

  /** Whether there is a point after a message. */
  isAfter(message: i32): bool {
    return message == this.afterUser || message == this.afterLast;
  }
}
