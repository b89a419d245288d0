// Images, sounds and files of a message as Gemini's parts:
// https://ai.google.dev/api/caching#Blob
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";

const URL: DataUrl = new DataUrl();
const FILES: string = "https://generativelanguage.googleapis.com/v1beta/";
/** Media types by the ending of a name, each after its endings. */
const TYPES: string =
  " jpg jpeg image/jpeg png image/png gif image/gif webp image/webp heic image/heic heif image/heif" +
  " bmp image/bmp pdf application/pdf mp4 video/mp4 mov video/quicktime webm video/webm" +
  " mpeg mpg video/mpeg avi video/x-msvideo mp3 audio/mp3 wav audio/wav aac audio/aac" +
  " flac audio/flac ogg audio/ogg m4a audio/mp4 txt md text/plain csv text/csv" +
  " html htm text/html xml text/xml json application/json ";

/** How finely images are to be looked at. */
export const enum Detail {
  Unsaid,
  Low,
  High,
}

/** The path of a content part, or of a member of it, for errors. */
export function partPath(message: i32, part: i32, member: string = ""): string {
  return `messages[${message}].content[${part}]${member}`;
}

/** What an `image_url` part says of its resolution. */
export function detailOf(doc: Document, part: i32): Detail {
  const detail = doc.get(doc.get(part, "image_url"), "detail");
  if (doc.stringIs(detail, "low")) return Detail.Low;
  return doc.stringIs(detail, "high") || doc.stringIs(detail, "original")
    ? Detail.High
    : Detail.Unsaid;
}

/** The name of a resolution at Gemini. */
export function resolutionOf(detail: Detail): string {
  return detail == Detail.Low ? "MEDIA_RESOLUTION_LOW" : "MEDIA_RESOLUTION_HIGH";
}

/**
 * Writes the members of a part that is an image, a sound or a file; the part's object is the
 * caller's. `path` is where the part stands. An error says what is wrong with it.
 */
export function writeMedia(
  doc: Document,
  part: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const type = doc.get(part, "type");
  if (doc.stringIs(type, "image_url")) return writeImage(doc, part, path, json);
  if (doc.stringIs(type, "input_audio")) return writeAudio(doc, part, path, json);
  if (doc.stringIs(type, "file")) return writeFile(doc, doc.get(part, "file"), path, json);
  if (!doc.isString(type)) return missingParameter(path + ".type");
  const message = `Gemini takes no content part of the type '${doc.string(type)}' here.`;
  return unsupportedValue(path, message);
}

function writeImage(doc: Document, part: i32, path: string, json: JsonWriter): ApiError | null {
  const outer = doc.get(part, "image_url");
  const url = doc.isString(outer) ? outer : doc.get(outer, "url");
  const at = path + ".image_url.url";
  if (!doc.isString(url)) return missingParameter(at);
  URL.read(doc, url);
  if (URL.scheme == "data:") return writeDataUrl(at, json);
  if (!isLocation(URL.scheme)) {
    const message = "Images must be given as http(s), gs or data URLs.";
    return invalidRequest(message, at, "invalid_image_url");
  }
  const text = doc.string(url);
  let type = isVideoSite(text) ? "video/mp4" : typeOfName(text);
  if (type.length == 0 && !text.startsWith(FILES)) type = "image/jpeg";
  writeLocation(text, type, json);
  return null;
}

function writeAudio(doc: Document, part: i32, path: string, json: JsonWriter): ApiError | null {
  const audio = doc.get(part, "input_audio");
  const content = doc.get(audio, "data");
  const at = path + ".input_audio";
  if (!doc.isString(content)) return missingParameter(at + ".data");
  if (doc.stringStartsWith(content, "data:")) {
    URL.read(doc, content);
    return writeDataUrl(at + ".data", json);
  }
  const format = doc.get(audio, "format");
  if (!doc.isString(format)) return missingParameter(at + ".format");
  beginInline("audio/" + doc.string(format), json);
  json.value(doc, content);
  json.endObject();
  return null;
}

/** A file by its address, or its content as a `data:` URL or as base64 alone. */
function writeFile(doc: Document, file: i32, path: string, json: JsonWriter): ApiError | null {
  const ownType = typeOfName(doc.string(doc.get(file, "filename")));
  const id = doc.string(doc.get(file, "file_id"));
  if (id.length > 0) {
    const isShort = id.startsWith("files/");
    if (!isShort && !id.startsWith("https://") && !id.startsWith("gs://")) {
      const message = "Gemini knows files by their URI only.";
      return unsupportedValue(path + ".file.file_id", message);
    }
    writeLocation(isShort ? FILES + id : id, ownType.length > 0 ? ownType : typeOfName(id), json);
    return null;
  }
  const content = doc.get(file, "file_data");
  const at = path + ".file.file_data";
  if (!doc.isString(content)) return missingParameter(at);
  URL.read(doc, content);
  if (URL.scheme == "data:") return writeDataUrl(at, json);
  if (isLocation(URL.scheme)) {
    const text = doc.string(content);
    writeLocation(text, ownType.length > 0 ? ownType : typeOfName(text), json);
    return null;
  }
  if (ownType.length == 0) return invalidRequest("Files must be given as data URLs.", at);
  beginInline(ownType, json);
  json.value(doc, content);
  json.endObject();
  return null;
}

/** Writes the `data:` URL that has just been read. */
function writeDataUrl(path: string, json: JsonWriter): ApiError | null {
  if (!URL.isBase64) {
    const message = "The data URL is not encoded in base64.";
    return invalidRequest(message, path, "invalid_base64");
  }
  beginInline(URL.mediaType == "image/jpg" ? "image/jpeg" : URL.mediaType, json);
  // Copied as it stands in the JSON string: it may be megabytes.
  json.beginString();
  json.out.bytes(URL.payload, URL.payloadLength);
  json.endString();
  json.endObject();
  return null;
}

function beginInline(type: string, json: JsonWriter): void {
  json.key("inlineData");
  json.beginObject();
  json.keyString("mimeType", type);
  json.key("data");
}

function writeLocation(uri: string, type: string, json: JsonWriter): void {
  json.key("fileData");
  json.beginObject();
  if (type.length > 0) json.keyString("mimeType", type);
  json.keyString("fileUri", uri);
  json.endObject();
}

function isLocation(scheme: string): bool {
  return scheme == "https:" || scheme == "http:" || scheme == "gs:";
}

function isVideoSite(url: string): bool {
  return url.includes("://www.youtube.com/") || url.includes("://youtu.be/");
}

/** The media type that the ending of a name or URL tells, or "". */
function typeOfName(name: string): string {
  const mark = name.indexOf("?");
  const path = mark < 0 ? name : name.substring(0, mark);
  const dot = path.lastIndexOf(".");
  if (dot < 0 || path.length - dot > 5) return "";
  const at = TYPES.indexOf(" " + path.substring(dot + 1).toLowerCase() + " ");
  if (at < 0) return "";
  const slash = TYPES.indexOf("/", at);
  return TYPES.substring(TYPES.lastIndexOf(" ", slash) + 1, TYPES.indexOf(" ", slash));
}
