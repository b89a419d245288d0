// What every OpenAI request body must have: https://platform.openai.com/docs/api-reference/chat/create
import { Document } from "../json/document";
import { JsonKind } from "../json/document";
import { ApiError, invalidType, missingParameter } from "./api-error";

/** Checks the members that a chat request cannot do without. Null: fine. */
export function checkChatRequest(doc: Document): ApiError | null {
  const messages = doc.get(doc.root(), "messages");
  if (doc.absent(messages)) return missingParameter("messages");
  if (!doc.isArray(messages)) return invalidType("messages", "an array of objects");
  let index = 0;
  for (let message = doc.first(messages); message >= 0; message = doc.next(message), ++index) {
    if (!doc.isObject(message)) return invalidType(`messages[${index}]`, "an object");
    if (!doc.isString(doc.get(message, "role"))) return missingParameter(`messages[${index}].role`);
  }
  return null;
}

/** Checks that a member is absent, null, or a boolean. */
export function checkOptionalBool(doc: Document, name: string): ApiError | null {
  const kind = doc.kind(doc.get(doc.root(), name));
  switch (kind) {
    case JsonKind.Missing:
    case JsonKind.Null:
    case JsonKind.True:
    case JsonKind.False:
      return null;
    default:
      return invalidType(name, "a boolean");
  }
}
