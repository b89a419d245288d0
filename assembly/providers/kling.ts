// Kling AI's videos: https://app.klingai.com/global/dev/document-api
import { signHs256 } from "../auth/jwt";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { JsonWriter } from "../json/json-writer";
import { ApiError } from "../openai/api-error";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { classOf, ErrorClass, errorOf } from "./error-classes";
import { HeaderEdits } from "./header-edits";
import { NativeError } from "./native-error";
import { fillTemplate } from "./path-template";
import { Provider } from "./provider";
import { ProviderSpec } from "./provider-spec";

/** What ids of tasks get in front, since the kind of a task has to be known to ask for it. */
const TEXT_PREFIX: string = "kling-t2v-";
const IMAGE_PREFIX: string = "kling-i2v-";
const TOKEN_HEADER: string = '{"alg":"HS256","typ":"JWT"}';
/** Seconds that a signed token holds, and that it is older than the clock says. */
const TOKEN_LIFETIME: i64 = 1800;
const TOKEN_AGE: i64 = 5;
/** `Call.note` of a task that begins with an image. */
const IMAGE: i32 = 1;

const HEADER: ByteWriter = new ByteWriter();
const CLAIMS: JsonWriter = new JsonWriter(new ByteWriter());
const SECRET: ByteWriter = new ByteWriter();

/** Kling's row. */
export function klingSpec(): ProviderSpec {
  return new ProviderSpec("kling", "api-singapore.klingai.com")
    .serves(Capability.Videos, "/v1/videos/text2video")
    .serves(Capability.Video, "/v1/videos/text2video/{video_id}")
    .serves(Capability.KlingImageToVideo, "/v1/videos/image2video")
    .serves(Capability.KlingImageVideo, "/v1/videos/image2video/{task_id}");
}

/** Finds the API for a task, and tells tasks as OpenAI's videos beside Kling's own members. */
export class Kling extends Provider {
  validate(): string {
    const settings = this.settings;
    const hasAccess = settings.klingAccessKey.length > 0;
    if (hasAccess == settings.klingSecretKey.length > 0) return "";
    return (hasAccess ? "klingSecretKey" : "klingAccessKey") + ": expected both keys or none";
  }

  needsToken(): bool {
    return this.settings.klingAccessKey.length == 0;
  }

  path(call: Call): string {
    const parameters = call.pathParameters;
    let capability = call.capability;
    if (parameters.length == 0) {
      if (call.note == IMAGE) capability = Capability.KlingImageToVideo;
      return this.pathTemplate(capability);
    }
    const id = parameters[0];
    const isImage = id.startsWith(IMAGE_PREFIX);
    if (isImage || capability == Capability.KlingImageVideo) {
      capability = Capability.KlingImageVideo;
      call.note = IMAGE;
    }
    const isMarked = isImage || id.startsWith(TEXT_PREFIX);
    const own = isMarked ? id.substring(TEXT_PREFIX.length) : id;
    return fillTemplate(this.pathTemplate(capability), [own]);
  }

  // Request

  editRequest(call: Call, request: Document, edit: JsonEdit): ApiError | null {
    const root = request.root();
    const hasImage = !request.absent(request.get(root, "image"));
    if (hasImage || call.capability == Capability.KlingImageToVideo) call.note = IMAGE;
    const error = super.editRequest(call, request, edit);
    if (error === null) edit.rename(root, "model", "model_name");
    return error;
  }

  authenticate(call: Call, headers: HeaderEdits, body: usize, bodyLength: i32): void {
    const access = this.settings.klingAccessKey;
    if (access.length == 0) {
      super.authenticate(call, headers, body, bodyLength);
      return;
    }
    headers.set(
      "authorization",
      "Bearer " + signToken(access, this.settings.klingSecretKey, call.created),
    );
  }

  // Response

  readsResponse(call: Call): bool {
    switch (call.capability) {
      case Capability.Videos:
      case Capability.Video:
      case Capability.KlingImageToVideo:
      case Capability.KlingImageVideo:
        return true;
      default:
        return super.readsResponse(call);
    }
  }

  editResponse(call: Call, response: Document, edit: JsonEdit): void {
    const root = response.root();
    const task = response.get(root, "data");
    const isImage = call.note == IMAGE || call.capability == Capability.KlingImageToVideo;
    const prefix = isImage ? IMAGE_PREFIX : TEXT_PREFIX;
    for (let item = response.first(task); item >= 0; item = response.next(item)) {
      if (response.isArray(task)) markTask(response, item, prefix, edit);
    }
    const id = response.get(task, "task_id");
    if (!response.isString(id)) return;
    markTask(response, task, prefix, edit);
    const status = statusOf(response, response.get(task, "task_status"));
    const created = response.integer(response.get(task, "created_at"), call.created * 1000);
    edit.setString(root, "id", prefix + response.string(id));
    edit.setString(root, "object", "video");
    edit.setInteger(root, "created_at", created / 1000);
    if (call.model.length > 0) edit.setString(root, "model", call.model);
    edit.setString(root, "status", status);
    edit.setInteger(root, "progress", status == "completed" ? 100 : 0);
  }

  // Errors

  findError(call: Call, response: Document): ApiError | null {
    const code = response.integer(response.get(response.root(), "code"), 0);
    if (code != 0) return this.decodeErrorDocument(call, 0, response);
    return super.findError(call, response);
  }

  refineError(call: Call, error: NativeError): ApiError {
    return errorOf(classOfKling(error), error);
  }
}

function signToken(access: string, secret: string, now: i64): string {
  HEADER.clear();
  HEADER.ascii(TOKEN_HEADER);
  CLAIMS.out.clear();
  CLAIMS.reset();
  CLAIMS.beginObject();
  CLAIMS.keyString("iss", access);
  CLAIMS.keyInteger("exp", now + TOKEN_LIFETIME);
  CLAIMS.keyInteger("nbf", now - TOKEN_AGE);
  CLAIMS.endObject();
  SECRET.clear();
  SECRET.text(secret);
  return signHs256(HEADER, CLAIMS.out, SECRET);
}

function markTask(doc: Document, task: i32, prefix: string, edit: JsonEdit): void {
  const id = doc.get(task, "task_id");
  if (doc.isString(id)) edit.setString(task, "task_id", prefix + doc.string(id));
}

/** OpenAI's word for a task's status. One that is not known is under way. */
function statusOf(doc: Document, status: i32): string {
  if (doc.stringIs(status, "submitted")) return "queued";
  if (doc.stringIs(status, "succeed")) return "completed";
  return doc.stringIs(status, "failed") ? "failed" : "in_progress";
}

/** The class of an error, by its number first. */
function classOfKling(error: NativeError): ErrorClass {
  const code = I32.parseInt(error.code, 10);
  if (code >= 1000 && code <= 1004) return ErrorClass.BadCredential;
  if (code >= 1100 && code <= 1102) return ErrorClass.Quota;
  if (code == 1103 || code == 1304) return ErrorClass.Permission;
  if (code == 1203) return ErrorClass.NotFound;
  if (code >= 1200 && code <= 1202) return ErrorClass.Invalid;
  if (code == 1300 || code == 1301) return ErrorClass.ContentFilter;
  if (code == 1302 || code == 1303) return ErrorClass.RateLimit;
  if (code == 5001) return ErrorClass.Overloaded;
  return code == 5002 ? ErrorClass.Timeout : classOf(error);
}
