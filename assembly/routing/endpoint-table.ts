// All endpoints, and how a path or a configuration's name finds its own:
// https://platform.openai.com/docs/api-reference
import { Capability } from "./capability";
import { startsAt } from "../text/starts-at";
import { BodyKind, Endpoint } from "./endpoint";

const ENDPOINTS: StaticArray<Endpoint> = [
  new Endpoint(
    Capability.Chat,
    "openai/v1/chatcompletions",
    "/chat/completions",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.Completions,
    "openai/v1/completions",
    "/completions",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(Capability.Embeddings, "openai/v1/embeddings", "/embeddings", "POST", BodyKind.Json),
  new Endpoint(Capability.Models, "openai/v1/models", "/models", "GET"),
  new Endpoint(Capability.Model, "openai/v1/retrievemodel", "/models/{model}", "GET DELETE"),
  new Endpoint(Capability.Responses, "openai/v1/responses", "/responses", "POST", BodyKind.Json),
  new Endpoint(
    Capability.ResponseInputTokens,
    "openai/v1/responsesinputtokens",
    "/responses/input_tokens",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.ResponseCompact,
    "openai/v1/responsescompact",
    "/responses/compact",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.Response,
    "openai/v1/retrieveresponse",
    "/responses/{response_id}",
    "GET DELETE",
  ),
  new Endpoint(
    Capability.ResponseCancel,
    "openai/v1/cancelresponse",
    "/responses/{response_id}/cancel",
    "POST",
  ),
  new Endpoint(
    Capability.ResponseInputItems,
    "openai/v1/responseinputitems",
    "/responses/{response_id}/input_items",
    "GET",
  ),
  new Endpoint(
    Capability.ImageGeneration,
    "openai/v1/imagegeneration",
    "/images/generations",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(Capability.ImageEdit, "openai/v1/imageedit", "/images/edits", "POST", BodyKind.Json),
  new Endpoint(
    Capability.ImageVariation,
    "openai/v1/imagevariation",
    "/images/variations",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.AudioSpeech,
    "openai/v1/audiospeech",
    "/audio/speech",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.AudioTranscription,
    "openai/v1/audiotranscription",
    "/audio/transcriptions",
    "POST",
  ),
  new Endpoint(
    Capability.AudioTranslation,
    "openai/v1/audiotranslation",
    "/audio/translations",
    "POST",
  ),
  new Endpoint(Capability.Realtime, "openai/v1/realtime", "/realtime", "GET"),
  post(Capability.RealtimeSecrets, "openai/v1/realtimeclientsecrets", "/realtime/client_secrets"),
  new Endpoint(
    Capability.Moderations,
    "openai/v1/moderations",
    "/moderations",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(Capability.Files, "openai/v1/files", "/files", "GET POST"),
  new Endpoint(Capability.File, "openai/v1/retrievefile", "/files/{file_id}", "GET DELETE"),
  new Endpoint(
    Capability.FileContent,
    "openai/v1/retrievefilecontent",
    "/files/{file_id}/content",
    "GET",
  ),
  new Endpoint(Capability.Uploads, "openai/v1/uploads", "/uploads", "POST"),
  post(Capability.UploadParts, "openai/v1/uploadparts", "/uploads/{upload_id}/parts"),
  post(Capability.UploadComplete, "openai/v1/completeupload", "/uploads/{upload_id}/complete"),
  post(Capability.UploadCancel, "openai/v1/cancelupload", "/uploads/{upload_id}/cancel"),
  new Endpoint(Capability.Batches, "openai/v1/batches", "/batches", "GET POST"),
  new Endpoint(Capability.Batch, "openai/v1/retrievebatch", "/batches/{batch_id}", "GET"),
  new Endpoint(
    Capability.BatchCancel,
    "openai/v1/cancelbatch",
    "/batches/{batch_id}/cancel",
    "POST",
  ),
  new Endpoint(
    Capability.FineTuningJobs,
    "openai/v1/fine-tuningjobs",
    "/fine_tuning/jobs",
    "GET POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.FineTuningJob,
    "openai/v1/retrievefine-tuningjob",
    "/fine_tuning/jobs/{fine_tuning_job_id}",
    "GET",
  ),
  new Endpoint(
    Capability.FineTuningEvents,
    "openai/v1/fine-tuningjobsevents",
    "/fine_tuning/jobs/{fine_tuning_job_id}/events",
    "GET",
  ),
  new Endpoint(
    Capability.FineTuningCheckpoints,
    "openai/v1/fine-tuningjobcheckpoints",
    "/fine_tuning/jobs/{fine_tuning_job_id}/checkpoints",
    "GET",
  ),
  new Endpoint(
    Capability.FineTuningCancel,
    "openai/v1/cancelfine-tuningjob",
    "/fine_tuning/jobs/{fine_tuning_job_id}/cancel",
    "POST",
  ),
  new Endpoint(
    Capability.FineTuningPause,
    "openai/v1/pausefine-tuningjob",
    "/fine_tuning/jobs/{fine_tuning_job_id}/pause",
    "POST",
  ),
  new Endpoint(
    Capability.FineTuningResume,
    "openai/v1/resumefine-tuningjob",
    "/fine_tuning/jobs/{fine_tuning_job_id}/resume",
    "POST",
  ),
  new Endpoint(
    Capability.FineTuningPermissions,
    "openai/v1/fine-tuningjobcheckpointpermissions",
    "/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions",
    "GET POST",
  ),
  new Endpoint(
    Capability.FineTuningPermission,
    "openai/v1/deletefine-tuningjobcheckpointpermission",
    "/fine_tuning/checkpoints/{fine_tuned_model_checkpoint}/permissions/{permission_id}",
    "DELETE",
  ),
  new Endpoint(Capability.Videos, "openai/v1/videos", "/videos", "GET POST", BodyKind.Json),
  new Endpoint(
    Capability.KlingImageToVideo,
    "kling/v1/image2video",
    "/videos/image2video",
    "GET POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.KlingImageVideo,
    "kling/v1/retrieveimagevideo",
    "/videos/image2video/{task_id}",
    "GET",
  ),
  new Endpoint(Capability.Video, "openai/v1/retrievevideo", "/videos/{video_id}", "GET DELETE"),
  new Endpoint(
    Capability.VideoContent,
    "openai/v1/retrievevideocontent",
    "/videos/{video_id}/content",
    "GET",
  ),
  new Endpoint(Capability.VideoRemix, "openai/v1/videoremix", "/videos/{video_id}/remix", "POST"),
  new Endpoint(Capability.Rerank, "cohere/v1/rerank", "/rerank", "POST", BodyKind.Json),
  new Endpoint(Capability.QwenRerank, "qwen/v1/rerank", "/reranks", "POST", BodyKind.Json),
  new Endpoint(Capability.Messages, "anthropic/v1/messages", "/messages", "POST", BodyKind.Json),
  new Endpoint(
    Capability.CountTokens,
    "anthropic/v1/messages/count_tokens",
    "/messages/count_tokens",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(Capability.Complete, "anthropic/v1/complete", "/complete", "POST", BodyKind.Json),
  new Endpoint(
    Capability.Conversations,
    "qwen/v1/conversations",
    "/conversations",
    "POST",
    BodyKind.Json,
  ),
  new Endpoint(
    Capability.QwenServices,
    "qwen/v1/services/aigc",
    "/services/aigc/{task}/{function}",
    "POST",
  ),
  new Endpoint(Capability.QwenTask, "qwen/v1/tasks", "/tasks/{task_id}", "GET"),
  // Sent on as they are: the model stands in the path.
  new Endpoint(
    Capability.GenerateContent,
    "gemini/v1beta/generatecontent",
    "/{version}/models/{model}:generateContent",
    "POST",
  ),
  new Endpoint(
    Capability.StreamGenerateContent,
    "gemini/v1beta/streamgeneratecontent",
    "/{version}/models/{model}:streamGenerateContent",
    "POST",
  ),
  // With any action behind the model, and any path before.
  new Endpoint(
    Capability.VertexRaw,
    "vertex/raw",
    "/publishers/{publisher}/models/{model}",
    "POST",
  ),
];

function post(capability: Capability, key: string, path: string): Endpoint {
  return new Endpoint(capability, key, path, "POST");
}

/**
 * The endpoint that a client's path names, whatever stands before its last `/v1`. Null: none.
 * `path` is without query; values of `{…}` go to `parameters`.
 */
export function findEndpoint(path: string, parameters: string[]): Endpoint | null {
  if (path.endsWith("/v1/chat/completions")) return unchecked(ENDPOINTS[0]);
  const publishers = path.indexOf("/publishers/");
  if (publishers >= 0) return matching(path.substring(publishers), parameters);
  if (path.endsWith("enerateContent")) return findGenerate(path, parameters);
  const version = path.lastIndexOf("/v1/");
  if (version < 0) return null;
  return matching(path.substring(version + 3), parameters);
}

/** Gemini's own endpoints stand behind a version of their own, which is a parameter too. */
function findGenerate(path: string, parameters: string[]): Endpoint | null {
  const models = path.lastIndexOf("/models/");
  const version = models < 1 ? -1 : path.lastIndexOf("/", models - 1);
  const isVersion = version >= 0 && startsAt(path, "/v", version);
  return isVersion ? matching(path.substring(version), parameters) : null;
}

function matching(path: string, parameters: string[]): Endpoint | null {
  const segments = path.split("/");
  for (let i = 0, count = ENDPOINTS.length; i < count; ++i) {
    const endpoint = unchecked(ENDPOINTS[i]);
    if (endpoint.matches(segments, parameters)) return endpoint;
  }
  return null;
}

/** The endpoint of a configuration's capability name, or null. */
export function findEndpointByKey(key: string): Endpoint | null {
  for (let i = 0, count = ENDPOINTS.length; i < count; ++i) {
    const endpoint = unchecked(ENDPOINTS[i]);
    if (endpoint.key == key) return endpoint;
  }
  return null;
}

/** All capability names, in the order of the table. */
export function capabilityKeys(): string[] {
  const keys: string[] = [];
  for (let i = 0, count = ENDPOINTS.length; i < count; ++i) keys.push(unchecked(ENDPOINTS[i]).key);
  return keys;
}
