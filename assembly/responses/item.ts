// What the items of a conversation are: https://platform.openai.com/docs/api-reference/responses/object
import { Document } from "../json/document";

/** What an item means in a chat. */
export const enum Item {
  Unknown,
  /** Of the user, or of whoever leads the conversation. */
  Message,
  /** A message of the model's. */
  Answer,
  Reasoning,
  /** A call of a function, or of a custom tool. */
  Call,
  /** What a tool has said. */
  Result,
  /** An item that would have to be stored. */
  Reference,
}

/** What an object in `input` is. Messages need not say it, and neither do references. */
export function itemOf(doc: Document, item: i32): Item {
  const type = doc.get(item, "type");
  if (doc.absent(type)) {
    if (doc.get(item, "role") >= 0) return messageOf(doc, item);
    return doc.isString(doc.get(item, "id")) ? Item.Reference : Item.Unknown;
  }
  if (doc.stringIs(type, "message")) return messageOf(doc, item);
  if (doc.stringIs(type, "function_call") || isCustomCall(doc, item)) return Item.Call;
  if (doc.stringIs(type, "function_call_output")) return Item.Result;
  if (doc.stringIs(type, "custom_tool_call_output")) return Item.Result;
  if (doc.stringIs(type, "reasoning")) return Item.Reasoning;
  if (doc.stringIs(type, "item_reference")) return Item.Reference;
  return Item.Unknown;
}

function messageOf(doc: Document, item: i32): Item {
  return doc.stringIs(doc.get(item, "role"), "assistant") ? Item.Answer : Item.Message;
}

/** Whether an item is the call of a custom tool. */
export function isCustomCall(doc: Document, item: i32): bool {
  return doc.stringIs(doc.get(item, "type"), "custom_tool_call");
}

/** Whether an item is part of a turn of the model's. */
export function isOfModel(kind: Item): bool {
  return kind == Item.Answer || kind == Item.Reasoning || kind == Item.Call;
}
