// Images, documents, audio and video of a message as Converse's blocks:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";

const LONGEST_NAME: i32 = 200;
const IMAGES: string = " png jpeg gif webp ";
const VIDEOS: string = " mkv mov mp4 webm flv mpeg mpg wmv three_gp ";
const DOCUMENTS: string = " pdf csv doc docx xls xlsx html txt md ";
/** Media types, or their ends, whose formats have other names: from, to, from, to, … */
// @ts-ignore: decorator
@lazy
const OTHER_NAMES: StaticArray<string> = [
  "jpg",
  "jpeg",
  "3gp",
  "three_gp",
  "3gpp",
  "three_gp",
  "quicktime",
  "mov",
  "x-matroska",
  "mkv",
  "x-ms-wmv",
  "wmv",
  "x-flv",
  "flv",
  "msword",
  "doc",
  "vnd.ms-excel",
  "xls",
  "vnd.openxmlformats-officedocument.wordprocessingml.document",
  "docx",
  "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "xlsx",
  "plain",
  "txt",
  "markdown",
  "md",
  "htm",
  "html",
];

const URL: DataUrl = new DataUrl();

/** Writes what messages hold beside texts, and remembers the names of a request's documents. */
export class BedrockMedia {
  private readonly names: string[] = [];

  begin(): void {
    this.names.length = 0;
  }

  /** Writes an `image_url` or `video_url` part; `path` is where it stands, for errors. */
  writePicture(
    doc: Document,
    part: i32,
    type: string,
    path: string,
    json: JsonWriter,
  ): ApiError | null {
    const outer = doc.get(part, type);
    const url = doc.isString(outer) ? outer : doc.get(outer, "url");
    const site = `${path}.${type}.url`;
    if (!doc.isString(url)) return missingParameter(site);
    const isImage = type == "image_url";
    const known = isImage ? IMAGES : VIDEOS;
    URL.read(doc, url);
    let format = formatOf(URL.mediaType);
    if (URL.scheme == "s3:") format = formatOf(doc.string(url));
    else if (URL.scheme != "data:") {
      const message = "Bedrock takes images and videos as data URLs or s3:// locations only.";
      return unsupportedValue(site, message);
    }
    if (!known.includes(` ${format} `)) return unknownFormat(site);
    return writeSource(isImage ? "image" : "video", format, "", doc, url, site, json);
  }

  /** Writes a `file` part. */
  writeFile(doc: Document, part: i32, path: string, json: JsonWriter): ApiError | null {
    const file = doc.get(part, "file");
    const content = doc.get(file, "file_data");
    if (!doc.isString(content)) {
      const id = `${path}.file.file_id`;
      if (doc.isString(doc.get(file, "file_id"))) {
        return unsupportedValue(id, "Bedrock keeps no files: send the file as a data URL.");
      }
      return missingParameter(`${path}.file.file_data`);
    }
    const site = `${path}.file.file_data`;
    const name = doc.string(doc.get(file, "filename"));
    URL.read(doc, content);
    let format = formatOf(URL.mediaType);
    if (IMAGES.includes(` ${format} `)) {
      return writeSource("image", format, "", doc, content, site, json);
    }
    if (VIDEOS.includes(` ${format} `)) {
      return writeSource("video", format, "", doc, content, site, json);
    }
    if (!DOCUMENTS.includes(` ${format} `))
      format = formatOf(name.length > 0 ? name : doc.string(content));
    if (!DOCUMENTS.includes(` ${format} `) && isText(URL.mediaType)) format = "txt";
    if (!DOCUMENTS.includes(` ${format} `)) return unknownFormat(site);
    return writeSource("document", format, this.nameOf(name), doc, content, site, json);
  }

