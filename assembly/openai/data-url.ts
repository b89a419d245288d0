// `data:` URLs in a request's content parts: https://www.rfc-editor.org/rfc/rfc2397
import { Document } from "../json/document";

/** Longest part before the payload that is looked at, in bytes. */
const LONGEST_HEAD: i32 = 256;

/** What a JSON string holds that is a URL. Its payload stays where it is, as long as it is. */
export class DataUrl {
  /** `data:`, `https:`, … in lower case; "" where the text is no URL. */
  scheme: string = "";
  /** In lower case, without parameters, such as `image/png`. */
  mediaType: string = "";
  isBase64: bool = false;
  /** Address and length of the payload, still as it stands in the JSON string. */
  payload: usize = 0;
  payloadLength: i32 = 0;

  /** Reads a string. `mediaType` and payload are set for a well-formed `data:` URL only. */
  read(doc: Document, value: i32): void {
    const start = doc.ptr + doc.start(value) + 1;
    const length = doc.stringLength(value);
    const head = String.UTF8.decodeUnsafe(start, min(length, LONGEST_HEAD));
    this.scheme = schemeOf(head);
    this.mediaType = "";
    this.isBase64 = false;
    this.payload = 0;
    this.payloadLength = 0;
    if (this.scheme != "data:") return;
    const comma = head.indexOf(",");
    // Beyond ASCII a place in the text is no place in its bytes; no media type goes there.
    if (comma < 0 || !isAscii(head, comma)) return;
    // A slash may be escaped in JSON, and often is.
    const words = head.substring(5, comma).replaceAll("\\/", "/").toLowerCase().split(";");
    this.mediaType = words[0].trim();
    this.isBase64 = words[words.length - 1].trim() == "base64";
    this.payload = start + comma + 1;
    this.payloadLength = length - comma - 1;
  }
}

function schemeOf(text: string): string {
  const colon = text.indexOf(":");
  return colon < 0 ? "" : text.substring(0, colon + 1).toLowerCase();
}

function isAscii(text: string, length: i32): bool {
  for (let i = 0; i < length; ++i) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
