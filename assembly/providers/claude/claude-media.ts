// Images and files of a message as Anthropic's blocks:
// https://docs.claude.com/en/docs/build-with-claude/vision
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";
import { decodeBase64 } from "../../text/base64";
import { ByteWriter } from "../../text/byte-writer";
import { writeCacheControl } from "./claude-blocks";

const URL: DataUrl = new DataUrl();
const FILE_TEXT: ByteWriter = new ByteWriter();
const PDF: string = "application/pdf";

/** Where a content part stands, for errors; the text is made when there is one. */
export class PartSite {
  constructor(
    public message: i32 = 0,
    public part: i32 = 0,
  ) {}

  /** The part's path, or that of one of its members. */
  path(member: string = ""): string {
    return `messages[${this.message}].content[${this.part}]${member}`;
  }
}

/** The error for an image by its URL or a file by its id, where a cloud takes neither. */
export function refuseRemote(doc: Document, part: i32, site: PartSite): ApiError | null {
  const outer = doc.get(part, "image_url");
  const url = doc.isString(outer) ? outer : doc.get(outer, "url");
  const isFile = doc.isString(doc.get(doc.get(part, "file"), "file_id"));
  if (!isFile && !doc.stringStartsWith(url, "http")) return null;
  const path = site.path(isFile ? ".file.file_id" : ".image_url.url");
  return unsupportedValue(path, "Images and files must be given as data URLs here.");
}

/** Writes an `image_url` part. An error says what is wrong with it. */
export function writeImage(
  doc: Document,
  part: i32,
  cache: i32,
  site: PartSite,
  json: JsonWriter,
): ApiError | null {
  const outer = doc.get(part, "image_url");
  const url = doc.isString(outer) ? outer : doc.get(outer, "url");
  if (!doc.isString(url)) return missingParameter(site.path(".image_url.url"));
  URL.read(doc, url);
  if (URL.scheme == "data:") return writeDataUrl(doc, -1, cache, site, ".image_url.url", json);
  if (URL.scheme != "https:" && URL.scheme != "http:") {
    const message = "Images must be given as http(s) or data URLs.";
    return invalidRequest(message, site.path(".image_url.url"), "invalid_image_url");
  }
  beginSource("image", "url", json);
  json.keyValue("url", doc, url);
  endSource(doc, -1, cache, json);
  return null;
}

/** Writes a `file` part: a file by its id, or its content as a `data:` URL. */
export function writeFile(
  doc: Document,
  part: i32,
  cache: i32,
  site: PartSite,
  json: JsonWriter,
): ApiError | null {
  const file = doc.get(part, "file");
  const name = doc.get(file, "filename");
  const id = doc.get(file, "file_id");
  if (doc.isString(id)) {
    const isImage = isImageName(doc.string(name));
    beginSource(isImage ? "image" : "document", "file", json);
    json.keyValue("file_id", doc, id);
    endSource(doc, isImage ? -1 : name, cache, json);
    return null;
  }
  const content = doc.get(file, "file_data");
  if (!doc.isString(content)) return missingParameter(site.path(".file.file_data"));
  URL.read(doc, content);
  if (URL.scheme == "data:") return writeDataUrl(doc, name, cache, site, ".file.file_data", json);
  // Some clients leave the prefix out.
  if (!doc.string(name).toLowerCase().endsWith(".pdf")) {
    return invalidValue(site.path(".file.file_data"), "Files must be given as data URLs.");
  }
  beginSource("document", "base64", json);
  json.keyString("media_type", PDF);
  json.keyValue("data", doc, content);
  endSource(doc, name, cache, json);
  return null;
}

/** Writes the block for the `data:` URL that has just been read. `name` is a file's name or -1. */
function writeDataUrl(
  doc: Document,
  name: i32,
  cache: i32,
  site: PartSite,
  member: string,
  json: JsonWriter,
): ApiError | null {
  const type = URL.mediaType == "image/jpg" ? "image/jpeg" : URL.mediaType;
  if (isTextType(type)) return writeText(doc, name, cache, site, member, json);
  const isImage = isImageType(type);
  if (!isImage && type != PDF) {
    const message = `Claude takes no content of the type '${type}'.`;
    return unsupportedValue(site.path(member), message);
  }
  if (!URL.isBase64) {
    const message = "The data URL is not encoded in base64.";
    return invalidRequest(message, site.path(member), "invalid_base64");
  }
  beginSource(isImage ? "image" : "document", "base64", json);
  json.keyString("media_type", type);
  json.key("data");
  // Copied as it stands in the JSON string: it may be megabytes.
  json.beginString();
  json.out.bytes(URL.payload, URL.payloadLength);
  json.endString();
  endSource(doc, isImage ? -1 : name, cache, json);
  return null;
}

/** A text file: Claude wants its text rather than its bytes. */
function writeText(
  doc: Document,
  name: i32,
  cache: i32,
  site: PartSite,
  member: string,
  json: JsonWriter,
): ApiError | null {
  const payload = String.UTF8.decodeUnsafe(URL.payload, URL.payloadLength).replaceAll("\\/", "/");
  FILE_TEXT.clear();
  if (!URL.isBase64 || !decodeBase64(payload, FILE_TEXT)) {
    const message = "The data URL is not encoded in base64.";
    return invalidRequest(message, site.path(member), "invalid_base64");
  }
  beginSource("document", "text", json);
  json.keyString("media_type", "text/plain");
  json.key("data");
  json.stringBytes(FILE_TEXT.ptr, FILE_TEXT.length);
  endSource(doc, name, cache, json);
  return null;
}

function beginSource(block: string, source: string, json: JsonWriter): void {
  json.beginObject();
  json.keyString("type", block);
  json.key("source");
  json.beginObject();
  json.keyString("type", source);
}

function endSource(doc: Document, title: i32, cache: i32, json: JsonWriter): void {
  json.endObject();
  if (doc.stringLength(title) > 0) json.keyValue("title", doc, title);
  writeCacheControl(doc, cache, json);
  json.endObject();
}

function isImageType(type: string): bool {
  return type == "image/jpeg" || type == "image/png" || type == "image/gif" || type == "image/webp";
}

function isTextType(type: string): bool {
  return type.startsWith("text/") || type == "application/json";
}

function isImageName(name: string): bool {
  const lower = name.toLowerCase();
  return (
    lower.endsWith(".png") ||
    lower.endsWith(".jpg") ||
    lower.endsWith(".jpeg") ||
    lower.endsWith(".gif") ||
    lower.endsWith(".webp")
  );
}
