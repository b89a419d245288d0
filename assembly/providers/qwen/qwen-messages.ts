// The conversation in DashScope's own form:
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope
import { Document } from "../../json/document";
import { JsonWriter } from "../../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "../../openai/api-error";
import { isSystem, QwenSystem, textOfPart, writeText } from "./qwen-system";

/** What may stand beside a picture or a video, under the same name. */
// @ts-ignore: decorator
@lazy
const MEDIA_OPTIONS: StaticArray<string> = ["min_pixels", "max_pixels", "fps"];

/** Whether a content part is a picture, a video or sound. */
export function isMedia(doc: Document, part: i32): bool {
  const type = doc.get(part, "type");
  return (
    doc.stringIs(type, "image_url") ||
    doc.stringIs(type, "input_audio") ||
    doc.stringIs(type, "video_url") ||
    doc.stringIs(type, "video")
  );
}

/** Whether a string says where something is, rather than what it is. */
export function isUrl(doc: Document, value: i32): bool {
  return (
    doc.stringStartsWith(value, "http") ||
    doc.stringStartsWith(value, "data:") ||
    doc.stringStartsWith(value, "oss:")
  );
}

/** Writes the messages of one request after the other. */
export class QwenMessages {
  readonly system: QwenSystem;
  /** A file in DashScope's own storage is named. */
  usesStorage: bool = false;
  /** Contents are lists of parts. */
  private hasParts: bool = false;
  /** Calls so far that came without an id. */
  private functions: i32 = 0;

  constructor(private readonly json: JsonWriter) {
    this.system = new QwenSystem(json);
  }

  /** Writes the list. With `hasParts` contents are lists of parts, as models with media want them. */
  write(doc: Document, messages: i32, hasParts: bool): ApiError | null {
    const json = this.json;
    this.hasParts = hasParts;
    this.usesStorage = false;
    this.functions = 0;
    json.beginArray();
    this.system.write(doc, messages, hasParts);
    let index = 0;
    for (let item = doc.first(messages); item >= 0; item = doc.next(item), ++index) {
      if (isSystem(doc, item)) continue;
      const error = this.writeMessage(doc, item, index);
      if (error !== null) return error;
    }
    json.endArray();
    return null;
  }

  private writeMessage(doc: Document, message: i32, index: i32): ApiError | null {
    const role = doc.get(message, "role");
    const json = this.json;
    const isAssistant = doc.stringIs(role, "assistant");
    const isFunction = doc.stringIs(role, "function");
    const isTool = isFunction || doc.stringIs(role, "tool");
    if (!isAssistant && !isTool && !doc.stringIs(role, "user")) {
      const param = `messages[${index}].role`;
      return invalidValue(param, `Invalid value for '${param}': '${doc.string(role)}'.`);
    }
    const content = doc.get(message, "content");
    if (doc.absent(content) && !isAssistant && !isTool) {
      return missingParameter(`messages[${index}].content`);
    }
    json.beginObject();
    json.keyString("role", isTool ? "tool" : isAssistant ? "assistant" : "user");
    json.key("content");
    const error = this.hasParts
      ? this.writeParts(doc, content, index)
      : this.writeString(doc, content, index);
    if (error !== null) return error;
    const name = doc.get(message, "name");
    if (doc.isString(name) && !isFunction) json.keyValue("name", doc, name);
    const reasoning = doc.get(message, "reasoning_content");
    // A model that thinks goes on from the thoughts that led to its calls.
    if (isAssistant && doc.stringLength(reasoning) > 0) {
      json.keyValue("reasoning_content", doc, reasoning);
    }
    const rest = isTool
      ? this.writeCallId(doc, message, isFunction, index)
      : this.writeCalls(doc, message, isAssistant, index);
    json.endObject();
    return rest;
  }

  private writeCallId(doc: Document, message: i32, isFunction: bool, i: i32): ApiError | null {
    const id = doc.get(message, "tool_call_id");
    if (isFunction) this.json.keyString("tool_call_id", `call_${this.functions}`);
    else if (doc.isString(id)) this.json.keyValue("tool_call_id", doc, id);
    else return missingParameter(`messages[${i}].tool_call_id`);
    return null;
  }

