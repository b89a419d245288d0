// What a request asks for: https://platform.openai.com/docs/api-reference

/** One operation of the client's API. */
export const enum Capability {
  Unknown,
  Chat,
  Completions,
  Embeddings,
  Models,
  Model,
  Responses,
  Response,
  ResponseCancel,
  ResponseInputItems,
  ResponseInputTokens,
  ResponseCompact,
  ImageGeneration,
  ImageEdit,
  ImageVariation,
  AudioSpeech,
  AudioTranscription,
  AudioTranslation,
  Realtime,
  Moderations,
  Files,
  File,
  FileContent,
  Batches,
  Batch,
  BatchCancel,
  FineTuningJobs,
  FineTuningJob,
  FineTuningEvents,
  FineTuningCheckpoints,
  FineTuningCancel,
  FineTuningPause,
  FineTuningResume,
  FineTuningPermissions,
  FineTuningPermission,
  Videos,
  Video,
  VideoContent,
  VideoRemix,
  Rerank,
  QwenRerank,
  Messages,
  CountTokens,
  Complete,
  Conversations,
  QwenServices,
  QwenTask,
  GenerateContent,
  StreamGenerateContent,
  KlingImageToVideo,
  KlingImageVideo,
  VertexRaw,
  Count,
}

/** The model that the path of a native protocol names, or "". */
export function modelInPath(capability: Capability, parameters: string[]): string {
  switch (capability) {
    case Capability.GenerateContent:
    case Capability.StreamGenerateContent:
      return parameters[1];
    case Capability.VertexRaw:
      const action = parameters[1].indexOf(":");
      return action < 0 ? parameters[1] : parameters[1].substring(0, action);
    default:
      return "";
  }
}
