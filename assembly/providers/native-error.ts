// What a provider said went wrong, in whichever of the field's shapes it said it.
import { Document } from "../json/document";
import { ByteWriter } from "../text/byte-writer";
import { redact } from "./redact";

/** Bytes of a body that is no JSON which may stand in a message. */
const LONGEST_EXCERPT: i32 = 500;

const DOC: Document = new Document();

/** An error before it is OpenAI's: texts are "" where the provider gave none. */
export class NativeError {
  message: string = "";
  type: string = "";
  code: string = "";
  param: string = "";
  /** Seconds until a retry makes sense, or -1 where the error does not say. */
  retryAfter: i64 = -1;

  /** `status` is the HTTP status, or 0 for an error inside an answer that said 200. */
  constructor(
    readonly provider: string,
    public status: i32,
  ) {}

  /** Whether message, type or code contains a text, whatever its case. `text` is lower case. */
  mentions(text: string): bool {
    return (
      this.message.toLowerCase().includes(text) ||
      this.code.toLowerCase().includes(text) ||
      this.type.toLowerCase().includes(text)
    );
  }

  /** Takes a credential out of all texts. */
  mask(secret: string): void {
    this.message = redact(this.message, secret);
    this.type = redact(this.type, secret);
    this.code = redact(this.code, secret);
    this.param = redact(this.param, secret);
  }

  /** Makes the error fit to be shown: it has a message, and holds no credential. */
  complete(token: string): void {
    this.mask(token);
    if (this.message.length > 0) return;
    const what = this.status == 0 ? "an error" : `status ${this.status}`;
    this.message = `The provider '${this.provider}' answered with ${what} and no message.`;
  }
}

/** Parses an error answer; null where it is no JSON. The document is shared by all errors. */
export function parseError(body: usize, length: i32): Document | null {
  return DOC.parse(body, length) ? DOC : null;
}

/** Whether a 200 answer is an error in one of the common shapes. */
export function isErrorDocument(doc: Document): bool {
  const root = doc.root();
  const error = doc.get(root, "error");
  if (doc.isObject(error) || doc.stringLength(error) > 0) return true;
  if (doc.stringIs(doc.get(root, "object"), "error")) return true;
  return doc.isFalse(doc.get(root, "success")) && doc.isArray(doc.get(root, "errors"));
}

/** Reads an error from a parsed answer. */
export function readErrorValue(doc: Document, root: i32, error: NativeError): void {
  if (doc.isString(root)) {
    error.message = doc.string(root);
    return;
  }
  if (doc.isArray(root)) root = doc.first(root);
  const inner = doc.get(root, "error");
  if (doc.isObject(inner)) {
    readMembers(doc, inner, error);
    if (error.message.length == 0) error.message = doc.string(doc.get(root, "message"));
    return;
  }
  readMembers(doc, root, error);
  const description = doc.get(root, "error_description");
  if (doc.isString(description)) error.message = doc.string(description);
  else if (doc.isString(inner)) error.message = doc.string(inner);
}

function readMembers(doc: Document, object: i32, error: NativeError): void {
  error.type = doc.string(doc.get(object, "type"));
  error.param = doc.string(doc.get(object, "param"));
  error.code = textOf(doc, firstOf(doc, object, "code", "error_code"));
  error.message = messageOf(doc, object);
  const errors = doc.get(object, "errors");
  if (doc.first(errors) < 0) return;
  const joined = joinMessages(doc, errors, "message");
  if (joined.length > 0) error.message = joined;
  if (error.code.length == 0) error.code = textOf(doc, doc.get(doc.first(errors), "code"));
}

function messageOf(doc: Document, object: i32): string {
  let message = firstOf(doc, object, "message", "Message");
  if (doc.isObject(message)) message = doc.get(message, "detail");
  if (message < 0) message = firstOf(doc, object, "detail", "error_msg");
  if (message < 0) message = doc.get(object, "title");
  return doc.isArray(message) ? joinMessages(doc, message, "msg") : doc.string(message);
}

function firstOf(doc: Document, object: i32, name: string, other: string): i32 {
  const value = doc.get(object, name);
  return doc.absent(value) ? doc.get(object, other) : value;
}

/**
 * Messages of a list of objects (or texts), separated by `; `, each after its place in the request.
 */
function joinMessages(doc: Document, list: i32, name: string): string {
  const texts: string[] = [];
  for (let item = doc.first(list); item >= 0; item = doc.next(item)) {
    const text = doc.isString(item) ? doc.string(item) : doc.string(doc.get(item, name));
    if (text.length == 0) continue;
    const place = placeOf(doc, doc.get(item, "loc"));
    texts.push(place.length > 0 ? place + ": " + text : text);
  }
  return texts.join("; ");
}

/** `["body", "messages", 0]` as `body.messages.0`. */
function placeOf(doc: Document, place: i32): string {
  const parts: string[] = [];
  for (let item = doc.first(place); item >= 0; item = doc.next(item)) parts.push(textOf(doc, item));
  return parts.join(".");
}

/** A string, or the text of a number. */
export function textOf(doc: Document, value: i32): string {
  if (!doc.isNumber(value)) return doc.string(value);
  return String.UTF8.decodeUnsafe(doc.ptr + doc.start(value), doc.end(value) - doc.start(value));
}

/** The beginning of a text answer; markup is never shown to a client. */
export function excerpt(body: usize, length: i32): string {
  const text = new ByteWriter();
  text.bytes(body, min(length, LONGEST_EXCERPT));
  const shown = text.toString().trim();
  text.release();
  return shown.startsWith("<") || shown.includes("\0") ? "" : shown;
}
