// A request's body before its provider sees it: settings and conversation as the configuration wants them.
import { applyCustomSettings } from "../config/custom-settings";
import { Document } from "../json/document";
import { JsonEdit } from "../json/edit";
import { writeConversation } from "../openai/conversation";
import { Capability } from "../routing/capability";
import { ByteWriter } from "../text/byte-writer";
import { TOKEN_MEMBER } from "./credential";
import { Exchange } from "./exchange";

const EDIT: JsonEdit = new JsonEdit();
const CUSTOMIZED: Document = new Document();
const TEXT: ByteWriter = new ByteWriter();
const CONVERSATION: ByteWriter = new ByteWriter();
const SHAPED: Document = new Document();
const SHAPED_TEXT: ByteWriter = new ByteWriter();

/** The body as the provider's encoder shall see it: settings come first, then the conversation. Null: it is no JSON. */
export function customize(exchange: Exchange, doc: Document): Document | null {
  const config = exchange.config;
  let customized = doc;
  const namesToken = config.exchange.takesToken && doc.get(doc.root(), TOKEN_MEMBER) >= 0;
  if (config.customSettings.length > 0 || namesToken) {
    EDIT.begin(doc);
    if (namesToken) EDIT.remove(doc.root(), TOKEN_MEMBER);
    applyCustomSettings(config.customSettings, doc, EDIT);
    TEXT.clear();
    EDIT.apply(TEXT);
    if (!CUSTOMIZED.parse(TEXT.ptr, TEXT.length)) return null;
    customized = CUSTOMIZED;
  }
  const shape = config.exchange.conversation;
  if (exchange.call.capability != Capability.Chat) return customized;
  if (exchange.context === null && !shape.isActive) return customized;
  CONVERSATION.clear();
  writeConversation(shape, customized, exchange.context, CONVERSATION);
  EDIT.begin(customized);
  const messages = customized.get(customized.root(), "messages");
  EDIT.replace(messages, CONVERSATION.ptr, CONVERSATION.length);
  SHAPED_TEXT.clear();
  EDIT.apply(SHAPED_TEXT);
  return SHAPED.parse(SHAPED_TEXT.ptr, SHAPED_TEXT.length) ? SHAPED : null;
}

/** Gives back what a large body took. */
export function releaseCustomized(): void {
  CUSTOMIZED.release();
  SHAPED.release();
}
