// What a request is about, in the words of telemetry:
// https://github.com/open-telemetry/semantic-conventions-genai
import { Capability } from "./capability";

/** The value of `gen_ai.operation.name`; "" for requests that no model answers. */
export function operationOf(capability: Capability): string {
  switch (capability) {
    case Capability.Chat:
    case Capability.Messages:
    case Capability.Responses:
      return "chat";
    case Capability.Completions:
    case Capability.Complete:
      return "text_completion";
    case Capability.Embeddings:
      return "embeddings";
    case Capability.GenerateContent:
    case Capability.StreamGenerateContent:
      return "generate_content";
    case Capability.ImageGeneration:
    case Capability.ImageEdit:
    case Capability.ImageVariation:
      return "image_generation";
    case Capability.AudioSpeech:
      return "speech";
    case Capability.AudioTranscription:
      return "transcription";
    case Capability.AudioTranslation:
      return "translation";
    case Capability.Moderations:
      return "moderation";
    case Capability.Rerank:
    case Capability.QwenRerank:
      return "rerank";
    default:
      return "";
  }
}

/** Whether an answer to such a request has to tell its tokens. */
export function tellsTokens(capability: Capability): bool {
  const operation = operationOf(capability);
  return operation == "chat" || operation == "text_completion" || operation == "embeddings";
}
