// The quick way for whole answers that are exactly OpenAI's: one walk over the members, nothing to mend.
// https://platform.openai.com/docs/api-reference/chat/object
import { Document } from "../json/document";
import { isOpenAiFinish } from "./compatible-finish";

const ID: u32 = 1;
const OBJECT: u32 = 2;
const CREATED: u32 = 4;
const MODEL: u32 = 8;
const CHOICES: u32 = 16;
const ENVELOPE: u32 = 31;

const INDEX: u32 = 1;
const MESSAGE: u32 = 2;
const FINISH: u32 = 4;
const CHOICE: u32 = 7;

const ROLE: u32 = 1;
const CONTENT: u32 = 2;

/**
 * Whether a chat completion has all that clients rely on and no error, so that it can be sent on as it is. False: it
 * has to be looked at more closely; it may be right all the same.
 */
export function isPlainCompletion(doc: Document): bool {
  let found: u32 = 0;
  for (let member = doc.first(doc.root()); member >= 0; member = doc.next(member)) {
    if (doc.keyIs(member, "choices")) {
      if (!areChoicesPlain(doc, member)) return false;
      found |= CHOICES;
    } else if (doc.keyIs(member, "object")) {
      if (!doc.stringIs(member, "chat.completion")) return false;
      found |= OBJECT;
    } else if (doc.keyIs(member, "created")) {
      if (doc.integer(member, -1) < 0) return false;
      found |= CREATED;
    } else if (doc.keyIs(member, "id")) {
      if (doc.stringLength(member) == 0) return false;
      found |= ID;
    } else if (doc.keyIs(member, "model")) {
      if (doc.stringLength(member) == 0) return false;
      found |= MODEL;
    } else if (doc.keyIs(member, "usage")) {
      if (!isUsagePlain(doc, member)) return false;
    } else if (doc.keyIs(member, "error") || doc.keyIs(member, "success")) {
      return false;
    }
  }
  return found == ENVELOPE;
}

function isUsagePlain(doc: Document, usage: i32): bool {
  return (
    doc.isNull(usage) ||
    (doc.integer(doc.get(usage, "prompt_tokens"), -1) >= 0 &&
      doc.integer(doc.get(usage, "completion_tokens"), -1) >= 0 &&
      doc.integer(doc.get(usage, "total_tokens"), -1) >= 0)
  );
}

function areChoicesPlain(doc: Document, choices: i32): bool {
  if (!doc.isArray(choices) || doc.first(choices) < 0) return false;
  for (let choice = doc.first(choices); choice >= 0; choice = doc.next(choice)) {
    let found: u32 = 0;
    for (let member = doc.first(choice); member >= 0; member = doc.next(member)) {
      if (doc.keyIs(member, "message")) {
        if (!isMessagePlain(doc, member)) return false;
        found |= MESSAGE;
      } else if (doc.keyIs(member, "finish_reason")) {
        if (!isOpenAiFinish(doc, member)) return false;
        found |= FINISH;
      } else if (doc.keyIs(member, "index")) {
        if (doc.integer(member, -1) < 0) return false;
        found |= INDEX;
      }
    }
    if (found != CHOICE) return false;
  }
  return true;
}

/** A message with text alone. */
function isMessagePlain(doc: Document, message: i32): bool {
  let found: u32 = 0;
  for (let member = doc.first(message); member >= 0; member = doc.next(member)) {
    if (doc.keyIs(member, "content")) {
      if (!doc.isString(member)) return false;
      found |= CONTENT;
    } else if (doc.keyIs(member, "role")) {
      if (!doc.stringIs(member, "assistant")) return false;
      found |= ROLE;
    } else if (doc.keyIs(member, "tool_calls")) {
      return false;
    } else if (doc.keyIs(member, "refusal") || doc.keyIs(member, "reasoning_content")) {
      if (!doc.absent(member) && !doc.isString(member)) return false;
    }
  }
  return found == (ROLE | CONTENT);
}