  /** A name that Bedrock takes and that no other document of the request has. */
  private nameOf(file: string): string {
    const dot = file.lastIndexOf(".");
    const words: string[] = [];
    let word = 0;
    const text = dot > 0 ? file.substring(0, dot) : file;
    for (let i = 0; i <= text.length; ++i) {
      if (i < text.length && isNameChar(text.charCodeAt(i))) continue;
      if (i > word) words.push(text.substring(word, i));
      word = i + 1;
    }
    const plain =
      words.length > 0
        ? words
            .join(" ")
            .substring(0, LONGEST_NAME - 8)
            .trim()
        : "document";
    let name = plain;
    for (let i = 2; this.names.includes(name); ++i) name = `${plain} (${i})`;
    this.names.push(name);
    return name;
  }
}

/** Writes an `input_audio` part. */
export function writeAudio(
  doc: Document,
  part: i32,
  path: string,
  json: JsonWriter,
): ApiError | null {
  const audio = doc.get(part, "input_audio");
  const content = doc.get(audio, "data");
  const format = doc.get(audio, "format");
  if (!doc.isString(content)) return missingParameter(`${path}.input_audio.data`);
  if (!doc.isString(format)) return missingParameter(`${path}.input_audio.format`);
  beginBlock("audio", doc.string(format), "", json);
  json.keyValue("bytes", doc, content);
  endBlock(json);
  return null;
}

/** Writes the block for the URL, or the bare base64, that has just been read. */
function writeSource(
  kind: string,
  format: string,
  name: string,
  doc: Document,
  url: i32,
  site: string,
  json: JsonWriter,
): ApiError | null {
  const isLocation = URL.scheme == "s3:";
  if (URL.scheme == "data:" && !URL.isBase64) {
    const message = "The data URL is not encoded in base64.";
    return invalidRequest(message, site, "invalid_base64");
  }
  if (URL.scheme.length > 0 && !isLocation && URL.scheme != "data:") {
    return unsupportedValue(site, "Bedrock takes files as data URLs or s3:// locations only.");
  }
  beginBlock(kind, format, name, json);
  if (isLocation) {
    json.key("s3Location");
    json.beginObject();
    json.keyValue("uri", doc, url);
    json.endObject();
  } else if (URL.scheme == "data:") {
    json.key("bytes");
    // Copied as it stands in the JSON string: it may be megabytes.
    json.beginString();
    json.out.bytes(URL.payload, URL.payloadLength);
    json.endString();
  } else {
    json.keyValue("bytes", doc, url);
  }
  endBlock(json);
  return null;
}

function beginBlock(kind: string, format: string, name: string, json: JsonWriter): void {
  json.beginObject();
  json.key(kind);
  json.beginObject();
  json.keyString("format", format);
  if (name.length > 0) json.keyString("name", name);
  json.key("source");
  json.beginObject();
}

function endBlock(json: JsonWriter): void {
  json.endObject();
  json.endObject();
  json.endObject();
}

/** The format that a media type, a file's name or a location says, or "". */
function formatOf(text: string): string {
  const slash = text.lastIndexOf("/");
  let word = text.substring(slash + 1).toLowerCase();
  for (let i = 0; i < OTHER_NAMES.length; i += 2) {
    if (word == unchecked(OTHER_NAMES[i])) return unchecked(OTHER_NAMES[i + 1]);
  }
  const dot = word.lastIndexOf(".");
  if (dot < 0) return word;
  word = word.substring(dot + 1);
  return word.includes(".") ? "" : formatOf(word);
}

function isText(type: string): bool {
  return type.startsWith("text/") || type == "application/json";
}

function unknownFormat(site: string): ApiError {
  return unsupportedValue(site, "Bedrock takes no content of this type.");
}

/** Letters, digits and `-()[]`. */
function isNameChar(char: i32): bool {
  const letter = char | 0x20;
  if ((letter >= 0x61 && letter <= 0x7a) || (char >= 0x30 && char <= 0x39)) return true;
  return char == 0x2d || char == 0x28 || char == 0x29 || char == 0x5b || char == 0x5d;
}
