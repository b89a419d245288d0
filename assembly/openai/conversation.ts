// The messages of a chat request, changed before any provider sees them:
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { Document } from "../json/document";
import { JsonWriter } from "../json/json-writer";
import { ByteWriter } from "../text/byte-writer";
import { writeMerged } from "./merged-message";

/** A system message for models that need one before a text that is to be read. */
const LEAD = "You are a helpful assistant.";

/** Bytes that a character of a JSON string has at most, for one that is written as an escape. */
const LONGEST_CHARACTER: i32 = 6;

/** What happens to conversations. */
export class ConversationShape {
  /** Texts of a user that forget the conversation before them. */
  cleanupCommands: string[] = [];
  /** Neighbouring messages of the same speaker become one. */
  merges: bool = false;
  /** A text that is put in stands behind a system message, whether there is one or not. */
  needsLead: bool = false;

  /** Whether anything can happen without a text to put in. */
  get isActive(): bool {
    return this.merges || this.cleanupCommands.length > 0;
  }
}

/**
 * Writes the array of messages anew. `context` is a JSON string that becomes a system message behind the leading ones,
 * or null.
 */
export function writeConversation(
  shape: ConversationShape,
  doc: Document,
  context: ByteWriter | null,
  out: ByteWriter,
): void {
  const json = new JsonWriter(out);
  const messages = doc.get(doc.root(), "messages");
  const cleanup = findCleanup(shape.cleanupCommands, doc, messages);
  let pending = context;
  let isForgotten = cleanup >= 0;
  let hasLead: bool = !shape.needsLead;
  json.beginArray();
  let message = doc.first(messages);
  while (message >= 0) {
    const isSystem = speaksForSystem(doc, message);
    if (message == cleanup) isForgotten = false;
    if (message == cleanup || (isForgotten && !isSystem)) {
      message = doc.next(message);
      continue;
    }
    if (!isSystem && pending !== null) {
      writeContext(pending, hasLead, json);
      pending = null;
    }
    hasLead = hasLead || isSystem;
    const end = shape.merges ? endOfTurn(doc, message) : doc.next(message);
    if (end == doc.next(message)) json.value(doc, message);
    else writeMerged(doc, message, end, json);
    message = end;
  }
  if (pending !== null) writeContext(pending, hasLead, json);
  json.endArray();
}

function writeContext(context: ByteWriter, hasLead: bool, json: JsonWriter): void {
  if (!hasLead) {
    json.beginObject();
    json.keyString("role", "system");
    json.keyString("content", LEAD);
    json.endObject();
  }
  json.beginObject();
  json.keyString("role", "system");
  json.key("content");
  json.raw(context.ptr, context.length);
  json.endObject();
}

function speaksForSystem(doc: Document, message: i32): bool {
  const role = doc.get(message, "role");
  return doc.stringIs(role, "system") || doc.stringIs(role, "developer");
}

/** The last message of a user that is one of the commands, -1 for none. */
function findCleanup(commands: string[], doc: Document, messages: i32): i32 {
  let found = -1;
  let longest = 0;
  for (let i = 0; i < commands.length; ++i) longest = max(longest, commands[i].length);
  longest *= LONGEST_CHARACTER;
  if (longest == 0) return -1;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message)) {
    if (!doc.stringIs(doc.get(message, "role"), "user")) continue;
    const text = onlyText(doc, doc.get(message, "content"));
    if (text < 0 || doc.stringLength(text) > longest) continue;
    if (commands.includes(doc.string(text))) found = message;
  }
  return found;
}

/** The text that is all of a content, -1 where there is none or more than that. */
function onlyText(doc: Document, content: i32): i32 {
  if (doc.isString(content)) return content;
  const part = doc.first(content);
  if (!doc.isArray(content) || part < 0 || doc.next(part) >= 0) return -1;
  const text = doc.get(part, "text");
  return doc.isString(text) ? text : -1;
}

/** The message behind the last one that joins `message`, -1 for the end. */
function endOfTurn(doc: Document, message: i32): i32 {
  const role = doc.get(message, "role");
  let end = doc.next(message);
  if (!doc.stringIs(role, "user") && !doc.stringIs(role, "assistant")) return end;
  const isUser = doc.stringIs(role, "user");
  const name = doc.string(doc.get(message, "name"));
  while (end >= 0) {
    if (!doc.stringIs(doc.get(end, "role"), isUser ? "user" : "assistant")) break;
    if (doc.string(doc.get(end, "name")) != name) break;
    end = doc.next(end);
  }
  return end;
}
