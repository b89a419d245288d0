// What requests for bots share: applications whose model, prompt and sampling lie at the provider,
// which take texts and files, and which may keep conversations.
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedParameter,
  unsupportedValue,
} from "../openai/api-error";
import { DataUrl } from "../openai/data-url";
import { ByteWriter } from "../text/byte-writer";
import { Call } from "./call";
import { refuse } from "./compatible-request";
import { Protocol, ProviderSettings } from "./provider-settings";
import { ProviderSpec } from "./provider-spec";

/** The end user where the client names none. */
export const DEFAULT_USER: string = "api-user";
/** The header in which a conversation is named, in requests and in answers. */
export const CONVERSATION_HEADER: string = "conversationid";
const BOT_HEADERS: string[] = [CONVERSATION_HEADER, "x-bot-id"];
const NO_HEADERS: string[] = [];

// @ts-ignore: decorator
@lazy
const ROLES: StaticArray<string> = ["user", "assistant", "system", "developer", "tool", "function"];

const URL: DataUrl = new DataUrl();

/** The client's headers that name its conversation and its bot. */
export function botHeaders(settings: ProviderSettings): string[] {
  return settings.protocol == Protocol.Original ? NO_HEADERS : BOT_HEADERS;
}

/** Takes their values. */
export function readBotHeaders(call: Call): void {
  call.conversationId = call.clientHeaders[0];
  call.botId = call.clientHeaders[1];
}

/** The error for what a bot cannot be asked for, or null. */
export function checkBotRequest(spec: ProviderSpec, doc: Document): ApiError | null {
  const root = doc.root();
  const usesTools = !doc.stringIs(doc.get(root, "tool_choice"), "none");
  if (usesTools && doc.first(doc.get(root, "tools")) >= 0) {
    return unsupportedParameter("tools", spec.id);
  }
  const usesFunctions = !doc.stringIs(doc.get(root, "function_call"), "none");
  if (usesFunctions && doc.first(doc.get(root, "functions")) >= 0) {
    return unsupportedParameter("functions", spec.id);
  }
  const format = doc.get(root, "response_format");
  if (!doc.absent(format) && !doc.stringIs(doc.get(format, "type"), "text")) {
    const message = `The provider '${spec.id}' answers in texts of no given form.`;
    return unsupportedValue("response_format", message);
  }
  const messages = doc.get(root, "messages");
  let index = 0;
  for (let item = doc.first(messages); item >= 0; item = doc.next(item), ++index) {
    const role = doc.string(doc.get(item, "role"));
    if (!ROLES.includes(role)) {
      const path = `messages[${index}].role`;
      return invalidValue(path, `Invalid value for '${path}': '${role}'.`);
    }
    const content = doc.get(item, "content");
    if (doc.absent(content) || doc.isString(content) || doc.isArray(content)) continue;
    return invalidType(`messages[${index}].content`, "a string or an array of objects");
  }
  return refuse(spec, doc);
}

/** Takes the conversation that the body names, which goes before the header's. */
export function readConversation(call: Call, doc: Document): void {
  const own = doc.get(doc.root(), "conversation_id");
  if (doc.stringLength(own) > 0) call.conversationId = doc.string(own);
}

/** Tells the client the conversation of its answer. */
export function tellConversation(call: Call, doc: Document, id: i32): void {
  const text = doc.string(id);
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code > 0x7e) return;
  }
  if (text.length > 0) call.setResponseHeader(CONVERSATION_HEADER, text);
}

/** Writes the end user as a member of this name. */
export function writeUser(name: string, doc: Document, json: JsonWriter): void {
  const root = doc.root();
  let user = doc.get(root, "user");
  if (doc.stringLength(user) == 0) user = doc.get(root, "safety_identifier");
  if (doc.stringLength(user) > 0) json.keyValue(name, doc, user);
  else json.keyString(name, DEFAULT_USER);
}

/** Copies members that the provider knows and OpenAI does not. */
export function copyMembers(names: StaticArray<string>, doc: Document, json: JsonWriter): void {
  for (let i = 0; i < names.length; ++i) {
    const name = unchecked(names[i]);
    const value = doc.get(doc.root(), name);
    if (!doc.absent(value)) json.keyValue(name, doc, value);
  }
}

/**
 * The first message that a conversation does not have yet where the provider keeps it: the one
 * behind the last answer. Without a conversation the first of all.
 */
export function firstNew(call: Call, doc: Document): i32 {
  const messages = doc.get(doc.root(), "messages");
  let first = doc.first(messages);
  if (call.conversationId.length == 0) return first;
  for (let item = first; item >= 0; item = doc.next(item)) {
    if (!doc.stringIs(doc.get(item, "role"), "assistant")) continue;
    if (doc.next(item) >= 0) first = doc.next(item);
  }
  return first;
}

/** Whether a message is the system's. */
export function isSystem(doc: Document, message: i32): bool {
  const role = doc.get(message, "role");
  return doc.stringIs(role, "system") || doc.stringIs(role, "developer");
}

/** Adds the text of a message to an open string; its parts stand in lines of their own. */
export function addText(doc: Document, message: i32, json: JsonWriter): void {
  const content = doc.get(message, "content");
  json.stringPart(doc, content);
  let count = 0;
  const parts = doc.isArray(content) ? content : -1;
  for (let part = doc.first(parts); part >= 0; part = doc.next(part)) {
    const text = doc.get(part, "text");
    if (doc.stringLength(text) == 0) continue;
    if (count++ > 0) json.stringText("\n");
    json.stringPart(doc, text);
  }
  const hasText = count > 0 || doc.stringLength(content) > 0;
  addCalls(doc, doc.get(message, "tool_calls"), hasText, json);
}

/** Calls that another provider's model made, told in words. */
function addCalls(doc: Document, calls: i32, hasText: bool, json: JsonWriter): void {
  for (let call = doc.first(calls); call >= 0; call = doc.next(call)) {
    const target = doc.get(call, "function");
    if (hasText) json.stringText("\n");
    hasText = true;
    json.stringText("[tool call: ");
    json.stringPart(doc, doc.get(target, "name"));
    json.stringText(" ");
    json.stringPart(doc, doc.get(target, "arguments"));
    json.stringText("]");
  }
}

/** The address of an image part, or -1. */
export function imageUrlOf(doc: Document, part: i32): i32 {
  const image = doc.get(part, "image_url");
  return doc.isString(image) ? image : doc.get(image, "url");
}

/** The error where no URL on the web is given: what is the content itself had to be uploaded. */
export function checkUrl(doc: Document, url: i32, site: string): ApiError | null {
  if (!doc.isString(url)) return missingParameter(site);
  URL.read(doc, url);
  if (URL.scheme == "https:" || URL.scheme == "http:") return null;
  return unsupportedValue(site, "This provider takes http(s) URLs only.");
}

/** The error for a part of a type that the provider does not take. */
export function refusePart(doc: Document, part: i32, provider: string, site: string): ApiError {
  const type = doc.get(part, "type");
  if (!doc.isString(type)) return missingParameter(`${site}.type`);
  const message = `The provider '${provider}' takes no content part of the type '${doc.string(type)}' here.`;
  return unsupportedValue(site, message);
}

/** A writer with memory of its own. */
export function newWriter(): JsonWriter {
  return new JsonWriter(new ByteWriter());
}
