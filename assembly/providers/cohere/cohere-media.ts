// Images and files of a message: https://docs.cohere.com/reference/chat#request.body.messages
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";
import { decodeBase64 } from "../../text/base64";
import { ByteWriter } from "../../text/byte-writer";

const URL: DataUrl = new DataUrl();
const FILE_TEXT: ByteWriter = new ByteWriter();

/** Writes an `image_url` part; `path` is where the part stands, for errors. */
export function writeImage(
  doc: Document,
  image: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const url = doc.isString(image) ? image : doc.get(image, "url");
  if (!doc.isString(url)) return missingParameter(path + ".image_url.url");
  URL.read(doc, url);
  if (URL.scheme != "data:" && URL.scheme != "https:" && URL.scheme != "http:") {
    const message = "Images must be given as http(s) or data URLs.";
    return invalidRequest(message, path + ".image_url.url", "invalid_image_url");
  }
  json.beginObject();
  json.keyString("type", "image_url");
  json.key("image_url");
  json.beginObject();
  json.keyValue("url", doc, url);
  const detail = doc.get(image, "detail");
  const isKnown =
    doc.stringIs(detail, "low") || doc.stringIs(detail, "high") || doc.stringIs(detail, "auto");
  if (isKnown) json.keyValue("detail", doc, detail);
  json.endObject();
  json.endObject();
  return null;
}

/** A file of text becomes a document of the request; Cohere reads no others. */
export function writeTextFile(
  doc: Document,
  file: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const content = doc.get(file, "file_data");
  URL.read(doc, content);
  const type = URL.mediaType;
  const isText = type.startsWith("text/") || type == "application/json";
  if (!isText || !URL.isBase64) {
    return unsupportedValue(path, "Cohere takes files of text only, as data URLs.");
  }
  const payload = String.UTF8.decodeUnsafe(URL.payload, URL.payloadLength).replaceAll("\\/", "/");
  FILE_TEXT.clear();
  if (!decodeBase64(payload, FILE_TEXT)) {
    const message = "The data URL is not encoded in base64.";
    return invalidRequest(message, path + ".file.file_data", "invalid_base64");
  }
  json.beginObject();
  json.key("data");
  json.beginObject();
  json.key("text");
  json.stringBytes(FILE_TEXT.ptr, FILE_TEXT.length);
  const name = doc.get(file, "filename");
  if (doc.stringLength(name) > 0) json.keyValue("title", doc, name);
  json.endObject();
  json.endObject();
  return null;
}