  private writeCalls(doc: Document, message: i32, isAssistant: bool, i: i32): ApiError | null {
    if (!isAssistant) return null;
    const json = this.json;
    const calls = doc.get(message, "tool_calls");
    const legacy = doc.get(message, "function_call");
    if (doc.first(calls) >= 0) {
      for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
        if (doc.isObject(doc.get(call, "function"))) continue;
        return unsupportedValue(`messages[${i}].tool_calls`, "Qwen knows calls of functions only.");
      }
      json.keyValue("tool_calls", doc, calls);
    } else if (doc.isObject(legacy)) {
      json.key("tool_calls");
      json.beginArray();
      json.beginObject();
      json.keyString("id", `call_${++this.functions}`);
      json.keyString("type", "function");
      json.keyValue("function", doc, legacy);
      json.endObject();
      json.endArray();
    } else if (doc.isTrue(doc.get(message, "partial")) || doc.next(message) < 0) {
      // The answer goes on where the last message ends.
      json.keyBool("partial", true);
    }
    return null;
  }

  // Contents

  private writeString(doc: Document, content: i32, index: i32): ApiError | null {
    const json = this.json;
    if (doc.isString(content)) {
      json.value(doc, content);
      return null;
    }
    const error = checkContent(doc, content, index);
    if (error !== null) return error;
    json.beginString();
    let place = 0;
    for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
      if (!doc.isString(textOfPart(doc, part))) return refusePart(doc, part, index, place);
    }
    writeText(doc, content, json);
    json.endString();
    return null;
  }

  private writeParts(doc: Document, content: i32, index: i32): ApiError | null {
    const json = this.json;
    json.beginArray();
    if (doc.isArray(content)) {
      let place = 0;
      for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
        json.beginObject();
        if (!this.writePart(doc, part)) return refusePart(doc, part, index, place);
        json.endObject();
      }
    } else {
      const error = checkContent(doc, content, index);
      if (error !== null) return error;
      json.beginObject();
      json.key("text");
      if (doc.isString(content)) json.value(doc, content);
      else json.ascii("");
      json.endObject();
    }
    json.endArray();
    return null;
  }

  /** Writes the members of a part. False: it has no form here. */
  private writePart(doc: Document, part: i32): bool {
    const json = this.json;
    if (!isMedia(doc, part)) {
      const text = textOfPart(doc, part);
      json.keyValue("text", doc, text);
      return doc.isString(text);
    }
    const type = doc.get(part, "type");
    if (doc.stringIs(type, "input_audio")) return this.writeAudio(doc, part);
    const isImage = doc.stringIs(type, "image_url");
    let url = doc.get(part, isImage ? "image_url" : "video_url");
    if (doc.stringIs(type, "video")) url = doc.get(part, "video");
    if (doc.isObject(url)) url = doc.get(url, "url");
    json.keyValue(isImage ? "image" : "video", doc, url);
    for (let i = 0; i < MEDIA_OPTIONS.length; ++i) {
      const option = doc.get(part, unchecked(MEDIA_OPTIONS[i]));
      if (option >= 0) json.keyValue(unchecked(MEDIA_OPTIONS[i]), doc, option);
    }
    this.watch(doc, doc.isArray(url) ? doc.first(url) : url);
    // A video may be a list of pictures.
    return doc.isString(url) || (doc.isArray(url) && !isImage);
  }

  private writeAudio(doc: Document, part: i32): bool {
    const json = this.json;
    const audio = doc.get(part, "input_audio");
    const sound = doc.get(audio, "data");
    json.key("audio");
    json.beginString();
    if (!isUrl(doc, sound)) {
      json.out.ascii("data:audio/");
      json.stringPart(doc, doc.get(audio, "format"));
      json.out.ascii(";base64,");
    }
    json.stringPart(doc, sound);
    json.endString();
    this.watch(doc, sound);
    return doc.isString(sound);
  }

  private watch(doc: Document, url: i32): void {
    if (doc.stringStartsWith(url, "oss:")) this.usesStorage = true;
  }
}

function checkContent(doc: Document, content: i32, index: i32): ApiError | null {
  if (doc.absent(content) || doc.isString(content) || doc.isArray(content)) return null;
  return invalidType(`messages[${index}].content`, "a string or an array of content parts");
}

/** The error for a part that lacks what its type says, or whose type is not known. */
function refusePart(doc: Document, part: i32, index: i32, place: i32): ApiError {
  const site = `messages[${index}].content[${place}]`;
  if (!doc.isObject(part)) return invalidType(site, "an object");
  const type = doc.string(doc.get(part, "type"));
  if (type == "text" || isMedia(doc, part)) return missingParameter(`${site}.${type}`);
  return unsupportedValue(site, `The provider 'qwen' takes no content parts of type '${type}'.`);
}
