// The one picture of a conversation: https://www.xfyun.cn/doc/spark/ImageUnderstanding.html
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidRequest,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { DataUrl } from "../../openai/data-url";

const TYPES: string[] = ["image/png", "image/jpeg", "image/jpg"];

/** The picture of one request. `read` first. */
export class SparkImage {
  private readonly url: DataUrl = new DataUrl();
  isThere: bool = false;

  /** Finds the picture. An error names the part that cannot be sent. */
  read(doc: Document, isTaken: bool): ApiError | null {
    this.isThere = false;
    const messages = doc.get(doc.root(), "messages");
    let index = 0;
    for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
      const content = doc.get(message, "content");
      let place = 0;
      for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
        if (!doc.stringIs(doc.get(part, "type"), "image_url")) continue;
        const path = `messages[${index}].content[${place}]`;
        const error = isTaken ? this.take(doc, part, path) : refuse(path);
        if (error !== null) return error;
      }
    }
    return isTaken && !this.isThere ? missingImage() : null;
  }

  private take(doc: Document, part: i32, path: string): ApiError | null {
    if (this.isThere) {
      return unsupportedValue(
        path,
        "Spark takes one image in a conversation: this is another one.",
      );
    }
    this.isThere = true;
    const outer = doc.get(part, "image_url");
    const site = path + ".image_url.url";
    const value = doc.isString(outer) ? outer : doc.get(outer, "url");
    if (!doc.isString(value)) return missingParameter(site);
    const url = this.url;
    url.read(doc, value);
    if (url.scheme != "data:") {
      return unsupportedValue(site, "Spark takes images as data URLs only, not by their address.");
    }
    const isImage = TYPES.includes(url.mediaType);
    if (isImage && url.isBase64 && url.payloadLength > 0) return null;
    const message = "Spark takes PNG and JPEG images as data URLs in base64.";
    return invalidRequest(message, site, "invalid_image_url");
  }

  /** Writes the entry that goes before the conversation. */
  write(json: JsonWriter): void {
    json.beginObject();
    json.keyString("role", "user");
    json.key("content");
    json.beginString();
    json.out.bytes(this.url.payload, this.url.payloadLength);
    json.endString();
    json.keyString("content_type", "image");
    json.endObject();
  }
}

function refuse(path: string): ApiError {
  const message = "Spark understands images with the models 'imagev3' and 'image' only.";
  return unsupportedValue(path, message);
}

function missingImage(): ApiError {
  const message = "The model is for images: give one as a content part of the type 'image_url'.";
  return invalidRequest(message, "messages", "missing_required_parameter");
}
