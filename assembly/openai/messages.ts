// Messages and their roles: https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import {
  ApiError,
  invalidRequest,
  invalidType,
  invalidValue,
  missingParameter,
  unsupportedValue,
} from "./api-error";
import { addTexts, hasText } from "./content-text";

const TEXT_TYPES: string[] = ["text", "refusal"];

/** Who speaks. */
export const enum Role {
  None,
  System,
  User,
  Assistant,
  Tool,
}

/** The role of a message; the words of old are among them. */
export function roleOf(doc: Document, message: i32): Role {
  const role = doc.get(message, "role");
  if (doc.stringIs(role, "user")) return Role.User;
  if (doc.stringIs(role, "assistant")) return Role.Assistant;
  if (doc.stringIs(role, "tool") || doc.stringIs(role, "function")) return Role.Tool;
  if (doc.stringIs(role, "system") || doc.stringIs(role, "developer")) return Role.System;
  return Role.None;
}

/**
 * Checks the messages for a provider that takes text, and from users parts of the named types.
 * Null: fine.
 */
export function checkConversation(
  doc: Document,
  provider: string,
  types: string[],
): ApiError | null {
  const messages = doc.get(doc.root(), "messages");
  let index = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
    const role = roleOf(doc, message);
    if (role == Role.None) {
      const path = `messages[${index}].role`;
      const word = doc.string(doc.get(message, "role"));
      return invalidValue(path, `Invalid value for '${path}': '${word}'.`);
    }
    const content = doc.get(message, "content");
    const known = role == Role.User ? types : TEXT_TYPES;
    let error = checkContent(doc, content, provider, known, index);
    if (error === null && role == Role.Assistant) error = checkCalls(doc, message, provider, index);
    if (error !== null) return error;
    if (!doc.stringIs(doc.get(message, "role"), "tool")) continue;
    if (!doc.isString(doc.get(message, "tool_call_id"))) {
      return missingParameter(`messages[${index}].tool_call_id`);
    }
  }
  return null;
}

function checkContent(
  doc: Document,
  content: i32,
  provider: string,
  types: string[],
  index: i32,
): ApiError | null {
  if (doc.absent(content) || doc.isString(content)) return null;
  const path = `messages[${index}].content`;
  if (!doc.isArray(content)) return invalidType(path, "a string or an array of objects");
  let place = 0;
  for (let part = doc.first(content); part >= 0; part = doc.next(part), ++place) {
    const type = doc.string(doc.get(part, "type"));
    if (!types.includes(type)) {
      const site = `${path}[${place}]`;
      if (type.length == 0) return missingParameter(`${site}.type`);
      return unsupportedValue(
        site,
        `${provider} takes no content part of the type '${type}' here.`,
      );
    }
    const value = doc.get(part, type);
    if (TEXT_TYPES.includes(type)) {
      if (!doc.isString(value)) return missingParameter(`${path}[${place}].${type}`);
      continue;
    }
    const error = checkUrl(doc, value, `${path}[${place}].${type}.url`);
    if (error !== null) return error;
  }
  return null;
}

/** Media are given by URLs. */
function checkUrl(doc: Document, outer: i32, path: string): ApiError | null {
  const url = doc.isString(outer) ? outer : doc.get(outer, "url");
  if (!doc.isString(url)) return missingParameter(path);
  if (doc.stringStartsWith(url, "http") || doc.stringStartsWith(url, "data:")) return null;
  const message = "Images must be given as http(s) or data URLs.";
  return invalidRequest(message, path, "invalid_image_url");
}

function checkCalls(doc: Document, message: i32, provider: string, index: i32): ApiError | null {
  const calls = doc.get(message, "tool_calls");
  let place = 0;
  for (let call = doc.first(calls); call >= 0; call = doc.next(call), ++place) {
    const hasName = doc.isString(doc.get(doc.get(call, "function"), "name"));
    if (hasName && doc.isString(doc.get(call, "id"))) continue;
    const site = `messages[${index}].tool_calls[${place}]`;
    if (doc.stringIs(doc.get(call, "type"), "custom")) {
      return unsupportedValue(site, `${provider} has no custom tools.`);
    }
    return missingParameter(site + (hasName ? ".id" : ".function.name"));
  }
  const call = doc.get(message, "function_call");
  if (!doc.isObject(call) || doc.isString(doc.get(call, "name"))) return null;
  return missingParameter(`messages[${index}].function_call.name`);
}

/** Whether a message calls tools. */
export function hasCalls(doc: Document, message: i32): bool {
  if (doc.first(doc.get(message, "tool_calls")) >= 0) return true;
  return doc.isObject(doc.get(message, "function_call"));
}

/**
 * Adds all system texts to the string that is being written, wherever they stand, each on a line
 * of its own. The answer is how many there are.
 */
export function addSystemTexts(doc: Document, messages: i32, json: JsonWriter): i32 {
  let count = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    const content = doc.get(message, "content");
    if (roleOf(doc, message) != Role.System || !hasText(doc, content)) continue;
    if (count++ > 0) json.stringText("\n");
    addTexts(doc, content, json);
  }
  return count;
}
